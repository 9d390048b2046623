"""The taxpayer's full page in a real browser: every kind of reply, and an agent in a second browser."""

from __future__ import annotations

import json
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
    expect(table.locator("tbody tr").nth(0)).to_contain_text("165,000元")
    expect(table.locator("tbody tr").nth(1)).to_contain_text("33,000.50")
    expect(page.locator("article.assistant li").first).to_have_text("全年工资和扣除不变")
    picture(page, "calculation")


def test_a_day_is_picked_and_a_year_is_a_number(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, "算滞纳金")
    field = page.locator("form.field input")
    expect(field).to_have_attribute("type", "date")
    field.fill("2026-11-16")
    page.locator("form.field button").click()
    expect(field).to_have_attribute("inputmode", "numeric")
    field.fill("2025")
    page.locator("form.field button").click()
    expect(page.locator("article.customer .text")).to_have_text(["算滞纳金", "2026-11-16", "2025年"])


def test_filing_dates_are_a_table_with_a_calendar_to_take_away(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, "这个月什么时候截止")
    expect(page.locator(".conclusion")).to_have_text("小规模纳税人，2026年10月的申报：")
    rows = page.get_by_role("table", name="申报期限").locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("增值税2026年第3季度2026-10-26遇连续休假日顺延")
    expect(rows.nth(1)).to_contain_text("见说明由省级规定")
    expect(page.locator("article.assistant .badge")).to_have_text("按2026-11-21的规定")
    with page.expect_download() as got:
        page.get_by_role("link", name="全年申报日历").evaluate("link => { link.target = ''; link.click() }")
    assert got.value.suggested_filename == "tax-small-2026.ics"
    picture(page, "deadlines")


def test_checked_conditions_are_a_list_with_verdicts(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, "我能享受什么优惠")
    verdicts = page.locator(".verdicts > li")
    expect(verdicts).to_have_count(3)
    expect(verdicts.nth(0)).to_contain_text("✓ 符合 小型微利企业所得税优惠")
    expect(verdicts.nth(1)).to_contain_text("✗ 不符合 研发费用加计扣除")
    expect(verdicts.nth(2)).to_contain_text("还需要知道：从业人数")
    page.get_by_text("全文").click()
    expect(page.locator("details .text")).to_contain_text("符合1项")


def test_the_streams_signals_show_the_queue_the_typing_and_what_the_agent_has_seen(
    visitors: Visitors, server: Server
) -> None:
    told: list[tuple[str, str]] = []
    page = chat(visitors, server)
    page.on("request", lambda asked: told.append((asked.url.rsplit("/", 1)[-1], asked.post_data or "")))
    lines = [
        {"seq": 1, "author": "customer", "text": "转人工", "data": {}},
        {"seq": 2, "author": "assistant", "text": "好的。", "data": {"outcome": "handed_off"}, "reply_to": 1},
        {"seq": 3, "author": "notice", "text": "工作人员小周已接入。", "data": {"notice": "claimed"}},
        {"seq": 4, "author": "agent", "text": "您好。", "data": {}},
        {"seq": 5, "author": "customer", "text": "在吗", "data": {}},
    ]
    data = [json.dumps(line | {"at": "2026-11-21T08:00:00+00:00"}) for line in lines]
    waiting = f'data: {data[0]}\n\ndata: {data[1]}\n\nevent: queue\ndata: {{"place": 3, "estimate_seconds": 240}}\n\n'
    served = "".join(f"data: {line}\n\n" for line in data[2:])
    served += 'event: typing\ndata: {"who": "agent"}\n\nevent: seen\ndata: {"seq": 5, "by": "agent"}\n\n'
    bodies = iter([waiting, served])
    page.route("**/events?after=*", lambda route: route.fulfill(
        body=next(bodies, ""), content_type="text/event-stream"))  # fmt: skip
    ask(page, "转人工")
    expect(page.locator("article.agent")).to_be_visible()
    expect(page.locator(".typing")).to_have_text("工作人员正在输入……")
    expect(page.locator("article.customer.seen")).to_have_count(2)
    page.get_by_label("您的问题").press_sequentially("好的好的")
    assert [one for one in told if one[0] == "typing"] == [("typing", "{}")]
    assert ("seen", '{"seq":4}') in told


def test_the_place_in_the_queue_and_its_estimate_are_shown(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, "转人工")
    expect(page.locator(".state")).to_have_text("排队中，您前面还有0位。现在没有工作人员在线，可以留言。")
    page.locator("shuiwen-chat").evaluate("el => el.signal('queue', { place: 3, estimate_seconds: 240 })")
    expect(page.locator(".state")).to_have_text("排队中，您前面还有2位，大约还要4分钟。")


def test_a_live_agent_takes_over_in_a_second_browser(
    visitors: Visitors, server: Server, agent_link: Callable[[str], str]
) -> None:
    person = chat(visitors, server)
    ask(person, "转人工")
    expect(person.locator(".state")).to_contain_text("您前面还有0位")
    agent = visitors.new()
    agent.goto(agent_link("小周"))
    agent.get_by_role("button", name="登录").click()
    agent.get_by_role("link", name="以后再说，先进工作台").click()
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
