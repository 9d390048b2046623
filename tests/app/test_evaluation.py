from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import main
from app.evaluation import promise
from app.evaluation_page import page
from knowledge.assessment import Assessment, assess
from knowledge.entries import Knowledge
from knowledge.evaluation import NotEvaluated
from retrieval.calibrate import Bound
from retrieval.evaluate import Judged, risk_by_coverage, scores
from retrieval.search import Searcher

KEYS = {"top1", "recall_at_5", "mrr", "coverage", "bound", "risk", "ece", "oos_auroc", "n"}
NOT_KEPT = Bound(1.01, 0.02, 0.95, 1.0, 40, 0, 0, held=False)


def evaluate(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["evaluate", *words], env={"SHUIWEN_DATA": str(data), "COLUMNS": "200"})


def told(data: Path) -> dict[str, Any]:
    ran = evaluate(data, "--json")
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.fixture
def assessment(published: Path) -> Assessment:
    return assess(published / "releases" / "0001")


def test_the_object_names_the_release_its_scores_and_the_data_behind_the_promise(published: Path) -> None:
    found = told(published)
    assert found.keys() >= KEYS | {"release", "by_tax", "by_kind", "negatives"}
    assert found["release"] == 1
    data = found["promise"]
    assert data.keys() >= {"questions", "answered", "wrong", "target", "level", "held"}
    assert found["bound"] == data["upper"]
    assert data["wrong"] <= data["answered"] <= data["questions"]


def test_the_parts_make_up_the_whole(published: Path) -> None:
    found = told(published)
    kinds, negatives = found["by_kind"], found["negatives"]
    assert kinds.keys() == {"short", "story", "elliptical", "wrong_word"}
    assert negatives.keys() == {"foreign", "other_domain", "gibberish", "near"}
    inside = sum(part["n"] for part in kinds.values())
    assert inside + sum(part["n"] for part in negatives.values()) == found["n"]
    assert sum(part["top1"] * part["n"] for part in kinds.values()) == pytest.approx(found["top1"] * inside)
    assert sum(part["n"] for part in found["by_tax"].values()) >= inside
    assert "增值税" in found["by_tax"]


def test_the_table_shows_the_promise_and_every_part(published: Path) -> None:
    ran = evaluate(published)
    assert ran.exit_code == 0, ran.output
    assert "with 90% confidence" in ran.stdout
    for word in (*KEYS, "增值税", "story", "near"):
        assert word in ran.stdout


def test_a_target_that_was_not_kept_is_told_as_answering_less(assessment: Assessment) -> None:
    told_less = Assessment(assessment.judged, NOT_KEPT, assessment.knowledge)
    assert "answers less" in promise(NOT_KEPT)
    assert "少作答" in page({"release": 1}, promise(NOT_KEPT), told_less)
    assert told_less.as_dict()["promise"]["held"] is False


def test_the_confused_pairs_are_all_mistakes_with_the_questions_that_made_them(
    assessment: Assessment,
) -> None:
    wrong = [one for one in assessment.judged if one.label and one.found and not one.right]
    assert sum(pair.n for pair in assessment.confused) == len(wrong)
    asked = {(one.label, one.found[0], one.text) for one in wrong}
    for pair in assessment.confused:
        assert {(pair.right.id, pair.found.id, text) for text in pair.questions} <= asked


def test_the_curve_passes_through_what_the_release_does(assessment: Assessment) -> None:
    curve = risk_by_coverage(assessment.judged)
    answered = sum(one.confidence >= assessment.bound.threshold for one in assessment.judged)
    at_threshold = scores(assessment.judged, assessment.bound)
    assert curve[answered - 1] == pytest.approx((at_threshold.coverage, at_threshold.risk))


def test_the_page_stands_alone_and_its_results_lie_beside_it(published: Path, tmp_path: Path) -> None:
    ran = evaluate(published, "--html", str(tmp_path / "page.html"))
    assert ran.exit_code == 0, ran.output
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|\bsrc=|href=|url\(|@import|https?:", html)
    assert html.count("<svg") == 2
    saved = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    encoder = saved["configuration"]["encoder"]
    assert encoder["recipe"]["layers"] > 0
    assert saved["configuration"]["published_at"].startswith("2026-11-20")
    for shown in (encoder["digest"], encoder["name"], saved["configuration"]["published_at"]):
        assert shown in html
    assert saved["results"]["top1"] == told(published)["top1"]


class _Tags(HTMLParser):
    """Which elements a page holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.seen.add(tag)


def test_markup_in_questions_and_names_is_shown_and_never_becomes_markup(assessment: Assessment) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    right, found = assessment.knowledge.entries[:2]
    entries = (right.model_copy(update={"question": evil}), found)
    judged = (Judged(evil, evil, right.id, (found.id,), 0.9, 0), Judged(evil, evil, None, (), 0.1, 0))
    shown = Assessment(judged, NOT_KEPT, Knowledge(policies=(), entries=entries))
    html = page({"release": 1, "encoder": {evil: evil}}, evil, shown)
    assert not _Tags(html).seen & {"script", "img"}
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("damage", ["not json\n", '{"text": "问"}\n', "[]\n", ""])
def test_a_damaged_evaluation_is_refused_in_one_sentence(
    published: Path, tmp_path: Path, damage: str
) -> None:
    folder = shutil.copytree(published / "releases" / "0001", tmp_path / "0001")
    (folder / "judged.jsonl").write_text(damage, encoding="utf-8")
    with pytest.raises(NotEvaluated, match="publish again"):
        assess(folder)


def test_an_evaluation_of_another_release_is_refused(published: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(published / "releases" / "0001", tmp_path / "0001")
    (folder / "knowledge.json").write_text('{"policies": [], "entries": []}', encoding="utf-8")
    with pytest.raises(NotEvaluated, match="not of that release"):
        assess(folder)


def test_without_a_release_the_sentence_says_to_publish(tmp_path: Path) -> None:
    ran = evaluate(tmp_path / "nothing-yet")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "run `shuiwen publish`" in ran.stderr


@pytest.mark.parametrize(
    ("name", "says"), [("no/folder.html", "choose another file"), ("page.json", "name the page .html")]
)
def test_a_page_that_cannot_be_written_is_told(published: Path, tmp_path: Path, name: str, says: str) -> None:
    ran = evaluate(published, "--html", str(tmp_path / name))
    assert ran.exit_code == 1
    assert says in ran.stderr


def test_what_is_judged_again_by_the_loaded_release_is_the_same(
    published: Path, assessment: Assessment
) -> None:
    searcher = Searcher.load(published / "releases" / "0001")
    for one in [one for one in assessment.judged if one.kind != "near"][:40]:
        match = searcher.search(one.text)
        assert match.confidence == pytest.approx(one.confidence, abs=1e-3)
        assert tuple(candidate.label for candidate in match.candidates)[:5] == one.found
