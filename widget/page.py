"""``/chat``: a plain page that works with forms alone; where the browser runs scripts, the widget takes its place."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from bot import log, ratings
from bot.channels.contract import LIMITS, public_event
from bot.channels.web.routes import CHANNEL, COOKIE
from bot.channels.web.token import conversation_of
from bot.conversation import Conversation, Inbound
from bot.exchange import Exchange
from bot.log import UnknownConversation
from store.database import Database

TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
COOKIE_LIFE_S = 30 * 24 * 3600
SHOWN = 500


def routes(database: Database, exchange: Exchange, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/chat", include_in_schema=False)

    def known(cookie: str) -> Conversation | None:
        """The conversation that the browser's cookie opens, if it still does."""
        try:
            with database.reading() as session:
                return conversation_of(session, cookie)
        except UnknownConversation:
            return None

    def opened(request: Request, response: Response) -> Conversation:
        """A new conversation, whose token goes into the browser's cookie."""
        with database.writing() as session:
            conversation, token = log.open_conversation(session, CHANNEL, "", now())
        response.set_cookie(
            COOKIE,
            f"{conversation.id}.{token}",
            COOKIE_LIFE_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path="/",
        )
        return conversation

    @router.get("")
    def page(request: Request, shuiwen_chat: Annotated[str, Cookie()] = "") -> HTMLResponse:
        conversation = known(shuiwen_chat)
        events, rated = [], set[int]()
        if conversation:
            with database.reading() as session:
                shown = log.events_after(session, conversation.id, conversation.last_seq - SHOWN, SHOWN)
                events = [public_event(event) for event in shown]
                rated = ratings.rated(session, conversation.id)
        last = max((i for i, event in enumerate(events) if event["author"] != "customer"), default=-1)
        return TEMPLATES.TemplateResponse(
            request,
            "chat.html",
            {
                "conversation": conversation,
                "events": events,
                "last": last,
                "rated": rated,
                "rateable": ratings.RATEABLE,
                "next_txn_id": secrets.token_hex(12),
                "limits": LIMITS,
            },
        )

    @router.post("/conversation", status_code=HTTPStatus.CREATED)
    def open_conversation(
        request: Request, response: Response, shuiwen_chat: Annotated[str, Cookie()] = ""
    ) -> dict[str, str]:
        """The browser's conversation, for the page's script."""
        return {"conversation": (known(shuiwen_chat) or opened(request, response)).id}

    @router.post("")
    async def send(
        request: Request,
        text: Annotated[str, Form()] = "",
        client_txn_id: Annotated[str, Form(max_length=200)] = "",
        shuiwen_chat: Annotated[str, Cookie()] = "",
    ) -> RedirectResponse:
        response = RedirectResponse("/chat#end", HTTPStatus.SEE_OTHER)
        conversation = await to_thread.run_sync(known, shuiwen_chat)
        if conversation is None:
            conversation = await to_thread.run_sync(opened, request, response)
        await exchange.receive(Inbound(conversation.id, client_txn_id or secrets.token_hex(12), text))
        return response

    return router
