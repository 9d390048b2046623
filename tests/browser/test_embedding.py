"""The widget on a foreign page: hostile style, a strict policy, another site, a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from app.assembly import Parts, now
from bot import handoff, log, tickets
from tests.browser.conftest import Bureau, Visitors, ask, picture
from tests.browser.script import QUESTION

PLAIN = "el => { const s = getComputedStyle(el); return [s.color, s.fontSize, s.position] }"


def opened(visitors: Visitors, bureau: Bureau, **options: object) -> Page:
    page = visitors.new(**options)  # type: ignore[arg-type]
    page.goto(bureau.address)
    page.get_by_role("button", name="打开税问").click()
    return page


def test_on_a_hostile_page_with_a_strict_policy_it_looks_and_works_as_ever(
    visitors: Visitors, bureau: Bureau
) -> None:
    broken: list[str] = []
    page = visitors.new()
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.goto(bureau.address)
    title = page.locator("h1#title")
    before = title.evaluate(PLAIN)
    page.get_by_role("button", name="打开税问").click()
    panel = page.get_by_role("dialog", name="税问")
    expect(panel).to_be_visible()
    expect(page.get_by_label("您的问题")).to_be_focused()
    ask(page, QUESTION)
    expect(panel.locator(".conclusion")).to_be_visible()
    assert panel.locator(".conclusion").evaluate(PLAIN) == ["rgb(22, 32, 43)", "16px", "static"]
    box = panel.bounding_box()
    assert box
    assert (round(box["x"] + box["width"]), round(box["y"] + box["height"])) == (884, 984)
    assert title.evaluate(PLAIN) == before
    picture(page, "embedded-hostile")
    assert [text for text in broken if "favicon" not in text] == []


def test_the_token_stays_with_the_site_and_the_conversation_survives_its_pages(
    visitors: Visitors, bureau: Bureau
) -> None:
    page = opened(visitors, bureau)
    ask(page, QUESTION)
    expect(page.locator("article.assistant")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("dialog", name="税问")).to_be_visible()
    expect(page.locator("article.customer")).to_have_count(1)
    assert page.context.cookies() == []
    kept = page.evaluate("Object.keys(localStorage)")
    assert f"shuiwen:{bureau.server.address}/:conversation" in kept
    own = visitors.another(page)
    own.goto(f"{bureau.server.address}/chat")
    assert own.evaluate("localStorage.length") == 0


def test_two_tabs_of_a_site_share_one_conversation_from_its_first_word(
    visitors: Visitors, bureau: Bureau
) -> None:
    first = opened(visitors, bureau)
    second = visitors.another(first)
    second.goto(bureau.address)
    ask(first, QUESTION)
    expect(second.locator("article.customer.seen")).to_have_count(1)
    ask(second, "退税")
    expect(first.locator("article.customer.seen")).to_have_count(2)


def test_a_closed_panel_counts_what_comes_meanwhile(visitors: Visitors, bureau: Bureau) -> None:
    page = opened(visitors, bureau)
    ask(page, QUESTION)
    page.keyboard.press("Escape")
    launcher = page.get_by_role("button", name="打开税问")
    expect(launcher).to_be_focused()
    expect(launcher).to_contain_text("1")
    launcher.click()
    expect(page.locator("article.assistant")).to_have_count(2)


def test_who_waits_for_a_person_is_told_on_the_next_page_though_the_panel_is_closed(
    visitors: Visitors, bureau: Bureau, live: Parts
) -> None:
    page = opened(visitors, bureau)
    ask(page, "转人工")
    expect(page.locator(".state")).to_contain_text("排队中")
    page.keyboard.press("Escape")
    page.goto("about:blank")
    with live.database.writing() as session:
        [ticket] = tickets.waiting(session)
        handoff.claim(session, log.load(session, ticket.conversation), "a1", "小周", now())
    page.goto(bureau.address)
    launcher = page.get_by_role("button", name="打开税问")
    expect(launcher).to_have_text("税问1")
    launcher.click()
    expect(page.locator(".state")).to_contain_text("小周")
    expect(launcher).to_be_hidden()


def test_a_history_that_is_opened_later_is_neither_announced_nor_counted(
    visitors: Visitors, bureau: Bureau
) -> None:
    page = opened(visitors, bureau)
    ask(page, QUESTION)
    expect(page.locator("article.assistant")).to_have_count(2)
    page.keyboard.press("Escape")
    page.reload()
    launcher = page.get_by_role("button", name="打开税问")
    expect(launcher).to_have_text("税问")
    launcher.click()
    expect(page.locator("article.assistant")).to_have_count(2)
    page.wait_for_timeout(300)
    assert page.locator("[role=status]").all_text_contents() == ["", ""]


def test_a_site_that_is_not_allowed_gets_nothing(visitors: Visitors, live: Parts) -> None:
    bureau = Bureau(live, allowed=False)
    try:
        page = opened(visitors, bureau)
        ask(page, QUESTION)
        expect(page.locator(".state.broken")).to_be_visible()
        expect(page.locator("article.sending")).to_have_count(1)
    finally:
        bureau.close()


def test_on_a_phone_it_fills_the_screen_and_nothing_is_cut_off(visitors: Visitors, bureau: Bureau) -> None:
    page = opened(visitors, bureau, width=360, height=740, is_mobile=True, has_touch=True)
    panel = page.get_by_role("dialog", name="税问")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    ask(page, QUESTION)
    expect(page.locator("article.assistant")).to_have_count(2)
    assert page.locator(".log").evaluate("el => el.scrollWidth <= el.clientWidth")
    assert page.get_by_label("您的问题").evaluate("el => parseFloat(getComputedStyle(el).fontSize)") >= 16
    picture(page, "phone")
    page.get_by_role("button", name="大字").click()
    assert page.locator(".log").evaluate("el => el.scrollWidth <= el.clientWidth")
    assert page.locator(".log").evaluate("el => el.clientHeight") > 200
    picture(page, "phone-large")


def test_a_theme_is_set_by_variables_of_the_page(visitors: Visitors, bureau: Bureau) -> None:
    page = opened(visitors, bureau)
    page.evaluate("document.querySelector('shuiwen-chat').style.setProperty('--shuiwen-accent', '#7a1f1f')")
    colour = page.get_by_role("button", name="发送", exact=True).evaluate(
        "el => getComputedStyle(el).backgroundColor"
    )
    assert colour == "rgb(122, 31, 31)"
