"""Staff accounts and their one-time sign-in links. Of links only hashes are stored; no account has a default password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.rights import MAY, Right, Role
from store.database import Base, Moment

LINK_LIFE = timedelta(hours=24)
LONGEST_NAME = 60

Way = Literal["link", "password", "identity"]


class StaffRow(Base):
    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role]
    created_at: Mapped[datetime] = mapped_column(Moment)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    password_hash: Mapped[str | None]
    factor_secret: Mapped[str | None]
    factor_on: Mapped[bool] = mapped_column(default=False)
    factor_step: Mapped[int] = mapped_column(default=0)
    identity: Mapped[str | None] = mapped_column(index=True, unique=True)


class SignInLinkRow(Base):
    __tablename__ = "sign_in_links"

    hash: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Staff:
    """A member of staff behind a request; ``form_token`` must come back with each form (CSRF).

    ``session`` and ``way`` say in which session of a browser and how they signed in, where they did; ``token``
    is the hash of the token that a program of theirs came with.
    """

    id: str
    name: str
    role: Role
    form_token: str
    session: str = ""
    way: Way | None = None
    token: str = ""

    def may(self, right: Right) -> bool:
        return right in MAY[self.role]


class SignInRefused(Exception):
    """The link, the session or what was typed is not, or no longer, good."""


class StaffRefused(Exception):
    """An account cannot be changed that way. The text is for the person who tried."""


def ever_signed_in(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).where(StaffRow.signed_in_at.is_not(None))))


def invite(session: Session, name: str, now: datetime, role: Role = "agent") -> str:
    """A one-time token to sign in as ``name``, whose account is made where there is none.

    Raises `StaffRefused` where the name is no name or the account is disabled.
    """
    name = name.strip()
    staff = named(session, name)
    if staff is None:
        if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            raise StaffRefused(f"姓名要有1到{LONGEST_NAME}个字。")
        staff = StaffRow(id=secrets.token_hex(8), name=name, role=role, created_at=now)
        session.add(staff)
        session.flush()
    if staff.disabled_at:
        raise StaffRefused(f"账号“{name}”已停用，请先恢复。")
    return make_link(session, staff, now)


def make_link(session: Session, staff: StaffRow, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    session.add(SignInLinkRow(hash=_hash(token), staff=staff.id, expires_at=now + LINK_LIFE))
    return token


def use_link(session: Session, token: str, now: datetime) -> StaffRow:
    """Use up a link; whose it was. Raises `SignInRefused`."""
    used = session.execute(
        delete(SignInLinkRow)
        .where(SignInLinkRow.hash == _hash(token), SignInLinkRow.expires_at > now)
        .returning(SignInLinkRow.staff)
    ).scalar_one_or_none()
    staff = session.get(StaffRow, used) if used else None
    if staff is None or staff.disabled_at:
        raise SignInRefused("这个登录链接已用过或已过期。请管理员运行 shuiwen staff link 重新生成。")
    return staff


def everybody(session: Session) -> Sequence[StaffRow]:
    return session.scalars(select(StaffRow).order_by(StaffRow.created_at, StaffRow.id)).all()


def named(session: Session, name: str, *, lock: bool = False) -> StaffRow | None:
    """``lock`` keeps others from using the same code of a second factor meanwhile."""
    query = select(StaffRow).where(StaffRow.name == name)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def identified(session: Session, identity: str) -> StaffRow | None:
    return session.scalars(select(StaffRow).where(StaffRow.identity == identity)).one_or_none()


def link_identity(session: Session, staff: StaffRow, identity: str) -> None:
    """Let ``identity`` (issuer and subject) sign in as ``staff``. Raises `StaffRefused`."""
    holder = identified(session, identity)
    if holder and holder.id != staff.id:
        raise StaffRefused("这个统一身份账号已关联另一个账号。")
    staff.identity = identity


def load(session: Session, staff: str, *, lock: bool = False) -> StaffRow:
    """The account; ``lock`` keeps others from changing it meanwhile. Raises `StaffRefused`."""
    row = session.get(StaffRow, staff, with_for_update=lock)
    if row is None:
        raise StaffRefused("没有这个账号。")
    return row


def change_role(session: Session, staff: StaffRow, role: Role, by: str) -> None:
    """Raises `StaffRefused` where that would leave nobody to administer."""
    _keep_an_administrator(session, staff, by, staying=role == "administrator")
    staff.role = role


def disable(session: Session, staff: StaffRow, by: str, now: datetime) -> None:
    """Raises `StaffRefused` where that would leave nobody to administer."""
    _keep_an_administrator(session, staff, by, staying=False)
    staff.disabled_at = now
    drop_links(session, staff)


def reset(session: Session, staff: StaffRow, by: str, now: datetime) -> str:
    """Forget how ``staff`` signs in; the token of a link to begin anew. Raises `StaffRefused`."""
    if staff.id == by:
        raise StaffRefused("不能重置自己的账号。要更换密码或动态码，请到“我的账号”。")
    if staff.disabled_at:
        raise StaffRefused(f"账号“{staff.name}”已停用，请先恢复。")
    staff.password_hash = staff.identity = None
    drop_links(session, staff)
    return make_link(session, staff, now)


def drop_links(session: Session, staff: StaffRow) -> None:
    session.execute(delete(SignInLinkRow).where(SignInLinkRow.staff == staff.id))


def _keep_an_administrator(session: Session, staff: StaffRow, by: str, *, staying: bool) -> None:
    """Nobody takes their own rights away; so whoever does it to others remains an administrator."""
    if not staying and staff.id == by:
        raise StaffRefused("不能停用自己，也不能更改自己的角色。请另一位管理员操作。")
    others = select(func.count()).where(
        StaffRow.role == "administrator", StaffRow.disabled_at.is_(None), StaffRow.id != staff.id
    )
    if not staying and staff.role == "administrator" and not session.scalar(others):
        raise StaffRefused("这是最后一位管理员，不能停用或更改角色。")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
