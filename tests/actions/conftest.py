from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import yaml

from actions.server import executor
from app.settings import ROOT
from dialogue.intents import IntentModel, settle
from knowledge.answering import Clarification, Context, Outcome, answer
from knowledge.release import Release, Shelf
from tests.actions.talking import Talk

TODAY = date(2026, 11, 21)


@pytest.fixture
def shelf(release: Release) -> Shelf:
    made = Shelf()
    made.put(release)
    return made


@pytest.fixture
def talk(shelf: Shelf, understood: Callable[[str], str]) -> Talk:
    return Talk(executor(shelf, lambda: TODAY), understood)


@pytest.fixture(scope="session")
def unsure(release: Release) -> str:
    """A question that fits several entries alike in this release."""
    vague = (
        "附加税免征",
        "附加税减半",
        "印花税减免",
        "车辆税减免",
        "小规模优惠",
        "起征点优惠",
        "减半征收的税",
        "免征的附加",
    )
    return next(text for text in vague if _is_unsure(answer(release, text, Context(), TODAY)))


def _is_unsure(outcome: Outcome) -> bool:
    return isinstance(outcome, Clarification) and outcome.unsure and len(outcome.options) > 1


@pytest.fixture(scope="session")
def understood() -> Callable[[str], str]:
    """The real classifier on the real examples, with the thresholds of config.yml."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"][0]
    pairs = [
        (line.removeprefix("- "), item["intent"])
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in item["examples"].splitlines()
    ]
    model = IntentModel.fit([text for text, _ in pairs], [intent for _, intent in pairs], 100.0)
    return lambda text: str(settle(model.rank(text), config["threshold"], config["thresholds"])["name"])
