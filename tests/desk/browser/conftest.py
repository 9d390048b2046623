"""The desk in a real Chromium, on the real application but for Rasa, served by a real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from app.assembly import Parts, assemble
from app.rasa_process import free_port
from app.settings import Settings
from app.web import create_app
from bot import handoff, log
from bot.conversation import HandoffReason, Reply
from bot.exchange import Exchange
from desk import staff
from desk.rights import Role
from desk.staff import StaffRow
from knowledge.release import Release
from tests import services
from tests.fakes import FakeDialogue

START_S = 20


@dataclass(frozen=True)
class Office:
    """A running application with a desk."""

    address: str
    parts: Parts
    dialogue: FakeDialogue

    def waits(
        self, text: str = "小规模纳税人月销售额多少以下免征增值税？", reason: HandoffReason = "complaint"
    ) -> str:
        """A conversation in the queue."""
        with self.parts.database.writing() as session:
            chat, _ = log.open_conversation(session, "web", "", self.parts.now())
            log.append(session, chat.id, "customer", text, self.parts.now(), client_txn_id="t1")
            handoff.request(session, log.load(session, chat.id), reason, self.parts.now())
        return chat.id

    def link(self, name: str, role: Role = "agent") -> str:
        with self.parts.database.writing() as session:
            return f"{self.address}/desk/sign-in/{staff.invite(session, name, self.parts.now(), role)}"

    def id_of(self, name: str) -> str:
        with self.parts.database.reading() as session:
            return session.scalars(select(StaffRow.id).where(StaffRow.name == name)).one()


@contextmanager
def served(parts: Parts) -> Iterator[None]:
    """The application on its port, in a thread."""
    settings = parts.settings
    config = uvicorn.Config(
        create_app(parts), host=settings.host, port=settings.port, log_level="warning", access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + START_S
    while not server.started and time.monotonic() < end:
        time.sleep(0.05)
    httpx.get(f"http://{settings.host}:{settings.port}/healthz", trust_env=False).raise_for_status()
    yield
    server.should_exit = True
    thread.join(START_S)


def parts_of(settings: Settings, release: Release, dialogue: FakeDialogue) -> Parts:
    made = assemble(settings)
    made.database.migrate()
    made.shelf.put(release)
    return replace(
        made, dialogue=dialogue, exchange=Exchange(made.database, dialogue, made.feed, made.now, 5)
    )


@pytest.fixture
def office(tmp_path: Path, release: Release, dialogue: FakeDialogue) -> Iterator[Office]:
    dialogue.replies = [Reply("好的。", "handed_off", reason="asked_for_agent")]
    port = free_port()
    settings = Settings(
        data=tmp_path, rasa_url="http://127.0.0.1:9", port=port, today=date(2026, 11, 21),
        video_url="https://meet.example.cn",
    )  # fmt: skip
    parts = parts_of(settings, release, dialogue)
    with served(parts):
        yield Office(f"http://127.0.0.1:{port}", parts, dialogue)


@pytest.fixture
def two_processes(tmp_path: Path, release: Release, postgres: Path) -> Iterator[tuple[Office, Office]]:
    """Two applications on one PostgreSQL and one Redis, as in a province."""
    url = services.new_database(postgres)
    with services.redis(tmp_path) as redis_url:
        offices = []
        for name in ("a", "b"):
            dialogue, port = FakeDialogue(), free_port()
            settings = Settings(
                data=tmp_path / name, database_url=url, redis_url=redis_url, rasa_url="http://127.0.0.1:9",
                port=port, today=date(2026, 11, 21),
            )  # fmt: skip
            offices.append(
                Office(f"http://127.0.0.1:{port}", parts_of(settings, release, dialogue), dialogue)
            )
        first, second = offices
        with served(first.parts), served(second.parts):
            yield first, second


@pytest.fixture
def page(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Opens a browser of its own for each call; any script error fails the test."""
    contexts, problems = [], []

    def open_page() -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        contexts.append(context)
        made = context.new_page()
        made.set_default_timeout(20_000)
        made.on("pageerror", lambda error: problems.append(str(error)))
        return made

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def agent(page: Callable[[], Page]) -> Callable[..., Page]:
    """Signs a member of staff in, in a browser of their own."""

    def sign_in(office: Office, name: str, role: Role = "agent") -> Page:
        made = page()
        made.goto(office.link(name, role))
        made.get_by_role("button", name="登录").click()
        made.get_by_role("link", name="以后再说，先进工作台").click()
        made.get_by_role("button", name="上线接待").wait_for()
        return made

    return sign_in
