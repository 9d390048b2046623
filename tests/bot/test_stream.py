"""What a person's client hears while it is open, and how a message is left."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import cases, handoff, log, marks, roster
from bot.channels.web.routes import PAGE, follow
from bot.contact import contact_in, masked
from bot.conversation import Conversation, Inbound, Reply
from bot.exchange import Exchange
from bot.feed import Feed
from bot.originals import NoOriginal
from bot.outlook import Outlook
from bot.vault import Vault, WrongKey, new_key
from store.database import Database
from tests.fakes import FakeClock, FakeDialogue

HANDED_OFF = Reply("好的。", "handed_off", reason="asked_for_agent")


@pytest.fixture
def chat(database: Database, clock: FakeClock) -> Conversation:
    with database.writing() as session:
        return log.open_conversation(session, "web", "", clock())[0]


class Client:
    """Reads a stream and takes its events apart."""

    def __init__(self, stream: AsyncIterator[str]) -> None:
        self._stream = stream

    async def next(self, name: str) -> dict[str, Any]:
        """The next event of that name; ``message`` is a line of the log."""
        async for text in self._stream:
            fields = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
            if "data" in fields and fields.get("event", "message") == name:
                data: dict[str, Any] = json.loads(fields["data"])
                return data
        raise AssertionError(f"the stream ended without {name}")


@pytest.fixture
async def client(
    database: Database, feed: Feed, chat: Conversation, clock: FakeClock
) -> AsyncIterator[Client]:
    async def never() -> bool:
        return False

    stream = follow(database, feed, Outlook(database, clock), chat.id, 0, never)
    yield Client(stream)
    await stream.aclose()  # type: ignore[attr-defined]


async def test_who_waits_hears_the_place_and_hears_it_again_when_it_changes(
    client: Client, database: Database, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        earlier, _ = log.open_conversation(session, "web", "", clock())
        handoff.request(session, earlier, "asked_for_agent", clock())
        handoff.request(session, chat, "asked_for_agent", clock())
    assert await client.next("queue") == {"place": 2, "estimate_seconds": None, "present": False}
    with database.writing() as session:
        handoff.withdraw(session, log.load(session, earlier.id), clock())
    assert await client.next("queue") == {"place": 1, "estimate_seconds": None, "present": False}


async def test_the_agents_typing_and_reading_are_heard_but_stand_in_no_log(
    client: Client, database: Database, feed: Feed, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        log.append(session, chat.id, "customer", "在吗", clock())
    await client.next("message")
    feed.say(chat.id, {"event": "typing", "who": "customer"})
    feed.say(chat.id, {"event": "typing", "who": "agent"})
    feed.say(chat.id, {"event": "seen", "seq": 1, "by": "agent"})
    assert await client.next("typing") == {"who": "agent"}
    assert await client.next("seen") == {"seq": 1, "by": "agent"}
    with database.reading() as session:
        assert len(log.events_after(session, chat.id)) == 1


async def test_a_reopened_page_hears_how_far_the_agent_has_read(
    client: Client, database: Database, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        log.append(session, chat.id, "customer", "在吗", clock())
        assert marks.mark(session, chat.id, "agent", 9, 1) == 1
        assert marks.mark(session, chat.id, "agent", 1, 1) is None
    assert await client.next("seen") == {"seq": 1, "by": "agent"}


async def test_the_whole_history_comes_before_it_is_said_to_be_caught_up_and_that_once(
    database: Database, feed: Feed, chat: Conversation, clock: FakeClock
) -> None:
    with database.writing() as session:
        for number in range(PAGE + 1):
            log.append(session, chat.id, "customer", f"第{number}句", clock())

    async def never() -> bool:
        return False

    stream = follow(database, feed, Outlook(database, clock), chat.id, 0, never)
    heard = ""
    async for text in stream:
        heard += text
        if "caught_up" in text:
            break
    assert heard.count("\nid: ") + heard.startswith("id: ") == PAGE + 1
    feed.say(chat.id, {"event": "typing", "who": "agent"})
    assert "typing" in await anext(stream)
    with database.writing() as session:
        log.append(session, chat.id, "customer", "新的", clock())
    feed.ring(chat.id)
    assert "新的" in await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]


async def test_who_was_just_taken_over_hears_nothing_more_of_the_queue(
    database: Database, feed: Feed, chat: Conversation, clock: FakeClock
) -> None:
    outlook = Outlook(database, clock)
    with database.writing() as session:
        handoff.request(session, chat, "asked_for_agent", clock())
    assert outlook.of(chat.id)
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat.id), "a1", "小王", clock())

    async def never() -> bool:
        return False

    stream = follow(database, feed, outlook, chat.id, 0, never)
    heard = ""
    while "caught_up" not in heard:
        heard += await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    assert "小王" in heard
    assert "event: queue" not in heard


async def test_a_message_is_left_without_waiting_first(
    exchange: Exchange, dialogue: FakeDialogue, database: Database, chat: Conversation
) -> None:
    [asked] = await exchange.receive(Inbound(chat.id, "t1", "留言"))
    assert (asked.data["outcome"], asked.data["reason"]) == ("collecting", "contact")
    [told] = await exchange.receive(Inbound(chat.id, "t2", "留言 发票怎么红冲 zhang@example.cn"))
    assert "z***@example.cn" in told.text
    assert dialogue.heard == []
    with database.reading() as session:
        assert [(case.skill, case.contact) for case in cases.undone(session)] == [("发票", "z***@example.cn")]
        assert "zhang@" not in log.events_after(session, chat.id)[2].text


async def test_who_writes_english_hears_of_the_queue_in_english(
    exchange: Exchange, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.replies = [Reply("A tax officer will take over. ", "handed_off", reason="asked_for_agent")]
    [told] = await exchange.receive(Inbound(chat.id, "t1", "I want to talk to an agent please"))
    [again] = await exchange.receive(Inbound(chat.id, "t2", "Are you still there, please?"))
    assert "You are in the queue with 0 before you. Nobody is on duty now." in told.text
    assert "Service hours begin 23 November, 09:00 China time." in told.text
    assert again.text.startswith("A tax officer will see your message.")


async def test_who_waits_can_leave_a_message_and_goes_on_with_the_assistant(
    exchange: Exchange, dialogue: FakeDialogue, database: Database, chat: Conversation
) -> None:
    dialogue.replies = [HANDED_OFF]
    await exchange.receive(Inbound(chat.id, "t1", "转人工"))
    [asked] = await exchange.receive(Inbound(chat.id, "t2", "留言 注销带什么材料"))
    assert (asked.data["outcome"], "手机号或邮箱" in asked.text) == ("collecting", True)
    [told] = await exchange.receive(Inbound(chat.id, "t3", "留言 注销带什么材料 13800138000"))
    assert "138****8000" in told.text
    with database.reading() as session:
        assert log.load(session, chat.id).owner == "assistant"
        [case] = cases.undone(session)
    assert (case.id, case.skill, case.contact) == (told.data["case"], "征管", "138****8000")
    assert "13800138000" not in case.text
    assert "没有保存完整的联系方式" in told.text


async def test_with_a_key_the_contact_of_a_left_message_is_kept_sealed(
    database: Database, dialogue: FakeDialogue, feed: Feed, clock: FakeClock, chat: Conversation
) -> None:
    vault = Vault(new_key())
    exchange = Exchange(database, dialogue, feed, clock, 0.5, vault=vault)
    dialogue.replies = [HANDED_OFF]
    await exchange.receive(Inbound(chat.id, "t1", "转人工"))
    [told] = await exchange.receive(Inbound(chat.id, "t2", "留言 注销带什么材料 138 0013 8000"))
    assert "通过138****8000与您联系" in told.text
    with database.reading() as session:
        [case] = cases.undone(session)
        assert "0013" not in f"{case.text} {case.contact} {case.sealed}"
        assert cases.reveal(session, case.id, vault) == "138 0013 8000"
        with pytest.raises(WrongKey):
            cases.reveal(session, case.id, Vault(new_key()))
        with pytest.raises(NoOriginal):
            cases.reveal(session, case.id, None)


async def test_the_handed_off_reply_says_the_group_and_the_place(
    exchange: Exchange, dialogue: FakeDialogue, chat: Conversation
) -> None:
    dialogue.replies = [
        Reply("我没有把握。", "handed_off", reason="low_confidence", evidence={"tax": ["发票"]})
    ]
    [reply] = await exchange.receive(Inbound(chat.id, "t1", "这个怎么办"))
    assert (reply.data["skill"], reply.data["place"], reply.data["estimate_seconds"]) == ("发票", 1, None)


async def test_a_returned_conversation_does_not_hand_off_again_on_old_context(
    exchange: Exchange, dialogue: FakeDialogue, database: Database, chat: Conversation, clock: FakeClock
) -> None:
    dialogue.replies, dialogue.state = [HANDED_OFF], {"slots": {"clarifications": 1}}
    await exchange.receive(Inbound(chat.id, "t1", "转人工"))
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat.id), "a1", "小王", clock())
        handoff.give_back(session, log.load(session, chat.id), "a1", clock())
    dialogue.replies = [Reply("免征。", "answered")]
    [reply] = await exchange.receive(Inbound(chat.id, "t2", "小规模免税吗"))
    assert reply.data["outcome"] == "answered"
    assert dialogue.states[-1] is None
    assert dialogue.heard[-1][0] != dialogue.heard[0][0]


def test_presence_is_of_the_browser_and_ends_with_it(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        assert roster.seen(session, "a1", clock(), ready=True) == "ready"
        assert roster.seen(session, "a1", clock()) == "ready"
        clock.at += roster.PRESENCE_LIFE
        assert roster.ready(session, clock()) == []
        assert roster.seen(session, "a1", clock()) == "ready"
        clock.at += roster.CHOICE_LIFE
        assert roster.seen(session, "a1", clock()) == "away"
        roster.left(session, "a1")
        assert roster.seats(session, clock())["a1"].presence == "gone"


@pytest.mark.parametrize(
    ("text", "contact", "shown"),
    [
        ("请回电 138 0013 8000 谢谢", "138 0013 8000", "138****8000"),
        ("010-62345678", "010-62345678", "010****5678"),
        ("写信到 zhang@example.com.cn。", "zhang@example.com.cn", "z***@example.com.cn"),
        ("税号91110108MA01234567", None, None),
    ],
)
def test_a_way_to_be_reached_is_found_and_shown_masked(
    text: str, contact: str | None, shown: str | None
) -> None:
    found = contact_in(text)
    assert found == contact
    assert (masked(found) if found else None) == shown


async def test_a_stream_ends_when_the_server_stops(client: Client, feed: Feed) -> None:
    await client.next("caught_up")
    feed.close()
    with pytest.raises(AssertionError, match="ended"):
        await client.next("message")
