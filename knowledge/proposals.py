"""What agents propose as knowledge: drafts of entries, with the conversation that they came from as evidence.

A draft stands apart from the entries, as an entry needs documents and more ways to ask than one answer has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base, Moment

State = Literal["proposed", "taken", "refused"]
Decision = Literal["taken", "refused"]


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


class UnknownDraft(Exception):
    """There is no such draft."""


class DraftDecided(Exception):
    """A draft that was taken or refused does not change any more."""


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


def decided(session: Session, limit: int = 50) -> Sequence[ProposalRow]:
    """What was taken or refused, newest first."""
    query = select(ProposalRow).where(ProposalRow.state != "proposed").order_by(ProposalRow.id.desc())
    return session.scalars(query.limit(limit)).all()


def load(session: Session, draft: int, *, lock: bool = False) -> ProposalRow:
    """Raises `UnknownDraft`."""
    row = session.get(ProposalRow, draft, with_for_update=lock)
    if row is None:
        raise UnknownDraft("没有这份草稿，或已过保留期。")
    return row


def reword(session: Session, draft: int, question: str, answer: str) -> ProposalRow:
    """Put a draft into better words. Raises `UnknownDraft` and `DraftDecided`."""
    row = _undecided(session, draft)
    row.question, row.answer = question, answer
    session.flush()
    return row


def decide(session: Session, draft: int, decision: Decision) -> ProposalRow:
    """Take a draft over into an entry, or refuse it. Raises `UnknownDraft` and `DraftDecided`."""
    row = _undecided(session, draft)
    row.state = decision
    session.flush()
    return row


def forget(session: Session, conversations: Sequence[str]) -> None:
    """Delete the drafts that came from ``conversations``, which are being forgotten."""
    session.execute(delete(ProposalRow).where(ProposalRow.conversation.in_(conversations)))


def forget_before(session: Session, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` drafts that were proposed before; how many."""
    old = session.scalars(select(ProposalRow.id).where(ProposalRow.proposed_at < before).limit(limit)).all()
    session.execute(delete(ProposalRow).where(ProposalRow.id.in_(old)))
    return len(old)


def _undecided(session: Session, draft: int) -> ProposalRow:
    row = load(session, draft, lock=True)
    if row.state != "proposed":
        raise DraftDecided("这份草稿已经处理过。")
    return row
