"""A real Chromium and a real server on a real port; only Rasa's seat is taken by a `FakeDialogue`.

Any request that leaves the machine and any error of a page's script fails the test that made it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page

from app.assembly import Parts, now
from app.rasa_process import free_port
from app.web import create_app
from bot.exchange import Exchange
from desk import staff
from tests.browser.script import SCRIPT
from tests.chromium import ARTEFACTS
from tests.fakes import FakeDialogue

NEAR = {"127.0.0.1", "localhost"}
START_S = 20


@dataclass
class Server:
    """An application on a port of its own, which can be killed and started again."""

    app: Callable[[], FastAPI]
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        config = uvicorn.Config(
            self.app(), host="127.0.0.1", port=self.port, log_level="critical", ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self._wait_until_open()

    def _wait_until_open(self) -> None:
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the server does not listen")

    def kill(self) -> None:
        """End at once, in the middle of whatever is going on."""
        if self._server and self._thread:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(10)
            self._server = None


HOSTILE = """
* { all: unset !important; color: red !important; font-size: 3px !important; position: static !important }
:root { font-size: 90px !important } body { transform: rotate(1deg); overflow: hidden; opacity: .5 }
body > * { display: none !important; visibility: hidden !important } button { background: lime !important }
h1 { display: block !important; visibility: visible !important }
"""


class Bureau:
    """Another site's page that embeds the widget of a server by one line."""

    def __init__(self, live: Parts, allowed: bool = True) -> None:
        self.site = Server(self._pages, host="localhost")
        origins = (self.site.address,) if allowed else ()
        settings = live.settings.model_copy(update={"origins": origins})
        self.server = Server(lambda: create_app(replace(live, settings=settings)))
        self.server.start()
        self.site.start()

    @property
    def address(self) -> str:
        return self.site.address

    def _pages(self) -> FastAPI:
        app = FastAPI()
        policy = (
            f"default-src 'none'; style-src 'self'; script-src {self.server.address}; "
            f"connect-src {self.server.address}; require-trusted-types-for 'script'"
        )

        @app.get("/")
        def page() -> HTMLResponse:
            return HTMLResponse(
                "<!doctype html><html lang=zh><head><meta charset=utf-8><title>某税务局</title>"
                "<meta name=viewport content='width=device-width,initial-scale=1'>"
                "<link rel=stylesheet href=hostile.css></head><body><h1 id=title>某税务局</h1><p>正文</p>"
                f"<script src='{self.server.address}/widget.js' data-lang=zh-Hans></script></body></html>",
                headers={"Content-Security-Policy": policy},
            )

        @app.get("/hostile.css")
        def style() -> Response:
            return Response(HOSTILE, media_type="text/css")

        return app

    def close(self) -> None:
        self.site.kill()
        self.server.kill()


@dataclass
class Visitors:
    """Opens browsers that have never been here, and watches what they ask for."""

    chromium: Browser
    strayed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def new(self, *, script: bool = True, width: int = 900, height: int = 1000, **options: object) -> Page:
        context = self.chromium.new_context(
            java_script_enabled=script, viewport={"width": width, "height": height},
            locale=str(options.pop("locale", "zh-CN")), **options,  # type: ignore[arg-type]
        )  # fmt: skip
        context.on("request", lambda request: self._watch(request.url))
        return self._watched(context.new_page())

    def another(self, page: Page) -> Page:
        """A second tab of the same browser."""
        return self._watched(page.context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        self.pages.append(page)
        return page

    def _watch(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"data", "blob", "file"} and parts.hostname not in NEAR:
            self.strayed.append(address)

    def close(self) -> None:
        for context in {page.context for page in self.pages}:
            context.close()


@pytest.fixture
def visitors(chromium: Browser) -> Iterator[Visitors]:
    made = Visitors(chromium)
    yield made
    made.close()
    assert made.strayed == []
    assert made.failed == []


@pytest.fixture
def live(parts: Parts, dialogue: FakeDialogue) -> Parts:
    """The parts on the real clock, with a dialogue that knows the script of these tests."""
    dialogue.script = dict(SCRIPT)
    object.__setattr__(parts, "now", now)
    object.__setattr__(parts, "exchange", Exchange(parts.database, dialogue, parts.feed, now, 5.0))
    return parts


@pytest.fixture
def server(live: Parts) -> Iterator[Server]:
    made = Server(lambda: create_app(live))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def bureau(live: Parts) -> Iterator[Bureau]:
    """A foreign site with hostile style and a strict policy that has the widget on its page."""
    made = Bureau(live)
    yield made
    made.close()


@pytest.fixture
def agent_link(live: Parts, server: Server) -> Callable[[str], str]:
    """A one-time sign-in link for an agent of that name."""

    def invite(name: str) -> str:
        with live.database.writing() as session:
            return f"{server.address}/desk/sign-in/{staff.invite(session, name, now())}"

    return invite


def chat(visitors: Visitors, server: Server, **options: object) -> Page:
    """The full page, in a new browser."""
    page = visitors.new(**options)  # type: ignore[arg-type]
    page.goto(f"{server.address}/chat")
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_label("您的问题").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def picture(page: Page, name: str) -> Path:
    path = ARTEFACTS / f"{name}.png"
    page.screenshot(path=path)
    return path
