from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import handoff, log, outlook, roster, tickets
from bot.assignment import ABSENCE, LEASE_LIFE, Assignment
from bot.conversation import HandoffReason
from bot.feed import Feed
from bot.handoff import ACCEPT_TIME
from bot.outlook import News, in_sentences
from bot.queueing import Ticket
from store.database import Database
from tests.fakes import FakeClock

Asks = Callable[..., str]


@pytest.fixture
def database(either_database: Database) -> Database:
    return either_database


@pytest.fixture
def assignment(database: Database, clock: FakeClock) -> Assignment:
    return Assignment(database, Feed(), clock)


@pytest.fixture
def asks(database: Database, clock: FakeClock) -> Asks:
    """A person who said ``text`` and waits; the conversation."""

    def make(
        text: str = "小规模免税吗", reason: HandoffReason = "asked_for_agent", elder: bool = False
    ) -> str:
        with database.writing() as session:
            chat, _ = log.open_conversation(session, "web", "", clock())
            log.set_elder(session, chat.id, elder)
            log.append(session, chat.id, "customer", text, clock())
            handoff.request(session, log.load(session, chat.id), reason, clock())
        return chat.id

    return make


@pytest.fixture
def present(database: Database, clock: FakeClock) -> Callable[..., None]:
    def come(staff: str, *skills: str, capacity: int = 2) -> None:
        with database.writing() as session:
            roster.assign_skills(session, staff, skills, ["zh"], capacity)
            roster.seen(session, staff, clock(), ready=True)

    return come


@pytest.fixture
def offers(database: Database) -> Callable[[], dict[str, str | None]]:
    def read() -> dict[str, str | None]:
        with database.reading() as session:
            return {ticket.conversation: ticket.offered_to for ticket in tickets.waiting(session)}

    return read


Come = Callable[..., None]
Offers = Callable[[], dict[str, str | None]]


def ticket_of(database: Database, chat: str) -> Ticket | None:
    with database.reading() as session:
        return tickets.of(session, chat)


def test_a_waiting_person_is_offered_to_an_agent_who_knows_the_subject(
    assignment: Assignment, asks: Asks, present: Come, offers: Offers
) -> None:
    chat = asks("小规模免税吗")
    present("个税的人", "个税")
    assert assignment.assign().staff == set()
    present("增值税的人", "增值税")
    assert assignment.assign().staff == {"增值税的人"}
    assert offers() == {chat: "增值税的人"}


def test_an_offer_that_is_not_accepted_in_time_goes_to_the_next(
    assignment: Assignment, asks: Asks, present: Come, offers: Offers, clock: FakeClock
) -> None:
    chat = asks()
    present("甲")
    assignment.assign()
    clock.at += ACCEPT_TIME
    present("甲")
    present("乙")
    assert assignment.assign().staff == {"甲", "乙"}
    assert offers() == {chat: "乙"}


def test_nobody_is_offered_more_than_they_have_room_for(
    assignment: Assignment, asks: Asks, present: Come, offers: Offers
) -> None:
    for _ in range(4):
        asks()
    present("甲", capacity=2)
    present("乙", capacity=1)
    assignment.assign()
    assert sorted(str(offer) for offer in offers().values()) == ["None", "乙", "甲", "甲"]


def test_complaints_and_older_people_come_before_who_came_a_little_earlier(
    assignment: Assignment, asks: Asks, present: Come, offers: Offers
) -> None:
    plain, elder, complaint = asks(), asks(elder=True), asks(reason="complaint")
    present("甲", capacity=2)
    assignment.assign()
    assert offers() == {complaint: "甲", elder: "甲", plain: None}


def test_who_turns_on_the_mode_for_older_people_while_waiting_rises_at_once(
    database: Database, clock: FakeClock
) -> None:
    with database.writing() as session:
        first, second = (log.open_conversation(session, "web", "", clock())[0] for _ in range(2))
        for chat in (first, second):
            handoff.request(session, chat, "asked_for_agent", clock())
        for elder, order in ((True, [second.id, first.id]), (False, [first.id, second.id])):
            handoff.choose_mode(session, log.load(session, second.id), elder)
            assert [ticket.conversation for ticket in tickets.waiting(session)] == order


def test_who_is_away_or_whose_browser_died_is_offered_nothing(
    assignment: Assignment, asks: Asks, present: Come, database: Database, clock: FakeClock
) -> None:
    asks()
    present("甲")
    clock.at += roster.PRESENCE_LIFE
    with database.writing() as session:
        roster.seen(session, "乙", clock(), ready=False)
    assert assignment.assign().staff == set()


def test_presence_survives_a_reload(database: Database, present: Come, clock: FakeClock) -> None:
    present("甲")
    with database.writing() as session:
        assert roster.seen(session, "甲", clock()) == "ready"


