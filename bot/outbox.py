"""What other systems are told: stored with the move that it tells of, sent later, tried again until taken."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import JSON, ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base, Moment

Happening = Literal[
    "handoff.requested", "handoff.withdrawn", "handoff.claimed", "handoff.transferred", "handoff.lapsed",
    "handoff.taken_over", "handoff.returned", "handoff.closed", "case.opened",
]  # fmt: skip

HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
ATTEMPTS = 12
IN_FLIGHT = timedelta(minutes=1)


class WebhookRow(Base):
    """An address that is told of ``events``, of all where there are none. The secret signs each body."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)


class DeliveryRow(Base):
    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(primary_key=True)
    webhook: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True)
class Delivery:
    id: str
    url: str
    secret: str
    body: dict[str, Any]
    attempts: int


class UnknownWebhook(Exception):
    """There is no such webhook."""


def subscribe(session: Session, url: str, events: Sequence[str], now: datetime) -> WebhookRow:
    row = WebhookRow(
        id=secrets.token_hex(8),
        url=url,
        secret=secrets.token_urlsafe(32),
        events=list(events),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def webhooks(session: Session) -> Sequence[WebhookRow]:
    return session.scalars(select(WebhookRow).order_by(WebhookRow.created_at)).all()


def unsubscribe(session: Session, webhook: str) -> None:
    """Raises `UnknownWebhook`."""
    row = session.get(WebhookRow, webhook)
    if row is None:
        raise UnknownWebhook("没有这个通知地址。")
    session.delete(row)


def put(session: Session, event: Happening, conversation: str, now: datetime, **details: Any) -> None:
    """Tell every webhook that wants to know; in the transaction of what happened, so neither is without the other."""
    for hook in webhooks(session):
        if hook.events and event not in hook.events:
            continue
        identity = secrets.token_hex(12)
        body = {
            "id": identity,
            "event": event,
            "conversation": conversation,
            "at": now.isoformat(),
            **details,
        }
        session.add(
            DeliveryRow(
                id=identity, webhook=hook.id, event=event, body=body, attempts=0, next_at=now, problem=""
            )
        )


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is something to send, without locking anything."""
    return session.scalar(select(DeliveryRow.id).where(DeliveryRow.next_at <= now).limit(1)) is not None


def due(session: Session, now: datetime, limit: int = 20) -> list[Delivery]:
    """What is to be sent now, each kept from other processes for a minute."""
    rows = session.execute(
        select(DeliveryRow, WebhookRow)
        .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook)
        .where(DeliveryRow.next_at <= now)
        .order_by(DeliveryRow.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=DeliveryRow)
    ).all()
    for delivery, _ in rows:
        delivery.next_at = now + IN_FLIGHT
        delivery.attempts += 1
    session.flush()
    return [Delivery(d.id, hook.url, hook.secret, d.body, d.attempts) for d, hook in rows]


def delivered(session: Session, delivery: str, now: datetime) -> None:
    _settle(session, delivery, next_at=None, delivered_at=now, problem="")


def failed(session: Session, delivery: Delivery, problem: str, now: datetime) -> None:
    """Try again after a delay that doubles, up to an hour; give up after the last attempt."""
    again = None if delivery.attempts >= ATTEMPTS else now + delay(delivery.attempts)
    _settle(session, delivery.id, next_at=again, problem=problem[:500])


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    doublings = min(attempts - 1, 10)
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << doublings))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``sha256=`` and the HMAC-SHA256 of ``timestamp.body``; the timestamp lets the receiver refuse a replay."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _settle(session: Session, delivery: str, **values: Any) -> None:
    session.execute(update(DeliveryRow).where(DeliveryRow.id == delivery).values(**values))
