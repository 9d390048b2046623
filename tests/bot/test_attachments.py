from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from app.assembly import Parts
from app.web import create_app
from bot import handoff, log
from bot.attachments import LARGEST_FILE, MOST_FILES, FileRefused, checked
from tests.fakes import FakeDialogue
from tests.signing import signed_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
PAGE = b"<!doctype html><script>alert(1)</script>"


def archive(*members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for member in members:
            opened.writestr(member, "x")
    return made.getvalue()


def opened(client: TestClient) -> tuple[str, dict[str, str]]:
    made = client.post("/api/conversations").json()
    return made["conversation"], {"Authorization": f"Bearer {made['token']}"}


def upload(
    client: TestClient,
    chat: tuple[str, dict[str, str]],
    content: bytes,
    name: str = "发票.png",
    txn: str = "f1",
) -> Response:
    return client.post(
        f"/api/conversations/{chat[0]}/files",
        headers=chat[1],
        data={"client_txn_id": txn},
        files={"file": (name, content, "image/png")},
    )


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PNG, "png"), (b"\xff\xd8\xff\xe0", "jpg"), (b"GIF89a", "gif"), (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"%PDF-1.7", "pdf"), (archive("OFD.xml"), "ofd"), (archive("word/document.xml"), "docx"),
        (archive("xl/workbook.xml"), "xlsx"),
    ],
)  # fmt: skip
def test_the_content_says_the_type_and_the_name_follows_it(content: bytes, ending: str) -> None:
    assert checked("a.exe", content)[0] == f"a.{ending}"


@pytest.mark.parametrize(
    "content",
    [
        b"", PAGE, b"MZ\x90\0", b"<svg onload=alert(1)>", b"#!/bin/sh", archive("a.txt"), b"PK\x03\x04broken",
        archive("xl/workbook.xml", "xl/vbaProject.bin"), b"x" * (LARGEST_FILE + 1),
    ],
)  # fmt: skip
def test_pages_programs_macros_and_what_is_too_large_are_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        checked("photo.png", content)


@given(st.text(max_size=300))
def test_no_name_leads_anywhere_or_hides_its_ending(name: str) -> None:
    safe, _ = checked(name, PNG)
    assert re.fullmatch(r'[^\x00-\x1f<>:"/\\|?*\u202a-\u202e]{1,80}\.png', safe)
    assert not safe.startswith(".")


def test_identifiers_in_a_name_are_masked() -> None:
    assert checked("身份证110101199003070038.png", PNG)[0] == "身份证110_0038.png"


def test_a_file_is_kept_outside_the_web_root_under_a_random_name(client: TestClient, parts: Parts) -> None:
    chat = opened(client)
    sent = upload(client, chat, PNG, "../../etc/发票.php")
    assert sent.status_code == 201
    file = sent.json()["data"]["file"]
    assert (file["name"], file["type"], file["size"]) == ("发票.png", "image/png", len(PNG))
    [kept] = [path for path in parts.settings.files.rglob("*") if path.is_file()]
    assert kept.name == file["id"]
    assert kept.stat().st_mode & 0o177 == 0
    assert kept.read_bytes() == PNG
    assert not kept.is_relative_to(Path(__file__).parents[2] / "widget")


def test_it_is_served_to_its_conversation_alone_to_be_saved(client: TestClient) -> None:
    chat, other = opened(client), opened(client)
    file = upload(client, chat, PNG).json()["data"]["file"]["id"]
    got = client.get(f"/api/conversations/{chat[0]}/files/{file}", headers=chat[1])
    assert got.content == PNG
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in got.headers["content-security-policy"]
    for conversation, token in ((chat[0], {}), (chat[0], other[1]), (other[0], other[1])):
        stolen = client.get(f"/api/conversations/{conversation}/files/{file}", headers=token)
        assert stolen.status_code == 404
    for wrong in ("../shuiwen.sqlite3", "%2e%2e%2fshuiwen.sqlite3", file[:2]):
        assert client.get(f"/api/conversations/{chat[0]}/files/{wrong}", headers=chat[1]).status_code == 404


def test_signed_in_staff_can_save_it_and_nobody_else(client: TestClient, parts: Parts) -> None:
    chat = opened(client)
    file = upload(client, chat, PNG).json()["data"]["file"]["id"]
    address = f"/desk/conversations/{chat[0]}/files/{file}"
    assert client.get(address).status_code == 401
    agent = TestClient(client.app, cookies={"shuiwen_staff": signed_in(parts, "小周")})
    got = agent.get(address)
    assert got.content == PNG
    assert got.headers["content-disposition"].startswith("attachment")
    assert file in agent.get(f"/desk/conversations/{chat[0]}").text


def test_a_file_stands_once_in_the_log_and_the_assistant_says_what_it_cannot_do(
    client: TestClient, parts: Parts, dialogue: FakeDialogue
) -> None:
    chat = opened(client)
    lines = {upload(client, chat, PNG).json()["seq"] for _ in range(3)}
    assert lines == {1}
    with parts.database.reading() as session:
        events = log.events_after(session, chat[0])
        assert log.unanswered(session) == []
    assert [event.author for event in events] == ["customer", "assistant"]
    assert "看不了文件" in events[1].text
    assert dialogue.heard == []
    assert len([path for path in parts.settings.files.rglob("*") if path.is_file()]) == 1


def test_with_an_agent_the_assistant_keeps_silent(client: TestClient, parts: Parts) -> None:
    chat = opened(client)
    with parts.database.writing() as session:
        handoff.request(session, log.load(session, chat[0]), "complaint", parts.now())
    upload(client, chat, PNG)
    with parts.database.reading() as session:
        assert [event.author for event in log.events_after(session, chat[0])] == ["customer"]


def test_a_refused_file_is_a_problem_and_leaves_nothing(client: TestClient, parts: Parts) -> None:
    chat = opened(client)
    refused = upload(client, chat, PAGE)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/file-refused")
    too_large = upload(client, chat, PNG + b"x" * (LARGEST_FILE + 100_000))
    assert too_large.status_code == 413
    assert not parts.settings.files.exists()
    with parts.database.reading() as session:
        assert log.events_after(session, chat[0]) == []


def test_a_conversation_has_a_last_file(parts: Parts) -> None:
    settings = parts.settings.model_copy(update={"messages_a_minute": 0})
    client = TestClient(create_app(replace(parts, settings=settings)))
    chat = opened(client)
    sent = [upload(client, chat, PNG, txn=f"f{number}").status_code for number in range(MOST_FILES + 1)]
    assert sent == [201] * MOST_FILES + [422]
