from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from fastapi.testclient import TestClient

from app.assembly import Parts
from app.settings import ROOT
from bot import log
from bot.conversation import HandoffReason
from desk.board import REASONS
from desk.room import SHOWN
from tests.desk.conftest import Desk
from tests.fakes import FakeClock

SignIn = Callable[[str], Desk]
Waiting = Callable[..., str]

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
STATIC = ROOT / "desk" / "static"


def test_the_queue_shows_the_longest_waiting_first_with_reason_and_minutes(
    agent: SignIn, waiting: Waiting, clock: FakeClock
) -> None:
    waiting("后来的", clock.at - timedelta(minutes=5))
    waiting("先来的", clock.at - timedelta(minutes=30))
    page = agent("小王").page()
    assert page.index("先来的") < page.index("后来的")
    assert re.search(r"投诉 · <span class=\"late\">已等30分钟（超时）", page)
    assert "排队（2）" in page


def test_a_claimed_conversation_is_mine_and_no_longer_in_the_queue(agent: SignIn, waiting: Waiting) -> None:
    conversation = waiting("要退税")
    desk = agent("小王")
    desk.act(conversation, "claim")
    assert "我的会话（1）" in desk.page()
    assert "我的会话（0）" in agent("小李").page()
    assert "没有人在排队" in desk.page()


def test_the_time_to_the_first_answer_runs_from_the_claim_and_warns(
    agent: SignIn, waiting: Waiting, clock: FakeClock
) -> None:
    clock.at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    conversation, desk = waiting("要退税"), agent("小王")
    desk.act(conversation, "claim")
    clock.at += timedelta(seconds=150)
    desk.browser.post("/desk/presence", data={"form_token": desk.token, "ready": "true"})
    assert re.search(r'<span class="warning">已等2分钟（将超时）', desk.page())
    clock.at += timedelta(seconds=60)
    assert re.search(r'<span class="late">已等3分钟（超时）', desk.page())
    desk.act(conversation, "reply", text="月底前。")
    assert "已等" not in desk.page()


def test_who_does_not_own_a_conversation_can_read_it_but_gets_no_buttons(
    agent: SignIn, waiting: Waiting
) -> None:
    conversation = waiting("要退税")
    agent("小王").act(conversation, "claim")
    page = agent("小李").page(conversation)
    assert "要退税" in page
    for form in ("claim", "reply", "return", "close"):
        assert f"/desk/conversations/{conversation}/{form}" not in page


def test_text_never_becomes_markup(agent: SignIn, waiting: Waiting, parts: Parts) -> None:
    conversation = waiting(MARKUP)
    with parts.database.writing() as session:
        evidence = {"release": 1, "confidence": 0.4, "as_of": MARKUP, "candidates": [{"entry": MARKUP, "question": MARKUP, "score": 0.4}]}  # fmt: skip
        log.append(session, conversation, "assistant", MARKUP, parts.now(), data={"outcome": MARKUP, "reason": MARKUP}, evidence=evidence)  # fmt: skip
    desk = agent(MARKUP)
    for page in (desk.page(), desk.act(conversation, "claim").text, desk.act(conversation, "reply", text=MARKUP).text):  # fmt: skip
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>" not in page
        assert "<img" not in page


def test_what_comes_with_the_address_never_becomes_markup(client: TestClient, agent: SignIn) -> None:
    assert "<script>" not in client.get('/desk/sign-in/"><script>alert(1)<').text
    desk = agent("小王").browser
    assert "<script>" not in desk.get("/desk", params={"said": "<script>alert(1)</script>"}).text
    assert "<script>" not in desk.get('/desk/conversations/"><script>alert(1)<').text


def test_an_unknown_conversation_gives_a_page_that_says_so(agent: SignIn) -> None:
    response = agent("小王").browser.get("/desk/conversations/no-such-conversation")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "没有这个会话" in response.text
    assert "排队（" in response.text


def test_the_newest_lines_of_a_very_long_conversation_are_shown(
    agent: SignIn, waiting: Waiting, parts: Parts
) -> None:
    conversation = waiting("最早的一句")
    with parts.database.writing() as session:
        for _ in range(SHOWN - 1):
            log.append(session, conversation, "customer", "……", parts.now())
        log.append(session, conversation, "customer", "最新的一句", parts.now())
    page = agent("小王").page(conversation).split('id="transcript"')[1]
    assert "最新的一句" in page
    assert "最早的一句" not in page


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(get_args(HandoffReason))


def test_pages_hold_no_inline_script_that_the_content_policy_would_stop(
    agent: SignIn, waiting: Waiting
) -> None:
    conversation = waiting()
    desk = agent("小王")
    for page in (desk.page(), desk.act(conversation, "claim").text):
        assert re.findall(r"<script(?! src=)|\son\w+=|\sstyle=|javascript:", page) == []
        for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            assert desk.browser.get(asset).status_code == 200


def test_the_script_never_makes_markup_from_text() -> None:
    scripts = [Path(path).read_text(encoding="utf-8") for path in STATIC.glob("*.js")]
    assert scripts
    for script in scripts:
        assert re.findall(r"(?:inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write|\beval\(|new Function", script) == []  # fmt: skip
