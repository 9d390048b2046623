from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.assembly import Parts
from bot import handoff, log
from desk import staff
from desk.rights import Role


@dataclass(frozen=True)
class Desk:
    """A signed-in agent's browser. ``token`` is what the forms of its pages carry."""

    browser: TestClient
    token: str

    def act(self, conversation: str, move: str, **form: str) -> Response:
        address = f"/desk/conversations/{conversation}/{move}"
        return self.browser.post(address, data={"form_token": self.token, **form})

    def page(self, conversation: str = "") -> str:
        return self.browser.get(f"/desk/conversations/{conversation}" if conversation else "/desk").text


@pytest.fixture
def invited(parts: Parts) -> Callable[[str], str]:
    """The address of a one-time link for an agent of that name."""

    def invite(name: str) -> str:
        with parts.database.writing() as session:
            return f"/desk/sign-in/{staff.invite(session, name, parts.now())}"

    return invite


@pytest.fixture
def signed_in(client: TestClient, parts: Parts) -> Callable[[str, Role], Desk]:
    """Signs somebody of a role in, in a browser of their own."""

    def sign_in(name: str, role: Role) -> Desk:
        browser = TestClient(client.app, raise_server_exceptions=False)
        with parts.database.writing() as session:
            link = f"/desk/sign-in/{staff.invite(session, name, parts.now(), role)}"
        token = re.search(r'name="form_token" value="([^"]+)"', browser.post(link).text)
        assert token
        return Desk(browser, token[1])

    return sign_in


@pytest.fixture
def agent(signed_in: Callable[[str, Role], Desk]) -> Callable[[str], Desk]:
    """Signs an agent in, in a browser of their own."""
    return lambda name: signed_in(name, "agent")


@pytest.fixture
def waiting(parts: Parts) -> Callable[..., str]:
    """A conversation in the queue whose person said ``text``."""

    def make(text: str = "小规模免税吗", at: datetime | None = None) -> str:
        with parts.database.writing() as session:
            chat, _ = log.open_conversation(session, "web", "", at or parts.now())
            log.append(session, chat.id, "customer", text, at or parts.now(), client_txn_id="t1")
            handoff.request(session, log.load(session, chat.id), "complaint", at or parts.now())
        return chat.id

    return make
