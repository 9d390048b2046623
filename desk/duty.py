"""Whether people are at the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from desk.rights import MAY
from desk.sessions import StaffSessionRow
from desk.staff import StaffRow

TAKERS = [role for role, rights in MAY.items() if "take_conversations" in rights]


def on_duty(session: Session, now: datetime) -> bool:
    """Whether anybody is signed in who may take conversations."""
    signed_in = (
        exists()
        .where(StaffSessionRow.expires_at > now, StaffSessionRow.staff == StaffRow.id)
        .where(StaffRow.disabled_at.is_(None), StaffRow.role.in_(TAKERS))
    )
    return bool(session.scalar(select(signed_in)))
