"""Whether who was let in may still be here: what is open for long asks this again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import tokens
from desk.sessions import StaffSessionRow
from desk.staff import Staff, StaffRow


def lasts(session: Session, staff: Staff, now: datetime) -> bool:
    """Whether the account is as it was, and its browser's session or its token has not ended."""
    account = session.get(StaffRow, staff.id)
    if account is None or account.disabled_at or account.role != staff.role:
        return False
    if staff.session:
        until = select(StaffSessionRow.expires_at).where(StaffSessionRow.id == staff.session)
        return (session.scalar(until) or now) > now
    return not staff.token or tokens.exists(session, staff.token)
