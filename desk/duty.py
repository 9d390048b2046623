"""Whether people are at the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from desk.staff import StaffSessionRow


def on_duty(session: Session, now: datetime) -> bool:
    """Whether any member of staff is signed in."""
    return bool(session.scalar(select(exists().where(StaffSessionRow.expires_at > now))))
