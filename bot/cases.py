"""Messages left for the desk, with a way to be reached, and their working off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.contact import contact_in, masked
from bot.originals import NoOriginal
from bot.privacy import mask
from bot.vault import Vault, WrongKey
from store.database import Base, Moment

State = Literal["open", "contacted", "not_reached", "done"]

STATES: tuple[State, ...] = get_args(State)
UNDONE: tuple[State, ...] = ("open", "not_reached", "contacted")
LONGEST = 2_000


class CaseRow(Base):
    """``steps`` is what was done, oldest first: who, when, the state after it and a remark.

    ``contact`` is masked, and so is ``text``; ``sealed`` holds the contact where there is a key for it.
    """

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    skill: Mapped[str]
    text: Mapped[str]
    contact: Mapped[str]
    sealed: Mapped[str | None]
    state: Mapped[State]
    agent: Mapped[str | None]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class NoContact(Exception):
    """A message was left with no way to be reached."""


class UnknownCase(Exception):
    """There is no such case."""


def open_case(
    session: Session, conversation: str, skill: str, text: str, now: datetime, vault: Vault | None = None
) -> CaseRow:
    """A case for the message as received; its contact is sealed in ``vault``. Raises `NoContact`."""
    contact = contact_in(text)
    if contact is None:
        raise NoContact("请在留言里写上手机号或邮箱，例如：留言 公司注销要带什么材料 13800138000。")
    shown = masked(contact)
    row = CaseRow(
        conversation=conversation, skill=skill, text=mask(text.replace(contact, shown)).text[:LONGEST],
        contact=shown, sealed=None, state="open", agent=None, steps=[], opened_at=now, changed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if vault:
        row.sealed = vault.seal(json.dumps([row.id, contact]))
        session.flush()
    return row


def reveal(session: Session, case: int, vault: Vault | None) -> str:
    """How to reach the person. Raises `UnknownCase`, `bot.originals.NoOriginal` and `bot.vault.WrongKey`."""
    row = session.get(CaseRow, case)
    if row is None:
        raise UnknownCase("没有这条留言。")
    if row.sealed is None or vault is None:
        raise NoOriginal("这条留言没有保留联系方式，或已过保留期。")
    place, contact = json.loads(vault.open(row.sealed))
    if place != case:
        raise WrongKey("这个联系方式不属于这条留言。")
    return str(contact)


def step(
    session: Session, case: int, staff: str, name: str, state: State, remark: str, now: datetime
) -> CaseRow:
    """Record what an agent did about a case. Raises `UnknownCase`."""
    row = session.get(CaseRow, case, with_for_update=True)
    if row is None:
        raise UnknownCase("没有这条留言。")
    row.steps = [
        *row.steps,
        {"staff": staff, "name": name, "state": state, "remark": remark, "at": now.isoformat()},
    ]
    row.state, row.agent, row.changed_at = state, staff, now
    session.flush()
    return row


def undone(session: Session) -> Sequence[CaseRow]:
    """What is still to be worked off, oldest first."""
    return session.scalars(select(CaseRow).where(CaseRow.state.in_(UNDONE)).order_by(CaseRow.opened_at)).all()


def count_undone(session: Session) -> int:
    return session.scalar(select(func.count()).where(CaseRow.state.in_(UNDONE))) or 0


def done(session: Session, limit: int = 50) -> Sequence[CaseRow]:
    rows = select(CaseRow).where(CaseRow.state == "done").order_by(CaseRow.changed_at.desc()).limit(limit)
    return session.scalars(rows).all()
