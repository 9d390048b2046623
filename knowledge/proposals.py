"""What agents propose as knowledge: a draft with the conversation that it came from as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base, Moment

State = Literal["proposed", "taken", "refused"]


class ProposalRow(Base):
    """``evidence`` is the talk around the answer as it was said: lines of author, text and moment."""

    __tablename__ = "proposals"
    __table_args__ = (UniqueConstraint("conversation", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str]
    seq: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[State]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(Moment)


def propose(
    session: Session,
    conversation: str,
    seq: int,
    question: str,
    answer: str,
    evidence: list[dict[str, Any]],
    by: str,
    now: datetime,
) -> ProposalRow:
    """A draft for the curators; proposing the same line again gives the first draft."""
    known = select(ProposalRow).where(ProposalRow.conversation == conversation, ProposalRow.seq == seq)
    row = session.scalars(known).one_or_none()
    if row is None:
        row = ProposalRow(
            conversation=conversation, seq=seq, question=question, answer=answer, evidence=evidence,
            state="proposed", proposed_by=by, proposed_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
    return row


def proposed(session: Session) -> Sequence[ProposalRow]:
    """What waits for a curator, oldest first."""
    query = select(ProposalRow).where(ProposalRow.state == "proposed").order_by(ProposalRow.id)
    return session.scalars(query).all()
