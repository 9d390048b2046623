"""The conversation API of web clients: open, send, and a stream of events that resumes."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query, Request, status
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from bot import log
from bot.channels.contract import public_event
from bot.channels.web.token import opened_by
from bot.conversation import Conversation, Event, Inbound
from bot.exchange import Exchange
from bot.feed import Feed
from store.database import Database

CHANNEL = "web"
COOKIE = "shuiwen_chat"
HEARTBEAT_S = 15.0
RECHECK_S = 2.0


class NewMessage(BaseModel):
    """``client_txn_id`` names the message: a retry with the same one never makes a second message."""

    client_txn_id: str = Field(min_length=1, max_length=200)
    text: str


def routes(database: Database, exchange: Exchange, feed: Feed, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["conversations"])

    Owned = Annotated[Conversation, Depends(opened_by(database))]  # noqa: N806 - a type

    @router.post("", status_code=status.HTTP_201_CREATED)
    def open_conversation() -> dict[str, str]:
        with database.writing() as session:
            conversation, token = log.open_conversation(session, CHANNEL, "", now())
        return {"conversation": conversation.id, "token": token}

    @router.post("/{conversation}/messages")
    async def send(message: NewMessage, owned: Owned) -> dict[str, Any]:
        replies = await exchange.receive(Inbound(owned.id, message.client_txn_id, message.text))
        return {"replies": [public_event(reply) for reply in replies]}

    @router.get("/{conversation}/events")
    async def events(
        request: Request,
        owned: Owned,
        last_event_id: Annotated[int, Header(ge=0)] = 0,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """Server-sent events from the line after ``Last-Event-ID`` (or ``after``) on, without end."""
        stream = follow(database, feed, owned.id, max(last_event_id, after), request.is_disconnected)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return router


async def follow(
    database: Database, feed: Feed, conversation: str, after: int, gone: Callable[[], Any]
) -> AsyncIterator[str]:
    """The log of a conversation after line ``after``, and what is added to it, as server-sent events."""

    def read(seq: int) -> list[Event]:
        with database.reading() as session:
            return log.events_after(session, conversation, seq)

    quiet, caught_up = 0.0, False
    yield "retry: 1000\n\n"
    with feed.listen(conversation) as bell:
        while not await gone():
            bell.arm()
            news = await to_thread.run_sync(read, after)
            for event in news:
                after = event.seq
                yield f"id: {event.seq}\ndata: {json.dumps(public_event(event), ensure_ascii=False)}\n\n"
            if news:
                quiet = 0.0
                continue
            if not caught_up:
                caught_up = True
                yield "event: caught_up\ndata: {}\n\n"
            await bell.wait(RECHECK_S)
            quiet += RECHECK_S
            if quiet >= HEARTBEAT_S:
                quiet = 0.0
                yield ": still here\n\n"
