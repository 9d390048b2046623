"""The widget on a bureau's page, with the real Rasa and the shipped knowledge."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.language import traditional
from tests.journeys.conftest import Town
from tests.journeys.test_browser import ask, page_of, picture
from tests.journeys.test_journeys import THRESHOLD

pytestmark = pytest.mark.journey

BUREAU = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>某市税务局</title></head>
<body><h1>某市税务局</h1><h2>通知公告</h2><ul><li>关于11月纳税申报期限的通知</li><li>个人养老金税前扣除提示</li></ul>
<h2>办税服务</h2><ul><li>网上办税</li><li>办税服务厅</li></ul><script src="/widget.js"></script></body></html>"""


def bureau(chromium: Browser, town: Town) -> Page:
    page = page_of(chromium, town)
    page.route("**/bureau", lambda route: route.fulfill(body=BUREAU, content_type="text/html"))
    page.goto(f"{town.address}/bureau")
    page.get_by_role("button", name="打开税问").click()
    return page


def test_on_a_bureaus_page_the_widget_answers_asks_back_calculates_and_hands_over(
    chromium: Browser, town: Town
) -> None:
    page = bureau(chromium, town)
    expect(page.locator(".hot button")).to_have_count(6)
    page.get_by_label("您的问题").press_sequentially("小规模纳税人")
    expect(page.get_by_role("option").first).to_be_visible()
    ask(page, THRESHOLD)
    answer = page.locator("article.assistant").last
    expect(answer.locator(".conclusion")).to_contain_text("10万元")
    expect(answer.locator(".badge")).to_have_text("按2026-11-21的规定 · 现行有效")
    expect(answer.locator(".citations li").first).to_contain_text("2026年第10号")
    picture(page, "widget")
    ask(page, "起征点是多少")
    page.locator(".buttons button").first.click()
    expect(page.locator("article.customer")).to_have_count(3)
    ask(page, "帮我算一下工资个税")
    for asked, figure in (("税前工资", "15000"), ("社保", "2000"), ("专项附加", "0"), ("哪个月", "11")):
        expect(page.locator("article.assistant").last).to_contain_text(asked)
        page.locator("form.field input").fill(figure)
        page.locator("form.field button").click()
    expect(page.locator("article.assistant").last).to_contain_text("11月应预扣个人所得税")
    ask(page, traditional(THRESHOLD))
    expect(page.locator(".conclusion").last).to_contain_text("增值稅")
    ask(page, "转人工")
    expect(page.locator(".state")).to_contain_text("您前面还有")
    page.context.close()
