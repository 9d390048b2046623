"""Notices to everybody who opens the widget, each with the days on which it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base


class NoticeRow(Base):
    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]


class WrongNotice(Exception):
    """A notice that could never be shown, or that is not there."""


def add(session: Session, text: str, first_day: date, last_day: date) -> int:
    """Show ``text`` from the first to the last day; its number. Raises `WrongNotice`."""
    if not text.strip() or last_day < first_day:
        raise WrongNotice("a notice needs words, and a last day that is not before its first")
    row = NoticeRow(text=text.strip(), first_day=first_day, last_day=last_day)
    session.add(row)
    session.flush()
    return row.id


def remove(session: Session, number: int) -> None:
    """Raises `WrongNotice`."""
    removed = session.scalar(delete(NoticeRow).where(NoticeRow.id == number).returning(NoticeRow.id))
    if removed is None:
        raise WrongNotice(f"there is no notice {number}; `shuiwen notices list` shows them")


def everything(session: Session) -> Sequence[NoticeRow]:
    return session.scalars(select(NoticeRow).order_by(NoticeRow.first_day, NoticeRow.id)).all()


def shown_on(session: Session, day: date) -> list[str]:
    query = select(NoticeRow.text).where(NoticeRow.first_day <= day, NoticeRow.last_day >= day)
    return list(session.scalars(query.order_by(NoticeRow.first_day.desc(), NoticeRow.id)))
