"""``/desk``: the queue, a conversation and what an agent may do with it. Server-rendered, live by a stream."""

import json
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from sqlalchemy.orm import Session

from bot import handoff, log
from bot.conversation import Conversation, MoveRefused
from bot.feed import QUEUE, Feed
from bot.log import UnknownConversation
from bot.routing import LONGEST_MESSAGE
from desk.door import TEMPLATES, Door, same_site
from desk.staff import Staff
from store.database import Database

RECHECK_S = 2.0
HEARTBEATS = 7
SHOWN = 2_000
REASONS = {
    "asked_for_agent": "要求人工",
    "low_confidence": "助手没有把握",
    "needs_account_data": "需查个人涉税信息",
    "repeated_failure": "多次未能答复",
    "complaint": "投诉",
    "assistant_down": "助手不可用",
}
AUTHORS = {"customer": "来访者", "assistant": "助手", "agent": "人工", "notice": "通知"}

SeeOther = HTTPStatus.SEE_OTHER


def routes(  # noqa: C901 - one short function a route
    database: Database, feed: Feed, now: Callable[[], datetime], originals: bool = False
) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])

    door = Door(database, now)
    SignedIn = Annotated[Staff, Depends(door.with_right("read_conversations"))]  # noqa: N806 - a type
    Acting = Annotated[Staff, Depends(door.acting("take_conversations"))]  # noqa: N806 - a type

    @router.get("")
    def desk(request: Request, staff: SignedIn, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            page = {"staff": staff, "said": NOTICES.get(said, ""), **_overview(session, staff, now())}
        return TEMPLATES.TemplateResponse(request, "desk.html", page)

    @router.get("/conversations/{conversation}")
    def conversation_page(
        request: Request, staff: SignedIn, conversation: str, said: str = ""
    ) -> HTMLResponse:
        with database.reading() as session:
            try:
                shown = log.load(session, conversation)
            except UnknownConversation:
                page = {
                    "staff": staff,
                    "said": NOTICES["UnknownConversation"],
                    **_overview(session, staff, now()),
                }
                return TEMPLATES.TemplateResponse(request, "desk.html", page, HTTPStatus.NOT_FOUND)
            page = {
                "staff": staff,
                "said": NOTICES.get(said, ""),
                "shown": shown,
                "mine": shown.owner == "agent" and shown.agent == staff.id,
                "events": log.events_after(session, conversation, shown.last_seq - SHOWN, SHOWN),
                "txn": secrets.token_hex(8),
                "reason": REASONS.get(shown.reason or "", ""),
                "authors": AUTHORS,
                "originals": originals,
                **_overview(session, staff, now()),
            }
        return TEMPLATES.TemplateResponse(request, "conversation.html", page)

    @router.post("/conversations/{conversation}/claim")
    async def claim(staff: Acting, conversation: str) -> RedirectResponse:
        return await act(conversation, lambda s, c: handoff.claim(s, c, staff.id, staff.name, now()))

    @router.post("/conversations/{conversation}/reply")
    async def reply(
        staff: Acting,
        conversation: str,
        text: Annotated[str, Form(max_length=LONGEST_MESSAGE)] = "",
        txn: Annotated[str, Form(max_length=64)] = "",
    ) -> RedirectResponse:
        if not text.strip():
            return RedirectResponse(f"/desk/conversations/{conversation}?said=empty", SeeOther)
        return await act(
            conversation, lambda s, c: handoff.reply(s, c, staff.id, text.strip(), now(), txn or None)
        )

    @router.post("/conversations/{conversation}/{move}")
    async def move(staff: Acting, conversation: str, move: Literal["return", "close"]) -> RedirectResponse:
        law = handoff.give_back if move == "return" else handoff.close
        return await act(conversation, lambda s, c: law(s, c, staff.id, now()), f"/desk?said={move}")

    @router.get("/events")
    async def events(request: Request, staff: SignedIn, conversation: str = "") -> StreamingResponse:
        """Says that the queue or the open conversation has changed; the page then fetches itself anew."""
        stream = _changes(database, feed, staff, conversation, now, request.is_disconnected)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def act(
        conversation: str, deed: Callable[[Session, Conversation], Any], then: str = ""
    ) -> RedirectResponse:
        """Do ``deed`` on a conversation in one transaction, and show it or ``then``; a refusal is told."""

        def transact() -> str:
            with database.writing() as session:
                try:
                    deed(session, log.load(session, conversation, lock=True))
                except (MoveRefused, UnknownConversation) as refusal:
                    return type(refusal).__name__
            return ""

        refused = await to_thread.run_sync(transact)
        feed.ring(conversation, QUEUE)
        room = f"/desk/conversations/{conversation}"
        return RedirectResponse(f"{room}?said={refused}" if refused else then or f"{room}#end", SeeOther)

    return router


NOTICES = {
    "NotWaiting": "这个会话已被别人接走，或对方已离开。",
    "NotYours": "这个会话不在您手上。",
    "MoveRefused": "这个会话刚刚改变，请再看一眼。",
    "UnknownConversation": "没有这个会话。请从左侧的列表里选择。",
    "empty": "没有填写内容。",
    "return": "已交还智能助手。",
    "close": "会话已结束。",
}


def _overview(session: Session, staff: Staff, at: datetime) -> dict[str, Any]:
    queue = [
        {
            "id": c.id,
            "reason": REASONS.get(c.reason or "", ""),
            "minutes": _minutes(c, at),
            "about": _last_said(session, c),
        }
        for c in log.waiting(session)
    ]
    mine = [{"id": c.id, "about": _last_said(session, c)} for c in log.owned_by(session, staff.id)]
    return {"queue": queue, "mine": mine}


def _minutes(conversation: Conversation, at: datetime) -> int:
    since = conversation.waiting_since or at
    return int((at - since).total_seconds() // 60)


def _last_said(session: Session, conversation: Conversation) -> str:
    events = log.events_after(session, conversation.id, max(0, conversation.last_seq - 20))
    said = [event.text for event in events if event.author == "customer"]
    return said[-1][:60] if said else "（没有文字）"


async def _changes(
    database: Database,
    feed: Feed,
    staff: Staff,
    conversation: str,
    now: Callable[[], datetime],
    gone: Callable[[], Any],
) -> AsyncIterator[str]:
    def state() -> str:
        with database.reading() as session:
            overview = _overview(session, staff, now())
            last = log.load(session, conversation) if conversation else None
        return json.dumps([overview, last and (last.last_seq, last.owner)], ensure_ascii=False)

    seen = await to_thread.run_sync(state)
    yield "retry: 1000\n\n"
    quiet = 0
    with feed.listen(QUEUE, *([conversation] if conversation else [])) as bell:
        while not await gone():
            bell.arm()
            present = await to_thread.run_sync(state)
            if present != seen:
                seen, quiet = present, 0
                yield "data: changed\n\n"
                continue
            await bell.wait(RECHECK_S)
            quiet += 1
            if quiet % HEARTBEATS == 0:
                yield ": still here\n\n"
