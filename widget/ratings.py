"""Ratings on the page of forms: an answer, and the whole once an agent has ended it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Cookie, Form
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from bot import ratings
from bot.channels.web.token import conversation_of
from bot.log import UnknownConversation
from bot.ratings import LONGEST_SUGGESTION, NotRateable, Reason
from store.database import Database

BACK = "/chat#end"


def routes(database: Database, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/chat", include_in_schema=False)

    def kept(cookie: str, rate: Callable[[Session, str], None]) -> RedirectResponse:
        """Back to the page; what cannot be rated any more is shown there as it is."""
        with suppress(UnknownConversation, NotRateable), database.writing() as session:
            rate(session, conversation_of(session, cookie).id)
        return RedirectResponse(BACK, HTTPStatus.SEE_OTHER)

    @router.post("/ratings/{seq}")
    def rate_answer(
        seq: int,
        useful: Annotated[bool, Form()],
        reason: Annotated[Reason | None, Form()] = None,
        shuiwen_chat: Annotated[str, Cookie()] = "",
    ) -> RedirectResponse:
        return kept(
            shuiwen_chat,
            lambda session, chat: ratings.rate_answer(session, chat, seq, useful, reason, now()),
        )

    @router.post("/rating")
    def rate_conversation(
        stars: Annotated[int, Form(ge=1, le=5)],
        suggestion: Annotated[str, Form(max_length=LONGEST_SUGGESTION)] = "",
        shuiwen_chat: Annotated[str, Cookie()] = "",
    ) -> RedirectResponse:
        return kept(
            shuiwen_chat,
            lambda session, chat: ratings.rate_conversation(session, chat, stars, suggestion, now()),
        )

    return router
