from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.assembly import Parts
from app.rates import Allowance, Buckets
from app.web import create_app


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(
    st.integers(1, 20),
    st.integers(1, 600),
    st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=80),
)
def test_never_more_is_taken_than_the_burst_and_what_time_has_given(
    burst: int, a_minute: int, pauses: list[float]
) -> None:
    clock = Seconds()
    buckets = Buckets(clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        taken += buckets.take("a", Allowance(burst, a_minute)) == 0
    assert taken <= burst + clock.now * a_minute / 60 + 1e-6


@given(st.integers(1, 20), st.integers(1, 600))
def test_after_the_seconds_told_there_is_one_again(burst: int, a_minute: int) -> None:
    clock = Seconds()
    buckets = Buckets(clock)
    allowance = Allowance(burst, a_minute)
    waits = [buckets.take("a", allowance) for _ in range(burst + 1)]
    assert waits[:-1] == [0] * burst
    clock.now += waits[-1] + 1e-6
    assert buckets.take("a", allowance) == 0


def test_one_name_does_not_use_up_anothers() -> None:
    buckets = Buckets(Seconds())
    once = Allowance(1, 1)
    assert [buckets.take(name, once) > 0 for name in ("a", "b", "a", "b")] == [False, False, True, True]


def test_no_rate_is_no_limit() -> None:
    buckets = Buckets(Seconds())
    assert not any(buckets.take("a", Allowance(0, 0)) for _ in range(100))


@pytest.fixture
def strict(parts: Parts) -> Iterator[TestClient]:
    settings = parts.settings.model_copy(update={"messages_a_minute": 4})
    with TestClient(create_app(replace(parts, settings=settings))) as made:
        yield made


def test_a_conversation_that_says_too_much_is_told_plainly_and_when_to_go_on(strict: TestClient) -> None:
    one, other = (strict.post("/api/conversations").json() for _ in range(2))

    def say(chat: dict[str, str], number: int) -> int:
        return strict.post(
            f"/api/conversations/{chat['conversation']}/messages",
            headers={"Authorization": f"Bearer {chat['token']}"},
            json={"client_txn_id": f"t{number}", "text": "你好"},
        ).status_code

    assert [say(one, number) for number in range(3)] == [200, 200, 429]
    assert say(other, 1) == 200
    refused = strict.post(f"/api/conversations/{one['conversation']}/messages")
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert 0 < int(refused.headers["retry-after"]) <= 15
    assert "秒后再试" in refused.json()["detail"]


def test_an_address_that_asks_too_much_is_told_in_words_a_browser_shows(parts: Parts) -> None:
    settings = parts.settings.model_copy(update={"requests_a_minute": 4})
    with TestClient(create_app(replace(parts, settings=settings))) as client:
        answers = [client.get("/chat", headers={"Accept": "text/html"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].headers["content-type"].startswith("text/plain")
        assert "太快" in answers[-1].text
        assert client.get("/healthz").status_code == 200


def test_all_addresses_of_one_ipv6_network_share_one_allowance(parts: Parts) -> None:
    settings = parts.settings.model_copy(update={"requests_a_minute": 4})
    app = create_app(replace(parts, settings=settings))

    def statuses(*hosts: str) -> list[int]:
        return [TestClient(app, client=(host, 1)).get("/api/suggestions?q=x").status_code for host in hosts]

    assert statuses("2001:db8::1", "2001:db8::2", "2001:db8::3") == [200, 200, 429]
    assert statuses("2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1") == [200, 200, 200, 429]
