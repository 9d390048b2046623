"""Signed-in browsers: each has a random token, of which the hash is stored, and can be ended at any time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.staff import SignInRefused, Staff, StaffRow, Way
from store.database import Base, Moment

SESSION_LIFE = timedelta(hours=12)
LONGEST_BROWSER = 200


class StaffSessionRow(Base):
    __tablename__ = "staff_sessions"

    hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    way: Mapped[Way]
    form_token: Mapped[str]
    browser: Mapped[str]
    address: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Browser:
    """Where a request comes from, as the list of one's sessions shows it."""

    name: str
    address: str


def begin(session: Session, staff: StaffRow, way: Way, browser: Browser, now: datetime) -> str:
    """The token of a new browser session of ``staff``."""
    token = secrets.token_urlsafe(24)
    staff.signed_in_at = now
    session.add(
        StaffSessionRow(
            hash=_hash(token),
            id=secrets.token_hex(8),
            staff=staff.id,
            way=way,
            form_token=secrets.token_urlsafe(16),
            browser=browser.name[:LONGEST_BROWSER],
            address=browser.address,
            began_at=now,
            expires_at=now + SESSION_LIFE,
        )
    )
    return token


def signed_in(session: Session, token: str, now: datetime) -> Staff:
    """Who uses the browser that holds ``token``. Raises `SignInRefused`."""
    row = session.execute(
        select(StaffRow, StaffSessionRow)
        .join(StaffSessionRow, StaffSessionRow.staff == StaffRow.id)
        .where(
            StaffSessionRow.hash == _hash(token),
            StaffSessionRow.expires_at > now,
            StaffRow.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise SignInRefused("请先登录。")
    staff, used = row
    return Staff(staff.id, staff.name, staff.role, used.form_token, used.id, used.way)


def sessions_of(session: Session, staff: str, now: datetime) -> Sequence[StaffSessionRow]:
    """The open ones, newest first."""
    return session.scalars(
        select(StaffSessionRow)
        .where(StaffSessionRow.staff == staff, StaffSessionRow.expires_at > now)
        .order_by(StaffSessionRow.began_at.desc())
    ).all()


def proved(session: Session, one: str) -> None:
    """The person behind the session ``one`` has a password now and is asked for it from here on."""
    session.execute(update(StaffSessionRow).where(StaffSessionRow.id == one).values(way="password"))


def end(session: Session, staff: str, one: str, now: datetime) -> None:
    """End the session ``one`` if it is an open one of ``staff``."""
    _expire(session, now, StaffSessionRow.staff == staff, StaffSessionRow.id == one)


def end_all(session: Session, staff: str, now: datetime, but: str = "") -> None:
    """End the sessions of ``staff``, all or all ``but`` one."""
    _expire(session, now, StaffSessionRow.staff == staff, StaffSessionRow.id != but)


def _expire(session: Session, now: datetime, *which: object) -> None:
    session.execute(
        update(StaffSessionRow)
        .where(StaffSessionRow.expires_at > now, *which)  # type: ignore[arg-type]
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
