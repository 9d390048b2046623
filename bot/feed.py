"""Wakes those who wait for news of a conversation or of the queue, in this process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

QUEUE = "queue"


class Bell:
    """A listener's bell: `arm` it, look in the log, then `wait`; a ring in between is not lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def arm(self) -> None:
        self._rung.clear()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return at the next ring since `arm`, at the latest after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass


class Feed:
    """Bells by name: a conversation's id, or `QUEUE`."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)

    def ring(self, *names: str) -> None:
        for name in names:
            for bell in self._bells.get(name, ()):
                bell.ring()

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