def test_what_an_absent_agent_left_unanswered_goes_back_to_the_queue_at_its_old_place(
    assignment: Assignment, asks: Asks, present: Come, database: Database, clock: FakeClock
) -> None:
    chat = asks()
    before = ticket_of(database, chat)
    present("甲")
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        log.append(session, chat, "customer", "在吗", clock())
    clock.at += ABSENCE
    assert assignment.assign().conversations == {chat}
    after = ticket_of(database, chat)
    assert before
    assert after
    assert (after.agent, after.ranked_at) == (None, before.ranked_at)


def test_a_claimed_conversation_whose_agent_vanished_before_the_first_word_goes_back_to_the_queue(
    assignment: Assignment, asks: Asks, present: Come, database: Database, clock: FakeClock
) -> None:
    chat, by_program = asks(), asks()
    present("甲")
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        handoff.claim(session, log.load(session, by_program), "从未在线", "程序", clock())
    assert assignment.assign().conversations == set()
    clock.at += ABSENCE
    assert assignment.assign().conversations == {chat, by_program}


def test_who_was_answered_is_not_sent_back_because_a_supervisor_quietly_took_over_and_left(
    assignment: Assignment, asks: Asks, present: Come, database: Database, clock: FakeClock
) -> None:
    chat = asks()
    present("甲")
    present("主管")
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        handoff.reply(session, log.load(session, chat), "甲", "月底前都可以", clock())
        handoff.take_over(session, log.load(session, chat), "主管", clock())
    clock.at += ABSENCE
    assert assignment.assign().conversations == set()


def test_an_absent_agent_keeps_a_conversation_in_which_nobody_waits(
    assignment: Assignment, asks: Asks, present: Come, database: Database, clock: FakeClock
) -> None:
    chat = asks()
    present("甲")
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        handoff.reply(session, log.load(session, chat), "甲", "月底前都可以", clock())
    clock.at += ABSENCE
    assert assignment.assign().conversations == set()


def test_of_two_processes_one_assigns_until_it_dies(
    database: Database, asks: Asks, present: Come, clock: FakeClock
) -> None:
    first, second = (Assignment(database, Feed(), clock) for _ in range(2))
    asks()
    first.assign()
    present("甲")
    assert second.assign().staff == set()
    clock.at += LEASE_LIFE
    present("甲")
    assert second.assign().staff == {"甲"}


def test_a_transfer_rings_at_the_colleague_and_keeps_the_place(
    asks: Asks, database: Database, clock: FakeClock
) -> None:
    chat = asks()
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        handoff.transfer(session, log.load(session, chat), "甲", clock(), skill="个税", colleague="乙")
    moved = ticket_of(database, chat)
    assert moved
    assert (moved.skill, moved.offered_to, moved.passed) == ("个税", "乙", ("甲",))


def test_after_a_return_the_group_is_found_from_what_is_asked_from_then_on(
    asks: Asks, database: Database, clock: FakeClock
) -> None:
    chat = asks("小规模免税吗")
    with database.writing() as session:
        handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        handoff.give_back(session, log.load(session, chat), "甲", clock())
        log.append(session, chat, "customer", "年终奖怎么算", clock())
        handoff.request(session, log.load(session, chat), "asked_for_agent", clock())
    again = ticket_of(database, chat)
    assert again
    assert again.skill == "个税"


def news(database: Database, chat: str, clock: FakeClock) -> News:
    ticket = ticket_of(database, chat)
    assert ticket
    with database.reading() as session:
        return outlook.news_of(session, ticket, clock())


def test_outside_the_hours_with_nobody_there_a_message_is_offered_honestly(
    asks: Asks, database: Database, clock: FakeClock
) -> None:
    told = in_sentences(news(database, asks(), clock))  # a Saturday
    assert "现在不在服务时间（工作日9:00–12:00、13:30–17:30），下次服务时间是11月23日（周一）9:00" in told
    assert "留言" in told


def test_in_the_hours_with_nobody_there_the_person_is_told_so(
    asks: Asks, database: Database, clock: FakeClock
) -> None:
    clock.at += timedelta(days=2) - timedelta(hours=2)
    assert "目前没有工作人员在线" in in_sentences(news(database, asks(), clock))


def test_with_somebody_there_the_wait_is_told_from_what_was_measured(
    asks: Asks, present: Come, database: Database, clock: FakeClock
) -> None:
    present("甲", capacity=1)
    for _ in range(4):
        chat = asks()
        with database.writing() as session:
            handoff.claim(session, log.load(session, chat), "甲", "甲", clock())
        clock.at += timedelta(minutes=10)
        with database.writing() as session:
            handoff.close(session, log.load(session, chat), "甲", clock())
    present("甲", capacity=1)
    asks()
    told = news(database, asks(), clock)
    assert told.place == 2
    assert told.estimate_s == pytest.approx(600, abs=5)
    assert "预计等候约11分钟" in in_sentences(told)
