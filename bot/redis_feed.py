"""The feed across processes, through Redis pub/sub."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.feed import Feed, Passing

logger = logging.getLogger(__name__)

CHANNEL = "shuiwen:feed"
RETRY_S = 1.0
LISTEN_S = 5.0
MOST_UNSENT = 10_000


class RedisFeed(Feed):
    """Rings the bells of this process at once and those of the others through Redis.

    While Redis is away the others' bells stay silent and their streams look in the log every few seconds, as they
    always do; nothing is lost but speed.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(url)
        self._origin = secrets.token_hex(8)
        self._unsent: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MOST_UNSENT)
        self._tasks: list[asyncio.Task[None]] = []

    def ring(self, *names: str) -> None:
        super().ring(*names)
        self._send({"ring": names})

    def say(self, name: str, passing: Passing) -> None:
        super().say(name, passing)
        self._send({"say": name, "passing": passing})

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(_forever(self._publish)),
            asyncio.create_task(_forever(self._subscribe)),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._redis.aclose()

    def _send(self, message: dict[str, Any]) -> None:
        with suppress(asyncio.QueueFull):
            self._unsent.put_nowait({"from": self._origin, **message})

    async def _publish(self) -> None:
        while True:
            message = await self._unsent.get()
            await self._redis.publish(CHANNEL, json.dumps(message))

    async def _subscribe(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(CHANNEL)
            while True:
                received = await pubsub.get_message(timeout=LISTEN_S)
                if received:
                    self._hear(json.loads(received["data"]))

    def _hear(self, message: dict[str, Any]) -> None:
        if message["from"] == self._origin:
            return
        if "ring" in message:
            super().ring(*message["ring"])
        else:
            super().say(message["say"], message["passing"])


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    """Redis comes and goes; go on as soon as it is there again."""
    while True:
        try:
            await work()
        except (RedisError, OSError) as error:
            logger.warning("Redis cannot be reached: %s", error)
            await asyncio.sleep(RETRY_S)
