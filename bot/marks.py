"""How far each side has read a conversation."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base

Reader = Literal["customer", "agent"]


class ReadMarkRow(Base):
    __tablename__ = "read_marks"

    conversation: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    reader: Mapped[Reader] = mapped_column(primary_key=True)
    seq: Mapped[int]


def mark(session: Session, conversation: str, reader: Reader, seq: int, last_seq: int) -> int | None:
    """Remember that everything up to ``seq`` was read; the new mark, None where that is no news.

    A mark never goes back, nor past the log.
    """
    row = session.get(ReadMarkRow, (conversation, reader), with_for_update=True)
    reached = min(seq, last_seq)
    if row is None:
        session.add(ReadMarkRow(conversation=conversation, reader=reader, seq=reached))
        session.flush()
        return reached
    if row.seq >= reached:
        return None
    row.seq = reached
    return reached


def marks(session: Session, conversation: str) -> dict[Reader, int]:
    rows = session.scalars(select(ReadMarkRow).where(ReadMarkRow.conversation == conversation))
    return {row.reader: row.seq for row in rows}
