"""One owner, a total order, nothing lost or doubled, whoever comes between whom.

`SHUIWEN_INTERLEAVINGS=10000 pytest tests/bot/test_ownership.py` runs that many on each database.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from bot import handoff, log, roster, tickets
from bot.assignment import ABSENCE, Assignment
from bot.conversation import MOVES, Conversation, Event, Inbound, Move, MoveRefused, Reply
from bot.exchange import Exchange
from bot.feed import Feed
from bot.handoff import ACCEPT_TIME
from bot.rasa import RasaFailed, Turn
from bot.tickets import TicketRow
from store.database import Database
from tests.fakes import FakeClock

INTERLEAVINGS = int(os.environ.get("SHUIWEN_INTERLEAVINGS", "60"))
STEPS = 16
AGENTS = ("小王", "小李")
SAYINGS = ("小规模免税吗", "转人工", "取消排队", "留言 退税 13800138000", "在吗")
HANDED_OFF = Reply("好的。", "handed_off", reason="asked_for_agent")
ANSWER = Reply("免征增值税。", "answered")


class HeldDialogue:
    """An assistant that thinks until it is told what to say, one question at a time."""

    def __init__(self) -> None:
        self.thinking: asyncio.Future[Reply] | None = None
        self.asked = asyncio.Event()

    async def respond(
        self,
        sender: str,  # noqa: ARG002
        text: str,  # noqa: ARG002
        metadata: dict[str, Any],  # noqa: ARG002
        state: dict[str, Any] | None,  # noqa: ARG002
    ) -> Turn:
        self.thinking = asyncio.get_running_loop().create_future()
        self.asked.set()
        return Turn((await self.thinking,), {})

    async def alive(self) -> bool:
        return True


@dataclass(frozen=True)
class Sent:
    txn: str
    text: str


class Interleaving(RuleBasedStateMachine):
    """Customer, assistant, two agents, the queue's clock and crashes, in any order, on a real database."""

    database: Database

    @initialize()
    def open(self) -> None:
        self.clock = FakeClock()
        self.loop = asyncio.new_event_loop()
        with self.database.writing() as session:
            self.chat = log.open_conversation(session, "web", "", self.clock())[0].id
        self.sent: list[Sent] = []
        self.acknowledged: set[str] = set()
        self.cut_off: set[str] = set()
        self.seen: dict[str, Conversation] = {}
        self.start()

    def start(self) -> None:
        self.dialogue = HeldDialogue()
        self.exchange = Exchange(self.database, self.dialogue, Feed(), self.clock, deadline_s=60)
        self.assignment = Assignment(self.database, Feed(), self.clock)
        self.turns: list[asyncio.Task[Any]] = []

    def run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    def begin(self, deed: Callable[[], Any]) -> None:
        """Let ``deed`` run until it is over or the assistant thinks."""

        async def until_quiet() -> None:
            self.turns.append(asyncio.ensure_future(deed()))
            await self.quiet()

        self.run(until_quiet())

    def send(self, message: Sent) -> None:
        async def receive() -> None:
            await self.exchange.receive(Inbound(self.chat, message.txn, message.text))
            self.acknowledged.add(message.txn)

        self.begin(receive)

    async def quiet(self) -> None:
        """Wait until every turn is over but those behind the assistant's present thought."""
        self.turns = [turn for turn in self.turns if not turn.done()]
        if not self.turns or (self.dialogue.thinking and not self.dialogue.thinking.done()):
            await asyncio.sleep(0)
            return
        asked = asyncio.ensure_future(self.dialogue.asked.wait())
        await asyncio.wait([asked, *self.turns], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        self.dialogue.asked.clear()
        await self.quiet()

    @rule(text=st.sampled_from(SAYINGS))
    def customer_writes(self, text: str) -> None:
        message = Sent(f"t{len(self.sent)}", text)
        self.sent.append(message)
        self.send(message)

    @rule(which=st.integers(0, 30))
    def customer_sends_again(self, which: int) -> None:
        """A retry, perhaps while the first try is under way."""
        if self.sent:
            message = self.sent[which % len(self.sent)]
            self.send(message)

    @rule(reply=st.sampled_from([ANSWER, HANDED_OFF, None]))
    def assistant_speaks(self, reply: Reply | None) -> None:
        thinking = self.dialogue.thinking
        if thinking is None or thinking.done():
            return
        owner, said = self.now().owner, self.said_by_assistant()
        if reply:
            thinking.set_result(reply)
        else:
            thinking.set_exception(RasaFailed("down"))
        self.run(self.quiet())
        assert owner != "agent" or self.said_by_assistant() == said

    def now(self) -> Conversation:
        with self.database.reading() as session:
            return log.load(session, self.chat)

    def said_by_assistant(self) -> int:
        with self.database.reading() as session:
            return sum(event.author == "assistant" for event in log.events_after(session, self.chat))

    @rule()
    def process_crashes(self) -> None:
        """All that was under way is gone; a new process answers what is owed."""

        async def die() -> None:
            for turn in self.turns:
                turn.cancel()
            await asyncio.gather(*self.turns, return_exceptions=True)

        self.run(die())
        with self.database.reading() as session:
            written = _written(log.events_after(session, self.chat))
        self.cut_off |= {message.txn for message in self.sent} - set(written)
        self.start()
        self.begin(self.exchange.resume)

    @rule(agent=st.sampled_from(AGENTS))
    def agent_looks(self, agent: str) -> None:
        """What an agent acts on later may be stale by then."""
        with self.database.reading() as session:
            self.seen[agent] = log.load(session, self.chat)

    @rule(
        agent=st.sampled_from(AGENTS),
        deed=st.sampled_from(["claim", "claim", "reply", "return", "close", "transfer", "take_over"]),
        fresh=st.booleans(),
    )
    def agent_acts(self, agent: str, deed: str, fresh: bool) -> None:
        if fresh or agent not in self.seen:
            self.agent_looks(agent)
        chat, now, before = self.seen[agent], self.clock(), self.now()
        try:
            with self.database.writing() as session:
                match deed:
                    case "claim":
                        handoff.claim(session, chat, agent, agent, now)
                    case "reply":
                        handoff.reply(session, log.load(session, self.chat, lock=True), agent, "您好", now)
                    case "return":
                        handoff.give_back(session, chat, agent, now)
                    case "close":
                        handoff.close(session, chat, agent, now)
                    case "transfer":
                        handoff.transfer(session, chat, agent, now, colleague=AGENTS[agent == AGENTS[0]])
                    case "take_over":
                        handoff.take_over(session, chat, agent, now)
        except MoveRefused:
            return
        allowed = {"agent"} if deed == "reply" else MOVES[cast(Move, deed)][0]
        assert before.owner in allowed
        assert deed in ("claim", "take_over") or before.agent == agent

    @precondition(lambda self: self.dialogue.thinking and not self.dialogue.thinking.done())
    @rule(agent=st.sampled_from(AGENTS), then=st.sampled_from(["reply", "return", "close", "transfer"]))
    def agent_comes_while_the_assistant_thinks(self, agent: str, then: str) -> None:
        self.agent_acts(agent, "take_over", fresh=True)
        if then != "reply":
            self.agent_acts(agent, then, fresh=True)

    @rule(agent=st.sampled_from(AGENTS), ready=st.booleans())
    def agent_is_there(self, agent: str, ready: bool) -> None:
        with self.database.writing() as session:
            roster.seen(session, agent, self.clock(), ready)

    @rule(passes=st.sampled_from([timedelta(0), ACCEPT_TIME, ABSENCE]))
    def time_passes_and_the_queue_is_worked(self, passes: timedelta) -> None:
        self.clock.at += passes
        self.assignment.assign()

    @invariant()
    def there_is_one_owner(self) -> None:
        with self.database.reading() as session:
            chat, ticket = log.load(session, self.chat), tickets.of(session, self.chat)
            open_tickets = session.scalar(
                select(func.count()).where(TicketRow.conversation == self.chat, TicketRow.ended_at.is_(None))
            )
        assert (chat.agent is not None) == (chat.owner == "agent")
        assert open_tickets == (chat.owner in ("waiting", "agent"))
        assert (ticket.agent if ticket else None) == chat.agent

    @invariant()
    def the_log_is_one_order_without_loss_or_doubles(self) -> None:
        with self.database.reading() as session:
            events = log.events_after(session, self.chat)
            assert [event.seq for event in events] == list(
                range(1, log.load(session, self.chat).last_seq + 1)
            )
        written = _written(events)
        in_time = [txn for txn in written if txn not in self.cut_off]
        assert in_time == [message.txn for message in self.sent if message.txn in in_time]
        assert len(written) == len(set(written))
        assert self.acknowledged <= set(written)
        _nobody_talks_over_an_agent(events)
        _each_message_is_answered_once(events)

    def teardown(self) -> None:
        """In the end every message is in the log once: what a crash cut off is sent again by its client."""
        if not hasattr(self, "loop"):
            return
        self.process_crashes()
        while self.dialogue.thinking and not self.dialogue.thinking.done():
            self.assistant_speaks(ANSWER)
        for message in list(self.sent):
            self.send(message)
            while self.dialogue.thinking and not self.dialogue.thinking.done():
                self.assistant_speaks(ANSWER)
        with self.database.reading() as session:
            events = log.events_after(session, self.chat)
            owner = log.load(session, self.chat).owner
            owed = [event for event in log.unanswered(session) if event.conversation == self.chat]
        assert sorted(_written(events)) == sorted(message.txn for message in self.sent)
        assert not owed or owner != "assistant"
        _nobody_talks_over_an_agent(events)
        _each_message_is_answered_once(events)
        self.loop.close()


def _written(events: list[Event]) -> list[str]:
    """The names of the customer's messages as they stand in the log."""
    return [str(event.client_txn_id) for event in events if event.author == "customer"]


def _nobody_talks_over_an_agent(events: list[Event]) -> None:
    """Between an agent's coming, which the log tells, and their going, the assistant is silent."""
    served = False
    for event in events:
        notice = event.data.get("notice")
        if notice in ("claimed", "returned", "closed", "transferred", "lapsed"):
            served = notice == "claimed"
        assert not (served and event.author == "assistant"), event
    for event in events:
        assert event.author != "agent" or event.staff in AGENTS


def _each_message_is_answered_once(events: list[Event]) -> None:
    answered = [event.reply_to for event in events if event.author == "assistant"]
    assert len(answered) == len(set(answered))


def interleave(database: Database, runs: int) -> None:
    machine = type("OnDatabase", (Interleaving,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )


def test_random_interleavings_keep_one_owner_and_one_order_and_lose_and_double_nothing(
    either_database: Database,
) -> None:
    interleave(either_database, INTERLEAVINGS)


def test_of_agents_who_claim_at_the_same_moment_one_wins(either_database: Database, clock: FakeClock) -> None:
    with either_database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
        handoff.request(session, chat, "complaint", clock())

    def claim(agent: str) -> bool:
        try:
            with either_database.writing() as session:
                handoff.claim(session, log.load(session, chat.id, lock=True), agent, agent, clock())
        except MoveRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, [f"agent{number}" for number in range(8)])) == 1


