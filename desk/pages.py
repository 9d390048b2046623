"""``/desk``: the queue, a conversation and what an agent may do with it. Server-rendered, live by a stream."""

import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Cookie, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy.orm import Session

from bot import handoff, log, tickets
from bot.channels.contract import Problem
from bot.conversation import Conversation, MoveRefused
from bot.feed import QUEUE, Feed
from bot.log import UnknownConversation
from bot.routing import LONGEST_MESSAGE
from desk import staff as accounts
from desk.staff import SignInRefused, Staff
from store.database import Database

TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
COOKIE = "shuiwen_staff"
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
    database: Database, feed: Feed, now: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False)

    def signed_in(shuiwen_staff: Annotated[str, Cookie()] = "") -> Staff:
        with database.reading() as session:
            return accounts.signed_in(session, shuiwen_staff, now())

    SignedIn = Annotated[Staff, Depends(signed_in)]  # noqa: N806 - a type

    def acting(staff: SignedIn, form_token: Annotated[str, Form()] = "") -> Staff:
        """A signed-in member of staff whose form came from our own page."""
        if not hmac.compare_digest(form_token.encode(), staff.form_token.encode()):
            raise Problem(HTTPStatus.FORBIDDEN, "wrong-form", "页面已过期，请刷新后再操作。")
        return staff

    Acting = Annotated[Staff, Depends(acting)]  # noqa: N806 - a type

    @router.get("/sign-in/{token}")
    def sign_in_page(request: Request, token: str) -> HTMLResponse:
        """A page with a button, so that a link preview does not use the link up."""
        return TEMPLATES.TemplateResponse(request, "sign_in.html", {"token": token})

    @router.post("/sign-in/{token}")
    def sign_in(request: Request, token: str) -> RedirectResponse:
        with database.writing() as session:
            browser = accounts.sign_in(session, token, now())
        response = RedirectResponse("/desk", SeeOther)
        response.set_cookie(
            COOKIE,
            browser,
            int(accounts.SESSION_LIFE.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/desk",
        )
        return response

    @router.post("/sign-out")
    def sign_out(staff: Acting, shuiwen_staff: Annotated[str, Cookie()] = "") -> RedirectResponse:  # noqa: ARG001
        with database.writing() as session:
            accounts.sign_out(session, shuiwen_staff, now())
        return RedirectResponse("/desk", SeeOther)

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


def sign_in_needed(request: Request, refused: SignInRefused) -> HTMLResponse:
    """What staff see who are not signed in."""
    return TEMPLATES.TemplateResponse(
        request, "refused.html", {"refused": str(refused)}, HTTPStatus.UNAUTHORIZED
    )


def _overview(session: Session, staff: Staff, at: datetime) -> dict[str, Any]:
    queue = [
        {
            "id": c.id,
            "reason": REASONS.get(c.reason or "", ""),
            "minutes": _minutes(c, at),
            "about": _last_said(session, c),
        }
        for c in (log.load(session, t.conversation) for t in tickets.waiting(session))
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
