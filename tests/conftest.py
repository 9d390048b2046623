"""Real parts, shared: a migrated SQLite database, an exchange on it, and a small published release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.exchange import Exchange
from bot.feed import Feed
from store.database import Database
from tests.fakes import FakeClock, FakeDialogue


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}", lock_wait_ms=200)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def dialogue() -> FakeDialogue:
    return FakeDialogue()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def exchange(database: Database, dialogue: FakeDialogue, feed: Feed, clock: FakeClock) -> Exchange:
    return Exchange(database, dialogue, feed, clock, deadline_s=0.5)
