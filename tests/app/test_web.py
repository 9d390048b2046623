from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.assembly import Parts, assemble
from app.settings import Settings
from app.web import create_app
from bot.channels.contract import LARGEST_BODY
from bot.conversation import Button, Reply
from bot.exchange import Exchange
from desk import staff
from knowledge.release import Release
from tests.fakes import FakeDialogue

ANSWER = Reply(
    "月销售额未达10万元免征。",
    "answered",
    details={
        "entry": "vat-small-threshold",
        "confidence": 0.97,
        "citations": [{"document_no": "公告2026年第10号"}],
    },
    evidence={"candidates": ["secret"]},
)


@pytest.fixture
def parts(tmp_path: Path, dialogue: FakeDialogue, release: Release) -> Parts:
    """The whole application but for Rasa, whose seat a `FakeDialogue` takes."""
    made = assemble(Settings(data=tmp_path, rasa_url="http://127.0.0.1:9", deadline_s=0.5))
    made.database.migrate()
    made.shelf.put(release)
    exchange = Exchange(made.database, dialogue, made.feed, made.now, 0.5)
    return replace(made, dialogue=dialogue, exchange=exchange)


@pytest.fixture
def client(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts), raise_server_exceptions=False) as made:
        yield made


def say(client: TestClient, message: str, sender: str = "u1", **more: Any) -> list[dict[str, Any]]:
    response = client.post("/webhooks/rest/webhook", json={"sender": sender, "message": message, **more})
    assert response.status_code == 200
    replies: list[dict[str, Any]] = response.json()
    return replies


def opened(client: TestClient) -> tuple[str, dict[str, str]]:
    made = client.post("/api/conversations").json()
    return f"/api/conversations/{made['conversation']}", {"Authorization": f"Bearer {made['token']}"}


def test_the_rest_contract_has_rasas_shape_and_a_typed_custom(
    client: TestClient, dialogue: FakeDialogue
) -> None:
    dialogue.replies = [ANSWER]
    [reply] = say(client, "小规模免税吗")
    assert set(reply) == {"recipient_id", "text", "custom"}
    assert reply["recipient_id"] == "u1"
    assert reply["custom"]["outcome"] == "answered"
    assert reply["custom"]["citations"] == [{"document_no": "公告2026年第10号"}]
    assert reply["custom"]["conversation"]
    assert "evidence" not in reply["custom"]


def test_buttons_stand_beside_the_text(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [Reply("哪一个？", "clarifying", (Button("甲", '/choose{"entry": "a"}'),))]
    assert say(client, "退税")[0]["buttons"] == [{"title": "甲", "payload": '/choose{"entry": "a"}'}]


def test_a_repeated_transaction_never_makes_a_second_message(
    client: TestClient, dialogue: FakeDialogue
) -> None:
    address, token = opened(client)
    for _ in range(3):
        sent = client.post(f"{address}/messages", headers=token, json={"client_txn_id": "t1", "text": "你好"})
        assert sent.json()["replies"][0]["seq"] == 2
    assert len(dialogue.heard) == 1
    assert say(client, "你好", client_txn_id="x") == say(client, "你好", client_txn_id="x")


@pytest.mark.parametrize("with_token", [{}, {"Authorization": "Bearer wrong"}])
def test_a_wrong_token_is_a_problem_and_tells_nothing(client: TestClient, with_token: dict[str, str]) -> None:
    address, _ = opened(client)
    wrong = client.post(
        f"{address}/messages", headers=with_token, json={"client_txn_id": "t", "text": "你好"}
    )
    unknown = client.post(
        "/api/conversations/none/messages", headers=with_token, json={"client_txn_id": "t", "text": "你好"}
    )
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.headers["content-type"] == "application/problem+json"
    assert wrong.json()["type"] == unknown.json()["type"] == "/problems/unknown-conversation"
    assert wrong.json()["detail"] == unknown.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"{", 422, "invalid-request"),
        (b'{"sender": "", "message": "x"}', 422, "invalid-request"),
        (b'{"message": "x"}', 422, "invalid-request"),
        (b"x" * (LARGEST_BODY + 1), 413, "too-large"),
    ],
)
def test_a_bad_request_is_a_problem_with_a_stable_type(
    client: TestClient, body: bytes, status: int, slug: str
) -> None:
    response = client.post(
        "/webhooks/rest/webhook", content=body, headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{slug}")
    assert "Traceback" not in response.text


def test_a_hundred_kilobytes_of_text_are_refused_politely_in_the_chat(client: TestClient) -> None:
    [reply] = say(client, "a" * 100_000)
    assert (reply["custom"]["outcome"], reply["custom"]["reason"]) == ("refused", "message_too_long")


def test_an_unknown_address_is_a_problem(client: TestClient) -> None:
    response = client.get("/nothing")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


def test_a_rest_token_is_demanded_where_one_is_set(parts: Parts, dialogue: FakeDialogue) -> None:
    guarded = replace(parts, settings=parts.settings.model_copy(update={"rest_token": "s3cret"}))
    with TestClient(create_app(guarded)) as client:
        message = {"sender": "u", "message": "你好"}
        assert client.post("/webhooks/rest/webhook", json=message).status_code == 401
        good = {"Authorization": "Bearer s3cret"}
        assert client.post("/webhooks/rest/webhook", json=message, headers=good).status_code == 200
    assert len(dialogue.heard) == 1


def test_ready_says_what_is_missing(client: TestClient, dialogue: FakeDialogue) -> None:
    assert client.get("/readyz").json()["ready"] is True
    dialogue.down = True
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["rasa"]) == (503, False)
    assert client.get("/healthz").status_code == 200


