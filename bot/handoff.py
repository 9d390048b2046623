"""The law of hand-off: request, withdraw, claim, return and close, each in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import log
from bot.conversation import (
    Conversation,
    Event,
    HandoffReason,
    Move,
    MoveRefused,
    NotWaiting,
    NotYours,
)


def request(
    session: Session, conversation: Conversation, reason: HandoffReason, now: datetime
) -> tuple[Conversation, int]:
    """Put a conversation in the queue; it and its place there. Raises `MoveRefused`."""
    _move(session, conversation, "request", reason=reason, waiting_since=now)
    waiting = log.load(session, conversation.id)
    return waiting, log.place_in_queue(session, waiting)


def withdraw(session: Session, conversation: Conversation) -> None:
    """Take a conversation out of the queue, back to the assistant. Raises `MoveRefused`."""
    _move(session, conversation, "withdraw")


def claim(session: Session, conversation: Conversation, agent: str, name: str, now: datetime) -> Event:
    """Give a waiting conversation to ``agent``; the notice to the person. Raises `NotWaiting`."""
    _move(session, conversation, "claim", agent=agent, reason=conversation.reason)
    return _notice(session, conversation, f"工作人员{name}已接入，为您服务。", now, "claimed")


def reply(
    session: Session, conversation: Conversation, agent: str, text: str, now: datetime, txn: str | None = None
) -> Event:
    """An agent's message; ``txn`` makes a second sending the same message. Raises `NotYours`."""
    _require_owner(conversation, agent)
    sent = log.sent_as(session, conversation.id, txn) if txn else None
    return sent or log.append(session, conversation.id, "agent", text, now, staff=agent, client_txn_id=txn)


def give_back(session: Session, conversation: Conversation, agent: str, now: datetime) -> Event:
    """Return a conversation to the assistant, which starts clean. Raises `NotYours`."""
    _require_owner(conversation, agent)
    _move(session, conversation, "return")
    return _notice(session, conversation, "工作人员已将会话交还给智能助手，您可以继续提问。", now, "returned")


def close(session: Session, conversation: Conversation, agent: str, now: datetime) -> Event:
    """End a conversation; a new message reopens it. Raises `NotYours`."""
    _require_owner(conversation, agent)
    _move(session, conversation, "close")
    return _notice(session, conversation, "本次服务已结束。如还有问题，直接输入即可重新开始。", now, "closed")


def reopen(session: Session, conversation: Conversation) -> Conversation:
    """A closed conversation whose person writes again, with the assistant. Raises `MoveRefused`."""
    _move(session, conversation, "reopen")
    return log.load(session, conversation.id)


def _move(
    session: Session,
    conversation: Conversation,
    move: Move,
    *,
    agent: str | None = None,
    reason: HandoffReason | None = None,
    waiting_since: datetime | None = None,
) -> None:
    owner = conversation.after(move)
    if not log.set_owner(
        session, conversation, owner, agent=agent, reason=reason, waiting_since=waiting_since
    ):
        refusal = NotWaiting if move == "claim" else MoveRefused
        raise refusal("这个会话刚刚被别人接走或已改变，请刷新后再看。")


def _require_owner(conversation: Conversation, agent: str) -> None:
    if conversation.owner != "agent" or conversation.agent != agent:
        raise NotYours("这个会话不在您手上。")


def _notice(session: Session, conversation: Conversation, text: str, now: datetime, what: str) -> Event:
    return log.append(session, conversation.id, "notice", text, now, data={"notice": what})
