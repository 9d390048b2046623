"""The outbox and its sending, to a real HTTP receiver."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot import handoff, log, outbox
from bot.outbox import ATTEMPTS, FIRST_DELAY, LONGEST_DELAY, DeliveryRow, WebhookRow
from bot.webhooks import Webhooks
from store.database import Database
from tests.fakes import FakeClock


@dataclass
class Receiver:
    """Another system that keeps what it is told, or refuses it with ``status``."""

    url: str = ""
    status: int = 200
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.told.append((dict(self.headers), body))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def database(either_database: Database) -> Database:
    return either_database


@pytest.fixture
async def webhooks(database: Database, clock: FakeClock) -> AsyncIterator[Webhooks]:
    made = Webhooks(database, clock)
    yield made
    await made.close()


@pytest.fixture
def hook(database: Database, receiver: Receiver, clock: FakeClock) -> WebhookRow:
    with database.writing() as session:
        return outbox.subscribe(session, receiver.url, ["handoff.requested"], clock())


def ask(database: Database, clock: FakeClock) -> str:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
        handoff.request(session, chat, "complaint", clock())
    return chat.id


async def test_a_happening_is_told_once_signed_with_the_hooks_secret(
    database: Database, webhooks: Webhooks, hook: WebhookRow, receiver: Receiver, clock: FakeClock
) -> None:
    chat = ask(database, clock)
    assert await webhooks.turn() == 1
    assert await webhooks.turn() == 0
    [(headers, body)] = receiver.told
    told = json.loads(body)
    assert (told["event"], told["conversation"], told["skill"]) == ("handoff.requested", chat, "其他")
    signed = headers["X-Shuiwen-Timestamp"].encode() + b"." + body
    expected = hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Shuiwen-Signature"] == f"sha256={expected}"


async def test_what_is_not_wanted_is_not_told(
    database: Database, webhooks: Webhooks, hook: WebhookRow, receiver: Receiver, clock: FakeClock
) -> None:
    assert hook.events == ["handoff.requested"]
    chat = ask(database, clock)
    await webhooks.turn()
    with database.writing() as session:
        handoff.withdraw(session, log.load(session, chat), clock())
    await webhooks.turn()
    assert len(receiver.told) == 1


@pytest.mark.usefixtures("hook")
async def test_what_is_refused_is_sent_again_later_and_is_the_same_delivery(
    database: Database, webhooks: Webhooks, receiver: Receiver, clock: FakeClock
) -> None:
    ask(database, clock)
    receiver.status = 503
    assert await webhooks.turn() == 0
    assert await webhooks.turn() == 0
    assert len(receiver.told) == 1
    receiver.status = 204
    clock.at += FIRST_DELAY
    assert await webhooks.turn() == 1
    first, second = (headers["X-Shuiwen-Delivery"] for headers, _ in receiver.told)
    assert first == second


@pytest.mark.usefixtures("hook")
async def test_after_the_last_attempt_it_is_given_up_with_its_problem(
    database: Database, webhooks: Webhooks, receiver: Receiver, clock: FakeClock
) -> None:
    ask(database, clock)
    receiver.status = 500
    for _ in range(ATTEMPTS + 2):
        await webhooks.turn()
        clock.at += LONGEST_DELAY
    assert len(receiver.told) == ATTEMPTS
    with database.reading() as session:
        [row] = session.scalars(select(DeliveryRow)).all()
    assert (row.next_at, row.delivered_at, row.problem) == (None, None, "the receiver answered 500")


@pytest.mark.usefixtures("hook")
async def test_of_two_processes_one_sends_it(
    database: Database, receiver: Receiver, clock: FakeClock
) -> None:
    ask(database, clock)
    one, other = Webhooks(database, clock), Webhooks(database, clock)
    assert await one.turn() + await other.turn() == 1
    await one.close()
    await other.close()
    assert len(receiver.told) == 1


def test_a_move_that_is_undone_is_told_to_nobody(
    database: Database, hook: WebhookRow, clock: FakeClock
) -> None:
    assert hook.id

    def fail() -> None:
        with database.writing() as session:
            chat, _ = log.open_conversation(session, "web", "", clock())
            handoff.request(session, chat, "complaint", clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as session:
        assert session.scalars(select(DeliveryRow)).all() == []


@given(st.integers(1, 1_000))
def test_the_delay_grows_and_stays_within_an_hour(attempts: int) -> None:
    assert FIRST_DELAY <= outbox.delay(attempts) <= outbox.delay(attempts + 1) <= LONGEST_DELAY
    assert outbox.delay(2) - outbox.delay(1) == timedelta(seconds=10)
