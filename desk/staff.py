"""Staff accounts, one-time sign-in links and signed-in browsers. No passwords; only hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base, Moment

Role = Literal["agent", "curator", "reviewer", "supervisor", "administrator"]

LINK_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(hours=12)


class StaffRow(Base):
    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role]
    created_at: Mapped[datetime] = mapped_column(Moment)


class SignInLinkRow(Base):
    __tablename__ = "sign_in_links"

    hash: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


class StaffSessionRow(Base):
    __tablename__ = "staff_sessions"

    hash: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    form_token: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SignInRefused(Exception):
    """The link or the session is not, or no longer, good."""


class UnknownStaff(Exception):
    """There is no account of that name."""


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff; ``form_token`` must come back with each form (CSRF)."""

    id: str
    name: str
    role: Role
    form_token: str


def named(session: Session, name: str) -> str:
    """The id of the account of that name. Raises `UnknownStaff`."""
    found = session.scalars(select(StaffRow.id).where(StaffRow.name == name)).one_or_none()
    if found is None:
        raise UnknownStaff(f"there is no account “{name}”; `shuiwen staff link {name}` makes one")
    return found


def any_staff(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(StaffRow)))


def ever_signed_in(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(StaffSessionRow)))


def invite(session: Session, name: str, now: datetime, role: Role = "agent") -> str:
    """A one-time token to sign in as ``name``, whose account is made where there is none."""
    staff = session.scalars(select(StaffRow).where(StaffRow.name == name)).one_or_none()
    if staff is None:
        staff = StaffRow(id=secrets.token_hex(8), name=name, role=role, created_at=now)
        session.add(staff)
        session.flush()
    token = secrets.token_urlsafe(24)
    session.add(SignInLinkRow(hash=_hash(token), staff=staff.id, expires_at=now + LINK_LIFE))
    return token


def sign_in(session: Session, token: str, now: datetime) -> str:
    """Use up a link; the token of the new browser session. Raises `SignInRefused`."""
    used = session.execute(
        delete(SignInLinkRow)
        .where(SignInLinkRow.hash == _hash(token), SignInLinkRow.expires_at > now)
        .returning(SignInLinkRow.staff)
    ).scalar_one_or_none()
    if used is None:
        raise SignInRefused("这个登录链接已用过或已过期。请管理员运行 shuiwen staff link 重新生成。")
    browser = secrets.token_urlsafe(24)
    session.add(
        StaffSessionRow(
            hash=_hash(browser),
            staff=used,
            form_token=secrets.token_urlsafe(16),
            expires_at=now + SESSION_LIFE,
        )
    )
    return browser


def signed_in(session: Session, browser: str, now: datetime) -> Staff:
    """Who uses this browser. Raises `SignInRefused`."""
    row = session.execute(
        select(StaffRow, StaffSessionRow.form_token)
        .join(StaffSessionRow, StaffSessionRow.staff == StaffRow.id)
        .where(StaffSessionRow.hash == _hash(browser), StaffSessionRow.expires_at > now)
    ).one_or_none()
    if row is None:
        raise SignInRefused("请先用登录链接登录。")
    staff, form_token = row
    return Staff(staff.id, staff.name, staff.role, form_token)


def sign_out(session: Session, browser: str, now: datetime) -> None:
    session.execute(
        update(StaffSessionRow).where(StaffSessionRow.hash == _hash(browser)).values(expires_at=now)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
