"""Rasa's REST shape, ``POST /webhooks/rest/webhook``, answered through the same exchange as any channel."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Header
from pydantic import BaseModel, Field

from bot import log
from bot.channels.contract import Problem, rest_message
from bot.conversation import Conversation, Inbound
from bot.exchange import Exchange
from store.database import Database

CHANNEL = "rest"


class RestMessage(BaseModel):
    """A message from ``sender``; a repeated ``client_txn_id`` is answered with the first result."""

    sender: str = Field(min_length=1, max_length=200)
    message: str
    client_txn_id: str | None = Field(default=None, min_length=1, max_length=200)


def routes(
    database: Database, exchange: Exchange, now: Callable[[], datetime], token: str | None
) -> APIRouter:
    """``token``, where set, must come as a bearer token; without one the channel trusts who can reach it."""
    router = APIRouter(tags=["rest"])

    def conversation_of(sender: str) -> Conversation:
        with database.reading() as session:
            if known := log.find(session, CHANNEL, sender):
                return known
        with database.writing() as session:
            return log.find_or_open(session, CHANNEL, sender, now())

    @router.post("/webhooks/rest/webhook")
    async def receive(
        message: RestMessage, authorization: Annotated[str, Header()] = ""
    ) -> list[dict[str, Any]]:
        if token and not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise Problem(HTTPStatus.UNAUTHORIZED, "wrong-token", "这个接口需要凭证。")
        conversation = await to_thread.run_sync(conversation_of, message.sender)
        transaction = message.client_txn_id or secrets.token_hex(12)
        replies = await exchange.receive(Inbound(conversation.id, transaction, message.message))
        return [rest_message(reply, message.sender) for reply in replies]

    return router
