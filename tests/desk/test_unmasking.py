from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from app.assembly import Parts
from bot import handoff, log
from bot.conversation import Inbound
from bot.exchange import Exchange
from bot.vault import Vault, new_key
from desk import audit, staff, tokens
from tests.desk.conftest import Desk

SignIn = Callable[[str], Desk]

CALL = "留言 注销带什么材料 13800138000"
SAID = "我的身份证是110101199003070038，为什么退不了税"
SHOWN = "我的身份证是110***********0038，为什么退不了税"


@pytest.fixture
def parts(parts: Parts) -> Parts:
    """The application with a key for originals."""
    vault = Vault(new_key())
    exchange = Exchange(parts.database, parts.dialogue, parts.feed, parts.now, 0.5, vault)
    return replace(parts, vault=vault, exchange=exchange)


@pytest.fixture
async def asked(parts: Parts) -> str:
    """A waiting conversation in which an identity card was typed."""
    with parts.database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", parts.now())
    await parts.exchange.receive(Inbound(chat.id, "t1", SAID))
    with parts.database.writing() as session:
        handoff.request(session, log.load(session, chat.id), "complaint", parts.now())
    return chat.id


def original(desk: Desk, conversation: str, seq: int = 1, token: str | None = None) -> tuple[int, str]:
    address = f"/desk/conversations/{conversation}/originals/{seq}"
    answer = desk.browser.post(address, data={"form_token": desk.token if token is None else token})
    return answer.status_code, answer.text


def unmaskings(parts: Parts) -> list[tuple[str, str]]:
    with parts.database.reading() as session:
        return [(line.actor, line.about) for line in audit.lines(session, act="unmasked")]


async def test_the_owning_agent_sees_the_original_and_each_look_is_audited(
    agent: SignIn, asked: str, parts: Parts
) -> None:
    desk = agent("小王")
    page = desk.act(asked, "claim").text
    assert SHOWN in page
    assert SAID not in page
    form = re.search(rf'action="(/desk/conversations/{asked}/originals/1)"', page)
    assert form
    for _ in range(2):
        assert SAID in desk.browser.post(form[1], data={"form_token": desk.token}).text
    assert unmaskings(parts) == [("小王", f"{asked}/1")] * 2


async def test_nobody_but_the_owner_sees_it_and_is_not_offered_it(
    agent: SignIn, asked: str, parts: Parts
) -> None:
    other, desk = agent("小李"), agent("小王")
    assert "查看原文" not in other.page(asked)
    status, page = original(other, asked)
    assert (status, SAID in page) == (409, False)
    desk.act(asked, "claim")
    assert "查看原文" not in other.page(asked)
    status, page = original(other, asked)
    assert (status, SAID in page) == (409, False)
    desk.act(asked, "return")
    assert original(desk, asked)[0] == 409
    assert unmaskings(parts) == []


async def test_a_message_without_an_original_says_so_and_is_not_audited(
    agent: SignIn, asked: str, parts: Parts
) -> None:
    desk = agent("小王")
    desk.act(asked, "claim")
    status, page = original(desk, asked, 2)
    assert status == 409
    assert "没有保留原文" in page
    assert unmaskings(parts) == []


async def test_the_form_wants_its_token(agent: SignIn, asked: str, parts: Parts) -> None:
    desk = agent("小王")
    desk.act(asked, "claim")
    assert original(desk, asked, token="forged")[0] == 403
    assert unmaskings(parts) == []


async def test_who_may_unmask_sees_how_to_reach_who_left_a_message_and_each_look_is_audited(
    agent: SignIn, asked: str, parts: Parts
) -> None:
    await parts.exchange.receive(Inbound(asked, "t2", CALL))
    desk = agent("小王")
    page = desk.browser.get("/desk/cases").text
    assert "138****8000" in page
    assert "13800138000" not in page
    form = re.search(r'formaction="(/desk/cases/\d+/contact)"', page)
    assert form
    assert "13800138000" in desk.browser.post(form[1], data={"form_token": desk.token}).text
    assert desk.browser.post(form[1], data={"form_token": "forged"}).status_code == 403
    assert unmaskings(parts) == [("小王", "留言1")]


async def test_the_taxpayers_own_stream_shows_the_masked_text(client: TestClient) -> None:
    opened = client.post("/api/conversations").json()
    client.post(
        f"/api/conversations/{opened['conversation']}/messages",
        json={"client_txn_id": "t1", "text": SAID},
        headers={"Authorization": f"Bearer {opened['token']}"},
    )
    page = client.post("/chat", data={"text": SAID, "client_txn_id": "t2"}).text
    assert SHOWN in page
    assert SAID not in page


async def test_a_program_sees_the_original_of_its_owners_conversation_alone(
    client: TestClient, asked: str, parts: Parts
) -> None:
    with parts.database.writing() as session:
        for name in ("小王", "小李"):
            staff.invite(session, name, parts.now())
        owners = [staff.named(session, name) for name in ("小王", "小李")]
        programs = [tokens.issue(session, one.id, "test", parts.now()) for one in owners if one]
    address = f"/api/desk/conversations/{asked}"
    mine, other = ({"Authorization": f"Bearer {token}"} for token in programs)
    client.post(f"{address}/claim", headers=mine)
    refused = client.post(f"{address}/originals/1", headers=other)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/move-refused")
    assert client.post(f"{address}/originals/1", headers=mine).json() == {"text": SAID}
    assert unmaskings(parts) == [("小王", f"{asked}/1")]
