"""What staff tell each other about a conversation. Never part of its log, so never shown to the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base, Moment

LONGEST = 2_000


class NoteRow(Base):
    """``seq`` is the line of the log after which it was written."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int]
    staff: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)


def add(
    session: Session, conversation: str, seq: int, staff: str, name: str, text: str, now: datetime
) -> NoteRow:
    row = NoteRow(conversation=conversation, seq=seq, staff=staff, name=name, text=text[:LONGEST], at=now)
    session.add(row)
    session.flush()
    return row


def of(session: Session, conversation: str) -> Sequence[NoteRow]:
    """The notes on a conversation, oldest first."""
    query = select(NoteRow).where(NoteRow.conversation == conversation).order_by(NoteRow.id)
    return session.scalars(query).all()
