"""For everyone: axe finds nothing in any state, the keyboard reaches all, new messages are announced."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.assembly import Parts, now
from bot import handoff, log, tickets
from tests.browser.conftest import Bureau, Server, Visitors, ask, chat, picture
from tests.browser.script import QUESTION

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    page.wait_for_timeout(100)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def with_agent(page: Page, live: Parts) -> None:
    ask(page, "转人工")
    expect(page.locator(".state")).to_contain_text("排队中")
    with live.database.writing() as session:
        [ticket] = tickets.waiting(session)
        handoff.claim(session, log.load(session, ticket.conversation), "a1", "小周", now())
        mine = log.load(session, ticket.conversation)
        handoff.reply(session, mine, "a1", "您好，请点开https://video.example/1进行视频沟通。", now())
    expect(page.locator("article.agent")).to_be_visible()


def closed(page: Page, live: Parts) -> None:
    with_agent(page, live)
    with live.database.writing() as session:
        [mine] = log.owned_by(session, "a1")
        handoff.close(session, mine, "a1", now())
    expect(page.get_by_role("group", name="请为本次服务打分")).to_be_visible()


def test_who_has_rated_the_whole_is_not_asked_again(visitors: Visitors, server: Server, live: Parts) -> None:
    page = chat(visitors, server)
    closed(page, live)
    page.get_by_label("5分").check()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("谢谢您的评价。")).to_be_focused()
    page.reload()
    expect(page.locator("article.agent")).to_be_visible()
    expect(page.get_by_role("group", name="请为本次服务打分")).to_have_count(0)


def suggesting(page: Page, live: Parts) -> None:  # noqa: ARG001
    page.get_by_label("您的问题").press_sequentially("小规模")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def offline(page: Page, live: Parts) -> None:  # noqa: ARG001
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    page.context.set_offline(True)
    ask(page, "还在吗")
    expect(page.locator("article.sending")).to_be_visible()


def asked(text: str, shows: str) -> Callable[[Page, Parts], None]:
    def reach(page: Page, live: Parts) -> None:  # noqa: ARG001
        ask(page, text)
        expect(page.locator(shows).last).to_be_visible()

    return reach


STATES: dict[str, Callable[[Page, Parts], None]] = {
    "first": lambda page, _: expect(page.locator(".hot button").first).to_be_visible(),
    "menu": lambda page, _: page.get_by_role("button", name="更多").click(),
    "answer": asked(QUESTION, ".conclusion"),
    "clarify": asked("退税", ".buttons button"),
    "form": asked("算个税", "form.field"),
    "calculation": asked("15000", "table"),
    "deadlines": asked("这个月什么时候截止", "table"),
    "leaving": lambda page, _: page.get_by_role("button", name="留言").click(),
    "waiting": asked("转人工", ".buttons button"),
    "verdicts": asked("我能享受什么优惠", ".verdicts"),
    "agent": with_agent,
    "closed": closed,
    "suggesting": suggesting,
    "offline": offline,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(
    visitors: Visitors, server: Server, live: Parts, state: str, scheme: str
) -> None:
    page = chat(visitors, server, color_scheme=scheme)
    STATES[state](page, live)
    assert violations(page) == []
    if scheme == "dark":
        picture(page, f"dark-{state}")


def test_axe_finds_no_violation_in_the_embedded_panel_and_its_launcher(
    visitors: Visitors, server: Server
) -> None:
    page = visitors.new()
    page.goto(f"{server.address}/healthz")
    page.evaluate(
        "document.body.replaceChildren(Object.assign(document.createElement('main'), {innerHTML: '<h1>某税务局</h1>'}));"
        "document.title = '某税务局'; document.documentElement.lang = 'zh'"
    )
    page.add_script_tag(url=f"{server.address}/widget.js")
    expect(page.get_by_role("button", name="打开税问")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="打开税问").click()
    ask(page, QUESTION)
    expect(page.locator(".conclusion")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_no_violation_on_the_page_of_forms(visitors: Visitors, server: Server) -> None:
    page = visitors.new()
    page.route("**/widget.js", lambda route: route.abort())
    page.goto(f"{server.address}/chat")
    assert violations(page) == []
    for text in (QUESTION, "这个月什么时候截止", "退税"):
        page.get_by_label("您的问题").fill(text)
        page.get_by_role("button", name="发送").click()
    expect(page.locator("form.buttons button").first).to_be_visible()
    expect(page.get_by_role("link", name="全年申报日历")).to_have_attribute(
        "href", "/calendar/small/2026.ics"
    )
    assert violations(page) == []
    picture(page, "page-of-forms")


def test_axe_finds_no_violation_in_large_type(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    page.get_by_role("button", name="大字").click()
    ask(page, QUESTION)
    expect(page.locator(".conclusion")).to_be_visible()
    assert page.locator(".conclusion").evaluate("el => parseFloat(getComputedStyle(el).fontSize)") >= 22
    assert page.locator(".log").evaluate("el => el.scrollWidth <= el.clientWidth")
    assert violations(page) == []
    picture(page, "large-type")


def test_a_keyboard_walk_reaches_everything_and_comes_back(visitors: Visitors, bureau: Bureau) -> None:
    page = visitors.new()
    page.goto(bureau.address)
    walked: list[str] = []

    def focused() -> str:
        return str(
            page.evaluate(
                "() => { let el = document.activeElement; while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;"
                " return el?.ariaLabel ?? (el?.labels?.[0]?.textContent || el?.textContent || el?.tagName) }"
            )
        )

    def press(key: str) -> str:
        page.keyboard.press(key)
        walked.append(f"{key} → {focused()}")
        return focused()

    assert "打开税问" in press("Tab")
    assert press("Enter") == "您的问题"
    page.keyboard.type("退税")
    press("Enter")
    expect(page.get_by_role("button", name="出口退税")).to_be_visible()
    assert focused() == "您的问题"
    assert press("Shift+Tab") == "出口退税"
    assert press("Shift+Tab") == "个人所得税退税"
    press("Enter")
    expect(page.locator("article.customer")).to_have_count(2)
    assert focused() == "您的问题"
    for name in ("发送", "上传文件", "语音输入"):
        assert press("Tab") == name
    page.get_by_label("您的问题").focus()
    page.keyboard.type("小规模")
    expect(page.get_by_role("option").first).to_be_visible()
    press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert "打开税问" in press("Escape")
    (picture(page, "keyboard-walk").with_suffix(".txt")).write_text("\n".join(walked), encoding="utf-8")


def test_only_new_messages_are_announced_in_two_regions_in_turn(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    regions = page.locator("[role=status]")
    ask(page, "你好")
    expect(regions.filter(has_text="税问：好的。")).to_have_count(1)
    first = regions.all_text_contents().index("税问：好的。")
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(3)
    expect(regions.nth(1 - first)).to_have_text("税问：好的。")
    page.reload()
    expect(page.locator("article.assistant")).to_have_count(3)
    page.wait_for_timeout(300)
    assert page.locator("[role=status]").all_text_contents() == ["", ""]
    expect(page.locator(".log")).to_have_attribute("aria-live", "off")


def test_less_motion_means_none(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server, reduced_motion="reduce")
    ask(page, QUESTION)
    assert page.locator(".typing").evaluate("el => getComputedStyle(el).animationName") == "none"


def test_answers_are_read_aloud_where_the_person_wishes_it(visitors: Visitors, server: Server) -> None:
    page = visitors.new()
    page.add_init_script("window.spoken = []; speechSynthesis.speak = (u) => spoken.push([u.lang, u.text])")
    page.goto(f"{server.address}/chat")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="自动朗读答复").click()
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    page.wait_for_function("spoken.length === 1")
    assert page.evaluate("spoken") == [["zh-CN", "好的。"]]


def test_what_is_said_into_the_microphone_is_written_into_the_field(
    visitors: Visitors, server: Server
) -> None:
    page = visitors.new()
    page.add_init_script(
        "window.webkitSpeechRecognition = window.SpeechRecognition = class {"
        " start() { setTimeout(() => { this.onresult({ results: [[{ transcript: '小规模免税吗' }]] }); this.onend(); }) } }"
    )
    page.goto(f"{server.address}/chat")
    page.get_by_role("button", name="语音输入").click()
    expect(page.get_by_label("您的问题")).to_have_value("小规模免税吗")
    expect(page.get_by_label("您的问题")).to_be_focused()
