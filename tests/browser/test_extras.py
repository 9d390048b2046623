"""Languages, files, ratings, taking the conversation away, the opening, and pages without scripts."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from actions.english import InEnglish
from app.assembly import Parts, now
from app.web import create_app
from bot import handoff, log, ratings, tickets
from bot.exchange import Exchange
from bot.log import ConversationRow
from tests.browser.conftest import Server, Visitors, ask, chat, picture
from tests.browser.script import QUESTION
from tests.fakes import FakeDialogue
from widget import notices


def png(width: int, height: int) -> bytes:
    """A red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xff\0\0" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def menu(page: Page, name: str) -> None:
    if page.get_by_role("group", name="更多").count() == 0:
        page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_who_reads_traditional_sees_and_gets_traditional(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server, locale="zh-MO")
    expect(page.get_by_role("heading", name="稅問")).to_be_visible()
    page.get_by_label("您的問題").fill("我想辦退稅，請問怎麼辦")
    page.get_by_role("button", name="發送", exact=True).click()
    expect(page.locator("article.assistant").last).to_contain_text("好的")
    page.get_by_label("您的問題").fill(QUESTION.replace("开", "開").replace("规", "規"))
    page.get_by_role("button", name="發送", exact=True).click()
    expect(page.locator("article.customer.seen")).to_have_count(2)
    picture(page, "traditional")


def test_an_answer_is_in_traditional_characters_but_its_document_is_as_issued(
    visitors: Visitors, server: Server, dialogue: FakeDialogue
) -> None:
    dialogue.script["小規模免稅嗎"] = dialogue.script[QUESTION]
    page = chat(visitors, server, locale="zh-HK")
    page.get_by_label("您的問題").fill("小規模免稅嗎")
    page.keyboard.press("Enter")
    expect(page.locator(".conclusion")).to_contain_text("免徵增值稅")
    expect(page.locator(".citations li").first).to_contain_text("增值税优惠政策衔接事项")
    expect(page.locator(".badge")).to_have_text("按2026-11-21的規定 · 現行有效")
    picture(page, "traditional-answer")


def test_who_writes_english_gets_the_short_answer_or_an_offer_in_two_languages(
    visitors: Visitors, server: Server, live: Parts, dialogue: FakeDialogue
) -> None:
    english = InEnglish(live.shelf, lambda: date(2026, 11, 21))
    exchange = Exchange(live.database, dialogue, live.feed, now, 5.0, in_english=english)
    object.__setattr__(live, "exchange", exchange)
    server.kill()
    server.start()
    page = chat(visitors, server, locale="en-US")
    page.get_by_label("Your question").fill("Is a small-scale taxpayer exempt from VAT?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("article.assistant").last).to_contain_text(
        "exempt from VAT while their sales stay below"
    )
    page.get_by_label("Your question").fill("How is cryptocurrency taxed?")
    page.keyboard.press("Enter")
    expect(page.locator("article.assistant").last).to_contain_text("这个问题没有英文答复")
    expect(page.get_by_role("button", name="Ask a tax officer")).to_be_visible()
    picture(page, "english")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"<script>alert(1)</script>"}
    )
    expect(page.locator("article.refused .status")).to_contain_text("This file cannot be sent")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Ask a tax officer").click()
    expect(page.locator(".state")).to_have_text(
        "Waiting: 0 before you. Nobody is on duty now; you can leave a message.", timeout=20_000
    )
    with live.database.writing() as session:
        [ticket] = tickets.waiting(session)
        handoff.claim(session, log.load(session, ticket.conversation), "a1", "小周", now())
    expect(page.locator("article.notice").last).to_contain_text("A tax officer is with you now.")


def test_the_language_can_be_changed_and_is_remembered(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, QUESTION)
    expect(page.locator("article.customer.seen")).to_have_count(1)
    menu(page, "English")
    expect(page.get_by_role("button", name="English")).to_be_focused()
    expect(page.locator("article.customer .status")).to_have_text("Seen")
    page.reload()
    expect(page.get_by_label("Your question")).to_be_visible()


