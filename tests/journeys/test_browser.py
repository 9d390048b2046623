"""The pages in a real Chromium, with and without their scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import ARTEFACTS
from tests.journeys.conftest import Town
from tests.journeys.test_journeys import THRESHOLD

pytestmark = pytest.mark.journey


def page_of(chromium: Browser, town: Town, *, script: bool = True) -> Page:
    """A page of a browser that has never been here; any request that leaves the machine fails the test."""
    context = chromium.new_context(
        java_script_enabled=script, viewport={"width": 900, "height": 1100}, locale="zh-CN"
    )
    context.route(lambda address: not address.startswith(town.address), lambda route: route.abort())
    return context.new_page()


def ask(page: Page, text: str) -> None:
    page.get_by_label("您的问题").fill(text)
    page.get_by_role("button", name="发送").click()


def picture(page: Page, name: str) -> Path:
    path = ARTEFACTS / f"{name}.png"
    page.screenshot(path=path)
    return path


def test_the_chat_answers_without_javascript(chromium: Browser, town: Town) -> None:
    page = page_of(chromium, town, script=False)
    page.goto(f"{town.address}/chat")
    ask(page, THRESHOLD)
    expect(page.locator("article.assistant").last).to_contain_text("起征点")
    expect(page.locator(".citations")).to_contain_text("2026年第10号")
    ask(page, "起征点是多少")
    page.locator("form.buttons button").first.click()
    expect(page.locator("article.customer")).to_have_count(3)
    picture(page, "chat-without-javascript")
    page.context.close()


def test_the_chat_is_live_and_an_agent_takes_over_in_a_second_browser(chromium: Browser, town: Town) -> None:
    person = page_of(chromium, town)
    person.goto(f"{town.address}/chat")
    ask(person, THRESHOLD)
    expect(person.locator("article.assistant").last).to_contain_text("起征点")
    ask(person, "那2022年三季度呢？")
    expect(person.locator("article.assistant").last).to_contain_text("2022")
    ask(person, "我想找真人客服")
    expect(person.locator("article.assistant").last).to_contain_text("前面还有")

    agent = page_of(chromium, town)
    agent.goto(town.command("staff", "link", "小周").stdout.strip())
    agent.get_by_role("button", name="登录").click()
    agent.get_by_role("link", name="以后再说，先进工作台").click()
    agent.get_by_role("link", name="我想找真人客服").first.click()
    agent.get_by_role("button", name="接入").last.click()
    agent.get_by_label("答复").fill("您好，我是小周，请问还有什么可以帮您？")
    agent.get_by_role("button", name="发送").click()
    expect(person.locator("article.agent")).to_contain_text("我是小周")

    ask(person, "谢谢，请问在哪里申报？")
    expect(agent.locator("#transcript")).to_contain_text("请问在哪里申报")
    picture(agent, "desk")
    picture(person, "chat")
    person.reload()
    expect(person.locator("article.customer")).to_have_count(4)
    agent.get_by_role("button", name="交还助手").click()
    expect(person.locator("article.notice").last).to_contain_text("交还给智能助手")
    for page in (person, agent):
        page.context.close()


def test_typed_markup_is_shown_as_text_by_the_script_too(chromium: Browser, town: Town) -> None:
    page = page_of(chromium, town)
    page.goto(f"{town.address}/chat")
    ask(page, "<img src=x onerror=document.title='owned'>")
    expect(page.locator("article.customer .text")).to_have_text("<img src=x onerror=document.title='owned'>")
    expect(page.locator("article.assistant")).to_have_count(2)
    assert page.title() != "owned"
    page.context.close()
