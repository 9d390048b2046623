from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.assembly import Parts
from desk import audit, staff
from desk.audit import ACT_NAMES, ACTS, AuditRow
from desk.rights import ALL, MAY, ROLE_NAMES, ROLES, Right, Role
from desk.staff import StaffRow
from store.database import Database
from tests.desk.conftest import Desk
from tests.fakes import FakeClock

SignIn = Callable[[str], Desk]
OfRole = Callable[..., Desk]


@pytest.fixture
def of_role(parts: Parts, agent: SignIn) -> OfRole:
    """A signed-in browser of somebody with that role."""

    def make(role: Role, name: str = "") -> Desk:
        with parts.database.writing() as session:
            staff.invite(session, name or ROLE_NAMES[role], parts.now(), role)
        return agent(name or ROLE_NAMES[role])

    return make


@pytest.fixture
def account(parts: Parts) -> Callable[[str], StaffRow]:
    def read(name: str) -> StaffRow:
        with parts.database.reading() as session:
            found = staff.named(session, name)
        assert found
        return found

    return read


Account = Callable[[str], StaffRow]


def do(desk: Desk, one: StaffRow, what: str, **form: str) -> str:
    return desk.browser.post(f"/desk/staff/{one.id}/{what}", data={"form_token": desk.token, **form}).text


def test_every_right_is_somebodys_and_every_role_and_act_has_words() -> None:
    assert frozenset[Right]().union(*MAY.values()) == ALL
    assert set(MAY) == set(ROLE_NAMES) == set(ROLES)
    assert set(ACT_NAMES) == set(ACTS)


PAGES = {
    "/desk": "read_conversations",
    "/desk/staff": "manage_staff",
    "/desk/audit": "read_audit",
}


@pytest.mark.parametrize("role", get_args(Role))
def test_a_page_opens_for_whose_role_gives_the_right_and_for_nobody_else(of_role: OfRole, role: Role) -> None:
    desk = of_role(role)
    for path, right in PAGES.items():
        response = desk.browser.get(path)
        assert (response.status_code == 200) == (right in MAY[role]), path
        if right not in MAY[role]:
            assert response.status_code == 403
            assert f"您的角色（{ROLE_NAMES[role]}）不能" in response.text
    assert desk.browser.get("/desk/account").status_code == 200


@pytest.mark.parametrize("role", get_args(Role))
def test_only_who_manages_staff_can_change_accounts(
    of_role: OfRole, account: Account, agent: SignIn, role: Role
) -> None:
    agent("小李")
    desk, before = of_role(role), account("小李")
    for deed in ("role", "disable", "enable", "sessions", "reset"):
        answer = desk.browser.post(
            f"/desk/staff/{before.id}/{deed}", data={"form_token": desk.token, "role": "curator"}
        )
        assert (answer.status_code == 200) == (role == "administrator"), deed
    new = desk.browser.post("/desk/staff", data={"form_token": desk.token, "name": "新人", "role": "agent"})
    assert (new.status_code == 200) == (role == "administrator")


@pytest.mark.parametrize("role", ["curator", "reviewer"])
def test_who_does_not_talk_to_taxpayers_cannot_claim(
    of_role: OfRole, waiting: Callable[[], str], role: Role
) -> None:
    desk = of_role(role)
    assert desk.act(waiting(), "claim").status_code == 403


def test_an_invited_person_signs_in_by_the_link_that_is_shown_once(
    of_role: OfRole, client: TestClient
) -> None:
    desk = of_role("administrator")
    page = desk.browser.post(
        "/desk/staff", data={"form_token": desk.token, "name": " 小赵 ", "role": "reviewer"}
    )
    link = re.search(r"<code>(http://testserver/desk/sign-in/[\w-]+)</code>", page.text)
    assert link
    assert link[1] not in desk.browser.get("/desk/staff").text
    fresh = TestClient(client.app)
    assert "设置密码" in fresh.post(link[1]).text
    assert "知识审核" in fresh.get("/desk/account").text


@pytest.mark.parametrize(
    ("name", "why"), [("", "1到60"), ("a" * 61, "1到60"), ("小\x07王", "1到60"), ("管理员", "已有")]
)
def test_a_name_that_is_none_or_taken_is_refused(of_role: OfRole, name: str, why: str) -> None:
    desk = of_role("administrator", "管理员")
    refused = desk.browser.post("/desk/staff", data={"form_token": desk.token, "name": name, "role": "agent"})
    assert refused.status_code == 409
    assert why in refused.text


def test_a_changed_role_holds_at_once(of_role: OfRole, agent: SignIn, account: Account) -> None:
    admin, wang = of_role("administrator"), agent("小王")
    assert wang.browser.get("/desk/audit").status_code == 403
    do(admin, account("小王"), "role", role="supervisor")
    assert wang.browser.get("/desk/audit").status_code == 200


def test_a_disabled_person_is_out_at_once_and_no_link_lets_them_in(
    of_role: OfRole, agent: SignIn, account: Account, invited: Callable[[str], str], client: TestClient
) -> None:
    admin, wang, link = of_role("administrator"), agent("小王"), invited("小王")
    assert "已停用" in do(admin, account("小王"), "disable")
    assert wang.browser.get("/desk").status_code == 401
    assert client.post(link).status_code == 401
    assert "已恢复" in do(admin, account("小王"), "enable")
    assert wang.browser.get("/desk").status_code == 401
    assert client.post(invited("小王")).status_code == 200


