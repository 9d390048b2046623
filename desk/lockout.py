"""Locks sign-in after repeated failures, for an account and for an address, each time for longer.

An attempt is charged before the password is looked at and given back when it was right, so that attempts
sent all at once count too. Names and addresses are stored as hashes only: people type passwords into the
name's field.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.staff import SignInRefused
from store.database import Base, Moment

FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS = 5, 30
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
FORGIVEN_AFTER = timedelta(hours=24)


class SignInFailuresRow(Base):
    __tablename__ = "sign_in_failures"

    hash: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Moment)
    locked_until: Mapped[datetime] = mapped_column(Moment)


class SignInLocked(SignInRefused):
    """Too many failures; the text says for how long."""


def charge(session: Session, account: str, address: str, now: datetime) -> bool:
    """Count an attempt; whether the account's next one will be locked. Raises `SignInLocked`."""
    rows = [
        _row(session, f"account:{account}", now),
        _row(session, f"address:{address}", now),
    ]
    if (until := max(row.locked_until for row in rows)) > now:
        minutes = ceil((until - now) / timedelta(minutes=1))
        raise SignInLocked(f"登录失败次数过多，请{minutes}分钟后再试，或请管理员重新生成登录链接。")
    for row, free in zip(rows, (FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS), strict=True):
        row.failures += 1
        row.last_at = now
        row.locked_until = now + lock_after(row.failures, free)
    return rows[0].locked_until > now


def forgive(session: Session, account: str, address: str) -> None:
    """The attempt was right: the account starts anew, and the address gets this one attempt back."""
    if row := session.get(SignInFailuresRow, _hash(f"account:{account}")):
        session.delete(row)
    if row := session.get(SignInFailuresRow, _hash(f"address:{address}")):
        row.failures = max(0, row.failures - 1)
        row.locked_until = row.last_at


def lock_after(failures: int, free: int) -> timedelta:
    """No lock below ``free`` failures, then one that doubles with each, up to `LONGEST_LOCK`."""
    if failures < free:
        return timedelta(0)
    doublings = min(failures - free, 10)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def _row(session: Session, key: str, now: datetime) -> SignInFailuresRow:
    row = session.get(SignInFailuresRow, _hash(key), with_for_update=True)
    if row is None:
        row = SignInFailuresRow(hash=_hash(key), failures=0, last_at=now, locked_until=now)
        session.add(row)
    elif now - row.last_at > FORGIVEN_AFTER:
        row.failures = 0
    return row


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
