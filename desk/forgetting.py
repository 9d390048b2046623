"""Deletes what staff have left behind once its time has passed: ended sessions, old links, old audit lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Session

from desk.audit import AuditRow
from desk.lockout import SignInFailuresRow
from desk.sessions import StaffSessionRow
from desk.staff import SignInLinkRow
from store.database import Base


def sessions(session: Session, before: datetime) -> int:
    """Delete the sessions, links and counts of failures that ended before; how many."""
    return (
        _delete(session, StaffSessionRow, StaffSessionRow.expires_at < before)
        + _delete(session, SignInLinkRow, SignInLinkRow.expires_at < before)
        + _delete(session, SignInFailuresRow, SignInFailuresRow.last_at < before)
    )


def audit(session: Session, before: datetime) -> int:
    """Delete the audit lines from before; how many. The database refuses it for less than six months."""
    return _delete(session, AuditRow, AuditRow.at < before)


def _delete(session: Session, table: type[Base], which: ColumnElement[bool]) -> int:
    result: Any = session.execute(delete(table).where(which))
    return int(result.rowcount)
