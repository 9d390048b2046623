"""What a waiting person is told: their place, an estimate, the hours; and the same for all, kept fresh."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from bot import queueing, roster, tickets
from bot.hours import CHINA, Hours, in_words, moment_in_words
from bot.queueing import Ticket
from store.database import Database

FRESH_S = 1.0
MINUTE_S = 60
LEAVE = "留言"
CANCEL = "取消排队"
HOW_TO_LEAVE = f"您可以留言：回复“{LEAVE}”加上问题和手机号或邮箱，由工作人员联系您。"
HOW_TO_CANCEL = f"回复“{CANCEL}”可继续问助手。"
HOW_TO_LEAVE_IN_ENGLISH = (
    f"To leave a message, reply “{LEAVE}” with your question and a telephone number or e-mail address."
)
HOW_TO_CANCEL_IN_ENGLISH = f"Reply “{CANCEL}” to go back to the assistant."


@dataclass(frozen=True)
class News:
    """``place`` is 1 for the first; ``estimate_s`` None where it cannot be said; ``present`` who could serve."""

    place: int
    estimate_s: int | None
    present: bool
    open: bool
    hours: Hours
    next_opening: datetime | None

    @property
    def public(self) -> dict[str, Any]:
        return {"place": self.place, "estimate_seconds": self.estimate_s, "present": self.present}


@dataclass(frozen=True)
class Duty:
    """``present`` where somebody takes conversations; ``opens`` the next hours of any group, None within them."""

    present: bool
    opens: datetime | None


class _Situation:
    """The queue, who is there and what was measured, read once for the news of many."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._now = now
        self.queue = tickets.waiting(session)
        self._agents = roster.ready(session, now)
        self._hours = roster.all_hours(session)
        self._handled_s = {
            skill: tickets.handled_s(session, skill) for skill in {ticket.skill for ticket in self.queue}
        }

    def news(self, ticket: Ticket) -> News:
        hours = self._hours[ticket.skill]
        able = queueing.able(ticket, self._agents)
        place = queueing.place(ticket, self.queue)
        return News(
            place=place,
            estimate_s=queueing.estimate(place, self._handled_s[ticket.skill], able),
            present=bool(able),
            open=hours.open_at(self._now),
            hours=hours,
            next_opening=hours.next_opening(self._now),
        )


def news_of(session: Session, ticket: Ticket, now: datetime) -> News:
    """The news of one who waits."""
    return _Situation(session, now).news(ticket)


def all_news(session: Session, now: datetime) -> dict[str, News]:
    """The news of everybody who waits, by conversation."""
    situation = _Situation(session, now)
    return {ticket.conversation: situation.news(ticket) for ticket in situation.queue}


def duty(session: Session, now: datetime) -> Duty:
    """Whether people are there, for who has not asked anything yet; by the presence and hours of the queue."""
    groups = roster.all_hours(session).values()
    openings = [opening for hours in groups if (opening := hours.next_opening(now))]
    open_now = any(hours.open_at(now) for hours in groups)
    return Duty(bool(roster.ready(session, now)), None if open_now else min(openings, default=None))


def in_sentences(news: News) -> str:
    """Place, wait and what else can be done, honestly."""
    ahead = f"您前面还有{news.place - 1}位"
    if news.present:
        return f"{ahead}{_wait(news.estimate_s)}，请稍候。{HOW_TO_CANCEL}"
    if news.open:
        return f"{ahead}。目前没有工作人员在线，已为您登记排队。{HOW_TO_LEAVE}{HOW_TO_CANCEL}"
    opening = f"，下次服务时间是{moment_in_words(news.next_opening)}" if news.next_opening else ""
    closed = f"现在不在服务时间（{in_words(news.hours)}）{opening}，已为您登记排队。"
    return f"{ahead}。{closed}{HOW_TO_LEAVE}{HOW_TO_CANCEL}"


def in_english(news: News) -> str:
    """The same for who writes English."""
    ahead = f"You are in the queue with {news.place - 1} before you"
    if news.present:
        wait = f", about {-(-news.estimate_s // MINUTE_S)} min" if news.estimate_s else ""
        return f"{ahead}{wait}. {HOW_TO_CANCEL_IN_ENGLISH}"
    opens = f" Service hours begin {_in_english(news.next_opening)}." if not news.open else ""
    return f"{ahead}. Nobody is on duty now.{opens} {HOW_TO_LEAVE_IN_ENGLISH} {HOW_TO_CANCEL_IN_ENGLISH}"


def _in_english(opening: datetime | None) -> str:
    return f"{opening.astimezone(CHINA):%-d %B, %H:%M} China time" if opening else "later"


def _wait(estimate_s: int | None) -> str:
    if estimate_s is None:
        return ""
    minutes = -(-estimate_s // MINUTE_S)
    return f"，预计等候约{minutes}分钟" if minutes else "，马上为您安排"


class Outlook:
    """The news of all, computed at most once a second for all streams of this process."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._lock = Lock()
        self._news: dict[str, News] = {}
        self._read_at = float("-inf")

    def of(self, conversation: str) -> News | None:
        """None for who does not wait."""
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_S:
                with self._database.reading() as session:
                    self._news = all_news(session, self._now())
                self._read_at = time.monotonic()
            return self._news.get(conversation)
