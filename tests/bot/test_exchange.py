from __future__ import annotations

import asyncio
import sqlite3

import pytest

from bot import handoff, log
from bot.conversation import Conversation, Event, Inbound, Reply
from bot.exchange import Exchange
from bot.routing import LONGEST_MESSAGE
from store.database import Database, DatabaseUnavailable
from tests.fakes import FakeClock, FakeDialogue

HANDED_OFF = Reply("好的。", "handed_off", reason="asked_for_agent")


@pytest.fixture
def chat(database: Database, clock: FakeClock) -> Conversation:
    with database.writing() as session:
        return log.open_conversation(session, "web", "", clock())[0]


def lines(database: Database, chat: Conversation) -> list[Event]:
    with database.reading() as session:
        return log.events_after(session, chat.id)


def now(database: Database, chat: Conversation) -> Conversation:
    with database.reading() as session:
        return log.load(session, chat.id)


async def test_a_message_and_its_reply_stand_in_the_log_in_order(
    exchange: Exchange, database: Database, chat: Conversation
) -> None:
    await exchange.receive(Inbound(chat.id, "t1", "你好"))
    assert [(e.seq, e.author, e.reply_to) for e in lines(database, chat)] == [
        (1, "customer", None),
        (2, "assistant", 1),
    ]


async def test_a_retry_gets_the_first_reply_and_makes_no_second_message(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation
) -> None:
    first = await exchange.receive(Inbound(chat.id, "t1", "你好"))
    again = await exchange.receive(Inbound(chat.id, "t1", "你好"))
    assert again == first
    assert len(lines(database, chat)) == 2
    assert len(dialogue.heard) == 1


