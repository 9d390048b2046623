from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.settings import ROOT
from bot.conversation import Button, Reply
from tests.fakes import FakeDialogue
from widget.script import PARTS, script

WIDGET = ROOT / "widget"
SCRIPTS = sorted((WIDGET / "script").glob("*.js"))
SHEETS = sorted(WIDGET.glob("*/*.css"))
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


def test_every_part_of_the_script_is_joined_and_looked_at() -> None:
    assert {path.stem for path in SCRIPTS} == set(PARTS)
    assert [path.name for path in SHEETS] == ["widget.css", "chat.css"]


def test_the_widget_is_one_script_of_at_most_thirty_kilobytes_compressed(client: TestClient) -> None:
    response = client.get("/widget.js")
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) <= 30 * 1024
    assert response.text == script()
    assert not re.search(r"^import |import\(|\brequire\(", script(), re.MULTILINE)


def test_an_unchanged_widget_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/widget.js").headers["etag"]
    assert client.get("/widget.js", headers={"If-None-Match": tag}).status_code == 304


def test_a_browser_that_takes_no_gzip_gets_it_plain(client: TestClient) -> None:
    response = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in response.headers
    assert response.text == script()


@pytest.mark.parametrize(
    "path", ["/static/chat/../page.py", "/static/chat/%2e%2e/page.py", "/static/chat/..%2fpage.py"]
)
def test_nothing_outside_the_static_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
