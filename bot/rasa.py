"""The client of the Rasa process: one turn of a dialogue in, replies and what the dialogue knows out."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

from bot.conversation import OUTCOMES, Button, Reply


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
    """Speaks to the channel in ``dialogue/channel.py``. A slow answer is a failed one."""

    def __init__(self, url: str, deadline_s: float) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        self._http = httpx.AsyncClient(base_url=url, timeout=deadline_s, limits=limits, trust_env=False)

    async def respond(
        self, sender: str, text: str, metadata: dict[str, Any], state: dict[str, Any] | None
    ) -> Turn:
        turn = {"sender": sender, "message": text, "metadata": metadata, "state": state}
        try:
            response = await self._http.post("/webhooks/shuiwen/webhook", json=turn)
        except httpx.TimeoutException as error:
            raise RasaFailed("Rasa did not answer in time") from error
        except httpx.HTTPError as error:
            raise RasaFailed(f"Rasa cannot be reached: {error!r}") from error
        if response.status_code != httpx.codes.OK:
            raise RasaFailed(f"Rasa answered {response.status_code}", permanent=response.is_client_error)
        return _turn(response)

    async def alive(self) -> bool:
        try:
            return (await self._http.get("/status", timeout=2)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _turn(response: httpx.Response) -> Turn:
    try:
        body = response.json()
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
        text=custom.pop("text"),
        outcome=outcome,
        buttons=tuple(Button(b["title"], b["payload"]) for b in custom.pop("buttons", ())),
        reason=custom.pop("reason", None),
        evidence=custom.pop("evidence", None),
        details=custom,
    )
