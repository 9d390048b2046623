from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import bot.assignment
import bot.attachments
import bot.cases
import bot.log
import bot.marks
import bot.originals
import bot.outbox
import bot.ratings
import bot.roster
import bot.tickets
import desk.audit
import desk.canned
import desk.lockout
import desk.notes
import desk.second_factor
import desk.sessions
import desk.staff
import desk.tokens
import knowledge.library
import knowledge.proposals
import widget.notices
from bot import log, tickets
from desk.sessions import StaffSessionRow
from desk.staff import SignInLinkRow, ever_signed_in, everybody, invite
from store.database import MIGRATIONS, Base, Database
from tests import services
from tests.fakes import FakeClock

TABLES = (
    bot.assignment, bot.attachments, bot.cases, bot.log, bot.marks, bot.originals, bot.outbox, bot.ratings,
    bot.roster, bot.tickets, knowledge.library, knowledge.proposals, widget.notices,
    desk.audit, desk.canned, desk.lockout, desk.notes, desk.second_factor, desk.sessions, desk.staff, desk.tokens,
)  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    yield made
    made.close()


def dump(database: Database) -> list[str]:
    """The whole content of the database as SQL."""
    raw = sqlite3.connect(database.url.removeprefix("sqlite:///"))
    lines = list(raw.iterdump())
    raw.close()
    return lines


def test_the_migrations_on_an_empty_database_make_what_the_models_say(empty: Database) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_a_difference_between_models_and_migrations_would_be_found(empty: Database) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE sign_in_links")
        context = MigrationContext.configure(connection)
        assert [kind for kind, *_ in compare_metadata(context, Base.metadata)] == ["add_table"]


def test_a_second_run_changes_nothing(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
        log.append(session, chat.id, "customer", "小规模免税吗", clock())
    before = dump(database)
    database.migrate()
    assert dump(database) == before
    assert any("小规模免税吗" in line for line in before)


def test_a_new_process_finds_the_database_already_migrated(database: Database) -> None:
    before = dump(database)
    again = Database(database.url)
    again.migrate()
    again.close()
    assert dump(database) == before


def test_who_waited_or_was_served_before_there_were_tickets_goes_on_with_one(
    postgres: Path, empty: Database
) -> None:
    on_postgres = Database(services.new_database(postgres))
    for old in (empty, on_postgres):
        upgrade(old, "0001")
        for identity, owner in (("c1", "waiting"), ("c2", "agent"), ("c3", "assistant")):
            insert_old(old, identity, owner)
        old.migrate()
        with old.reading() as session:
            found = {chat: tickets.of(session, chat) for chat in ("c1", "c2", "c3")}
        assert found["c1"]
        assert found["c2"]
        assert (found["c1"].agent, found["c2"].agent, found["c3"]) == (None, "a1", None)
        assert found["c1"].passed == ()
    on_postgres.close()


def upgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def insert_old(database: Database, identity: str, owner: str) -> None:
    """A conversation as the first schema knew it."""
    agent = "'a1'" if owner == "agent" else "NULL"
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO conversations (id, channel, address, owner, agent, last_seq, dialogue, failures, opened_at)"  # noqa: S608
            f" VALUES ('{identity}', 'web', '{identity}', '{owner}', {agent}, 0, 1, 0, '2026-11-20 08:00:00')"
        )


def test_the_migrations_form_one_line() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_accounts_from_before_passwords_are_kept_and_sign_in_anew(empty: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with empty.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO staff VALUES ('s1', '管理员', 'administrator', '2026-01-02 03:04:05')"
        )
        connection.exec_driver_sql(
            "INSERT INTO staff_sessions VALUES ('h', 's1', 'f', '2099-01-01 00:00:00')"
        )
        connection.exec_driver_sql("INSERT INTO sign_in_links VALUES ('l', 's1', '2099-01-01 00:00:00')")
    empty.migrate()
    with empty.reading() as session:
        [kept] = everybody(session)
        assert (kept.name, kept.role, kept.password_hash, kept.factor_on) == (
            "管理员",
            "administrator",
            None,
            False,
        )
        assert ever_signed_in(session)
        assert session.get(SignInLinkRow, "l")
        assert not session.query(StaffSessionRow).count()


def test_the_newest_migration_can_be_taken_back_and_made_again(database: Database) -> None:
    with database.writing() as session:
        invite(session, "小王", datetime.now(UTC))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")
        assert "tickets" not in inspect(connection).get_table_names()
    database.migrate()
    with database.reading() as session:
        assert [one.name for one in everybody(session)] == ["小王"]
