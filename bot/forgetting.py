"""Deletes what conversations have left behind once its time has passed, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, null, select, tuple_, update
from sqlalchemy.orm import Session

from bot.attachments import FileRow, Folder
from bot.cases import CaseRow
from bot.log import ConversationRow, EventRow
from bot.originals import OriginalRow
from bot.outbox import DeliveryRow
from bot.ratings import RatingRow
from knowledge import proposals
from store.database import Base

AT_ONCE = 500

_CONVERSATIONS = cast(Table, ConversationRow.__table__)


def conversations(session: Session, before: datetime) -> int:
    """Delete up to `AT_ONCE` conversations in which nothing was said since ``before``; how many.

    A conversation goes as a whole, as its log has no holes, and with it the rows of every table that
    refers to it and the drafts that were proposed from it.
    """
    quiet = select(EventRow.conversation).where(
        EventRow.at >= before, EventRow.conversation == ConversationRow.id
    )
    query = (
        select(ConversationRow.id).where(ConversationRow.opened_at < before, ~quiet.exists()).limit(AT_ONCE)
    )
    ids = session.scalars(query).all()
    if ids:
        proposals.forget(session, ids)
        _delete_with_dependants(session, ids)
    return len(ids)


def evidence(session: Session, before: datetime) -> int:
    """Drop the evidence of up to `AT_ONCE` replies that were given before, and of ratings; how many replies."""
    old = (
        select(EventRow.conversation, EventRow.seq)
        .where(EventRow.at < before, EventRow.evidence.is_not(None))
        .limit(AT_ONCE)
    )
    places = [tuple(row) for row in session.execute(old)]
    if places:
        key = tuple_(EventRow.conversation, EventRow.seq)
        session.execute(update(EventRow).where(key.in_(places)).values(evidence=null()))
    session.execute(update(RatingRow).where(RatingRow.at < before).values(evidence=null()))
    return len(places)


def originals(session: Session, before: datetime) -> int:
    """Delete up to `AT_ONCE` sealed originals from before, and the sealed contacts of cases; how many originals."""
    session.execute(update(CaseRow).where(CaseRow.opened_at < before).values(sealed=None))
    old = select(OriginalRow.conversation, OriginalRow.seq).where(OriginalRow.at < before).limit(AT_ONCE)
    places = [tuple(row) for row in session.execute(old)]
    if places:
        session.execute(
            delete(OriginalRow).where(tuple_(OriginalRow.conversation, OriginalRow.seq).in_(places))
        )
    return len(places)


def drafts(session: Session, before: datetime) -> int:
    """Delete up to `AT_ONCE` drafts of knowledge that agents proposed before; how many."""
    return proposals.forget_before(session, before, AT_ONCE)


def deliveries(session: Session, before: datetime) -> int:
    """Delete up to `AT_ONCE` tellings to webhooks of what happened before, delivered or given up; how many."""
    happened_at = DeliveryRow.body["at"].as_string()
    old = select(DeliveryRow.id).where(DeliveryRow.next_at.is_(None), happened_at < before.isoformat())
    ids = session.scalars(old.limit(AT_ONCE)).all()
    session.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(ids)))
    return len(ids)


def files(folder: Folder) -> Callable[[Session, datetime], int]:
    """Deletes the files from before that no conversation has any more; how many."""

    def forget(session: Session, before: datetime) -> int:
        kept = set(session.scalars(select(FileRow.id)))
        return folder.remove(before, kept)

    return forget


def _delete_with_dependants(session: Session, ids: Sequence[str]) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        for column in table.columns:
            if any(key.references(_CONVERSATIONS) for key in column.foreign_keys):
                session.execute(delete(table).where(column.in_(ids)))
    session.execute(delete(ConversationRow).where(ConversationRow.id.in_(ids)))
