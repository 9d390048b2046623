"""What is kept for how long, and the job that deletes the rest and writes down how much it deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from anyio import to_thread
from sqlalchemy.orm import Session

from app.settings import Settings
from bot import forgetting
from bot.attachments import Folder
from desk import audit
from desk import forgetting as staff_forgetting
from store.database import Database, DatabaseUnavailable

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)
LOOK_S = 600.0
ACTOR = "系统"

Forget = Callable[[Session, datetime], int]


def kinds(settings: Settings) -> dict[str, tuple[Forget, int]]:
    """Each kind of data with what deletes a batch of it and the days that it is kept."""
    return {
        "originals": (forgetting.originals, settings.keep_originals_days),
        "evidence": (forgetting.evidence, settings.keep_evidence_days),
        "conversations": (forgetting.conversations, settings.keep_events_days),
        "files": (forgetting.files(Folder(settings.files)), settings.keep_events_days),
        "drafts": (forgetting.drafts, settings.keep_drafts_days),
        "deliveries": (forgetting.deliveries, settings.keep_deliveries_days),
        "sessions": (staff_forgetting.sessions, settings.keep_sessions_days),
        "audit": (staff_forgetting.audit, settings.keep_audit_days),
    }


def run(database: Database, settings: Settings, now: datetime, actor: str = ACTOR) -> dict[str, int]:
    """Delete what is older than its days, in batches of their own transactions; how many of each kind."""
    deleted = {
        kind: _all(database, forget, now - timedelta(days=days))
        for kind, (forget, days) in kinds(settings).items()
    }
    with database.writing() as session:
        audit.record(session, now, actor, "forgotten", "到期数据", **deleted)
    return deleted


async def keep_running(database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
    """Run once a day, counted from the last run in the audit log, whoever did it."""
    while True:
        try:
            if await to_thread.run_sync(due, database, now()):
                await to_thread.run_sync(run, database, settings, now())
        except DatabaseUnavailable as error:
            logger.error("retention: %s", error)
        await asyncio.sleep(LOOK_S)


def due(database: Database, now: datetime) -> bool:
    """Whether the last run was a day ago or never."""
    with database.reading() as session:
        before = audit.last(session, "forgotten")
    return before is None or now - before >= EVERY


def _all(database: Database, forget: Forget, before: datetime) -> int:
    total = 0
    while True:
        with database.writing() as session:
            batch = forget(session, before)
        if not batch:
            return total
        total += batch
