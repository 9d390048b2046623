"""Which entries answered most questions lately."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.log import EventRow

LATELY = timedelta(days=30)


def answered_most(session: Session, now: datetime, most: int = 6) -> list[str]:
    """Entries by the number of answers given from them in the last `LATELY`, most first."""
    entry = EventRow.data["entry"].as_string()
    rows = session.scalars(
        select(entry)
        .where(EventRow.author == "assistant", EventRow.at > now - LATELY, entry.is_not(None))
        .group_by(entry)
        .order_by(func.count().desc(), entry)
        .limit(most)
    )
    return list(rows)
