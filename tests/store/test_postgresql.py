"""The schema on a real PostgreSQL, which the tests start from a wheel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from app import retention
from app.settings import Settings
from bot import log
from desk import audit, lockout, sessions, staff
from desk.audit import AuditRow
from desk.lockout import FREE_FOR_ACCOUNT, SignInLocked
from desk.sessions import Browser
from store.database import Base, Database
from tests import services

HERE = Browser("Firefox", "127.0.0.1")


@pytest.fixture(scope="module")
def postgresql(postgres: Path) -> Iterator[Database]:
    made = Database(services.new_database(postgres))
    made.migrate()
    yield made
    made.close()


def test_the_migrations_make_what_the_models_say(postgresql: Database) -> None:
    with postgresql.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_staff_sign_in_and_are_locked_out(postgresql: Database) -> None:
    now = datetime.now(UTC)
    with postgresql.writing() as session:
        wang = staff.use_link(session, staff.invite(session, "小王", now), now)
        token = sessions.begin(session, wang, "link", HERE, now)
    with postgresql.reading() as session:
        assert sessions.signed_in(session, token, now).name == "小王"
    for _ in range(FREE_FOR_ACCOUNT):
        with postgresql.writing() as session:
            lockout.charge(session, "小王", "127.0.0.1", now)
    with pytest.raises(SignInLocked), postgresql.writing() as session:
        lockout.charge(session, "小王", "127.0.0.1", now)


@pytest.mark.parametrize("deed", [update(AuditRow).values(actor="别人"), delete(AuditRow)])
def test_a_young_audit_line_is_neither_changed_nor_deleted(postgresql: Database, deed: object) -> None:
    with postgresql.writing() as session:
        audit.record(session, datetime.now(UTC), "老周", "disabled", "小王")
    with (
        pytest.raises(Exception, match=r"never changed|six months") as caught,
        postgresql.writing() as session,
    ):
        session.execute(deed)  # type: ignore[call-overload]
    assert isinstance(caught.value.__cause__ or caught.value, DatabaseError)


def test_retention_deletes_there_too(postgresql: Database) -> None:
    now = datetime.now(UTC)
    old = now - timedelta(days=3_000)
    with postgresql.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", old)
        log.append(session, chat.id, "assistant", "免税", old, evidence={"release": 1})
        audit.record(session, old, "老周", "disabled", "小王")
    deleted = retention.run(postgresql, Settings(), now)
    assert (deleted["evidence"], deleted["conversations"], deleted["audit"]) == (1, 1, 1)
