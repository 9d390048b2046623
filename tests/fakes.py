"""Hand-written stand-ins at the seams: a dialogue that says what it is told, and a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.conversation import Reply
from bot.rasa import RasaFailed, Turn


class FakeDialogue:
    """Plays Rasa: answers by ``script`` or with ``replies``, or fails, and keeps what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [Reply("好的。", "smalltalk")]
        self.script: dict[str, Reply] = {}
        self.state: dict[str, Any] = {"slots": {}}
        self.heard: list[tuple[str, str, dict[str, Any]]] = []
        self.states: list[dict[str, Any] | None] = []
        self.down = False
        self.slow_s = 0.0
        self.meanwhile: Callable[[], None] = lambda: None

    async def respond(
        self, sender: str, text: str, metadata: dict[str, Any], state: dict[str, Any] | None
    ) -> Turn:
        self.heard.append((sender, text, metadata))
        self.states.append(state)
        if self.down:
            raise RasaFailed("Rasa cannot be reached")
        await asyncio.sleep(self.slow_s)
        self.meanwhile()
        replies = (self.script[text],) if text in self.script else tuple(self.replies)
        return Turn(replies, self.state)

    async def alive(self) -> bool:
        return not self.down


class FakeClock:
    """A clock that moves a second with each look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at
