from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.settings import ROOT
from bot.conversation import Button, Reply
from tests.fakes import FakeDialogue

WIDGET = ROOT / "widget"
SCRIPTS = sorted((WIDGET / "static").glob("*.js"))
SHEETS = sorted((WIDGET / "static").glob("*.css"))
MARKUP_OR_CODE_FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|set(Timeout|Interval)\(\s*[\"'`]"
)
ELSEWHERE = re.compile(r"(https?:)?//[\w\[]")


@pytest.fixture
def page(client: TestClient, dialogue: FakeDialogue) -> str:
    """A chat page with everything on it."""
    dialogue.replies = [Reply("哪一个？", "clarifying", (Button("甲", '/choose{"entry": "a"}'),))]
    return client.post("/chat", data={"text": "退税", "client_txn_id": "t1"}).text


def test_the_content_policy_allows_nothing_but_our_own(client: TestClient) -> None:
    policy = client.get("/chat").headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert {
        directives[name] for name in ("script-src", "style-src", "img-src", "connect-src", "form-action")
    } == {"'self'"}
    assert directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


def test_the_page_holds_nothing_inline_that_the_policy_would_stop(page: str) -> None:
    assert re.findall(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", page) == []


def test_no_address_of_an_asset_is_absolute(page: str) -> None:
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert len(addresses) >= 5
    assert [address for address in addresses if not re.match(r"/(?!/)", address)] == []


def test_every_asset_of_the_page_is_served(client: TestClient, page: str) -> None:
    for address in re.findall(r'(?:src|href)="([^"]*)"', page):
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [*SCRIPTS, *SHEETS], ids=lambda path: path.name)
def test_no_script_or_style_sheet_names_another_host(path: Path) -> None:
    assert ELSEWHERE.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_from_text(path: Path) -> None:
    assert MARKUP_OR_CODE_FROM_TEXT.search(path.read_text(encoding="utf-8")) is None


def test_there_are_a_script_and_a_style_sheet_to_look_at() -> None:
    assert SCRIPTS
    assert SHEETS


@pytest.mark.parametrize(
    "path", ["/static/chat/../page.py", "/static/chat/%2e%2e/page.py", "/static/chat/..%2fpage.py"]
)
def test_nothing_outside_the_static_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
