"""How each group does today: who waits, how long, who is there, and how the service levels were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import roster
from bot.hours import Hours
from bot.queueing import SKILLS
from bot.tickets import TicketRow
from desk.board import Board, Targets

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Group:
    """Numbers of one group; waits in seconds. ``warned`` will soon be ``late``. ``median_wait_s`` and
    ``in_time``, the percentage that was claimed within the target, are None where none was within a day.
    """

    skill: str
    hours: Hours
    open: bool
    waiting: int
    longest_s: int
    warned: int
    late: int
    served: int
    ready: int
    claimed: int
    median_wait_s: int | None
    in_time: int | None


def overview(session: Session, board: Board, now: datetime, targets: Targets) -> list[Group]:
    return [_group(session, skill, board, now, targets) for skill in SKILLS]


def _group(session: Session, skill: str, board: Board, now: datetime, targets: Targets) -> Group:
    waiting = [talk for talk in board.queue if talk.skill == skill]
    served = [talk for talk in board.held if talk.skill == skill]
    hours = roster.hours_of(session, skill)
    waits = list(_waits(session, skill, hours, now))
    ready = [
        one for one in board.colleagues if one.presence == "ready" and (not one.skills or skill in one.skills)
    ]
    return Group(
        skill=skill,
        hours=hours,
        open=hours.open_at(now),
        waiting=len(waiting),
        longest_s=max((talk.seconds for talk in waiting), default=0),
        warned=sum(talk.level == "warning" for talk in waiting),
        late=sum(talk.level == "late" for talk in waiting),
        served=len(served),
        ready=len(ready),
        claimed=len(waits),
        median_wait_s=round(median(waits)) if waits else None,
        in_time=round(100 * sum(wait < targets.accept_s for wait in waits) / len(waits)) if waits else None,
    )


def _waits(session: Session, skill: str, hours: Hours, now: datetime) -> Iterable[float]:
    """How long those waited, in hours of service, who were claimed within a day."""
    rows = session.execute(
        select(TicketRow.requested_at, TicketRow.claimed_at).where(
            TicketRow.skill == skill, TicketRow.claimed_at > now - DAY
        )
    )
    return (hours.open_seconds(requested, claimed) for requested, claimed in rows if claimed)
