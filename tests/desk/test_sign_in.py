from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from desk.sessions import SESSION_LIFE, Browser, StaffSessionRow, begin, signed_in
from desk.staff import LINK_LIFE, SignInLinkRow, SignInRefused, invite, use_link
from store.database import Database
from tests.desk.conftest import Desk
from tests.fakes import FakeClock

SignIn = Callable[[str], Desk]
Invite = Callable[[str], str]
HERE = Browser("Firefox", "127.0.0.1")


def test_a_link_signs_in_once(client: TestClient, invited: Invite) -> None:
    link = invited("小王")
    assert "小王" in client.post(link).text
    again = client.post(link)
    assert again.status_code == 401
    assert "已用过或已过期" in again.text
    assert "shuiwen staff link" in again.text


def test_looking_at_a_link_does_not_use_it_up(client: TestClient, invited: Invite) -> None:
    link = invited("小王")
    for _ in range(3):
        assert "<form" in client.get(link).text
    assert client.get("/desk").status_code == 401
    assert client.post(link).status_code == 200


def test_a_link_expires(client: TestClient, invited: Invite, clock: FakeClock) -> None:
    link = invited("小王")
    clock.at += LINK_LIFE
    assert client.post(link).status_code == 401


def test_a_signed_in_browser_is_asked_to_sign_in_again_after_its_time(
    agent: SignIn, clock: FakeClock
) -> None:
    desk = agent("小王")
    clock.at += SESSION_LIFE - timedelta(minutes=1)
    assert desk.browser.get("/desk").status_code == 200
    clock.at += timedelta(minutes=1)
    assert desk.browser.get("/desk").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client: TestClient, invited: Invite) -> None:
    response = client.post(invited("小王"), follow_redirects=False)
    flags = {part.strip().lower() for part in response.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= flags


def test_over_https_the_cookie_is_secure(client: TestClient, invited: Invite) -> None:
    browser = TestClient(client.app, base_url="https://testserver")
    cookie = browser.post(invited("小王"), follow_redirects=False).headers["set-cookie"]
    assert "secure" in cookie.lower()


def test_signing_out_ends_the_session_on_the_server_too(agent: SignIn) -> None:
    desk = agent("小王")
    kept = desk.browser.cookies["shuiwen_staff"]
    desk.browser.post("/desk/sign-out", data={"form_token": desk.token})
    thief = TestClient(desk.browser.app, cookies={"shuiwen_staff": kept})
    assert thief.get("/desk").status_code == 401


@pytest.mark.parametrize("cookie", ["", "forged", "x" * 5_000, "管理员".encode().hex()])
@pytest.mark.parametrize("path", ["/desk", "/desk/conversations/x", "/desk/events"])
def test_a_page_without_sign_in_leads_to_the_sign_in_page(client: TestClient, cookie: str, path: str) -> None:
    stranger = TestClient(client.app, cookies={"shuiwen_staff": cookie})
    response = stranger.get(path)
    assert response.status_code == 401
    assert response.headers["content-type"].startswith("text/html")
    assert "请先登录" in response.text
    assert 'action="/desk/sign-in"' in response.text
    assert "shuiwen staff link" in response.text


def test_a_deed_without_sign_in_leads_to_the_sign_in_page_and_does_nothing(
    client: TestClient, agent: SignIn, waiting: Callable[[], str]
) -> None:
    conversation = waiting()
    response = client.post(f"/desk/conversations/{conversation}/claim", data={"form_token": ""})
    assert response.status_code == 401
    assert "接入" in agent("小王").page(conversation)


@pytest.mark.parametrize("form", [{}, {"form_token": ""}, {"form_token": "forged"}, {"form_token": "伪造"}])
@pytest.mark.parametrize("move", ["claim", "reply", "return", "close"])
def test_a_form_of_another_site_is_refused(
    agent: SignIn, waiting: Callable[[], str], form: dict[str, str], move: str
) -> None:
    conversation = waiting()
    browser = agent("小王").browser
    response = browser.post(f"/desk/conversations/{conversation}/{move}", data=form | {"text": "您好"})
    assert response.status_code == 403
    assert response.json()["type"] == "/problems/wrong-form"
    assert "接入" in browser.get(f"/desk/conversations/{conversation}").text


def test_the_form_token_of_another_agent_is_refused(agent: SignIn, waiting: Callable[[], str]) -> None:
    mine, other = agent("小王"), agent("小李")
    assert mine.token != other.token
    forged = Desk(mine.browser, other.token)
    assert forged.act(waiting(), "claim").status_code == 403


def test_only_hashes_of_tokens_are_stored(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        link = invite(session, "小王", clock())
        assert session.get(SignInLinkRow, link) is None
        browser = begin(session, use_link(session, link, clock()), "link", HERE, clock())
        assert session.get(StaffSessionRow, browser) is None
        assert signed_in(session, browser, clock()).name == "小王"


def test_a_second_link_is_for_the_same_account(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        links = [invite(session, "小王", clock()) for _ in range(2)]
        assert len({use_link(session, link, clock()).id for link in links}) == 1


def test_a_link_that_never_was_is_refused(database: Database, clock: FakeClock) -> None:
    with database.writing() as session, pytest.raises(SignInRefused, match="已用过或已过期"):
        use_link(session, "", clock())
