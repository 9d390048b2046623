"""The state of the desk at a glance: who waits, who is served by whom, who is present; shared by all pages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from anyio import to_thread
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bot import cases, roster
from bot.conversation import Owner
from bot.hours import Hours
from bot.log import ConversationRow, EventRow
from bot.roster import Presence
from bot.tickets import TicketRow
from desk.staff import StaffRow
from store.database import Database

Level = Literal["ok", "warning", "late"]

FRESH_S = 1.0
WARNING_SHARE = 0.8
SHOWN_OF_TEXT = 60
MINUTE_S = 60
REASONS = {
    "asked_for_agent": "要求人工",
    "low_confidence": "助手没有把握",
    "needs_account_data": "需查个人涉税信息",
    "repeated_failure": "多次未能答复",
    "complaint": "投诉",
    "assistant_down": "助手不可用",
}


@dataclass(frozen=True)
class Talk:
    """One conversation on the board. ``seconds`` is how long its person has waited, in hours of service."""

    id: str
    owner: Owner
    about: str
    reason: str
    skill: str
    language: str
    elder: bool
    agent: str | None
    agent_name: str
    offered_to: str | None
    seconds: int
    level: Level
    unanswered: bool

    @property
    def minutes(self) -> int:
        return self.seconds // MINUTE_S


@dataclass(frozen=True)
class Colleague:
    staff: str
    name: str
    presence: Presence
    load: int
    capacity: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """``cases`` is how many messages that were left are still to be worked off."""

    queue: tuple[Talk, ...]
    held: tuple[Talk, ...]
    colleagues: tuple[Colleague, ...]
    cases: int = 0

    def mine(self, staff: str) -> list[Talk]:
        return [talk for talk in self.held if talk.agent == staff]

    def offered(self, staff: str) -> list[Talk]:
        return [talk for talk in self.queue if talk.offered_to == staff]

    @property
    def longest_s(self) -> int:
        """The longest present wait in seconds; 0 where nobody waits."""
        return max((talk.seconds for talk in self.queue), default=0)


@dataclass(frozen=True)
class Targets:
    """Within how many seconds of service a person is to be served, and then to be answered."""

    accept_s: int = 120
    answer_s: int = 180


def read(session: Session, now: datetime, targets: Targets) -> Board:
    names = {row.id: row.name for row in session.scalars(select(StaffRow))}
    hours = roster.all_hours(session)
    talks = [_talk(row, names, hours, now, targets) for row in session.execute(_open_talks())]
    return Board(
        queue=tuple(talk for talk in talks if talk.owner == "waiting"),
        held=tuple(talk for talk in talks if talk.owner == "agent"),
        colleagues=tuple(_colleagues(session, names, now)),
        cases=cases.count_undone(session),
    )


def level(seconds: float, target_s: int) -> Level:
    if seconds >= target_s:
        return "late"
    return "warning" if seconds >= WARNING_SHARE * target_s else "ok"


def latest(session: Session, limit: int = 100) -> Sequence[ConversationRow]:
    """The newest conversations, whoever has them."""
    query = select(ConversationRow).where(ConversationRow.last_seq > 0)
    return session.scalars(query.order_by(ConversationRow.opened_at.desc()).limit(limit)).all()


def _open_talks() -> Any:
    """Conversations that wait or are served, in the order of the queue, with their newest words."""
    said, last = aliased(EventRow), aliased(EventRow)
    newest = (
        select(func.max(EventRow.seq))
        .where(EventRow.conversation == ConversationRow.id, EventRow.author == "customer")
        .scalar_subquery()
    )
    return (
        select(ConversationRow, TicketRow, said.text, said.at, last.author)
        .join(TicketRow, (TicketRow.conversation == ConversationRow.id) & TicketRow.ended_at.is_(None))
        .outerjoin(said, (said.conversation == ConversationRow.id) & (said.seq == newest))
        .outerjoin(last, (last.conversation == ConversationRow.id) & (last.seq == ConversationRow.last_seq))
        .order_by(TicketRow.ranked_at, TicketRow.id)
    )


def _talk(row: Any, names: dict[str, str], hours: dict[str, Hours], now: datetime, targets: Targets) -> Talk:
    chat, ticket, text, said_at, last_author = row
    waiting = chat.owner == "waiting"
    owed = chat.owner == "agent" and ticket.answered_at is None and ticket.reason is not None
    unanswered = owed or last_author == "customer"
    since = chat.waiting_since if waiting else max(filter(None, (said_at, ticket.claimed_at)))
    waits = waiting or unanswered
    seconds = hours[ticket.skill].open_seconds(since, now) if waits else 0.0
    if waiting and not seconds:
        seconds = (now - since).total_seconds()
    return Talk(
        id=chat.id,
        owner=chat.owner,
        about=(text or "（没有文字）")[:SHOWN_OF_TEXT],
        reason=REASONS.get(ticket.reason or "", "接管"),
        skill=ticket.skill,
        language=ticket.language,
        elder=ticket.elder,
        agent=chat.agent,
        agent_name=names.get(chat.agent or "", ""),
        offered_to=ticket.offered_to,
        seconds=int(seconds),
        level=level(seconds, targets.accept_s if waiting else targets.answer_s),
        unanswered=unanswered,
    )


def _colleagues(session: Session, names: dict[str, str], now: datetime) -> Iterable[Colleague]:
    for staff, seat in sorted(roster.seats(session, now).items()):
        agent = seat.agent
        skills, languages = tuple(sorted(agent.skills)), tuple(sorted(agent.languages))
        yield Colleague(
            staff, names.get(staff, staff), seat.presence, agent.load, agent.capacity, skills, languages
        )


class Boards:
    """Reads the board at most once a second for all pages and streams of this process."""

    def __init__(self, database: Database, now: Callable[[], datetime], targets: Targets) -> None:
        self._database = database
        self._now = now
        self.targets = targets
        self._reading = asyncio.Lock()
        self._board = Board((), (), ())
        self._read_at = float("-inf")

    @property
    def known(self) -> Board:
        """The board as it was read last."""
        return self._board

    async def present(self) -> Board:
        """The board, up to a second old; the same object as long as nothing on it changed."""
        async with self._reading:
            if time.monotonic() - self._read_at > FRESH_S:
                await to_thread.run_sync(self.read)
            return self._board

    def read(self) -> Board:
        """The board as it is at this moment, for everybody from now on."""
        with self._database.reading() as session:
            board = read(session, self._now(), self.targets)
        if board != self._board:
            self._board = board
        self._read_at = time.monotonic()
        return board
