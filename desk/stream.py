"""What a page of the desk is told while it is open, as server-sent events."""

from __future__ import annotations

import json
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anyio import to_thread

from bot import log
from bot.conversation import Event
from bot.feed import QUEUE, Feed, Passing
from desk import admission
from desk.board import FRESH_S, Board, Boards
from desk.staff import Staff
from store.database import Database

RECHECK_S = 2.0
# After so long the log is read without a ring, as one may be lost between processes; not by all streams at once.
UNRUNG_S = (4.0, 8.0)
BEAT = timedelta(seconds=14)
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True)
class Looks:
    """How a page wants its news: the board and new lines, each as JSON."""

    board: Callable[[Board], Any]
    lines: Callable[[list[Event]], Any]


async def changes(
    database: Database,
    feed: Feed,
    boards: Boards,
    now: Callable[[], datetime],
    staff: Staff,
    conversation: str,
    after: int,
    looks: Looks,
    gone: Callable[[], Any],
) -> AsyncIterator[str]:
    """``board`` at each change of it; ``lines`` added to the open conversation after line ``after``; ``room``
    where something else about it changed; ``typing`` and ``seen`` of its person; ``beat`` at once and every
    `BEAT`, to be answered by a sign of life. Ends where ``staff`` may no longer be here.
    """

    def read(seq: int) -> list[Event]:
        with database.reading() as session:
            return log.events_after(session, conversation, seq)

    shown: Board | None = None
    looked_at, patience = float("-inf"), random.uniform(*UNRUNG_S)  # noqa: S311
    pulse = _Pulse(database, staff, now)
    yield "retry: 1000\n\n"
    with feed.listen(QUEUE, staff_bell(staff.id), *([conversation] if conversation else [])) as bell:
        while not feed.closed and not await gone() and await pulse.goes_on():
            rang = bell.arm()
            said = [_named(passing["event"], passing) for passing in bell.passing() if _by_person(passing)]
            said += pulse.beats()
            if conversation and (conversation in rang or time.monotonic() - looked_at > patience):
                looked_at = time.monotonic()
                if news := await to_thread.run_sync(read, after):
                    after = news[-1].seq
                    said.append(f"id: {after}\n" + _named("lines", looks.lines(news)))
                elif conversation in rang:
                    said.append(_named("room", {}))
            for line in said:
                yield line
            board = await boards.present()
            if board is not shown:
                shown = board
                yield _named("board", looks.board(board))
            await bell.wait(FRESH_S if QUEUE in rang else RECHECK_S)  # what rang may be newer than the board


class _Pulse:
    """Beats as long as ``staff`` may be here, which is asked before each beat."""

    def __init__(self, database: Database, staff: Staff, now: Callable[[], datetime]) -> None:
        self._database = database
        self._staff = staff
        self._now = now
        self._last: datetime | None = None
        self._due = False

    async def goes_on(self) -> bool:
        self._due = self._last is None or self._now() - self._last > BEAT
        return not self._due or await to_thread.run_sync(self._admitted)

    def beats(self) -> list[str]:
        """The beat as an event, where one is due."""
        if not self._due:
            return []
        self._last = self._now()
        return [_named("beat", {})]

    def _admitted(self) -> bool:
        with self._database.reading() as session:
            return admission.lasts(session, self._staff, self._now())


def staff_bell(staff: str) -> str:
    """The name in the feed under which a member of staff is rung for."""
    return f"staff:{staff}"


def _named(event: str, data: Any) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False, default=str)}\n\n"


def _by_person(passing: Passing) -> bool:
    return "customer" in (passing.get("who"), passing.get("by"))
