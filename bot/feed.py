"""Wakes those who wait for news of a conversation or of the queue, in this process."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

QUEUE = "queue"
PASSING_KEPT = 20

Passing = dict[str, Any]


class Bell:
    """A listener's bell: `arm` it, look in the log, then `wait`; a ring in between is not lost.

    `arm` gives the names that rang since, `passing` what was said in passing and stands in no log.
    """

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._names: set[str] = set()
        self._passing: deque[Passing] = deque(maxlen=PASSING_KEPT)

    def arm(self) -> set[str]:
        self._rung.clear()
        names, self._names = self._names, set()
        return names

    def ring(self, name: str) -> None:
        self._names.add(name)
        self._rung.set()

    def say(self, passing: Passing) -> None:
        self._passing.append(passing)
        self._rung.set()

    def passing(self) -> list[Passing]:
        said = list(self._passing)
        self._passing.clear()
        return said

    async def wait(self, seconds: float) -> None:
        """Return at the next ring since `arm`, at the latest after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass


class Feed:
    """Bells by name: a conversation's id, a member of staff's, or `QUEUE`."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)
        self.closed = False

    def close(self) -> None:
        """Wake everybody for the last time: the server stops, and streams have no end of their own."""
        self.closed = True
        for name in tuple(self._bells):
            Feed.ring(self, name)

    def ring(self, *names: str) -> None:
        for name in names:
            for bell in self._bells.get(name, ()):
                bell.ring(name)

    def say(self, name: str, passing: Passing) -> None:
        """Tell listeners something that passes: typing, a read mark."""
        for bell in self._bells.get(name, ()):
            bell.say(passing)

    async def start(self) -> None:
        """Nothing to connect to: everybody is in this process."""

    async def stop(self) -> None:
        """Nothing was connected to."""

    @contextmanager
    def listen(self, *names: str) -> Iterator[Bell]:
        bell = Bell()
        for name in names:
            self._bells[name].add(bell)
        try:
            yield bell
        finally:
            for name in names:
                self._bells[name].discard(bell)
                if not self._bells[name]:
                    del self._bells[name]
