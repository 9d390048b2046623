"""Tokens for the desk's API, each of one member of staff; only hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.staff import Staff, StaffRow
from store.database import Base, Moment

PREFIX = "swd_"


class ApiTokenRow(Base):
    __tablename__ = "api_tokens"

    hash: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    label: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)


class WrongToken(Exception):
    """No such token, or it was revoked."""


def issue(session: Session, staff: str, label: str, now: datetime) -> str:
    """A new token, shown this once."""
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(ApiTokenRow(hash=_hash(token), staff=staff, label=label, created_at=now))
    return token


def owner(session: Session, token: str) -> Staff:
    """Who works with this token. Raises `WrongToken`."""
    row = session.execute(
        select(StaffRow)
        .join(ApiTokenRow, ApiTokenRow.staff == StaffRow.id)
        .where(ApiTokenRow.hash == _hash(token), StaffRow.disabled_at.is_(None))
    ).scalar_one_or_none()
    if row is None:
        raise WrongToken("这个接口需要有效的坐席凭证。管理员可运行 shuiwen staff token 姓名 生成。")
    return Staff(row.id, row.name, row.role, form_token="", token=_hash(token))


def exists(session: Session, token_hash: str) -> bool:
    """Whether the token of that hash has not been revoked."""
    return session.get(ApiTokenRow, token_hash) is not None


def revoke(session: Session, staff: str, label: str) -> int:
    """Make the tokens of that label useless; how many there were."""
    gone = session.execute(delete(ApiTokenRow).where(ApiTokenRow.staff == staff, ApiTokenRow.label == label))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def revoke_all(session: Session, staff: str) -> None:
    session.execute(delete(ApiTokenRow).where(ApiTokenRow.staff == staff))


def labels(session: Session, staff: str) -> Sequence[str]:
    return session.scalars(select(ApiTokenRow.label).where(ApiTokenRow.staff == staff)).all()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
