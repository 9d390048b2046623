"""Real parts, shared: a migrated SQLite database, an exchange on it, and a small published release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from playwright.sync_api import Browser

from app.assembly import Parts, assemble
from app.settings import Settings
from app.web import create_app
from bot.exchange import Exchange
from bot.feed import Feed
from desk.passwords import Passwords
from knowledge import library, publishing
from knowledge.entries import Knowledge
from knowledge.files import read_content
from knowledge.golden import Golden
from knowledge.release import Release, load
from retrieval.encode import BUILT_IN, OnnxEncoder
from store.database import Database
from tests import services
from tests.chromium import launched
from tests.fakes import FakeClock, FakeDialogue

CONTENT = Path(__file__).parent.parent / "knowledge" / "content"
SUBJECTS = ("vat-small", "stamp-vehicle-and-others", "negatives")
PUBLISHED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}", lock_wait_ms=200)
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """A real PostgreSQL server, where a test asks for one."""
    with services.postgres() as folder:
        yield folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Of one module, as no asynchronous test can run beside Playwright's loop."""
    with launched() as browser:
        yield browser


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each kind in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'either.sqlite3'}"
    else:
        url = services.new_database(request.getfixturevalue("postgres"))
    made = Database(url)
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


def few_subjects() -> tuple[Knowledge, Golden]:
    """A few subjects of the shipped knowledge, with their golden questions."""
    contents = [read_content(CONTENT, subject) for subject in SUBJECTS]
    whole = contents[0].knowledge
    entries = tuple(entry for content in contents for entry in content.knowledge.entries)
    questions = tuple(item for content in contents for item in content.golden.questions)
    negatives = tuple(item for content in contents for item in content.golden.negatives)
    knowledge = Knowledge(policies=whole.policies, entries=entries, terms=whole.terms)
    return knowledge, Golden(questions=questions, negatives=negatives)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a few shipped subjects and a real release of them, for reading only."""
    data = tmp_path_factory.mktemp("data")
    made = Database(f"sqlite:///{data / 'shuiwen.sqlite3'}")
    made.migrate()
    with made.writing() as session:
        library.replace_all(session, *few_subjects(), PUBLISHED_AT)
    publishing.publish(
        made, data / "releases", OnnxEncoder(BUILT_IN), PUBLISHED_AT, publishing.Target(0.1, 0.9)
    )
    made.close()
    return data


@pytest.fixture(scope="session")
def release(published: Path) -> Release:
    """The release of a few shipped subjects, loaded."""
    return load(published / "releases" / "0001", 1)


@pytest.fixture
def parts(tmp_path: Path, dialogue: FakeDialogue, clock: FakeClock, release: Release) -> Parts:
    """The whole application but for Rasa and the clock, whose seats a `FakeDialogue` and a `FakeClock` take."""
    settings = Settings(
        data=tmp_path, rasa_url="http://127.0.0.1:9", deadline_s=0.5, today=date(2026, 11, 21)
    )
    made = assemble(settings)
    made.database.migrate()
    made.shelf.put(release)
    exchange = Exchange(made.database, dialogue, made.feed, clock, 0.5)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    return replace(made, dialogue=dialogue, exchange=exchange, passwords=passwords, now=clock)


@pytest.fixture
def client(parts: Parts) -> Iterator[TestClient]:
    """A browser that speaks to the application and keeps its cookies."""
    with TestClient(create_app(parts), raise_server_exceptions=False) as made:
        yield made