def test_a_picture_goes_up_is_shown_and_comes_down_again(
    visitors: Visitors, server: Server, tmp_path: Path
) -> None:
    page = chat(visitors, server)
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传文件").click()
    chooser.value.set_files({"name": "发票.png", "mimeType": "image/png", "buffer": png(600, 300)})
    shown = page.get_by_role("img", name="图片 发票.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("el => [el.width, el.height, ...el.getContext('2d').getImageData(5, 5, 1, 1).data]") == [
        240, 120, 255, 0, 0, 255,
    ]  # fmt: skip
    expect(page.locator("article.assistant").last).to_contain_text("文件已收到")
    with page.expect_download() as got:
        page.get_by_role("button", name="下载 发票.png").click()
    got.value.save_as(tmp_path / "back.png")
    assert (tmp_path / "back.png").read_bytes() == png(600, 300)
    picture(page, "file")


def test_a_file_on_its_way_survives_a_reload(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    page.route("**/files", lambda route: route.abort())
    page.locator("input[type=file]").set_input_files(
        {"name": "发票.png", "mimeType": "image/png", "buffer": png(60, 30)}
    )
    expect(page.locator("article.sending")).to_contain_text("发票.png")
    page.reload()
    expect(page.locator("article.sending")).to_contain_text("发票.png")
    page.unroute("**/files")
    expect(page.get_by_role("img", name="图片 发票.png")).to_be_visible(timeout=20_000)
    expect(page.locator("article.sending, article.sent")).to_have_count(0)
    page.reload()
    expect(page.locator("article.customer")).to_have_count(2)


def test_a_file_of_the_wrong_kind_or_a_false_name_is_refused_in_words(
    visitors: Visitors, server: Server
) -> None:
    page = chat(visitors, server)
    ask(page, "你好")
    expect(page.locator("article.assistant")).to_have_count(2)
    picker = page.locator("input[type=file]")
    picker.set_input_files({"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ"})
    expect(page.locator(".state")).to_contain_text("不能上传这种文件")
    picker.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"<script>alert(1)</script>"})
    expect(page.locator("article.refused .status")).to_contain_text("不能上传这种文件")
    page.get_by_role("button", name="删除").click()
    expect(page.locator("article.refused")).to_have_count(0)
    expect(page.get_by_label("您的问题")).to_be_focused()


def test_answers_and_the_whole_are_rated(visitors: Visitors, server: Server, live: Parts) -> None:
    page = chat(visitors, server)
    ask(page, QUESTION)
    page.get_by_role("button", name="没用").click()
    expect(page.get_by_role("button", name="答非所问")).to_be_focused()
    page.get_by_role("button", name="已经过时").click()
    expect(page.get_by_text("谢谢您的评价。")).to_be_focused()
    menu(page, "评价本次服务")
    page.get_by_label("4分").check()
    page.get_by_label("建议（可不填）").fill("字再大些")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("谢谢您的评价。")).to_have_count(2)
    with live.database.reading() as session:
        found = ratings.summary(session)
    assert [(one.entry, one.useless, one.reasons) for one in found.entries] == [
        ("vat-small-threshold", 1, {"outdated": 1})
    ]
    assert (found.stars, found.suggestions) == ({4: 1}, ("字再大些",))
    page.reload()
    expect(page.locator("article.assistant")).to_have_count(2)
    expect(page.get_by_role("button", name="没用")).to_have_count(0)


def test_the_conversation_can_be_copied_saved_and_printed(
    visitors: Visitors, server: Server, tmp_path: Path
) -> None:
    page = chat(visitors, server)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "<b>你好</b>")
    expect(page.locator("article.assistant")).to_have_count(2)
    menu(page, "复制对话")
    expect(page.locator(".state")).to_have_text("对话已复制。")
    assert "<b>你好</b>" in page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as got:
        menu(page, "保存为网页")
    assert got.value.suggested_filename == "税问对话记录.html"
    got.value.save_as(tmp_path / "saved.html")
    saved = visitors.new(script=False)
    saved.goto(f"file://{tmp_path}/saved.html")
    expect(saved.locator("article").first).to_contain_text("<b>你好</b>")
    assert saved.locator("b, script").count() == 0
    page.context.add_init_script("window.print = () => { window.printed = true }")
    with page.expect_popup() as opened:
        menu(page, "打印或存为PDF")
    expect(opened.value.locator("article").first).to_contain_text("<b>你好</b>")


