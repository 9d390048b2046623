from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc.jwk import RSAKey

from app.assembly import Parts, assemble
from app.settings import Settings
from app.web import create_app
from desk import staff
from desk.identity import IdentityProvider
from tests.desk.conftest import Desk
from tests.desk.provider import CLIENT, SECRET, Provider, running

SignIn = Callable[[str], Desk]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running(Provider()) as made:
        yield made


@pytest.fixture
def client(parts: Parts, provider: Provider) -> Iterator[TestClient]:
    identity = IdentityProvider(provider.issuer, CLIENT, SECRET)
    with TestClient(create_app(replace(parts, identity=identity)), raise_server_exceptions=False) as made:
        yield made


def leave(browser: TestClient, start: str = "/desk/identity") -> str:
    """From our page to the provider; the address that it sends the browser back to."""
    there = browser.get(start, follow_redirects=False)
    assert there.status_code == 303
    return httpx.get(there.headers["location"], trust_env=False).headers["location"]


def go(browser: TestClient, start: str = "/desk/identity") -> Response:
    return browser.get(leave(browser, start))


@pytest.fixture
def linked(agent: SignIn) -> Desk:
    """小王, whose account is linked to the provider's subject."""
    desk = agent("小王")
    assert "已关联统一身份账号" in go(desk.browser, "/desk/identity/link").text
    return desk


@pytest.mark.usefixtures("linked")
def test_who_has_linked_an_identity_signs_in_by_it(client: TestClient) -> None:
    assert "统一身份" in client.get("/desk/sign-in").text
    page = go(client)
    assert page.url.path == "/desk"
    assert "小王" in page.text


@pytest.mark.usefixtures("linked")
def test_each_way_to_the_provider_has_its_own_state_nonce_and_challenge(
    client: TestClient, provider: Provider
) -> None:
    go(client)
    go(client)
    for name in ("state", "nonce", "code_challenge"):
        assert len({asked[name] for asked in provider.asked}) == 3
    assert {asked["scope"] for asked in provider.asked} == {"openid"}


def test_an_identity_that_nobody_has_linked_makes_no_account(client: TestClient, parts: Parts) -> None:
    page = go(client)
    assert page.status_code == 401
    assert "没有关联可用的账号" in page.text
    with parts.database.reading() as session:
        assert not staff.everybody(session)


def test_a_disabled_account_is_not_entered_by_its_identity(
    client: TestClient, linked: Desk, parts: Parts
) -> None:
    with parts.database.writing() as session:
        found = staff.named(session, "小王")
        assert found
        found.disabled_at = parts.now()
    assert go(client).status_code == 401
    assert linked.browser.get("/desk").status_code == 401


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"], "azp": CLIENT},
        {"exp": int(time.time()) - 3_600},
        {"sub": None},
    ],
)
def test_an_id_token_with_a_wrong_claim_is_refused(
    client: TestClient, provider: Provider, wrong: dict[str, object]
) -> None:
    provider.wrong = wrong
    assert "没有通过" in go(client).text
    assert client.get("/desk").status_code == 401


@pytest.mark.usefixtures("linked")
def test_an_id_token_that_another_key_signed_is_refused(client: TestClient, provider: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert "没有通过" in go(client).text
    assert client.get("/desk").status_code == 401


@pytest.mark.usefixtures("linked")
def test_a_return_that_this_browser_did_not_begin_is_refused(client: TestClient) -> None:
    attacker = TestClient(client.app)
    back = leave(attacker)
    assert client.get(back).status_code == 401
    leave(client)
    assert "不是从本站开始" in client.get(back).text
    assert client.get("/desk").status_code == 401


@pytest.mark.usefixtures("linked")
def test_a_return_is_good_once(client: TestClient) -> None:
    back = leave(client)
    assert client.get(back).status_code == 200
    client.cookies.delete("shuiwen_staff")
    assert client.get(back).status_code == 401


@pytest.mark.usefixtures("linked")
def test_a_code_without_its_verifier_is_refused(client: TestClient) -> None:
    back = leave(client)
    kept = client.cookies["shuiwen_identity"].rsplit(".", 1)[0]
    client.cookies.delete("shuiwen_identity")
    client.cookies.set("shuiwen_identity", f"{kept}.{'x' * 48}")
    assert client.get(back).status_code == 401
    assert client.get("/desk").status_code == 401


def test_an_identity_belongs_to_one_account(linked: Desk, agent: SignIn) -> None:
    other = agent("小李")
    page = go(other.browser, "/desk/identity/link")
    assert page.status_code == 409
    assert "已关联另一个账号" in page.text
    assert "已关联。" in linked.browser.get("/desk/account").text


def test_linking_is_begun_only_from_our_own_page(agent: SignIn) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert agent("小王").browser.get("/desk/identity/link", headers=headers).status_code == 403


def test_an_unlinked_identity_no_longer_signs_in(client: TestClient, linked: Desk) -> None:
    linked.browser.post("/desk/identity/unlink", data={"form_token": linked.token})
    assert go(client).status_code == 401


def test_a_provider_that_is_down_is_told_in_one_sentence(parts: Parts) -> None:
    gone = IdentityProvider("http://127.0.0.1:9", CLIENT, SECRET)
    with TestClient(create_app(replace(parts, identity=gone)), raise_server_exceptions=False) as client:
        page = client.get("/desk/identity")
    assert page.status_code == 503
    assert "统一身份认证暂时不可用" in page.text


@pytest.mark.parametrize("missing", ["oidc_issuer", "oidc_client_id", "oidc_client_secret"])
def test_single_sign_on_is_off_unless_all_of_it_is_set(parts: Parts, missing: str) -> None:
    whole = {"oidc_issuer": "https://id.example", "oidc_client_id": "c", "oidc_client_secret": "s"}
    settings = parts.settings.model_dump() | whole
    assert assemble(Settings(**settings)).identity is not None
    assert assemble(Settings(**settings | {missing: ""})).identity is None


def test_where_it_is_off_there_is_no_trace_of_it(parts: Parts) -> None:
    with TestClient(create_app(parts), raise_server_exceptions=False) as client:
        assert client.get("/desk/identity").status_code == 404
        assert "统一身份" not in client.get("/desk/sign-in").text
