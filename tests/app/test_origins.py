from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from app.assembly import Parts
from app.settings import Settings
from app.web import create_app

BUREAU = "https://bureau.example"
STRANGER = "https://stranger.example"


@pytest.fixture
def shared(parts: Parts) -> Iterator[TestClient]:
    settings = parts.settings.model_copy(update={"origins": (BUREAU,)})
    with TestClient(create_app(replace(parts, settings=settings))) as made:
        yield made


def test_an_allowed_site_may_ask_before_and_do(shared: TestClient) -> None:
    asked = shared.options(
        "/api/conversations",
        headers={
            "Origin": BUREAU,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert asked.status_code == 200
    done = shared.post("/api/conversations", headers={"Origin": BUREAU})
    assert done.status_code == 201
    assert done.headers["access-control-allow-origin"] == BUREAU
    assert "access-control-allow-credentials" not in done.headers


@pytest.mark.parametrize("origin", [STRANGER, "null", f"{BUREAU}.evil.example", "http://bureau.example"])
def test_any_other_site_is_refused_and_opens_nothing(shared: TestClient, origin: str) -> None:
    refused = shared.post("/api/conversations", headers={"Origin": origin})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/origin-not-allowed")
    assert "access-control-allow-origin" not in refused.headers


def test_our_own_pages_and_programs_need_no_leave(shared: TestClient) -> None:
    assert shared.post("/api/conversations", headers={"Origin": "http://testserver"}).status_code == 201
    assert shared.post("/api/conversations").status_code == 201


def test_a_refusal_to_an_allowed_site_can_be_read_by_its_page(shared: TestClient) -> None:
    wrong = shared.get("/api/conversations/none/events", headers={"Origin": BUREAU})
    assert wrong.status_code == 404
    assert wrong.headers["access-control-allow-origin"] == BUREAU


def test_sites_are_a_list_with_commas_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUIWEN_ORIGINS", f"{BUREAU}/, {STRANGER}")
    assert Settings().origins == (BUREAU, STRANGER)
