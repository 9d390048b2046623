"""Whose conversation a request is about: the one that its token opens."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Cookie, Header
from sqlalchemy.orm import Session

from bot import log
from bot.conversation import Conversation
from store.database import Database


def conversation_of(session: Session, cookie: str) -> Conversation:
    """The conversation that the chat page's cookie opens. Raises `log.UnknownConversation`."""
    conversation, _, token = cookie.partition(".")
    return log.authenticate(session, conversation, token)


def opened_by(database: Database) -> Callable[..., Conversation]:
    """A dependency: the conversation of the path, for whoever has its token."""

    def owned(
        conversation: str,
        authorization: Annotated[str, Header()] = "",
        shuiwen_chat: Annotated[str, Cookie()] = "",
    ) -> Conversation:
        """The conversation that the request's token opens: a bearer token, or the chat page's cookie."""
        cookie_for, _, cookie_token = shuiwen_chat.partition(".")
        bearer = authorization.removeprefix("Bearer ").strip()
        token = bearer or (cookie_token if cookie_for == conversation else "")
        with database.reading() as session:
            return log.authenticate(session, conversation, token)

    return owned
