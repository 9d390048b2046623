"""What is said to somebody who writes English: a short answer where there is one, else an offer in two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.conversation import Button, Reply
from knowledge import wording
from knowledge.answering import Answer, Context, choose
from knowledge.english import EnglishVersion, fitting, shipped
from knowledge.release import Release, Shelf

AGENT = Reply("A tax officer will take over. ", "handed_off", reason="asked_for_agent")
GREETING = Reply(
    "Hello, I am Shuiwen, a tax assistant. A few common questions I can answer in English, all others in Chinese; "
    "reply “agent” for a tax officer.\n您好，我是税问。少数常见问题有英文答复，其余用中文答复。",
    "smalltalk",
)
OFFER = Reply(
    "I have no English answer to this question, and I do not translate rules by myself. Please ask it in Chinese, "
    "or have a tax officer answer.\n这个问题没有英文答复。请用中文提问，或由工作人员为您解答。",
    "clarifying",
    (Button("Ask a tax officer 转人工", "转人工"),),
    reason="no_english",
)
_AGENT = re.compile(r"\b(agent|human|person|officer|operator|staff)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_GREETING = re.compile(
    r"\W*(hello|hi|hey|help|english|good (morning|afternoon|evening))\b.{0,20}", re.IGNORECASE
)


class InEnglish:
    """Replies to an English message; never more than what was written in English for the version in force."""

    def __init__(self, shelf: Shelf, today: Callable[[], date]) -> None:
        self._shelf = shelf
        self._today = today

    def __call__(self, text: str) -> Reply:
        if answered := self._answer(text):
            return answered
        if _AGENT.search(text):
            return AGENT
        return GREETING if _GREETING.fullmatch(text) else OFFER

    def questions(self) -> list[str]:
        """The questions that have an English answer now."""
        return [version.question for version in shipped() if self._answer(version.question)]

    def _answer(self, text: str) -> Reply | None:
        release, version, today = self._shelf.release, fitting(shipped(), text), self._today()
        if release is None or version is None or _of_another_year(text, today):
            return None
        return _answer(release, version, today)


def _of_another_year(text: str, today: date) -> bool:
    return any(int(year) != today.year for year in _YEAR.findall(text))


def _answer(release: Release, version: EnglishVersion, today: date) -> Reply | None:
    """The English text if the version that it translates is in force today."""
    outcome = choose(release, version.entry, "", Context(), today)
    if not isinstance(outcome, Answer):
        return None
    shown = outcome.shown[0]
    if (shown.version.start, shown.standing) != (version.start, "in_force"):
        return None
    return Reply(
        f"{version.answer}\n原文：{shown.version.conclusion}",
        "answered",
        details={
            "entry": version.entry,
            "question": version.question,
            "as_of": today.isoformat(),
            "release": release.number,
            "citations": wording.citations_of(release, outcome),
        },
    )
