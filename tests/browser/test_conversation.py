"""The taxpayer's full page in a real browser: every kind of reply, and an agent in a second browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Server, Visitors, ask, chat, picture
from tests.browser.script import QUESTION


def test_the_first_visit_greets_and_opens_no_conversation(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    expect(page.get_by_role("heading", name="税问")).to_be_visible()
    expect(page.locator("article.assistant")).to_have_count(1)
    expect(page.locator("form[action]")).to_have_count(0)
    picture(page, "first-visit")


def test_an_answer_stands_as_conclusion_conditions_way_and_dated_citation(
    visitors: Visitors, server: Server
) -> None:
    page = chat(visitors, server)
    ask(page, QUESTION)
    answer = page.locator("article.assistant").last
    expect(answer.locator(".conclusion")).to_have_text("月销售额未超过10万元（季度30万元）的，免征增值税。")
    expect(answer.locator(".badge")).to_have_text("按2026-11-21的规定 · 现行有效")
    expect(answer.locator("ol li")).to_have_count(2)
    card = answer.locator(".citations li").first
    expect(card).to_contain_text("2026-01-01至2027-12-31有效")
    expect(card.get_by_role("link", name="查看原文")).to_have_attribute("rel", "noopener noreferrer")
    expect(answer.locator(".citations li").last.locator("a")).to_have_count(0)
    expect(page.locator("article.customer .status")).to_have_text("已看到")
    picture(page, "answer")


def test_a_clarification_is_buttons_and_a_pressed_one_reads_as_its_title(
    visitors: Visitors, server: Server
) -> None:
    page = chat(visitors, server)
    ask(page, "退税")
    page.get_by_role("button", name="个人所得税退税").click()
    expect(page.locator("article.customer .text")).to_have_text(["退税", "个人所得税退税"])
    expect(page.locator("article.assistant").last).to_contain_text("汇算清缴")
    expect(page.locator(".buttons")).to_have_count(0)
    expect(page.get_by_label("您的问题")).to_be_focused()


def test_a_calculation_asks_with_a_number_keyboard_and_shows_a_table_of_steps(
    visitors: Visitors, server: Server
) -> None:
    page = chat(visitors, server)
    ask(page, "算个税")
    field = page.locator("form.field input")
    expect(field).to_have_attribute("inputmode", "decimal")
    field.fill("15000")
    page.locator("form.field button").click()
    table = page.get_by_role("table", name="计算步骤")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.locator("tbody tr").nth(1)).to_contain_text("33,000.50")
    picture(page, "calculation")


def test_checked_conditions_are_a_list_with_verdicts(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, "我能享受什么优惠")
    verdicts = page.locator(".verdicts li")
    expect(verdicts).to_have_count(2)
    expect(verdicts.first).to_contain_text("✓ 小型微利企业所得税优惠")
    expect(verdicts.last).to_contain_text("✗ 研发费用加计扣除")


def test_a_live_agent_takes_over_in_a_second_browser(
    visitors: Visitors, server: Server, agent_link: Callable[[str], str]
) -> None:
    person = chat(visitors, server)
    ask(person, "转人工")
    expect(person.locator(".state")).to_contain_text("您前面还有0位")
    agent = visitors.new()
    agent.goto(agent_link("小周"))
    agent.get_by_role("button", name="登录").click()
    agent.get_by_role("link", name="转人工").first.click()
    agent.get_by_role("button", name="接入").last.click()
    expect(person.locator(".state")).to_contain_text("小周")
    agent.get_by_label("答复").fill("您好，请看 https://etax.chinatax.gov.cn/help 。")
    agent.get_by_role("button", name="发送").click()
    said = person.locator("article.agent")
    expect(said.get_by_role("link")).to_have_attribute("href", "https://etax.chinatax.gov.cn/help")
    ask(person, "谢谢 https://phishing.example/x")
    expect(person.locator("article.customer").last.locator("a")).to_have_count(0)
    expect(agent.locator("#transcript")).to_contain_text("谢谢")
    picture(person, "agent")
    picture(agent, "desk-with-widget")


def test_typed_markup_is_shown_as_text(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    markup = "<img src=x onerror=document.title='owned'><b>粗</b>"
    ask(page, markup)
    expect(page.locator("article.customer .text")).to_have_text(markup)
    expect(page.locator("article.assistant")).to_have_count(2)
    assert page.title() != "owned"
