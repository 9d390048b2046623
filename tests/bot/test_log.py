from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import log
from store.database import Database
from tests.fakes import FakeClock


def test_lines_written_at_once_get_numbers_without_holes(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())

    def write(number: int) -> None:
        with database.writing() as session:
            log.enter(session, chat.id, f"t{number % 20}", f"{number}", clock())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with database.reading() as session:
        assert [event.seq for event in log.events_after(session, chat.id)] == list(range(1, 21))


def test_a_token_opens_its_own_conversation_only(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        mine, token = log.open_conversation(session, "web", "", clock())
        other, _ = log.open_conversation(session, "web", "", clock())
        assert log.authenticate(session, mine.id, token).id == mine.id
        for conversation in (other.id, "nobody"):
            with pytest.raises(log.UnknownConversation):
                log.authenticate(session, conversation, token)


def test_a_named_sender_keeps_one_conversation(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        first = log.find_or_open(session, "rest", "user-1", clock())
        assert log.find_or_open(session, "rest", "user-1", clock()).id == first.id
        assert log.find_or_open(session, "rest", "user-2", clock()).id != first.id


def test_events_are_read_from_after_the_last_one_seen(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
        for text in "甲乙丙":
            log.append(session, chat.id, "customer", text, clock())
        assert [event.text for event in log.events_after(session, chat.id, 1)] == ["乙", "丙"]