@pytest.mark.parametrize(
    ("hour", "greeting"), [(7, "早上好"), (12, "中午好"), (15, "下午好"), (22, "晚上好")]
)
def test_it_greets_by_the_time_of_day(visitors: Visitors, server: Server, hour: int, greeting: str) -> None:
    page = visitors.new(timezone_id="Asia/Shanghai")
    page.clock.set_fixed_time(f"2026-11-21T{hour:02}:30:00+08:00")
    page.goto(f"{server.address}/chat")
    expect(page.locator("article.assistant").first).to_contain_text(greeting)


def test_the_opening_has_notices_duty_and_hot_questions_that_ask_themselves(
    visitors: Visitors, server: Server, live: Parts, agent_link: Callable[[str], str]
) -> None:
    with live.database.writing() as session:
        notices.add(
            session,
            "11月21日晚系统维护，见 https://example.gov.cn/notice",
            date(2026, 11, 21),
            date(2026, 11, 22),
        )
    agent = visitors.new()
    agent.goto(agent_link("小周"))
    agent.get_by_role("button", name="登录").click()
    agent.get_by_role("link", name="以后再说，先进工作台").click()
    agent.get_by_role("button", name="上线接待").click()
    agent.get_by_role("button", name="暂离").wait_for()
    page = chat(visitors, server)
    expect(page.locator("article.notice")).to_contain_text("系统维护")
    expect(page.locator(".duty")).to_contain_text("工作人员在线")
    hot = page.locator(".hot button").first
    words = hot.text_content() or ""
    hot.click()
    expect(page.locator("article.customer .text")).to_have_text(words)
    picture(page, "opening")


def test_a_suggestion_is_taken_by_keyboard_or_mouse(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server)
    field = page.get_by_label("您的问题")
    field.press_sequentially("小规模")
    words = page.get_by_role("option").nth(1).text_content() or ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("article.customer .text")).to_have_text(words)
    field.press_sequentially("印花税")
    page.get_by_role("option").first.click()
    expect(page.locator("article.customer")).to_have_count(2)


def test_who_sends_too_fast_is_told_so_and_everything_arrives(visitors: Visitors, live: Parts) -> None:
    settings = live.settings.model_copy(update={"messages_a_minute": 60})
    server = Server(lambda: create_app(replace(live, settings=settings)))
    server.start()
    try:
        page = chat(visitors, server)
        page.evaluate(
            "const c = document.querySelector('shuiwen-chat'); for (let n = 0; n < 33; n++) c.send(`第${n}句`)"
        )
        expect(page.locator(".state")).to_contain_text("后自动继续发送", timeout=20_000)
        expect(page.locator("article.customer.seen")).to_have_count(33, timeout=30_000)
        with live.database.reading() as session:
            chat_id = session.scalars(select(ConversationRow.id)).one()
            said = [event.text for event in log.events_after(session, chat_id) if event.author == "customer"]
        assert said == [f"第{number}句" for number in range(33)]
    finally:
        server.kill()


def test_without_javascript_the_page_works_by_forms(visitors: Visitors, server: Server) -> None:
    page = chat(visitors, server, script=False)
    page.get_by_label("您的问题").fill(QUESTION)
    page.get_by_role("button", name="发送").click()
    expect(page.locator("article.assistant").last).to_contain_text("免征增值税")
    expect(page.locator(".citations").first).to_contain_text("2026年第10号")
    expect(page.locator("article.assistant .badge").last).to_have_text("按2026-11-21的规定")
    expect(page.get_by_role("link", name="查看原文")).to_have_count(1)
    expect(page.get_by_role("link", name="查看新消息")).to_have_attribute("href", "/chat#end")
    page.get_by_label("您的问题").fill("退税")
    page.get_by_role("button", name="发送").click()
    page.get_by_role("button", name="个人所得税退税").click()
    expect(page.locator("article.customer")).to_have_count(3)
    picture(page, "no-javascript")
