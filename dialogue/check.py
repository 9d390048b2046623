"""Check the dialogue: `python -m dialogue.check`. Exits 1 if a conversation goes wrong or a figure is too low.

It trains if need be, runs the conversations of tests/dialogue, cross-validates the classifier, and
asks the questions of the shipped knowledge that no example was taken from.
"""

import asyncio
import hashlib
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dialogue import crossvalidate, paths, quiet, train
from dialogue.crossvalidate import examples, fit, name_all

LOWEST_SHARE_ASKED = 0.97
# All of these fall back on the knowledge where they open nothing.
ASKED = {"ask", "inform", "calculate", "deadline", "guide"}


def main() -> None:
    """Run all checks and end with their verdict."""
    quiet.set_up()
    quiet.set_up_structlog()
    train.ensure()
    verdicts = [check_conversations(), crossvalidate.check(), check_knowledge_questions()]
    passed = sum(verdicts)
    print(f"dialogue: {passed} passed, {len(verdicts) - passed} failed")
    sys.exit(0 if all(verdicts) else 1)


def check_conversations() -> bool:
    """Run the conversations with the trained model; print those that go another way."""
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(run_conversations(folder))
        failed = (Path(folder) / "failed_test_stories.yml").read_text(encoding="utf-8")
    accuracy = report["report"]["conversation_accuracy"]
    print(f"Conversations: {accuracy['correct']} of {accuracy['total']} went as they should.")
    if accuracy["correct"] < accuracy["total"]:
        print(failed)
    return bool(accuracy["correct"] == accuracy["total"])


async def run_conversations(folder: str) -> dict[str, Any]:
    """Let Rasa's own tester run the test conversations, classifier included."""
    from rasa.core import test
    from rasa.core.agent import Agent

    logging.getLogger("rasa.model_testing").setLevel(logging.ERROR)
    agent = Agent.load(str(train.MODEL))
    return await test.test(str(paths.TESTS), agent, out_directory=folder, e2e=True, disable_plotting=True)


def check_knowledge_questions() -> bool:
    """Ask what people ask the knowledge: how many questions reach it, and what the rest become?"""
    questions = held_out_questions()
    if not questions:
        print("Knowledge: no questions found; not checked.")
        return True
    names = Counter(name_all(fit(*examples()), questions))
    share = sum(names[name] for name in ASKED) / len(questions)
    lost = ", ".join(f"{name} {n}" for name, n in names.most_common() if name not in ASKED)
    print(
        f"Knowledge: {share:.1%} of {len(questions)} unseen questions reach it (at least {LOWEST_SHARE_ASKED:.0%})."
    )
    print(f"  the others: {lost}")
    return share >= LOWEST_SHARE_ASKED


def held_out_questions() -> list[str]:
    """Return the questions of the entries that data/nlu/ask_colloquial.yml took nothing from."""
    seen = set(examples()[0])
    return [q for entry in entries() if is_held_out(entry) for q in questions_of(entry) if q not in seen]


def is_held_out(entry: dict[str, Any]) -> bool:
    """Tell by the entry's id whether it belongs to the half that is measured on."""
    return int(hashlib.md5(str(entry["id"]).encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0


def questions_of(entry: dict[str, Any]) -> list[str]:
    """Return the entry's question and the ways people put it."""
    return [q for q in (entry.get("question"), *(entry.get("similar_questions") or ())) if isinstance(q, str)]


def entries() -> Iterator[dict[str, Any]]:
    """Yield the entries of the shipped knowledge."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(paths.KNOWLEDGE.rglob("*.y*ml")):
        content = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - a safe loader
        found = content.get("entries") if isinstance(content, dict) else content
        yield from (e for e in found or () if isinstance(e, dict) and "id" in e)


if __name__ == "__main__":
    main()
