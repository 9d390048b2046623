"""The staff's pages in a real Chromium: signing in, the account, administration; nothing for axe to find."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator

import pyotp
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.assembly import Parts
from app.rasa_process import free_port
from app.web import create_app
from desk import staff
from tests.chromium import ARTEFACTS
from tests.fakes import FakeClock

PASSWORD = "三号窗口 opens at nine"


@pytest.fixture
def address(parts: Parts) -> Iterator[str]:
    """The application, served over HTTP on a loopback port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(parts), port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    yield context.new_page()
    context.close()


def link(parts: Parts, name: str) -> str:
    with parts.database.writing() as session:
        return f"/desk/sign-in/{staff.invite(session, name, parts.now(), 'administrator')}"


def looked_at(page: Page, name: str) -> None:
    """Photograph the page in light and dark; axe finds nothing in either."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def sign_in(page: Page, address: str, code: str = "") -> None:
    page.goto(f"{address}/desk/sign-in")
    page.get_by_label("姓名").fill("老周")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("动态码或恢复码").fill(code)
    page.get_by_role("button", name="登录").click()


def test_from_the_first_link_to_a_password_a_second_factor_and_a_colleague(
    page: Page, address: str, parts: Parts, clock: FakeClock
) -> None:
    page.goto(address + link(parts, "老周"))
    looked_at(page, "desk-link")
    page.get_by_role("button", name="登录").click()
    looked_at(page, "desk-password")
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输入一次").fill(PASSWORD)
    page.get_by_role("button", name="保存密码").click()
    expect(page.get_by_text("密码已设置")).to_be_visible()
    looked_at(page, "desk-account")

    page.get_by_role("button", name="启用动态码").click()
    looked_at(page, "desk-factor")
    phone = pyotp.TOTP(page.locator("main code").inner_text())
    page.get_by_label("动态码", exact=True).fill(phone.at(clock.at))
    page.get_by_role("button", name="确认启用").click()
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes li").first.inner_text()
    looked_at(page, "desk-recovery-codes")

    page.get_by_role("button", name="退出").click()
    looked_at(page, "desk-sign-in")
    sign_in(page, address)
    expect(page.get_by_role("alert")).to_contain_text("动态码不对")
    looked_at(page, "desk-sign-in-refused")
    sign_in(page, address, recovery)
    expect(page.get_by_role("heading", name="坐席工作台")).to_be_visible()

    page.get_by_role("link", name="老周").click()
    page.get_by_role("link", name="人员").click()
    page.get_by_label("姓名", exact=True).fill("小王")
    page.get_by_label("角色", exact=True).select_option("reviewer")
    page.get_by_role("button", name="生成登录链接").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"/desk/sign-in/[\w-]{20,}"))
    page.get_by_role("button", name="停用：小王").click()
    expect(page.get_by_role("status")).to_contain_text("“小王”已停用")
    looked_at(page, "desk-staff")

    page.get_by_role("link", name="审计").click()
    expect(page.locator("tbody tr").first).to_contain_text("停用账号")
    looked_at(page, "desk-audit")


def test_the_cookie_is_out_of_reach_of_scripts(page: Page, address: str, parts: Parts) -> None:
    page.goto(address + link(parts, "老周"))
    page.get_by_role("button", name="登录").click()
    [cookie] = [one for one in page.context.cookies() if one["name"] == "shuiwen_staff"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert page.evaluate("document.cookie") == ""


def test_a_form_on_another_site_does_not_sign_anybody_in(page: Page, address: str, parts: Parts) -> None:
    action = address.replace("127.0.0.1", "localhost") + link(parts, "老周")
    page.route("http://evil.example/*", lambda route: route.fulfill(
        content_type="text/html; charset=utf-8", body=f'<form method="post" action="{action}"><button>赢大奖</button></form>'
    ))  # fmt: skip
    page.goto("http://evil.example/")
    with page.expect_response(action) as response:
        page.get_by_role("button", name="赢大奖").click()
    assert response.value.status == 403
    assert not [one for one in page.context.cookies() if one["name"] == "shuiwen_staff"]


def test_the_pages_do_on_a_narrow_screen(page: Page, address: str, parts: Parts) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address + link(parts, "老周"))
    page.get_by_role("button", name="登录").click()
    for path in ("/desk/sign-in", "/desk/account", "/desk/account/password", "/desk/staff", "/desk/audit"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
