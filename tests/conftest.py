"""Real parts, shared: a migrated SQLite database, an exchange on it, and a small published release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
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
from knowledge import publishing
from knowledge.entries import Knowledge
from knowledge.files import read_content
from knowledge.golden import Golden
from knowledge.release import Release, load, save
from retrieval.encode import BUILT_IN, OnnxEncoder
from store.database import Database
from tests import services
from tests.chromium import launched
from tests.fakes import FakeClock, FakeDialogue

CONTENT = Path(__file__).parent.parent / "knowledge" / "content"
SUBJECTS = ("vat-small", "stamp-vehicle-and-others", "negatives")


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


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A real release of a few shipped subjects, built, calibrated, saved and loaded."""
    contents = [read_content(CONTENT, subject) for subject in SUBJECTS]
    policies = contents[0].knowledge.policies
    entries = tuple(entry for content in contents for entry in content.knowledge.entries)
    questions = tuple(item for content in contents for item in content.golden.questions)
    negatives = tuple(item for content in contents for item in content.golden.negatives)
    knowledge = Knowledge(policies=policies, entries=entries, terms=contents[0].knowledge.terms)
    golden = Golden(questions=questions, negatives=negatives)
    searcher = publishing.build(
        knowledge, golden, OnnxEncoder(BUILT_IN), publishing.Target(0.1, 0.9)
    ).searcher
    folder = tmp_path_factory.mktemp("release")
    save(folder, knowledge, searcher)
    return load(folder, 1)


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
