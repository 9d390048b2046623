"""What agents and supervisors do at the desk, in a real Chromium, with pictures kept."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot import handoff, log, roster
from desk import sessions
from knowledge import proposals
from tests.chromium import ARTEFACTS
from tests.desk.browser.conftest import Office

Opens = Callable[[], Page]
SignsIn = Callable[..., Page]

PAGES = ("/desk", "/desk/cases", "/desk/canned", "/desk/all", "/desk/supervise", "/desk/drafts")


def picture(page: Page, name: str) -> None:
    page.screenshot(path=ARTEFACTS / f"{name}.png")


def ask(page: Page, text: str) -> None:
    page.get_by_label("您的问题").fill(text)
    page.get_by_role("button", name="发送").click()


def violations(page: Page) -> list[str]:
    results = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in results for node in one["nodes"]]


def test_of_two_browsers_that_claim_one_conversation_one_gets_it_and_the_other_is_told(
    office: Office, agent: SignsIn
) -> None:
    chat = office.waits()
    pages = [agent(office, name) for name in ("小王", "小李")]
    for page in pages:
        page.goto(f"{office.address}/desk/conversations/{chat}")
        page.route("**/desk/events*", lambda route: route.abort())
    for page in pages:
        page.get_by_role("main").get_by_role("button", name="接入").click(no_wait_after=True)
    first, second = pages
    expect(first.get_by_label("答复", exact=True).or_(first.get_by_role("alert")).first).to_be_visible()
    expect(second.get_by_label("答复", exact=True).or_(second.get_by_role("alert")).first).to_be_visible()
    owners = [page.get_by_label("答复", exact=True).count() for page in pages]
    assert sorted(owners) == [0, 1]
    told = pages[owners.index(0)]
    expect(told.get_by_role("alert").first).to_contain_text("已被别人接走")
    picture(told, "desk-claimed-by-another")


def test_an_agent_serves_a_person_by_keyboard_alone(office: Office, agent: SignsIn, page: Opens) -> None:
    person, desk = page(), agent(office, "小王")
    desk.get_by_role("button", name="上线接待").press("Enter")
    expect(desk.locator("#presence")).to_have_text("在线")
    person.goto(f"{office.address}/chat")
    ask(person, "小规模纳税人月销售额多少以下免征增值税？")
    expect(person.locator("article.assistant").last).to_contain_text("前面还有0位")

    expect(desk.get_by_role("heading", name="请您接入（1）")).to_be_visible()
    desk.keyboard.press("Alt+a")
    reply = desk.get_by_label("答复", exact=True)
    expect(reply).to_be_focused()
    desk.keyboard.press("Alt+1")
    expect(reply).to_have_value(re.compile("依据：.*适用期间", re.DOTALL))
    reply.press("Control+Home")
    desk.keyboard.type("您好。")
    desk.keyboard.press("Control+Enter")
    expect(person.locator("article.agent")).to_contain_text("您好。")
    expect(person.locator("article.agent")).to_contain_text("依据：")
    expect(reply).to_have_value("")

    desk.keyboard.press("Alt+k")
    desk.keyboard.type("结束语")
    expect(desk.locator("#canned-found button")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(reply).to_have_value(re.compile("还有其他问题吗"))
    ask(person, "那专票呢")
    expect(desk.locator("#transcript")).to_contain_text("那专票呢")
    expect(reply).to_have_value(re.compile("还有其他问题吗"))
    picture(desk, "desk-conversation")
    assert violations(desk) == []


def test_the_page_shows_the_presence_as_it_is_now_without_a_reload(office: Office, agent: SignsIn) -> None:
    desk = agent(office, "小王")
    expect(desk.locator("#presence")).to_have_text("暂离")
    with office.parts.database.reading() as session:
        assert roster.seats(session, office.parts.now())[office.id_of("小王")].presence == "away"


def test_a_draft_and_the_presence_survive_a_reload(office: Office, agent: SignsIn) -> None:
    chat, desk = office.waits(), agent(office, "小王")
    desk.get_by_role("button", name="上线接待").click()
    desk.goto(f"{office.address}/desk/conversations/{chat}")
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_label("答复", exact=True).fill("正在核对，")
    desk.reload()
    expect(desk.get_by_label("答复", exact=True)).to_have_value("正在核对，")
    expect(desk.locator("#presence")).to_have_text("在线")


def test_what_was_typed_becomes_neither_markup_nor_a_command(office: Office, agent: SignsIn) -> None:
    desk = agent(office, "小王")
    markup = "<img src=x onerror=document.title='owned'>"
    chat = office.waits(markup)
    desk.goto(f"{office.address}/desk/conversations/{chat}")
    with office.parts.database.writing() as session:
        log.append(session, chat, "customer", markup + "2", office.parts.now(), client_txn_id="t2")
    expect(desk.locator("#transcript")).to_contain_text(markup + "2")
    assert desk.locator("#transcript img, #overview img").count() == 0
    assert "owned" not in desk.title()


def test_notes_transfer_and_return_work_and_the_colleague_is_rung(office: Office, agent: SignsIn) -> None:
    chat = office.waits()
    desk, colleague = agent(office, "小王"), agent(office, "小李")
    colleague.get_by_role("button", name="上线接待").click()
    desk.goto(f"{office.address}/desk/conversations/{chat}")
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_label("写备注").fill("已核对身份")
    desk.get_by_role("button", name="记下").click()
    expect(desk.locator("#notes")).to_contain_text("已核对身份")
    desk.get_by_label("同事").select_option(office.id_of("小李"))
    desk.get_by_role("button", name="转出").click()
    expect(desk.get_by_role("alert").first).to_contain_text("已转出")
    colleague.get_by_role("heading", name="请您接入（1）").wait_for()
    picture(colleague, "desk-offered")
    colleague.locator("[data-offered] button").click()
    expect(colleague.locator("#notes")).to_contain_text("已核对身份")
    colleague.get_by_role("button", name="交还助手").click()
    expect(colleague.get_by_role("alert").first).to_contain_text("已交还智能助手")


def test_an_answer_is_proposed_as_knowledge_by_one_button_and_the_video_link_is_sent(
    office: Office, agent: SignsIn
) -> None:
    chat, desk = office.waits(), agent(office, "小王")
    desk.goto(f"{office.address}/desk/conversations/{chat}")
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_role("button", name="视频沟通").click()
    expect(desk.locator("#transcript article.agent")).to_contain_text("https://meet.example.cn/shuiwen-")
    desk.get_by_role("button", name="提为知识").click()
    expect(desk.get_by_role("alert").first).to_contain_text("已提交给知识库维护人员")


def test_a_supervisor_watches_live_and_takes_over_without_a_word_to_the_person(
    office: Office, agent: SignsIn
) -> None:
    chat = office.waits()
    desk, supervisor = agent(office, "小王"), agent(office, "老周", "supervisor")
    desk.goto(f"{office.address}/desk/conversations/{chat}")
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_label("答复", exact=True).wait_for()
    supervisor.goto(f"{office.address}/desk/conversations/{chat}")
    desk.get_by_label("答复", exact=True).fill("请稍等")
    desk.get_by_role("button", name="发送").click()
    expect(supervisor.locator("#transcript")).to_contain_text("请稍等")
    supervisor.get_by_role("button", name="接管").click()
    supervisor.get_by_label("答复", exact=True).wait_for()
    expect(desk.get_by_label("答复", exact=True)).to_have_count(0)
    expect(supervisor.locator("#notes")).to_contain_text("老周接管了会话")
    with office.parts.database.reading() as session:
        notices = [e.data["notice"] for e in log.events_after(session, chat) if e.author == "notice"]
    assert notices == ["claimed"]
    supervisor.goto(f"{office.address}/desk/supervise")
    expect(supervisor.locator("#live")).to_contain_text("人工接待中")
    picture(supervisor, "desk-supervise")


def test_notifications_are_off_until_somebody_turns_them_on_and_their_sound_can_be_turned_off(
    office: Office, agent: SignsIn
) -> None:
    desk = agent(office, "小王")
    notify, sound = desk.locator("#notify"), desk.locator("#sound")
    expect(notify).to_have_attribute("aria-pressed", "false")
    expect(sound).to_be_hidden()
    notify.click()
    expect(notify).to_have_attribute("aria-pressed", "true")
    expect(sound).to_have_text("声音：开")
    sound.click()
    desk.reload()
    expect(notify).to_have_text("提醒：开")
    expect(sound).to_have_text("声音：关")


def claimed(office: Office, desk: Page) -> str:
    """A conversation in the hands of who sits at ``desk``."""
    chat = office.waits()
    desk.goto(f"{office.address}/desk/conversations/{chat}")
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_label("答复", exact=True).wait_for()
    return chat


def say(desk: Page, text: str) -> None:
    desk.get_by_label("答复", exact=True).fill(text)
    desk.get_by_role("button", name="发送").click()


def test_on_a_page_that_is_not_served_securely_the_second_message_is_sent_too(
    office: Office, agent: SignsIn
) -> None:
    desk = agent(office, "小王")
    desk.add_init_script("delete Crypto.prototype.randomUUID")
    claimed(office, desk)
    for text in ("第一句", "第二句"):
        say(desk, text)
        expect(desk.get_by_label("答复", exact=True)).to_have_value("")
        expect(desk.locator("#transcript")).to_contain_text(text)


def test_a_message_that_could_not_be_sent_stays_and_the_agent_is_told(office: Office, agent: SignsIn) -> None:
    desk = agent(office, "小王")
    claimed(office, desk)
    desk.route("**/messages", lambda route: route.abort())
    say(desk, "请稍等")
    expect(desk.locator("#problem")).to_contain_text("没有发出")
    expect(desk.get_by_label("答复", exact=True)).to_have_value("请稍等")
    desk.unroute("**/messages")
    desk.get_by_role("button", name="发送").click()
    expect(desk.locator("#transcript")).to_contain_text("请稍等")
    expect(desk.locator("#problem")).to_be_hidden()


def test_a_desk_that_a_proxy_refused_for_a_while_says_so_and_comes_back(
    office: Office, agent: SignsIn
) -> None:
    desk = agent(office, "小王")
    desk.route("**/desk/events*", lambda route: route.fulfill(status=502))
    chat = claimed(office, desk)
    expect(desk.locator("#problem")).to_contain_text("连接中断")
    desk.unroute("**/desk/events*")
    expect(desk.locator("#problem")).to_be_hidden()
    with office.parts.database.writing() as session:
        log.append(session, chat, "customer", "还在吗", office.parts.now(), client_txn_id="t2")
    expect(desk.locator("#transcript")).to_contain_text("还在吗")
    expect(desk).to_have_title(re.compile("^（1）"))


def test_each_answer_can_be_proposed_as_soon_as_it_was_sent(office: Office, agent: SignsIn) -> None:
    desk = agent(office, "小王")
    claimed(office, desk)
    for text in ("月底前。", "网上也可以办。"):
        say(desk, text)
        expect(desk.locator("#transcript")).to_contain_text(text)
    desk.locator("article.agent", has_text="月底前").get_by_role("button", name="提为知识").click()
    expect(desk.get_by_role("alert").first).to_contain_text("已提交给知识库维护人员")
    with office.parts.database.reading() as session:
        assert [row.answer for row in proposals.proposed(session)] == ["月底前。"]


def test_a_browser_whose_session_was_ended_is_led_to_signing_in(office: Office, agent: SignsIn) -> None:
    desk = agent(office, "小王")
    with office.parts.database.writing() as session:
        sessions.end_all(session, office.id_of("小王"), office.parts.now())
    expect(desk.get_by_label("密码", exact=True)).to_be_visible(timeout=40_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_page_of_the_desk(office: Office, agent: SignsIn, scheme: str) -> None:
    chat = office.waits()
    with office.parts.database.writing() as session:
        other, _ = log.open_conversation(session, "web", "", office.parts.now())
        handoff.leave(session, other, "注销带什么 13800138000", office.parts.now())
        said = [{"author": "customer", "text": "何时申报"}, {"author": "agent", "text": "月底前"}]
        proposals.propose(session, chat, 1, "何时申报", "月底前", said, "s1", office.parts.now())
    desk = agent(office, "老周", "administrator")
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    desk.get_by_role("button", name="上线接待").click()
    found = {}
    for path in (*PAGES, f"/desk/conversations/{chat}"):
        desk.goto(office.address + path)
        found[path] = violations(desk)
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_label("答复", exact=True).wait_for()
    found["owned"] = violations(desk)
    assert {path: all_of for path, all_of in found.items() if all_of} == {}
    picture(desk, f"desk-{scheme}")


def test_two_processes_on_postgresql_and_redis_serve_one_conversation(
    two_processes: tuple[Office, Office], agent: SignsIn, page: Opens
) -> None:
    here, there = two_processes
    person, desk = page(), agent(there, "小王")
    person.goto(f"{here.address}/chat")
    ask(person, "你好")
    expect(person.locator("article.assistant")).to_have_count(2)
    with here.parts.database.writing() as session:
        [chat] = [row.id for row in session.scalars(select(log.ConversationRow))]
        handoff.request(session, log.load(session, chat), "complaint", here.parts.now())
    desk.goto(f"{there.address}/desk/conversations/{chat}")
    desk.get_by_role("main").get_by_role("button", name="接入").click()
    desk.get_by_label("答复", exact=True).fill("我在另一个进程里")
    desk.get_by_role("button", name="发送").click()
    expect(person.locator("article.agent")).to_contain_text("我在另一个进程里")
    ask(person, "收到")
    expect(desk.locator("#transcript")).to_contain_text("收到")
