from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import handoff, log
from bot.conversation import Conversation, MoveRefused, NotWaiting, NotYours
from store.database import Database
from tests.fakes import FakeClock


@pytest.fixture
def waiting(database: Database, clock: FakeClock) -> Conversation:
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
        return handoff.request(session, chat, "low_confidence", clock())[0]


def test_of_two_agents_who_claim_at_once_one_wins_and_the_other_is_told(
    database: Database, waiting: Conversation, clock: FakeClock
) -> None:
    def claim(agent: str) -> str:
        try:
            with database.writing() as session:
                handoff.claim(session, waiting, agent, agent, clock())
        except NotWaiting:
            return "told"
        return "won"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(claim, [f"agent{i}" for i in range(8)]))
    assert sorted(outcomes) == ["told"] * 7 + ["won"]


def test_only_the_owning_agent_can_reply_return_or_close(
    database: Database, waiting: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        handoff.claim(session, waiting, "a1", "小王", clock())
        claimed = log.load(session, waiting.id)
        with pytest.raises(NotYours):
            handoff.reply(session, claimed, "a2", "您好", clock())
        with pytest.raises(NotYours):
            handoff.give_back(session, claimed, "a2", clock())
        with pytest.raises(NotYours):
            handoff.close(session, claimed, "a2", clock())


def test_a_returned_conversation_starts_clean_with_the_assistant(
    database: Database, waiting: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        log.keep_state(session, waiting.id, {"slots": {"clarifications": 1}}, 1)
        handoff.claim(session, log.load(session, waiting.id), "a1", "小王", clock())
        handoff.give_back(session, log.load(session, waiting.id), "a1", clock())
        back = log.load(session, waiting.id)
    assert (back.owner, back.agent, back.reason, back.state, back.failures) == (
        "assistant",
        None,
        None,
        None,
        0,
    )
    assert back.dialogue == waiting.dialogue + 1


def test_a_waiting_conversation_cannot_be_requested_again(
    database: Database, waiting: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session, pytest.raises(MoveRefused):
        handoff.request(session, waiting, "complaint", clock())


def test_the_place_in_the_queue_counts_those_who_came_before(database: Database, clock: FakeClock) -> None:
    places = []
    with database.writing() as session:
        for _ in range(3):
            chat, _ = log.open_conversation(session, "web", "", clock())
            places.append(handoff.request(session, chat, "complaint", clock())[1])
    assert places == [1, 2, 3]
