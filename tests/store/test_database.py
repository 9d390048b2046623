from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.exc import IntegrityError

from bot import log
from bot.log import ConversationRow, EventRow
from desk.staff import SignInLinkRow
from store.database import Database, DatabaseUnavailable, Moment
from tests.fakes import FakeClock


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another process holds the database's write lock."""
    holder = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def write(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("deed", [write, Database.migrate])
def test_a_locked_database_becomes_the_named_error_with_its_cause(
    database: Database, deed: Callable[[Database], None]
) -> None:
    with locked(database), pytest.raises(DatabaseUnavailable, match="database is locked") as caught:
        deed(database)
    assert caught.value.permanent is False
    deed(database)


def test_a_locked_database_says_what_to_do(database: Database) -> None:
    with locked(database), pytest.raises(DatabaseUnavailable, match="请稍后"):
        write(database)


def test_a_locked_database_can_still_be_read(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
    with locked(database), database.reading() as session:
        assert log.load(session, chat.id) == chat


def test_writable_tells_whether_a_transaction_can_be_opened_now(database: Database) -> None:
    with locked(database):
        assert database.writable() is False
    assert database.writable() is True


def test_a_folder_that_does_not_exist_becomes_the_named_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite3'}")
    with pytest.raises(DatabaseUnavailable, match="unable to open"):
        database.migrate()
    assert database.writable() is False


def test_a_missing_table_becomes_the_named_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(DatabaseUnavailable, match="no such table"), database.reading() as session:
        log.owned_by(session, "nobody")
    database.close()


def test_an_error_undoes_the_whole_transaction(database: Database, clock: FakeClock) -> None:
    def open_one_twice() -> None:
        with database.writing() as session:
            chat, _ = log.open_conversation(session, "web", "", clock())
            log.open_conversation(session, "web", chat.address, clock())

    with pytest.raises(IntegrityError, match="UNIQUE"):
        open_one_twice()
    with database.reading() as session:
        assert session.scalars(select(ConversationRow)).all() == []


def test_foreign_keys_are_on(database: Database, clock: FakeClock) -> None:
    event = {"conversation": "nobody", "seq": 1, "author": "customer", "text": "", "at": clock(), "data": {}}
    link = {"hash": "h", "staff": "nobody", "expires_at": clock()}
    for row, values in ((EventRow, event), (SignInLinkRow, link)):
        with pytest.raises(IntegrityError, match="FOREIGN KEY"), database.writing() as session:
            session.execute(insert(row).values(**values))


def test_every_connection_waits_for_locks_and_writes_ahead(database: Database) -> None:
    with database.reading() as one, database.reading() as other:
        for session in (one, other):
            pragmas = [
                session.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("busy_timeout", "journal_mode", "foreign_keys")
            ]
            assert pragmas == [200, "wal", 1]


def test_what_is_written_is_there_after_the_database_was_closed(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
    database.close()
    again = Database(database.url)
    with again.reading() as session:
        assert log.load(session, chat.id) == chat
    again.close()


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.builds(datetime.fromtimestamp, st.integers(0, 4_000_000_000), ZONES))
def test_an_instant_comes_back_the_same_in_utc_whatever_its_zone(at: datetime) -> None:
    stored = Moment().process_bind_param(at, dialect())
    assert stored
    back = Moment().process_result_value(stored.replace(tzinfo=None), dialect())
    assert back == at
    assert back.tzinfo is UTC


def test_the_database_itself_keeps_instants_in_utc(database: Database) -> None:
    at = datetime(2026, 11, 21, 7, 30, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", at)
    with database.reading() as session:
        raw = session.execute(text("SELECT opened_at FROM conversations")).scalar_one()
        assert raw.startswith("2026-11-20 23:30")
        assert log.load(session, chat.id).opened_at == at