def test_every_page_comes_with_a_strict_content_policy(client: TestClient) -> None:
    for path in ("/chat", "/desk", "/healthz"):
        assert "default-src 'none'" in client.get(path).headers["content-security-policy"]


def test_the_chat_works_by_forms_alone(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [Reply("哪一个？", "clarifying", (Button("甲", '/choose{"entry": "a"}'),))]
    page = client.post("/chat", data={"text": "<script>alert(1)</script>", "client_txn_id": "t1"})
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "/choose{&#34;entry&#34;: &#34;a&#34;}" in page.text
    again = client.post("/chat", data={"text": "退税", "client_txn_id": "t2"})
    assert again.text.count("哪一个？") == 2


def agent_of(parts: Parts, client: TestClient, name: str) -> TestClient:
    """A browser of its own in which ``name`` has signed in by a one-time link."""
    with parts.database.writing() as session:
        link = staff.invite(session, name, parts.now())
    browser = TestClient(client.app)
    assert browser.post(f"/desk/sign-in/{link}").status_code == 200
    assert browser.post(f"/desk/sign-in/{link}").status_code == 401
    return browser


def form_token(page: str) -> str:
    match = re.search(r'name="form_token" value="([^"]+)"', page)
    assert match
    return match[1]


def test_an_agent_takes_over_replies_and_gives_back(
    client: TestClient, parts: Parts, dialogue: FakeDialogue
) -> None:
    dialogue.replies = [
        Reply("好的。", "handed_off", reason="asked_for_agent", evidence={
            "release": 1, "confidence": 0.4, "as_of": None,
            "candidates": [{"entry": "e1", "question": "免税额是多少？", "score": 0.4}],
        })
    ]  # fmt: skip
    conversation = say(client, "转人工")[0]["custom"]["conversation"]
    agent = agent_of(parts, client, "小王")
    desk = agent.get("/desk").text
    assert "要求人工" in desk
    room = f"/desk/conversations/{conversation}"
    token = {"form_token": form_token(desk)}
    claimed = agent.post(f"{room}/claim", data=token).text
    assert "免税额是多少？" in claimed
    assert "交还助手" in claimed
    assert "您好，我来帮您" in agent.post(f"{room}/reply", data=token | {"text": "您好，我来帮您"}).text
    assert say(client, "在吗") == []
    agent.post(f"{room}/return", data=token)
    dialogue.replies = [ANSWER]
    assert say(client, "小规模免税吗")[0]["custom"]["outcome"] == "answered"


def test_the_agent_who_comes_second_is_told(client: TestClient, parts: Parts, dialogue: FakeDialogue) -> None:
    dialogue.replies = [Reply("好的。", "handed_off", reason="asked_for_agent")]
    conversation = say(client, "转人工")[0]["custom"]["conversation"]
    pages = []
    for name in ("小王", "小李"):
        agent = agent_of(parts, client, name)
        token = {"form_token": form_token(agent.get("/desk").text)}
        pages.append(agent.post(f"/desk/conversations/{conversation}/claim", data=token).text)
    assert "已被别人接走" not in pages[0]
    assert "已被别人接走" in pages[1]


def test_a_form_that_is_not_ours_does_nothing(
    client: TestClient, parts: Parts, dialogue: FakeDialogue
) -> None:
    dialogue.replies = [Reply("好的。", "handed_off", reason="asked_for_agent")]
    conversation = say(client, "转人工")[0]["custom"]["conversation"]
    agent = agent_of(parts, client, "小王")
    refused = agent.post(f"/desk/conversations/{conversation}/claim", data={"form_token": "forged"})
    assert refused.status_code == 403
    assert "要求人工" in agent.get("/desk").text


def test_the_desk_is_closed_to_who_has_not_signed_in(client: TestClient) -> None:
    assert client.get("/desk").status_code == 401
    assert client.get("/desk/conversations/x").status_code == 401
