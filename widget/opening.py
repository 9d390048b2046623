"""What a taxpayer meets first: hot questions, notices, whether people are on duty; suggestions while typing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from actions.english import InEnglish
from bot import outlook
from bot.channels.contract import LIMITS
from bot.language import Language, traditional
from bot.popular import answered_most
from knowledge.release import Release, Shelf
from knowledge.suggesting import OFFERED
from store.database import Database
from widget import notices

HOT = 6
HOT_KEPT = timedelta(minutes=10)


def routes(
    database: Database, shelf: Shelf, now: Callable[[], datetime], today: Callable[[], date]
) -> APIRouter:
    router = APIRouter(prefix="/api", tags=["opening"])
    hot = HotQuestions(shelf)
    english = InEnglish(shelf, today)

    @router.get("/opening")
    def opening(lang: Language = "zh-Hans") -> dict[str, Any]:
        with database.reading() as session:
            asked = english.questions()[:HOT] if lang == "en" else hot(session, now())
            shown = notices.shown_on(session, today())
            duty = outlook.duty(session, now())
        return {
            "hot": _in(lang, asked),
            "notices": [{"text": text} for text in _in(lang, shown)],
            "on_duty": duty.present,
            "opens": duty.opens.isoformat() if duty.opens else None,
            "limits": LIMITS,
        }

    @router.get("/suggestions")
    def suggestions(
        q: Annotated[str, Query(max_length=100)], lang: Language = "zh-Hans"
    ) -> dict[str, list[str]]:
        if lang == "en" and q.isascii():
            return {"suggestions": _holding(english.questions(), q)}
        found = shelf.release.suggester(q) if shelf.release else []
        return {"suggestions": _in(lang, found)}

    return router


class HotQuestions:
    """The hot questions of the release in use, counted anew every `HOT_KEPT`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: tuple[int, datetime, list[str]] | None = None

    def __call__(self, session: Session, now: datetime) -> list[str]:
        release = self._shelf.release
        if release is None:
            return []
        if self._kept and self._kept[0] == release.number and now - self._kept[1] < HOT_KEPT:
            return self._kept[2]
        questions = hot_questions(release, answered_most(session, now))
        self._kept = (release.number, now, questions)
        return questions


def hot_questions(release: Release, answered: list[str], most: int = HOT) -> list[str]:
    """Questions of the entries answered most often, then the first entry of each tax, in the release's order."""
    entries = [entry for identity in answered if (entry := release.entry(identity))]
    first = {entry.tags.tax[0]: entry for entry in reversed(release.knowledge.entries) if entry.versions}
    order = sorted(first.values(), key=release.knowledge.entries.index)
    questions = dict.fromkeys(entry.question for entry in [*entries, *order])
    return list(questions)[:most]


def _holding(questions: list[str], typed: str) -> list[str]:
    """The first questions that hold every word of ``typed``, the last one as far as it is typed."""
    words = typed.lower().split()
    return [question for question in questions if all(word in question.lower() for word in words)][:OFFERED]


def _in(lang: Language, texts: list[str]) -> list[str]:
    return [traditional(text) for text in texts] if lang == "zh-Hant" else texts
