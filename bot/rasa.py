"""The client of the Rasa process: one turn of a dialogue in, replies and what the dialogue knows out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from types import TracebackType
from typing import Any, Protocol, Self

import orjson
from aiohttp import ClientConnectionError, ClientError, ClientSession, ClientTimeout, TCPConnector

from bot.conversation import OUTCOMES, Button, Reply

RETRY_S = 0.25
CONNECTIONS = 64
QUICK = ClientTimeout(total=2)


class RasaFailed(Exception):
    """Rasa gave no usable reply. ``permanent`` where asking again would fail the same way."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True)
class Turn:
    """What came of one message: the replies and the dialogue's state after it."""

    replies: tuple[Reply, ...]
    state: dict[str, Any]


class Dialogue(Protocol):
    """The seam to Rasa."""

    async def respond(
        self, sender: str, text: str, metadata: dict[str, Any], state: dict[str, Any] | None
    ) -> Turn:
        """Raises `RasaFailed`."""
        ...

    async def alive(self) -> bool: ...


class RasaClient:
    """Speaks to the channel in ``dialogue/channel.py``. A slow answer is a failed one.

    While Rasa cannot be reached the turn is tried again until the caller gives up: a Rasa that was killed
    is back within seconds, and a turn that it did not finish has left nothing behind.
    """

    def __init__(self, url: str, deadline_s: float) -> None:
        self._url = url.rstrip("/")
        self._deadline = ClientTimeout(total=deadline_s)

    @cached_property
    def _http(self) -> ClientSession:
        """Made on first use: a session belongs to the loop that is running then."""
        return ClientSession(timeout=self._deadline, connector=TCPConnector(limit=CONNECTIONS))

    async def respond(
        self, sender: str, text: str, metadata: dict[str, Any], state: dict[str, Any] | None
    ) -> Turn:
        turn = {"sender": sender, "message": text, "metadata": metadata, "state": state}
        try:
            return _turn(await self._post(turn))
        except (ClientError, TimeoutError) as error:
            raise RasaFailed(f"Rasa did not answer: {error!r}") from error

    async def _post(self, turn: dict[str, Any]) -> bytes:
        while True:
            try:
                async with self._http.post(f"{self._url}/webhooks/shuiwen/webhook", json=turn) as response:
                    if response.status != HTTPStatus.OK:
                        permanent = response.status < HTTPStatus.INTERNAL_SERVER_ERROR
                        raise RasaFailed(f"Rasa answered {response.status}", permanent=permanent)
                    return await response.read()
            except ClientConnectionError:
                await asyncio.sleep(RETRY_S)

    async def alive(self) -> bool:
        try:
            async with self._http.get(f"{self._url}/status", timeout=QUICK) as response:
                return response.status == HTTPStatus.OK
        except (ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _turn(answer: bytes) -> Turn:
    try:
        body = orjson.loads(answer)
        replies = tuple(_reply(message) for message in body["messages"])
        state = dict(body["state"])
    except (ValueError, KeyError, TypeError) as error:
        raise RasaFailed(f"Rasa's answer was not understood: {error!r}", permanent=True) from error
    if not replies:
        raise RasaFailed("Rasa said nothing; an action failed")
    return Turn(replies, state)


def _reply(message: dict[str, Any]) -> Reply:
    custom = dict(message.get("custom") or {})
    outcome = custom.pop("outcome", None)
    if outcome not in OUTCOMES:
        raise ValueError(f"unknown outcome {outcome!r}")
    return Reply(
        text=message["text"],
        outcome=outcome,
        buttons=tuple(Button(b["title"], b["payload"]) for b in message.get("buttons") or ()),
        reason=custom.pop("reason", None),
        evidence=custom.pop("evidence", None),
        details=custom,
    )
