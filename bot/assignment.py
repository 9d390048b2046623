"""The one place that assigns: offers waiting conversations to agents, takes offers back, mends what agents left."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from anyio import to_thread
from sqlalchemy import or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import handoff, log, queueing, roster, tickets
from bot.conversation import MoveRefused
from bot.feed import QUEUE, Feed
from bot.handoff import ACCEPT_TIME
from bot.queueing import Agent, Ticket
from store.database import Base, Database, DatabaseUnavailable, Moment

logger = logging.getLogger(__name__)

TURN_S = 1.0
LEASE_LIFE = timedelta(seconds=10)
ABSENCE = timedelta(minutes=3)
NAME = "assignment"


class LeaseRow(Base):
    """Which process does what only one may do at a time."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime] = mapped_column(Moment)


@dataclass
class Changes:
    """Whose bells are to be rung after a pass."""

    staff: set[str] = field(default_factory=set)
    conversations: set[str] = field(default_factory=set)


class Assignment:
    """Runs in every process; a lease in the database lets one of them work."""

    def __init__(self, database: Database, feed: Feed, now: Callable[[], datetime]) -> None:
        self._database = database
        self._feed = feed
        self._now = now
        self._holder = secrets.token_hex(8)

    async def run(self) -> None:
        """A pass now and then, and at once when the queue changes, for ever."""
        with self._feed.listen(QUEUE) as bell:
            while True:
                bell.arm()
                try:
                    await self.turn()
                except DatabaseUnavailable as error:
                    logger.error("assignment: %s", error)
                await bell.wait(TURN_S)
                await asyncio.sleep(TURN_S / 5)  # a busy queue is looked at five times a second at most

    async def turn(self) -> Changes:
        """One pass; what changed is rung for."""
        changes = await to_thread.run_sync(self.assign)
        if changes.staff or changes.conversations:
            self._feed.ring(*changes.staff, *changes.conversations, QUEUE)
        return changes

    def assign(self) -> Changes:
        """One pass in two transactions; without the lease, nothing. Raises `DatabaseUnavailable`."""
        changes = Changes()
        now = self._now()
        if not self._anything_open():
            return changes
        with self._database.writing() as session:
            if not _hold_lease(session, self._holder, now):
                return changes
            _offer_all(session, now, changes)
        for conversation in self._abandoned(now):
            self._lapse(conversation, now, changes)
        return changes

    def _anything_open(self) -> bool:
        with self._database.reading() as session:
            return tickets.any_open(session)

    def _abandoned(self, now: datetime) -> list[str]:
        """Conversations of agents who have long been gone."""
        with self._database.reading() as session:
            seen = {row.staff: row.seen_at for row in session.query(roster.AgentRow)}
            return [
                ticket.conversation
                for ticket in tickets.held(session)
                if _long_gone(seen.get(ticket.agent or ""), ticket, now)
            ]

    def _lapse(self, conversation: str, now: datetime, changes: Changes) -> None:
        """Back to the queue where the person waits for words and nobody is there to say them."""
        with self._database.writing() as session:
            held = log.load(session, conversation, lock=True)
            ticket = tickets.of(session, conversation)
            waits = ticket and (ticket.owes_first_words or log.last_author(session, held) == "customer")
            if not waits:
                return
            try:
                handoff.lapse(session, held, now)
            except MoveRefused as refusal:
                logger.info("conversation %s: not taken from its absent agent: %s", conversation, refusal)
                return
        changes.conversations.add(conversation)


def _long_gone(seen_at: datetime | None, ticket: Ticket, now: datetime) -> bool:
    since = max(filter(None, (seen_at, ticket.claimed_at)))
    return now - since > ABSENCE


def _offer_all(session: Session, now: datetime, changes: Changes) -> None:
    agents = {agent.staff: agent for agent in roster.ready(session, now)}
    waiting = [_expired(session, ticket, agents, now, changes) for ticket in tickets.waiting(session)]
    for ticket in waiting:
        if ticket.offered_to in agents:
            _load(agents, ticket.offered_to)
    for ticket in waiting:
        if ticket.offered_to:
            continue
        chosen = queueing.choose(ticket, agents.values())
        if chosen and tickets.offer(session, ticket, chosen.staff, now + ACCEPT_TIME):
            _load(agents, chosen.staff)
            changes.staff.add(chosen.staff)


def _expired(
    session: Session, ticket: Ticket, agents: dict[str, Agent], now: datetime, changes: Changes
) -> Ticket:
    """The ticket with its offer taken back where the agent let it pass or has gone."""
    if ticket.offered_to is None or ticket.offered_until is None:
        return ticket
    if ticket.offered_until > now and ticket.offered_to in agents:
        return ticket
    changes.staff.add(ticket.offered_to)
    passed = (*ticket.passed, ticket.offered_to)
    tickets.let_pass(session, ticket, passed)
    return replace(ticket, offered_to=None, offered_until=None, passed=passed)


def _load(agents: dict[str, Agent], staff: str) -> None:
    agents[staff] = replace(agents[staff], load=agents[staff].load + 1)


def _hold_lease(session: Session, holder: str, now: datetime) -> bool:
    """Take or keep the lease; its row stays locked until the pass is over."""
    row = session.get(LeaseRow, NAME)
    if row is None:
        session.add(LeaseRow(name=NAME, holder=holder, until=now + LEASE_LIFE))
        session.flush()
        return True
    held = session.execute(
        update(LeaseRow)
        .where(LeaseRow.name == NAME, or_(LeaseRow.holder == holder, LeaseRow.until < now))
        .values(holder=holder, until=now + LEASE_LIFE)
    )
    return bool(held.rowcount)  # type: ignore[attr-defined]
