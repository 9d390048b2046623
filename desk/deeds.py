"""How a deed at the desk is done: in one transaction, off the event loop, and rung for afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from anyio import to_thread
from sqlalchemy.orm import Session

from bot import log
from bot.conversation import Conversation
from bot.feed import QUEUE, Feed
from desk.rights import ROLE_NAMES, Right
from desk.staff import Staff
from store.database import Database

T = TypeVar("T")


class NotAllowed(Exception):
    """The role of this member of staff does not allow it."""


class UnknownColleague(Exception):
    """There is nobody of that name at the desk."""


class Deeds:
    """What the deeds on conversations and those on the desk itself share."""

    def __init__(self, database: Database, feed: Feed, now: Callable[[], datetime]) -> None:
        self._database = database
        self._feed = feed
        self._now = now

    async def on(self, conversation: str, deed: Callable[[Session, Conversation], T]) -> T:
        """Do ``deed`` on the locked conversation, then ring for who looks at it."""
        done = await self.write(lambda session: deed(session, log.load(session, conversation, lock=True)))
        self._feed.ring(conversation, QUEUE)
        return done

    async def write(self, deed: Callable[[Session], T]) -> T:
        def transact() -> T:
            with self._database.writing() as session:
                return deed(session)

        return await to_thread.run_sync(transact)

    async def read(self, look: Callable[[Session], T]) -> T:
        def transact() -> T:
            with self._database.reading() as session:
                return look(session)

        return await to_thread.run_sync(transact)


def require(staff: Staff, right: Right) -> None:
    """Raises `NotAllowed`."""
    if not staff.may(right):
        raise NotAllowed(f"您的角色（{ROLE_NAMES[staff.role]}）不能这样做。")
