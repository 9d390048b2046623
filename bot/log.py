"""The log of conversations in the database: one ordered line per event, and who owns each chat."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, Table, UniqueConstraint, false, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.conversation import Author, Button, Conversation, Event, HandoffReason, Owner, Reply
from store.database import Base, Moment

BUTTONS_KEPT = 20


class ConversationRow(Base):
    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "address"),
        Index("ix_conversations_queue", "owner", "waiting_since"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    token_hash: Mapped[str | None]
    owner: Mapped[Owner]
    agent: Mapped[str | None]
    reason: Mapped[HandoffReason | None]
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)
    last_seq: Mapped[int] = mapped_column(default=0)
    dialogue: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    state: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    elder: Mapped[bool] = mapped_column(default=False, server_default=false())


class EventRow(Base):
    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("conversation", "client_txn_id"),)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[Author]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    client_txn_id: Mapped[str | None]
    reply_to: Mapped[int | None]
    staff: Mapped[str | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class UnknownConversation(Exception):
    """There is no such conversation, or the token belongs to another one."""


@dataclass(frozen=True)
class Entered:
    """A message as it stands in the log; ``repeated`` where it was there already."""

    event: Event
    repeated: bool


_CONVERSATIONS = cast(Table, ConversationRow.__table__)
_EVENTS = cast(Table, EventRow.__table__)


def open_conversation(
    session: Session, channel: str, address: str, now: datetime
) -> tuple[Conversation, str]:
    """A new conversation and the token that belongs to it; only the token's hash is stored."""
    token = secrets.token_urlsafe(24)
    identity = secrets.token_hex(12)
    session.execute(
        insert(_CONVERSATIONS).values(
            id=identity, channel=channel, address=address or identity, token_hash=_hash(token),
            owner="assistant", last_seq=0, dialogue=1, failures=0, opened_at=now,
        )
    )  # fmt: skip
    return load(session, identity), token


def find(session: Session, channel: str, address: str) -> Conversation | None:
    """The conversation of an address on a channel that names its people itself, if there is one."""
    row = session.execute(
        select(_CONVERSATIONS).where(_CONVERSATIONS.c.channel == channel, _CONVERSATIONS.c.address == address)
    ).one_or_none()
    return _conversation(row) if row else None


def find_or_open(session: Session, channel: str, address: str, now: datetime) -> Conversation:
    """The conversation of an address, opened where there is none."""
    return find(session, channel, address) or open_conversation(session, channel, address, now)[0]


def load(session: Session, conversation: str, *, lock: bool = False) -> Conversation:
    """The conversation; ``lock`` keeps others from changing it meanwhile. Raises `UnknownConversation`."""
    query = select(_CONVERSATIONS).where(_CONVERSATIONS.c.id == conversation)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownConversation("没有这个会话。")
    return _conversation(row)


def authenticate(session: Session, conversation: str, token: str) -> Conversation:
    """The conversation that ``token`` opens. Raises `UnknownConversation`, the same for any mismatch."""
    row = session.execute(select(_CONVERSATIONS).where(_CONVERSATIONS.c.id == conversation)).one_or_none()
    if row is None or not row.token_hash or not hmac.compare_digest(row.token_hash, _hash(token)):
        raise UnknownConversation("没有这个会话，或凭证不对。请重新打开页面开始新的会话。")
    return _conversation(row)


def enter(
    session: Session,
    conversation: str,
    client_txn_id: str,
    text: str,
    now: datetime,
    masked: Sequence[str] = (),
) -> Entered:
    """Log a customer's message once; a second time it is only found.

    A pressed button stands in the log by its title, with its payload beside it, and a message in which
    something was masked with the kinds of that.
    """
    if known := sent_as(session, conversation, client_txn_id):
        return Entered(known, repeated=True)
    title = _title_of(session, conversation, text) if text.startswith("/") else None
    data: dict[str, Any] = {"payload": text} if title else {}
    if masked:
        data["masked"] = list(masked)
    event = append(
        session, conversation, "customer", title or text, now, client_txn_id=client_txn_id, data=data
    )
    return Entered(event, repeated=False)


def sent_as(session: Session, conversation: str, client_txn_id: str) -> Event | None:
    """The message that was sent under ``client_txn_id``, if any."""
    query = select(_EVENTS).where(
        _EVENTS.c.conversation == conversation, _EVENTS.c.client_txn_id == client_txn_id
    )
    row = session.execute(query).one_or_none()
    return _event(row) if row else None


def append(
    session: Session,
    conversation: str,
    author: Author,
    text: str,
    now: datetime,
    *,
    data: dict[str, Any] | None = None,
    client_txn_id: str | None = None,
    reply_to: int | None = None,
    staff: str | None = None,
    evidence: dict[str, Any] | None = None,
) -> Event:
    """Add the next line to a conversation's log; the row of the conversation is locked meanwhile."""
    seq = session.execute(
        update(_CONVERSATIONS)
        .where(_CONVERSATIONS.c.id == conversation)
        .values(last_seq=_CONVERSATIONS.c.last_seq + 1)
        .returning(_CONVERSATIONS.c.last_seq)
    ).scalar_one()
    event = Event(conversation, seq, author, text, now, data or {}, client_txn_id, reply_to, staff, evidence)
    session.execute(insert(_EVENTS).values(**vars(event)))
    return event


