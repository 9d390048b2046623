"""The one place that knows how to open a database: base class, sessions, migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, DateTime, Engine, TypeDecorator, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LOCK_WAIT_MS = 5_000
# Connections are kept: opening one costs more than most transactions. Threads wait their turn for them.
POOL: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 20, "max_overflow": 0, "pool_use_lifo": True}


class DatabaseUnavailable(Exception):
    """The database did not take a transaction: locked, full or gone. Trying again may help."""

    permanent = False


class Base(DeclarativeBase):
    """The declarative base of every table."""


class Moment(TypeDecorator[datetime]):
    """A timezone-aware instant, stored as UTC; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Database:
    """An engine and its two kinds of transaction. SQLite runs in WAL mode with a bounded lock wait."""

    def __init__(self, url: str, lock_wait_ms: int = LOCK_WAIT_MS) -> None:
        self.url = url
        self.engine = create_engine(url, **({} if url.startswith("sqlite") else POOL))
        if self.engine.dialect.name == "sqlite":
            _configure_sqlite(self.engine, lock_wait_ms)
        self._writer = self.engine.execution_options(shuiwen_begin="BEGIN IMMEDIATE")
        # SQLite lets one write and has the others poll, up to 100 ms apart; here they wait their turn.
        self._turn: AbstractContextManager[object] = (
            Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write; committed at the end, rolled back on any error.

        Raises `DatabaseUnavailable` where the database cannot be reached or stays locked.
        """
        with self._turn, self._session(self._writer) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads. Raises `DatabaseUnavailable`."""
        with self._session(self.engine) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except DatabaseError as error:
            if isinstance(error, IntegrityError):
                raise
            raise DatabaseUnavailable(f"数据库暂时不可用（{error.orig}），请稍后再试。") from error

    def migrate(self) -> None:
        """Bring the schema to the newest migration. Raises `DatabaseUnavailable`."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self._writer.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except DatabaseError as error:
            raise DatabaseUnavailable(f"the database cannot be opened: {error.orig}") from error

    def writable(self) -> bool:
        """Whether a write transaction can be opened now."""
        try:
            with self.writing() as session:
                session.execute(text("SELECT 1"))
        except DatabaseUnavailable:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def _configure_sqlite(engine: Engine, lock_wait_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:  # noqa: ARG001
        raw: Any = connection
        raw.isolation_level = None
        for pragma in (
            f"busy_timeout={lock_wait_ms}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            raw.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("shuiwen_begin", "BEGIN"))
