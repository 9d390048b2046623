"""Replies that agents use again and again, with variables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.hours import CHINA
from store.database import Base, Moment

Variable = Literal["坐席", "编号", "日期", "组别"]

FOUND = 20
STARTERS = (
    ("问候", "您好，我是{坐席}，您的会话编号是{编号}。请稍等，我先看一下前面的对话。"),
    ("请补充信息", "为了准确答复，请告诉我纳税人身份（小规模、一般纳税人或个人）和所属期。"),
    ("不要发身份信息", "请不要在这里发送身份证号、银行卡号等信息，需要核实时我会告诉您办法。"),
    ("结束语", "还有其他问题吗？没有的话我先结束本次服务，您可以随时再来。祝您生活愉快。"),
)


class CannedRow(Base):
    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment)


class UnknownCanned(Exception):
    """There is no such canned reply."""


class TitleTaken(Exception):
    """Another canned reply has that title."""


def search(session: Session, words: str = "") -> Sequence[CannedRow]:
    """Those whose title or text holds ``words``, all where there are none."""
    matches = or_(
        CannedRow.title.contains(words, autoescape=True), CannedRow.text.contains(words, autoescape=True)
    )
    query = select(CannedRow).order_by(CannedRow.title).limit(FOUND)
    return session.scalars(query.where(matches) if words else query).all()


def save(
    session: Session, title: str, text: str, by: str, now: datetime, identity: int | None = None
) -> CannedRow:
    """Add a reply, or change the one of that ``identity``. Raises `UnknownCanned` and `TitleTaken`."""
    taken = session.scalars(select(CannedRow).where(CannedRow.title == title)).one_or_none()
    if taken and taken.id != identity:
        raise TitleTaken(f"已有标题为“{title}”的常用语。")
    row = CannedRow(title=title, text=text) if identity is None else session.get(CannedRow, identity)
    if row is None:
        raise UnknownCanned("没有这条常用语。")
    row.title, row.text, row.changed_by, row.changed_at = title, text, by, now
    session.add(row)
    session.flush()
    return row


def remove(session: Session, identity: int) -> None:
    """Raises `UnknownCanned`."""
    row = session.get(CannedRow, identity)
    if row is None:
        raise UnknownCanned("没有这条常用语。")
    session.delete(row)


def seed(session: Session, now: datetime) -> None:
    """The first replies, where there are none at all."""
    if not search(session):
        session.add_all(
            CannedRow(title=title, text=text, changed_by="税问", changed_at=now) for title, text in STARTERS
        )


def filled(text: str, agent: str, conversation: str, skill: str, now: datetime) -> str:
    """``text`` with its variables replaced; an unknown one stays as it is, for the agent to see."""
    day = now.astimezone(CHINA)
    values: dict[Variable, str] = {
        "坐席": agent,
        "编号": conversation[:8],
        "日期": f"{day.year}年{day.month}月{day.day}日",
        "组别": skill,
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