def append_reply(session: Session, conversation: str, reply: Reply, reply_to: int, now: datetime) -> Event:
    """Add an assistant's reply with its typed part and the evidence for staff."""
    data: dict[str, Any] = {"outcome": reply.outcome, **reply.details}
    if reply.reason:
        data["reason"] = reply.reason
    if reply.buttons:
        data["buttons"] = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return append(
        session, conversation, "assistant", reply.text, now,
        data=data, reply_to=reply_to, evidence=reply.evidence,
    )  # fmt: skip


def replies_to(session: Session, conversation: str, seq: int) -> list[Event]:
    rows = session.execute(
        select(_EVENTS)
        .where(_EVENTS.c.conversation == conversation, _EVENTS.c.reply_to == seq)
        .order_by(_EVENTS.c.seq)
    )
    return [_event(row) for row in rows]


def events_after(session: Session, conversation: str, seq: int = 0, limit: int = 500) -> list[Event]:
    rows = session.execute(
        select(_EVENTS)
        .where(_EVENTS.c.conversation == conversation, _EVENTS.c.seq > seq)
        .order_by(_EVENTS.c.seq)
        .limit(limit)
    )
    return [_event(row) for row in rows]


def set_owner(
    session: Session,
    conversation: Conversation,
    owner: Owner,
    *,
    agent: str | None = None,
    reason: HandoffReason | None = None,
    waiting_since: datetime | None = None,
) -> bool:
    """Move the conversation if its owner is still what ``conversation`` says; False where it is not."""
    fresh = owner == "assistant"
    moved = session.execute(
        update(_CONVERSATIONS)
        .where(
            _CONVERSATIONS.c.id == conversation.id,
            _CONVERSATIONS.c.owner == conversation.owner,
            _CONVERSATIONS.c.agent.is_not_distinct_from(conversation.agent),
        )
        .values(
            owner=owner, agent=agent, reason=reason, waiting_since=waiting_since,
            dialogue=_CONVERSATIONS.c.dialogue + (1 if fresh else 0),
            **({"state": None, "failures": 0} if fresh else {}),
        )
    )  # fmt: skip
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def keep_state(session: Session, conversation: str, state: dict[str, Any] | None, failures: int) -> None:
    """Remember what the dialogue knows, which Rasa does not keep."""
    session.execute(
        update(_CONVERSATIONS)
        .where(_CONVERSATIONS.c.id == conversation)
        .values(state=state, failures=failures)
    )


def set_elder(session: Session, conversation: str, elder: bool) -> None:
    """Keep whether the person chose the mode for older people."""
    session.execute(update(_CONVERSATIONS).where(_CONVERSATIONS.c.id == conversation).values(elder=elder))


def owned_by(session: Session, agent: str) -> list[Conversation]:
    rows = session.execute(
        select(_CONVERSATIONS)
        .where(_CONVERSATIONS.c.owner == "agent", _CONVERSATIONS.c.agent == agent)
        .order_by(_CONVERSATIONS.c.opened_at)
    )
    return [_conversation(row) for row in rows]


def last_author(session: Session, conversation: Conversation) -> Author | None:
    """Who wrote the last line; None where there is none."""
    query = select(_EVENTS.c.author).where(
        _EVENTS.c.conversation == conversation.id, _EVENTS.c.seq == conversation.last_seq
    )
    return session.execute(query).scalar_one_or_none()


def unanswered(session: Session) -> Sequence[Event]:
    """Last messages of people that the assistant owes a reply, for example after a crash."""
    last = _CONVERSATIONS.c.last_seq == _EVENTS.c.seq
    rows = session.execute(
        select(_EVENTS)
        .join(_CONVERSATIONS, _CONVERSATIONS.c.id == _EVENTS.c.conversation)
        .where(last, _EVENTS.c.author == "customer", _CONVERSATIONS.c.owner == "assistant")
    )
    return [_event(row) for row in rows]


def _title_of(session: Session, conversation: str, payload: str) -> str | None:
    """The title of the newest button with ``payload``; None where there is none."""
    said = session.execute(
        select(_EVENTS)
        .where(_EVENTS.c.conversation == conversation, _EVENTS.c.author == "assistant")
        .order_by(_EVENTS.c.seq.desc())
        .limit(BUTTONS_KEPT)
    )
    buttons = (button for row in said for button in buttons_of(_event(row)))
    return next((button.title for button in buttons if button.payload == payload), None)


def buttons_of(event: Event) -> tuple[Button, ...]:
    return tuple(Button(**button) for button in event.data.get("buttons", ()))


def _conversation(row: Any) -> Conversation:
    return Conversation(
        id=row.id, channel=row.channel, address=row.address, owner=row.owner, last_seq=row.last_seq,
        dialogue=row.dialogue, opened_at=row.opened_at, agent=row.agent, reason=row.reason,
        waiting_since=row.waiting_since, state=row.state, failures=row.failures,
        elder=row.elder,
    )  # fmt: skip


def _event(row: Any) -> Event:
    return Event(**row._mapping)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
