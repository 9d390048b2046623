"""Leaving a message where nobody is there to answer, and leaving the queue."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from app.assembly import Parts
from bot import cases
from tests.browser.conftest import Server, Visitors, ask, chat, picture


def left(live: Parts) -> list[tuple[str, str]]:
    with live.database.reading() as session:
        return [(case.text, case.contact) for case in cases.undone(session)]


def fill(page: Page, text: str, contact: str) -> None:
    form = page.get_by_role("form", name="留言")
    form.get_by_label("要问的事").fill(text)
    form.get_by_label("手机号或邮箱").fill(contact)
    form.get_by_role("button", name="提交留言").click()


def test_the_opening_offers_a_message_where_nobody_is_on_duty(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    expect(page.locator(".duty")).to_contain_text("现在没有工作人员在线")
    page.locator(".welcome").get_by_role("button", name="留言").click()
    expect(page.get_by_label("要问的事")).to_be_focused()
    fill(page, "公司注销带什么材料", "尽快")
    expect(page.locator("article.customer")).to_have_count(0)
    fill(page, "公司注销带什么材料", "138 0013 8000")
    expect(page.locator("article.assistant").last).to_contain_text("您的留言已登记")
    expect(page.locator("article.customer .text")).to_contain_text("公司注销带什么材料 138**")
    expect(page.get_by_role("form", name="留言")).to_have_count(0)
    expect(page.get_by_label("您的问题")).to_be_focused()
    assert left(live) == [("留言 公司注销带什么材料 138****8000", "138****8000")]
    picture(page, "message-left")


def test_who_waits_can_leave_a_message_or_the_queue_by_a_button(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    ask(page, "转人工")
    expect(page.locator(".state")).to_contain_text("现在没有工作人员在线，可以留言。")
    page.locator(".foot").get_by_role("button", name="取消排队").click()
    expect(page.locator("article.assistant").last).to_contain_text("已为您取消排队")
    expect(page.locator(".state")).to_be_hidden()
    ask(page, "转人工")
    page.locator(".foot").get_by_role("button", name="留言").click()
    picture(page, "leaving")
    fill(page, "发票怎么红冲", "zhang@example.cn")
    expect(page.locator("article.assistant").last).to_contain_text("z***@example.cn")
    expect(page.locator(".state")).to_be_hidden()
    assert [contact for _, contact in left(live)] == ["z***@example.cn"]


def test_a_message_without_a_contact_brings_the_form_with_what_was_written(
    visitors: Visitors, server: Server, live: Parts
) -> None:
    page = chat(visitors, server)
    ask(page, "留言 发票怎么红冲")
    expect(page.get_by_label("要问的事")).to_have_value("发票怎么红冲")
    page.get_by_role("form", name="留言").get_by_role("button", name="取消").click()
    expect(page.get_by_role("form", name="留言")).to_have_count(0)
    assert left(live) == []


def test_what_is_typed_into_the_form_survives_news_and_another_language(
    visitors: Visitors, server: Server
) -> None:
    page = chat(visitors, server)
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    page.get_by_role("button", name="更多").click()
    page.get_by_role("group", name="更多").get_by_role("button", name="留言").click()
    page.get_by_label("要问的事").fill("公司注销")
    ask(page, "还在吗")
    expect(page.locator("article.assistant")).to_have_count(3)
    expect(page.get_by_label("要问的事")).to_have_value("公司注销")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("What it is about")).to_have_value("公司注销")