async def test_a_retry_that_overtakes_its_first_try_waits_for_it(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.slow_s = 0.05
    both = await asyncio.gather(*(exchange.receive(Inbound(chat.id, "t1", "你好")) for _ in range(2)))
    assert both[0] == both[1]
    assert len(lines(database, chat)) == 2


async def test_messages_of_one_person_are_answered_in_the_order_they_came(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.slow_s = 0.01
    texts = [f"第{i}个问题" for i in range(8)]
    await asyncio.gather(*(exchange.receive(Inbound(chat.id, text, text)) for text in texts))
    assert [e.text for e in lines(database, chat) if e.author == "customer"] == texts
    assert [heard[1] for heard in dialogue.heard] == texts


async def test_when_rasa_fails_the_person_is_told_and_the_second_time_gets_a_person(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.down = True
    [first] = await exchange.receive(Inbound(chat.id, "t1", "小规模免税吗"))
    [second] = await exchange.receive(Inbound(chat.id, "t2", "小规模免税吗"))
    assert first.data["outcome"] == "failed"
    assert (second.data["outcome"], second.data["reason"]) == ("handed_off", "assistant_down")
    assert now(database, chat).owner == "waiting"
    assert [e.author for e in lines(database, chat)].count("customer") == 2


async def test_a_dialogue_that_misses_the_deadline_counts_as_failed(
    exchange: Exchange, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.slow_s = 5
    [reply] = await exchange.receive(Inbound(chat.id, "t1", "小规模免税吗"))
    assert reply.data["outcome"] == "failed"


async def test_a_handed_off_conversation_waits_and_is_told_its_place(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        earlier, _ = log.open_conversation(session, "web", "", clock())
        handoff.request(session, earlier, "complaint", clock())
    dialogue.replies = [HANDED_OFF]
    [reply] = await exchange.receive(Inbound(chat.id, "t1", "转人工"))
    assert reply.data["place"] == 2
    assert "前面还有1位" in reply.text
    assert now(database, chat).reason == "asked_for_agent"


async def test_while_an_agent_owns_a_conversation_rasa_is_not_asked(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        waiting, _ = handoff.request(session, chat, "complaint", clock())
        handoff.claim(session, waiting, "a1", "小王", clock())
    assert await exchange.receive(Inbound(chat.id, "t1", "在吗")) == []
    assert dialogue.heard == []
    assert lines(database, chat)[-1].text == "在吗"


async def test_a_reply_that_comes_after_a_person_took_over_is_dropped(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation, clock: FakeClock
) -> None:
    def take_over() -> None:
        with database.writing() as session:
            waiting, _ = handoff.request(session, chat, "complaint", clock())
            handoff.claim(session, waiting, "a1", "小王", clock())

    dialogue.meanwhile = take_over
    assert await exchange.receive(Inbound(chat.id, "t1", "小规模免税吗")) == []
    assert "assistant" not in [e.author for e in lines(database, chat)]


async def test_a_complaint_from_who_waits_already_moves_them_up(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        earlier, _ = log.open_conversation(session, "web", "", clock())
        handoff.request(session, earlier, "asked_for_agent", clock())
    dialogue.replies = [HANDED_OFF]
    [reply] = await exchange.receive(Inbound(chat.id, "t1", "转人工"))
    assert reply.data["place"] == 2
    [reply] = await exchange.receive(Inbound(chat.id, "t2", "等太久了，我要投诉"))
    assert reply.data["place"] == 1


async def test_who_waits_can_leave_the_queue(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.replies = [HANDED_OFF]
    await exchange.receive(Inbound(chat.id, "t1", "转人工"))
    [reply] = await exchange.receive(Inbound(chat.id, "t2", "取消排队"))
    assert reply.data["outcome"] == "smalltalk"
    assert now(database, chat).owner == "assistant"


async def test_a_closed_conversation_starts_anew_when_its_person_writes_again(
    exchange: Exchange, database: Database, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        waiting, _ = handoff.request(session, chat, "complaint", clock())
        handoff.claim(session, waiting, "a1", "小王", clock())
        handoff.close(session, log.load(session, chat.id), "a1", clock())
    [reply] = await exchange.receive(Inbound(chat.id, "t1", "再问一个"))
    assert reply.author == "assistant"
    assert now(database, chat).dialogue > chat.dialogue


@pytest.mark.parametrize("text", ["", "税" * 100_000])
async def test_a_message_that_cannot_be_taken_is_refused_and_logged_once(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: Conversation, text: str
) -> None:
    [reply] = await exchange.receive(Inbound(chat.id, "t1", text))
    assert reply.data["outcome"] == "refused"
    assert dialogue.heard == []
    [logged] = [e for e in lines(database, chat) if e.author == "customer"]
    assert logged.text == text[:LONGEST_MESSAGE]


async def test_what_the_dialogue_knows_is_given_back_to_it_with_the_next_message(
    exchange: Exchange, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.state = {"slots": {"task": "salary", "known": {"gross": "20000"}}, "active_loop": "task_form"}
    await exchange.receive(Inbound(chat.id, "t1", "月薪2万"))
    await exchange.receive(Inbound(chat.id, "t2", "3000"))
    assert dialogue.states == [None, dialogue.state]


async def test_what_was_collected_before_the_hand_off_is_there_for_the_agent_and_gone_for_the_assistant(
    exchange: Exchange, dialogue: FakeDialogue, database: Database, chat: Conversation
) -> None:
    collected = {"task": "rent", "known": {"monthly": "5000"}}
    dialogue.state = {"slots": collected | {"who": None}}
    await exchange.receive(Inbound(chat.id, "t1", "出租房子每月5000要交多少税"))
    dialogue.replies = [Reply("好的。", "handed_off", reason="asked_for_agent")]
    dialogue.state = {"slots": {"task": None, "known": None, "who": "自然人"}}
    await exchange.receive(Inbound(chat.id, "t2", "转人工"))
    with database.reading() as session:
        assert log.load(session, chat.id).state == {"slots": collected | {"who": "自然人"}}
    dialogue.replies = [Reply("在。", "smalltalk")]
    for txn, text in (("t3", "取消排队"), ("t4", "在吗")):
        await exchange.receive(Inbound(chat.id, txn, text))
    assert dialogue.states[-1] is None


async def test_a_message_that_a_crash_left_unanswered_is_answered_after_the_restart(
    exchange: Exchange, database: Database, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        log.enter(session, chat.id, "t1", "小规模免税吗", clock())
    assert await exchange.resume() == 1
    assert [e.author for e in lines(database, chat)] == ["customer", "assistant"]
    assert await exchange.resume() == 0


async def test_a_locked_database_is_told_and_the_retry_then_succeeds(
    exchange: Exchange, database: Database, chat: Conversation
) -> None:
    holder = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        await exchange.receive(Inbound(chat.id, "t1", "你好"))
    holder.execute("ROLLBACK")
    holder.close()
    await exchange.receive(Inbound(chat.id, "t1", "你好"))
    assert [e.author for e in lines(database, chat)] == ["customer", "assistant"]
