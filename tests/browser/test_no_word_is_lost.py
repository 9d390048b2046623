"""Reload, a killed server, no network, two tabs, a long history: nothing is lost, doubled or out of order."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.assembly import Parts, now
from bot import log
from bot.log import ConversationRow
from tests.browser.conftest import Server, Visitors, ask, chat, picture
from tests.browser.script import QUESTION
from tests.fakes import FakeDialogue


def logged(parts: Parts, author: str = "customer") -> list[str]:
    """What stands in the log of all conversations, by author."""
    with parts.database.reading() as session:
        conversations = session.scalars(select(ConversationRow.id)).all()
        events = [event for one in conversations for event in log.events_after(session, one)]
    return [event.text for event in events if event.author == author]


def said(page: Page) -> list[str]:
    return page.locator("article.customer .text").all_text_contents()


def test_a_reload_in_the_middle_of_a_turn_loses_and_doubles_nothing(
    visitors: Visitors, server: Server, dialogue: FakeDialogue, live: Parts
) -> None:
    page = chat(visitors, server)
    dialogue.slow_s = 1.0
    ask(page, QUESTION)
    expect(page.locator("article.customer")).to_have_count(1)
    page.reload()
    expect(page.locator("article.assistant").last).to_contain_text("免征增值税")
    expect(page.locator("article.customer")).to_have_count(1)
    assert logged(live) == [QUESTION]


def test_a_killed_server_that_comes_back_finishes_what_was_begun(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    server.kill()
    expect(page.locator(".state.broken")).to_be_visible()
    ask(page, "退税")
    ask(page, QUESTION)
    expect(page.locator("article.sending")).to_have_count(2)
    picture(page, "server-away")
    page.wait_for_timeout(1000)
    server.start()
    expect(page.locator("article.assistant").last).to_contain_text("免征增值税", timeout=30_000)
    expect(page.locator(".state")).to_be_hidden()
    assert said(page) == logged(live) == ["你好", "退税", QUESTION]


def test_what_is_written_offline_waits_over_a_reload_and_is_sent_in_order(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    page.clock.install()
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    page.context.set_offline(True)
    for text in ("第一句", "第二句", "第三句"):
        ask(page, text)
    expect(page.locator("article.sending")).to_have_count(3)
    expect(page.locator(".state")).to_contain_text("连接中断")
    page.clock.run_for(60_000)
    assert logged(live) == ["你好"]
    page.context.set_offline(False)
    page.clock.run_for(2_000)
    expect(page.locator("article.assistant")).to_have_count(5)
    assert said(page) == logged(live) == ["你好", "第一句", "第二句", "第三句"]


def test_a_message_that_could_not_be_sent_is_still_there_after_a_reload(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    page.route("**/messages", lambda route: route.abort())
    ask(page, "等等我")
    expect(page.locator("article.sending")).to_have_count(1)
    page.reload()
    expect(page.locator("article.sending")).to_have_text("您等等我正在发送")
    page.unroute("**/messages")
    expect(page.locator("article.assistant")).to_have_count(2, timeout=20_000)
    assert logged(live) == ["等等我"]


def test_two_tabs_show_the_same_conversation_in_the_same_order(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    first = chat(visitors, server)
    second = visitors.another(first)
    second.goto(f"{server.address}/chat")
    ask(first, "甲")
    expect(second.locator("article.customer")).to_have_count(1)
    ask(second, "乙")
    ask(first, "丙")
    for page in (first, second):
        expect(page.locator("article.customer.seen")).to_have_count(3)
        assert said(page) == logged(live)
    assert sorted(logged(live)) == sorted("甲乙丙")


def test_a_history_of_three_hundred_messages_is_restored_in_the_servers_order(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    ask(page, "开头")
    expect(page.locator("article.assistant")).to_have_count(2)
    with live.database.writing() as session:
        conversation = session.execute(select(ConversationRow.id)).scalars().one()
        for number in range(298):
            log.append(session, conversation, "customer", f"第{number}句", now(), client_txn_id=f"h{number}")
    page.reload()
    expect(page.locator("article.customer")).to_have_count(299)
    assert said(page) == logged(live)
    expect(page.locator("article.customer").last).to_be_in_viewport()
    picture(page, "long-history")


def test_a_conversation_that_is_gone_is_begun_anew_and_the_message_still_sent(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    with live.database.writing() as session:
        session.query(ConversationRow).update({"token_hash": "none"})
    page.reload()
    ask(page, "还在吗")
    expect(page.locator("article.assistant")).to_have_count(2)
    assert said(page) == ["还在吗"]
