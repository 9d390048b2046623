"""The desk's forms, which work without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from httpx2 import Response

from app.assembly import Parts
from bot import handoff, log, roster
from desk import staff
from desk.rights import Role
from tests.desk.conftest import Desk

SignIn = Callable[[str], Desk]


def post(desk: Desk, path: str, **form: str) -> Response:
    return desk.browser.post(f"/desk/{path}", data={"form_token": desk.token, **form})


@pytest.fixture
def case(parts: Parts) -> int:
    with parts.database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", parts.now())
        return handoff.leave(session, chat, "注销带什么材料 13800138000", parts.now()).id


def test_a_case_is_worked_off_step_by_step(agent: SignIn, case: int) -> None:
    desk = agent("小王")
    assert "待办留言（1）" in desk.page()
    assert "未联系上" in post(desk, f"cases/{case}", state="not_reached", remark="无人接听").text
    page = post(desk, f"cases/{case}", state="done").text
    assert "没有待办的留言" in page
    assert "待办留言（1）" not in desk.page()
    assert "没有这条留言" in post(desk, "cases/99", state="done").text


def test_canned_replies_are_added_changed_found_and_removed(agent: SignIn) -> None:
    desk = agent("小王")
    assert "到厅办理" in post(desk, "canned", title="到厅办理", text="请到厅。").text
    assert "已有同名的常用语" in post(desk, "canned", title="到厅办理", text="又一条").text
    found = desk.browser.get("/desk/canned", params={"q": "到厅办理"}).text
    identity = re.search(r'name="identity" value="(\d+)"', found)
    assert identity
    assert "<legend>到厅办理" not in post(desk, f"canned/{identity[1]}/remove").text


def test_supervisors_pages_and_forms_are_closed_to_agents(agent: SignIn) -> None:
    desk = agent("小王")
    for path in ("all", "supervise"):
        assert desk.browser.get(f"/desk/{path}").status_code == 403
    assert post(desk, "groups/发票", spans="09:00-12:00").status_code == 403
    assert post(desk, "team/x", capacity="3").status_code == 403
    assert "督导" not in desk.page()


def test_a_supervisor_sets_hours_and_is_told_when_they_make_no_sense(
    signed_in: Callable[[str, Role], Desk],
) -> None:
    desk = signed_in("老周", "supervisor")
    assert "发票（每天8:30–11:30、13:00–17:00）" in post(
        desk, "groups/发票", spans="08:30-11:30 13:00-17:00", rest_days="true"
    ).text  # fmt: skip
    for wrong in ("九点到五点", "17:00-09:00", "09:00"):
        assert "时间没有看懂" in post(desk, "groups/发票", spans=wrong).text
    assert "发票（每天8:30–11:30、13:00–17:00）" in desk.browser.get("/desk/supervise").text


def test_days_off_and_days_with_other_hours_are_set_on_the_page(
    signed_in: Callable[[str, Role], Desk], parts: Parts
) -> None:
    desk = signed_in("老周", "supervisor")
    days = "2026-12-30 休\r\n2027-01-04 09:00-12:00 13:00-15:00\r\n"
    page = post(desk, "groups/发票", spans="09:00-12:00", special=days).text
    assert "2026-12-30 休\n2027-01-04 09:00-12:00 13:00-15:00" in page
    with parts.database.reading() as session:
        special = roster.hours_of(session, "发票").special
    assert [len(spans) for spans in special.values()] == [0, 2]
    for wrong in ("2026-12-30", "年底 休", "2026-12-30 早上"):
        assert "时间没有看懂" in post(desk, "groups/发票", spans="09:00-12:00", special=wrong).text
    assert "2026-12-30" not in post(desk, "groups/发票", spans="09:00-12:00").text


def test_a_supervisor_sets_what_an_agent_takes(
    signed_in: Callable[[str, Role], Desk], agent: SignIn, parts: Parts
) -> None:
    wang = agent("小王")
    post(wang, "presence", ready="true")
    with parts.database.reading() as session:
        wang_row = staff.named(session, "小王")
    assert wang_row
    page = post(
        signed_in("老周", "supervisor"), f"team/{wang_row.id}", skill="发票", language="zh", capacity="2"
    ).text
    assert "已保存" in page
    assert 'value="发票" checked' in page
    assert "0/2" in page


def test_going_online_shows_and_signing_out_ends_it(agent: SignIn, parts: Parts) -> None:
    desk = agent("小王")
    assert '<span id="presence">在线' in post(desk, "presence", ready="true").text
    assert '<span id="presence">暂离' in post(desk, "presence", ready="false").text
    post(desk, "presence", ready="true")
    post(desk, "sign-out")
    with parts.database.reading() as session:
        assert roster.ready(session, parts.now()) == []
    with parts.database.writing() as session:
        [staff] = roster.seats(session, parts.now())
        assert roster.seen(session, staff, parts.now()) == "away"


def test_a_form_of_another_page_is_refused(agent: SignIn) -> None:
    desk = agent("小王")
    assert desk.browser.post("/desk/presence", data={"ready": "true"}).status_code == 403
