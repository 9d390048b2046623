"""Signing in by password and code, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from app.assembly import Parts
from desk import audit
from desk.lockout import (
    FIRST_LOCK,
    FREE_FOR_ACCOUNT,
    FREE_FOR_ADDRESS,
    LONGEST_LOCK,
    SignInFailuresRow,
    lock_after,
)
from desk.passwords import PasswordRefused, Passwords, check_password
from desk.staff import named
from tests.desk.conftest import Desk
from tests.fakes import FakeClock

SignIn = Callable[[str], Desk]

GOOD = "三号窗口 opens at nine"


def choose(desk: Desk, password: str = GOOD, **form: str) -> Response:
    form = {"form_token": desk.token, "password": password, "again": password, **form}
    return desk.browser.post("/desk/account/password", data=form)


def sign_in(client: TestClient, name: str = "小王", password: str = GOOD, code: str = "") -> Response:
    browser = TestClient(client.app, raise_server_exceptions=False)
    return browser.post("/desk/sign-in", data={"name": name, "password": password, "code": code})


@pytest.fixture
def wang(agent: SignIn) -> Desk:
    """小王, who came by a link and has chosen a password."""
    desk = agent("小王")
    assert "密码已设置" in choose(desk).text
    return desk


@pytest.fixture
def acts(parts: Parts) -> Callable[[], list[str]]:
    """What the audit log says was done, oldest first."""

    def read() -> list[str]:
        with parts.database.reading() as session:
            return [line.act for line in reversed(audit.lines(session))]

    return read


def factor(desk: Desk) -> tuple[pyotp.TOTP, str]:
    """A started second factor: what the phone would hold, and the page."""
    page = desk.browser.post("/desk/account/factor", data={"form_token": desk.token}).text
    secret = re.search(r"密钥：<code>(\w+)</code>", page)
    assert secret
    return pyotp.TOTP(secret[1]), page


def confirm(desk: Desk, code: str) -> Response:
    return desk.browser.post("/desk/account/factor/confirm", data={"form_token": desk.token, "code": code})


@pytest.mark.usefixtures("wang")
def test_a_link_leads_to_choosing_a_password_and_the_password_signs_in(
    client: TestClient, acts: Callable[[], list[str]]
) -> None:
    response = sign_in(client)
    assert response.url.path == "/desk"
    assert "小王" in response.text
    assert acts()[-3:] == ["link_used", "password_chosen", "signed_in"]


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize(
    ("name", "password"),
    [("小王", "wrong password!"), ("小王", ""), ("无此人", GOOD), ("", ""), ("小王", "x" * 128)],
)
def test_a_wrong_name_or_password_is_refused_with_the_same_sentence(
    client: TestClient, name: str, password: str
) -> None:
    response = sign_in(client, name, password)
    assert response.status_code == 401
    assert "姓名、密码或动态码不对，或账号已停用。" in response.text


def test_an_account_without_a_password_is_not_entered_with_an_empty_one(
    client: TestClient, agent: SignIn
) -> None:
    agent("小王")
    assert sign_in(client, "小王", "").status_code == 401


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("short", "short", "12到128"),
        (GOOD, GOOD + "x", "不一样"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "容易猜到"),
        ("小王的生日是十一月二十一号", "小王的生日是十一月二十一号", "容易猜到"),
    ],
)
def test_a_weak_password_is_refused_and_nothing_changes(
    client: TestClient, wang: Desk, password: str, again: str, why: str
) -> None:
    refused = choose(wang, password, again=again, present=GOOD)
    assert refused.status_code == 422
    assert why in refused.text
    assert sign_in(client).status_code == 200


def test_changing_a_password_takes_the_present_one(client: TestClient, wang: Desk) -> None:
    assert "现在的密码不对" in choose(wang, GOOD + " 2", present="not this one").text
    assert "密码已设置" in choose(wang, GOOD + " 2", present=GOOD).text
    assert sign_in(client).status_code == 401
    assert sign_in(client, password=GOOD + " 2").status_code == 200


def test_a_new_password_ends_the_other_sessions(wang: Desk, agent: SignIn) -> None:
    other = agent("小王")
    choose(wang, GOOD + " 2", present=GOOD)
    assert other.browser.get("/desk").status_code == 401
    assert wang.browser.get("/desk").status_code == 200


@pytest.mark.usefixtures("wang")
def test_after_repeated_failures_the_account_is_locked_also_for_the_right_password_and_then_opens(
    client: TestClient, clock: FakeClock, acts: Callable[[], list[str]]
) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        assert sign_in(client, password="wrong password").status_code == 401
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "登录失败次数过多，请1分钟后再试" in locked.text
    assert acts()[-1] == "locked"
    clock.at += FIRST_LOCK
    assert sign_in(client).status_code == 200
    assert sign_in(client, password="wrong password").status_code == 401


@pytest.mark.usefixtures("wang")
def test_each_further_failure_locks_for_longer(client: TestClient, clock: FakeClock) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        sign_in(client, password="wrong password")
    clock.at += FIRST_LOCK
    sign_in(client, password="wrong password")
    assert "请2分钟后再试" in sign_in(client).text


def test_a_name_that_nobody_has_is_locked_like_any_other(client: TestClient) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        sign_in(client, "无此人")
    assert sign_in(client, "无此人").status_code == 429


@pytest.mark.usefixtures("wang")
def test_an_address_that_tries_many_names_is_locked(client: TestClient) -> None:
    for number in range(FREE_FOR_ADDRESS):
        assert sign_in(client, f"无此人{number}").status_code == 401
    assert sign_in(client).status_code == 429


@pytest.mark.usefixtures("wang")
def test_a_one_time_link_opens_a_locked_account(client: TestClient, invited: Callable[[str], str]) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        sign_in(client, password="wrong password")
    TestClient(client.app).post(invited("小王"))
    assert sign_in(client).status_code == 200


def test_what_was_typed_as_a_name_is_not_stored(client: TestClient, parts: Parts) -> None:
    sign_in(client, "my secret password")
    with parts.database.reading() as session:
        rows = session.query(SignInFailuresRow).all()
    assert len(rows) == 2
    assert not any("secret" in row.hash for row in rows)


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_locks_only_grow_and_have_a_longest(failures: int, free: int) -> None:
    assert lock_after(failures, free) <= lock_after(failures + 1, free) <= LONGEST_LOCK
    assert (lock_after(failures, free) > timedelta(0)) == (failures >= free)


def test_with_a_second_factor_the_password_alone_is_refused(
    client: TestClient, wang: Desk, clock: FakeClock
) -> None:
    phone, page = factor(wang)
    assert "<svg" in page
    assert "恢复码" in confirm(wang, phone.at(clock.at)).text
    clock.at += timedelta(minutes=2)
    assert sign_in(client).status_code == 401
    assert sign_in(client, code="000000").status_code == 401
    assert sign_in(client, code=phone.at(clock.at)).status_code == 200


def test_a_second_factor_counts_only_once_it_is_confirmed(client: TestClient, wang: Desk) -> None:
    factor(wang)
    refused = confirm(wang, "000000")
    assert "动态码不对" in refused.text
    assert "<svg" in refused.text
    assert sign_in(client).status_code == 200


def test_a_code_is_good_once_and_not_for_long(client: TestClient, wang: Desk, clock: FakeClock) -> None:
    phone, _ = factor(wang)
    confirm(wang, phone.at(clock.at))
    clock.at += timedelta(minutes=2)
    code = phone.at(clock.at)
    assert sign_in(client, code=code).status_code == 200
    assert sign_in(client, code=code).status_code == 401
    stale = phone.at(clock.at)
    clock.at += timedelta(minutes=5)
    assert sign_in(client, code=stale).status_code == 401


def test_each_recovery_code_signs_in_once(
    client: TestClient, wang: Desk, clock: FakeClock, acts: Callable[[], list[str]]
) -> None:
    phone, _ = factor(wang)
    codes = re.findall(r"<li><code>([\w-]+)</code>", confirm(wang, phone.at(clock.at)).text)
    assert len(set(codes)) == 10
    assert sign_in(client, code=codes[0].upper()).status_code == 200
    assert "recovery_used" in acts()
    assert sign_in(client, code=codes[0]).status_code == 401
    assert sign_in(client, code=codes[1]).status_code == 200


def test_turning_the_second_factor_off_takes_a_code(client: TestClient, wang: Desk, clock: FakeClock) -> None:
    phone, _ = factor(wang)
    confirm(wang, phone.at(clock.at))
    clock.at += timedelta(minutes=2)
    remove = "/desk/account/factor/remove"
    assert wang.browser.post(remove, data={"form_token": wang.token, "code": "000000"}).status_code == 422
    assert sign_in(client).status_code == 401
    good = {"form_token": wang.token, "code": phone.at(clock.at)}
    assert "动态码已停用" in wang.browser.post(remove, data=good).text
    assert sign_in(client).status_code == 200


def test_the_account_page_lists_the_sessions_and_ends_one(wang: Desk, agent: SignIn) -> None:
    other = agent("小王")
    page = wang.browser.get("/desk/account").text
    assert page.count("<tr>") == 3
    one = re.search(r'name="one" value="([^"]+)"', page)
    assert one
    wang.browser.post("/desk/account/sessions/end", data={"form_token": wang.token, "one": one[1]})
    assert other.browser.get("/desk").status_code == 401
    assert wang.browser.get("/desk").status_code == 200


def test_nobody_ends_the_session_of_another_by_its_id(wang: Desk, agent: SignIn) -> None:
    other = agent("小李")
    agent("小李")
    one = re.search(r'name="one" value="([^"]+)"', other.browser.get("/desk/account").text)
    assert one
    wang.browser.post("/desk/account/sessions/end", data={"form_token": wang.token, "one": one[1]})
    assert other.browser.get("/desk/account").text.count('name="one"') == 1


def test_all_other_sessions_can_be_ended_at_once(wang: Desk, agent: SignIn) -> None:
    others = [agent("小王") for _ in range(2)]
    wang.browser.post("/desk/account/sessions/end", data={"form_token": wang.token})
    assert [other.browser.get("/desk").status_code for other in others] == [401, 401]
    assert wang.browser.get("/desk").status_code == 200


FORMS = [
    "/desk/sign-out", "/desk/account/password", "/desk/account/factor", "/desk/account/factor/confirm",
    "/desk/account/factor/remove", "/desk/account/sessions/end",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_account_wants_its_token(wang: Desk, form: str) -> None:
    data = {"password": GOOD + "2", "again": GOOD + "2", "present": GOOD}
    assert wang.browser.post(form, data=data).status_code == 403
    assert wang.browser.get("/desk").status_code == 200


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_sign_in_form_on_another_site_is_refused(
    client: TestClient, invited: Callable[[str], str], headers: dict[str, str]
) -> None:
    data = {"name": "小王", "password": GOOD}
    for form in ("/desk/sign-in", invited("小王")):
        assert client.post(form, data=data, headers=headers).status_code == 403
    assert client.get("/desk").status_code == 401


@pytest.mark.usefixtures("wang")
def test_our_own_sign_in_form_is_taken(client: TestClient) -> None:
    data = {"name": "小王", "password": GOOD}
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
        assert client.post("/desk/sign-in", data=data, headers=headers).status_code == 200


@pytest.mark.usefixtures("wang")
def test_a_stored_password_is_an_argon2id_hash(parts: Parts) -> None:
    with parts.database.reading() as session:
        staff = named(session, "小王")
    assert staff
    assert staff.password_hash
    assert staff.password_hash.startswith("$argon2id$")


def test_nobody_has_the_password_of_who_has_none() -> None:
    passwords = Passwords()
    assert passwords.right(passwords.hash("a long password"), "a long password")
    assert not passwords.right(None, "nobody has this password")
    assert not passwords.right("damaged", "a long password")


@given(st.text(max_size=200))
def test_any_accepted_password_is_long_and_varied(password: str) -> None:
    try:
        check_password(password, password, "小王")
    except PasswordRefused:
        return
    assert 12 <= len(password) <= 128
    assert len(set(password)) >= 6


def test_pages_of_staff_are_not_kept_by_browsers(wang: Desk) -> None:
    for path in ("/desk", "/desk/account", "/desk/sign-in"):
        assert wang.browser.get(path).headers["cache-control"] == "no-store"
