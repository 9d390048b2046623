"""The conversation API of web clients: open, send, and a stream of events that resumes."""

import json
import random
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query, Request, status
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from bot import handoff, log, marks
from bot.cases import LONGEST, NoContact
from bot.channels.contract import Problem, public_event
from bot.channels.web.token import opened_by
from bot.contact import contact_in
from bot.conversation import Conversation, Event, Inbound
from bot.exchange import Exchange, left_in_words
from bot.feed import QUEUE, Feed, Passing
from bot.outlook import Outlook
from bot.vault import Vault
from store.database import Database

CHANNEL = "web"
COOKIE = "shuiwen_chat"
HEARTBEAT_S = 15.0
RECHECK_S = 2.0
PAGE = 500  # lines read at once
# After so long the log is read without a ring, as one may be lost between processes; not by all streams at once.
UNRUNG_S = (4.0, 8.0)


class NewMessage(BaseModel):
    """``client_txn_id`` names the message: a retry with the same one never makes a second message."""

    client_txn_id: str = Field(min_length=1, max_length=200)
    text: str


class Seen(BaseModel):
    """The newest line that the person has seen."""

    seq: int = Field(ge=0)


class Mode(BaseModel):
    """``elder``: large and simple, and some minutes ahead in the queue."""

    elder: bool


class LeftMessage(BaseModel):
    """A message for the desk; ``text`` or ``contact`` must hold a telephone number or an e-mail address."""

    text: str = Field(min_length=1, max_length=LONGEST)
    contact: str = Field(default="", max_length=200)


def routes(
    database: Database,
    exchange: Exchange,
    feed: Feed,
    now: Callable[[], datetime],
    outlook: Outlook,
    vault: Vault | None,
) -> APIRouter:
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

    @router.post("/{conversation}/typing", status_code=status.HTTP_204_NO_CONTENT)
    async def typing(owned: Owned) -> None:
        """The person is writing; agents see it for some seconds."""
        feed.say(owned.id, {"event": "typing", "who": "customer"})

    @router.post("/{conversation}/seen", status_code=status.HTTP_204_NO_CONTENT)
    async def seen(seen: Seen, owned: Owned) -> None:
        """The person has seen every line up to ``seq``."""
        if reached := await to_thread.run_sync(_mark, database, owned.id, seen.seq):
            feed.say(owned.id, {"event": "seen", "seq": reached, "by": "customer"})

    @router.post("/{conversation}/mode", status_code=status.HTTP_204_NO_CONTENT)
    def mode(mode: Mode, owned: Owned) -> None:
        with database.writing() as session:
            handoff.choose_mode(session, log.load(session, owned.id, lock=True), mode.elder)
        feed.ring(QUEUE)

    @router.post("/{conversation}/cases", status_code=status.HTTP_201_CREATED)
    def leave(left: LeftMessage, owned: Owned) -> dict[str, Any]:
        """Leave a message instead of waiting; the notice that says what becomes of it."""
        text = left.text if contact_in(left.text) else f"{left.text} {left.contact}"
        try:
            with database.writing() as session:
                case = handoff.leave(session, log.load(session, owned.id, lock=True), text, now(), vault)
                words = left_in_words(session, case, now())
                log.append(session, owned.id, "notice", words, now(), data={"notice": "left_message"})
        except NoContact as refusal:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no-contact", str(refusal)) from None
        feed.ring(owned.id, QUEUE)
        return {"case": case.id, "text": words}

    @router.get("/{conversation}/events")
    async def events(
        request: Request,
        owned: Owned,
        last_event_id: Annotated[int, Header(ge=0)] = 0,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """Server-sent events from the line after ``Last-Event-ID`` (or ``after``) on, without end.

        Beside the log's lines come named events that stand in no log: ``typing`` ``{"who"}``, ``seen``
        ``{"seq", "by"}``, once ``caught_up`` after the lines that were there already and, while the person waits,
        ``queue`` ``{"place", "estimate_seconds", "present"}`` at each change.
        """
        start = max(last_event_id, after)
        stream = follow(database, feed, outlook, owned.id, start, request.is_disconnected)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return router


async def follow(
    database: Database,
    feed: Feed,
    outlook: Outlook,
    conversation: str,
    after: int,
    gone: Callable[[], Any],
) -> AsyncIterator[str]:
    """The log of a conversation after line ``after``, and what is added to it, as server-sent events."""

    def read(seq: int) -> tuple[list[Event], bool]:
        """What is new, and whether the person waits: the outlook may be a second behind the log."""
        with database.reading() as session:
            news = log.events_after(session, conversation, seq, PAGE)
            return news, log.load(session, conversation).owner == "waiting"

    looked_at, patience = float("-inf"), random.uniform(*UNRUNG_S)  # noqa: S311
    quiet, caught_up, more, waits = 0.0, False, False, False
    place: dict[str, Any] | None = None
    yield "retry: 1000\n\n"
    yield await to_thread.run_sync(_seen_so_far, database, conversation)
    with feed.listen(conversation) as bell:
        while not (feed.closed or await gone()):
            rung = bool(bell.arm())
            said = [_passing(passing) for passing in bell.passing() if _by_agent(passing)]
            if rung or more or time.monotonic() - looked_at > patience:
                looked_at = time.monotonic()
                news, waits = await to_thread.run_sync(read, after)
                more = len(news) == PAGE
                after = news[-1].seq if news else after
                said += map(_line, news)
            waiting = await to_thread.run_sync(outlook.of, conversation) if waits else None
            if waiting and waiting.public != place:
                said.append(_named("queue", waiting.public))
            place = waiting.public if waiting else None
            for line in said:
                yield line
            if said:
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


def _line(event: Event) -> str:
    return f"id: {event.seq}\ndata: {json.dumps(public_event(event), ensure_ascii=False)}\n\n"


def _named(event: str, data: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _passing(passing: Passing) -> str:
    return _named(passing["event"], {key: value for key, value in passing.items() if key != "event"})


def _by_agent(passing: Passing) -> bool:
    return "agent" in (passing.get("who"), passing.get("by"))


def _seen_so_far(database: Database, conversation: str) -> str:
    """How far agents have read already, for a page that was just opened."""
    with database.reading() as session:
        seq = marks.marks(session, conversation).get("agent")
    return _named("seen", {"seq": seq, "by": "agent"}) if seq else ": nothing seen yet\n\n"


def _mark(database: Database, conversation: str, seq: int) -> int | None:
    with database.writing() as session:
        known = log.load(session, conversation, lock=True)
        return marks.mark(session, conversation, "customer", seq, known.last_seq)
