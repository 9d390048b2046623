"""Hand-offs in the database: opened by a request, offered, claimed, ended. At most one is open a conversation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import JSON, ForeignKey, Index, Table, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.conversation import HandoffReason
from bot.queueing import Language, Skill, Ticket
from store.database import Base, Moment

Ending = Literal["withdrawn", "left_message", "returned", "closed"]

MEASURED = 50


class TicketRow(Base):
    __tablename__ = "tickets"
    __table_args__ = (
        Index(
            "ix_tickets_open",
            "conversation",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_tickets_ended", "skill", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    skill: Mapped[str]
    language: Mapped[str]
    reason: Mapped[HandoffReason | None]
    elder: Mapped[bool]
    requested_at: Mapped[datetime] = mapped_column(Moment)
    ranked_at: Mapped[datetime] = mapped_column(Moment)
    offered_to: Mapped[str | None]
    offered_until: Mapped[datetime | None] = mapped_column(Moment)
    passed: Mapped[list[str]] = mapped_column(JSON)
    agent: Mapped[str | None]
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ending: Mapped[Ending | None]
    topic: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")


_TICKETS = cast(Table, TicketRow.__table__)
_OPEN = _TICKETS.c.ended_at.is_(None)
_WAITING = _OPEN & _TICKETS.c.agent.is_(None)


def open_ticket(
    session: Session,
    conversation: str,
    skill: Skill,
    language: Language,
    reason: HandoffReason | None,
    elder: bool,
    now: datetime,
    ranked_at: datetime,
) -> Ticket:
    session.execute(
        insert(_TICKETS).values(
            conversation=conversation, skill=skill, language=language, reason=reason, elder=elder,
            requested_at=now, ranked_at=ranked_at, passed=[], topic="", result="",
        )
    )  # fmt: skip
    ticket = of(session, conversation)
    assert ticket
    return ticket


def of(session: Session, conversation: str) -> Ticket | None:
    """The open hand-off of a conversation; None where the assistant has it."""
    row = session.execute(select(_TICKETS).where(_OPEN, _TICKETS.c.conversation == conversation))
    found = row.one_or_none()
    return _ticket(found) if found else None


def any_open(session: Session) -> bool:
    """Whether anybody waits or is served."""
    return session.execute(select(_TICKETS.c.id).where(_OPEN).limit(1)).first() is not None


def waiting(session: Session) -> list[Ticket]:
    """The queue in its order."""
    rows = session.execute(select(_TICKETS).where(_WAITING).order_by(_TICKETS.c.ranked_at, _TICKETS.c.id))
    return [_ticket(row) for row in rows]


def held(session: Session) -> list[Ticket]:
    """The hand-offs that agents are working on."""
    rows = session.execute(select(_TICKETS).where(_OPEN, _TICKETS.c.agent.is_not(None)))
    return [_ticket(row) for row in rows]


def offer(session: Session, ticket: Ticket, agent: str, until: datetime) -> bool:
    """Ring at an agent's desk, unless the ticket has changed meanwhile; whether it rings."""
    return _change(session, ticket, offered_to=agent, offered_until=until)


def let_pass(session: Session, ticket: Ticket, passed: Iterable[str]) -> bool:
    """Take the offer back from an agent who did not accept in time."""
    return _change(session, ticket, offered_to=None, offered_until=None, passed=sorted(set(passed)))


def claim(session: Session, conversation: str, agent: str, now: datetime) -> None:
    _of_open(
        session, conversation, agent=agent, claimed_at=now, answered_at=None, offered_to=None,
        offered_until=None,
    )  # fmt: skip


def take_over(session: Session, conversation: str, agent: str, now: datetime) -> None:
    """Like a claim, but who was answered before does not begin to wait by it."""
    _of_open(session, conversation, agent=agent, claimed_at=now, offered_to=None, offered_until=None)


def answered(session: Session, conversation: str, now: datetime) -> None:
    """Note the agent's first reply, for the service level."""
    session.execute(
        update(_TICKETS)
        .where(_OPEN, _TICKETS.c.conversation == conversation, _TICKETS.c.answered_at.is_(None))
        .values(answered_at=now)
    )


def rank(session: Session, conversation: str, ranked_at: datetime, **because: Any) -> None:
    """Another place in the queue, because ``reason`` or ``elder`` changed."""
    _of_open(session, conversation, ranked_at=ranked_at, **because)


def back_in_queue(
    session: Session,
    conversation: str,
    skill: str,
    offered_to: str | None,
    until: datetime | None,
    passed: str,
) -> None:
    """From an agent to the queue with the old place; at once offered to a colleague where one was named."""
    _of_open(
        session, conversation, skill=skill, agent=None, claimed_at=None, answered_at=None,
        offered_to=offered_to, offered_until=until, passed=[passed],
    )  # fmt: skip


def end(
    session: Session, conversation: str, ending: Ending, now: datetime, topic: str = "", result: str = ""
) -> None:
    _of_open(
        session, conversation, ended_at=now, ending=ending, topic=topic, result=result, offered_to=None,
        offered_until=None,
    )  # fmt: skip


def handled_s(session: Session, skill: str) -> list[float]:
    """How long, in seconds, agents took for the newest finished hand-offs of a group."""
    rows = session.execute(
        select(_TICKETS.c.claimed_at, _TICKETS.c.ended_at)
        .where(
            _TICKETS.c.skill == skill, _TICKETS.c.ended_at.is_not(None), _TICKETS.c.claimed_at.is_not(None)
        )
        .order_by(_TICKETS.c.ended_at.desc())
        .limit(MEASURED)
    )
    return [(ended - claimed).total_seconds() for claimed, ended in rows]


def _change(session: Session, ticket: Ticket, **values: Any) -> bool:
    changed = session.execute(
        update(_TICKETS)
        .where(
            _TICKETS.c.id == ticket.id,
            _WAITING,
            _TICKETS.c.offered_to.is_not_distinct_from(ticket.offered_to),
        )
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _of_open(session: Session, conversation: str, **values: Any) -> None:
    session.execute(update(_TICKETS).where(_OPEN, _TICKETS.c.conversation == conversation).values(**values))


def _ticket(row: Any) -> Ticket:
    return Ticket(
        id=row.id, conversation=row.conversation, skill=row.skill, language=row.language, reason=row.reason,
        elder=row.elder, requested_at=row.requested_at, ranked_at=row.ranked_at, offered_to=row.offered_to,
        offered_until=row.offered_until, passed=tuple(row.passed), agent=row.agent,
        claimed_at=row.claimed_at, answered_at=row.answered_at,
    )  # fmt: skip