def test_a_reset_takes_everything_away_and_gives_a_link(
    of_role: OfRole, agent: SignIn, account: Account, parts: Parts
) -> None:
    admin, wang = of_role("administrator"), agent("小王")
    with parts.database.writing() as session:
        row = staff.load(session, account("小王").id)
        row.password_hash, row.factor_on, row.factor_secret, row.identity = "x", True, "y", "z"
    assert "/desk/sign-in/" in do(admin, account("小王"), "reset")
    after = account("小王")
    assert (after.password_hash, after.factor_on, after.factor_secret, after.identity) == (
        None,
        False,
        None,
        None,
    )
    assert wang.browser.get("/desk").status_code == 401


def test_an_administrator_ends_the_sessions_of_another(
    of_role: OfRole, agent: SignIn, account: Account
) -> None:
    admin, wang = of_role("administrator"), agent("小王")
    do(admin, account("小王"), "sessions")
    assert wang.browser.get("/desk").status_code == 401


@pytest.mark.parametrize("deed", ["disable", "role", "reset"])
def test_nobody_takes_their_own_rights_away(of_role: OfRole, account: Account, deed: str) -> None:
    admin = of_role("administrator", "管理员")
    assert "自己" in do(admin, account("管理员"), deed, role="agent")
    after = account("管理员")
    assert (after.role, after.disabled_at) == ("administrator", None)


def test_an_unknown_account_is_refused(of_role: OfRole) -> None:
    desk = of_role("administrator")
    response = desk.browser.post("/desk/staff/nobody/disable", data={"form_token": desk.token})
    assert response.status_code == 409
    assert "没有这个账号" in response.text


@pytest.mark.parametrize("form", ["", "/x/role", "/x/disable", "/x/enable", "/x/sessions", "/x/reset"])
def test_every_form_of_the_administration_wants_its_token(of_role: OfRole, form: str) -> None:
    data = {"name": "小赵", "role": "agent"}
    assert of_role("administrator").browser.post(f"/desk/staff{form}", data=data).status_code == 403


def test_what_an_administrator_does_is_on_the_audit_page_and_can_be_filtered(
    of_role: OfRole, agent: SignIn, account: Account
) -> None:
    admin = of_role("administrator", "老周")
    agent("小王")
    do(admin, account("小王"), "role", role="curator")
    do(admin, account("小王"), "disable")
    page = admin.browser.get("/desk/audit").text
    assert "before=agent after=curator" in page
    assert re.search(r"<td>老周</td>\s*<td>停用账号</td>\s*<td>小王</td>", page)
    only = admin.browser.get("/desk/audit", params={"act": "disabled", "who": "小王"}).text
    assert only.count("<tr>") == 2
    assert "没有记录" in admin.browser.get("/desk/audit", params={"act": "no such act"}).text


def test_names_never_become_markup_on_any_page(of_role: OfRole, agent: SignIn) -> None:
    admin = of_role("administrator", "<b>admin</b>")
    agent("<script>x</script>")
    for path in ("/desk/staff", "/desk/audit", "/desk/account", "/desk/account/password"):
        page = admin.browser.get(path, params={"who": "", "said": "<script>"}).text
        assert "&lt;b&gt;admin" in page
        assert "<script>x" not in page


def raw(database: Database) -> sqlite3.Connection:
    return sqlite3.connect(database.url.removeprefix("sqlite:///"))


def test_the_database_refuses_to_change_a_line_of_the_audit_log(database: Database) -> None:
    now = datetime.now(UTC)
    with database.writing() as session:
        audit.record(session, now, "老周", "disabled", "小王")
    with (
        pytest.raises(IntegrityError, match="never changed"),
        database.writing() as session,
    ):
        session.execute(update(AuditRow).values(actor="别人"))
    with pytest.raises(sqlite3.IntegrityError, match="six months"), raw(database) as connection:
        connection.execute("DELETE FROM audit")
    with database.reading() as session:
        assert [line.actor for line in audit.lines(session)] == ["老周"]


def test_audit_lines_are_read_newest_first_and_page_by_page(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        for number in range(5):
            audit.record(session, clock(), "老周", "invited", f"{number}")
    with database.reading() as session:
        first = audit.lines(session, limit=2)
        then = audit.lines(session, limit=2, before=first[-1].id)
        assert [line.about for line in (*first, *then)] == ["4", "3", "2", "1"]


def test_the_last_administrator_stays_even_where_two_act_at_the_same_time(
    database: Database, clock: FakeClock
) -> None:
    with database.writing() as session:
        first, second = (
            staff.use_link(session, staff.invite(session, name, clock(), "administrator"), clock())
            for name in ("老周", "老吴")
        )
        staff.disable(session, first, by=second.id, now=clock())
        with pytest.raises(staff.StaffRefused, match="最后一位管理员"):
            staff.change_role(session, second, "agent", by=first.id)
