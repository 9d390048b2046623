"""Who may take conversations: skills, languages, capacity, presence; and each group's hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import JSON, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.hours import Hours
from bot.log import ConversationRow
from bot.queueing import LANGUAGES, SKILLS, Agent, Skill
from store.database import Base, Moment

Presence = Literal["ready", "away", "gone"]

PRESENCE_LIFE = timedelta(seconds=45)
CHOICE_LIFE = timedelta(minutes=30)
CAPACITY = 5


class AgentRow(Base):
    """What the queue knows of a member of staff. A browser at the desk renews ``seen_at``."""

    __tablename__ = "desk_agents"

    staff: Mapped[str] = mapped_column(primary_key=True)
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(LANGUAGES))
    capacity: Mapped[int] = mapped_column(default=CAPACITY)
    ready: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)


class GroupRow(Base):
    __tablename__ = "skill_groups"

    skill: Mapped[str] = mapped_column(primary_key=True)
    hours: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True)
class Seat:
    """An agent with their presence at this moment."""

    agent: Agent
    presence: Presence


def row_of(session: Session, staff: str) -> AgentRow:
    """The row of a member of staff, made where there is none yet."""
    row = session.get(AgentRow, staff)
    if row is None:
        row = AgentRow(
            staff=staff, skills=[], languages=list(LANGUAGES), capacity=CAPACITY, ready=False, seen_at=None
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another browser of theirs was first
            return session.get_one(AgentRow, staff)
    return row


def seen(session: Session, staff: str, now: datetime, ready: bool | None = None) -> Presence:
    """A browser of ``staff`` is there; ``ready`` where they chose to take conversations or not to.

    Who was gone for `CHOICE_LIFE` chooses anew, so that nobody is rung who only came to look.
    """
    row = row_of(session, staff)
    if row.seen_at is None or now - row.seen_at > CHOICE_LIFE:
        row.ready = False
    row.seen_at = now
    if ready is not None:
        row.ready = ready
    session.flush()
    return _presence(row, now)


def left(session: Session, staff: str) -> None:
    """Signed out: gone at once, and to choose anew."""
    row = row_of(session, staff)
    row.seen_at, row.ready = None, False
    session.flush()


def seats(session: Session, now: datetime) -> dict[str, Seat]:
    """Everybody who was ever at the desk, with their load: the conversations that they hold."""
    held = select(ConversationRow.agent, func.count()).where(ConversationRow.owner == "agent")
    loads = {row[0]: row[1] for row in session.execute(held.group_by(ConversationRow.agent))}
    return {
        row.staff: Seat(
            Agent(
                row.staff, frozenset(row.skills), frozenset(row.languages), max(1, row.capacity),
                loads.get(row.staff, 0),
            ),
            _presence(row, now),
        )
        for row in session.scalars(select(AgentRow))
    }  # fmt: skip


def ready(session: Session, now: datetime) -> list[Agent]:
    """The agents who are present and take conversations."""
    return [seat.agent for seat in seats(session, now).values() if seat.presence == "ready"]


def hours_of(session: Session, skill: str) -> Hours:
    row = session.get(GroupRow, skill)
    return Hours.model_validate(row.hours) if row else Hours()


def all_hours(session: Session) -> dict[str, Hours]:
    """The hours of every group."""
    kept = {row.skill: Hours.model_validate(row.hours) for row in session.scalars(select(GroupRow))}
    return {skill: kept.get(skill, Hours()) for skill in SKILLS}


def set_hours(session: Session, skill: Skill, hours: Hours) -> None:
    session.merge(GroupRow(skill=skill, hours=hours.model_dump(mode="json")))


def assign_skills(
    session: Session, staff: str, skills: Sequence[str], languages: Sequence[str], capacity: int
) -> None:
    """What a supervisor decides about an agent."""
    row = row_of(session, staff)
    row.skills, row.languages, row.capacity = list(skills), list(languages), capacity
    session.flush()


def _presence(row: AgentRow, now: datetime) -> Presence:
    if row.seen_at is None or now - row.seen_at > PRESENCE_LIFE:
        return "gone"
    return "ready" if row.ready else "away"
