"""Ratings of answers and of a conversation by its person."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, Field

from bot import ratings
from bot.channels.contract import Problem
from bot.channels.web.token import opened_by
from bot.conversation import Conversation
from bot.ratings import LONGEST_SUGGESTION, NotRateable, Reason
from store.database import Database


class AnswerRating(BaseModel):
    """Whether an answer was useful; the reason where it was not."""

    useful: bool
    reason: Reason | None = None


class ConversationRating(BaseModel):
    """1 (bad) to 5 (good), and what could be better."""

    stars: int = Field(ge=1, le=5)
    suggestion: str = Field(default="", max_length=LONGEST_SUGGESTION)


def routes(database: Database, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["ratings"])
    Owned = Annotated[Conversation, Depends(opened_by(database))]  # noqa: N806 - a type

    @router.put("/{conversation}/ratings/{seq}", status_code=status.HTTP_204_NO_CONTENT)
    def rate_answer(owned: Owned, seq: int, rating: AnswerRating) -> None:
        with database.writing() as session:
            try:
                ratings.rate_answer(session, owned.id, seq, rating.useful, rating.reason, now())
            except NotRateable as refused:
                raise Problem(HTTPStatus.CONFLICT, "not-rateable", str(refused)) from refused

    @router.put("/{conversation}/rating", status_code=status.HTTP_204_NO_CONTENT)
    def rate_conversation(owned: Owned, rating: ConversationRating) -> None:
        with database.writing() as session:
            ratings.rate_conversation(session, owned.id, rating.stars, rating.suggestion, now())

    return router