async def test_a_retry_that_reaches_another_process_gets_the_same_one_reply(
    either_database: Database, clock: FakeClock
) -> None:
    with either_database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
    dialogues = [HeldDialogue(), HeldDialogue()]
    exchanges = [Exchange(either_database, dialogue, Feed(), clock) for dialogue in dialogues]
    message = Inbound(chat.id, "t1", "小规模免税吗")
    turns = [asyncio.ensure_future(exchange.receive(message)) for exchange in exchanges]
    for dialogue in dialogues:
        await dialogue.asked.wait()
    for dialogue in dialogues:
        assert dialogue.thinking
        dialogue.thinking.set_result(ANSWER)
    first, second = await asyncio.gather(*turns)
    assert first == second
    with either_database.reading() as session:
        assert [event.author for event in log.events_after(session, chat.id)] == ["customer", "assistant"]


async def test_a_late_reply_of_the_assistant_is_dropped_and_logged(
    either_database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with either_database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
    dialogue = HeldDialogue()
    exchange = Exchange(either_database, dialogue, Feed(), clock)
    turn = asyncio.ensure_future(exchange.receive(Inbound(chat.id, "t1", "小规模免税吗")))
    await dialogue.asked.wait()
    with either_database.writing() as session:
        handoff.take_over(session, log.load(session, chat.id), "小王", clock())
    assert dialogue.thinking
    dialogue.thinking.set_result(ANSWER)
    assert await turn == []
    assert "late reply was dropped" in caplog.text
    with either_database.reading() as session:
        assert [event.author for event in log.events_after(session, chat.id)] == ["customer"]
