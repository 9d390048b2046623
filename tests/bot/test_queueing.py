from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import queueing
from bot.queueing import COMPLAINT_HEAD_START, LANGUAGES, Agent, Ticket

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TICKET = Ticket(1, "c1", "增值税", "zh", "asked_for_agent", False, AT, AT)
MOMENTS = st.integers(0, 10_000).map(lambda seconds: AT + timedelta(seconds=seconds))
REASONS = st.sampled_from(["complaint", "asked_for_agent", None])


def agent(
    staff: str,
    skills: tuple[str, ...] = (),
    languages: tuple[str, ...] = LANGUAGES,
    load: int = 0,
    capacity: int = 2,
) -> Agent:
    return Agent(staff, frozenset(skills), frozenset(languages), capacity, load)


@pytest.mark.parametrize(
    ("tags", "texts", "skill"),
    [
        (["增值税"], ["年终奖怎么算"], "增值税"),
        (["个人所得税", "跨境"], [], "跨境"),
        (["契税"], ["转人工", "注销登记要带什么"], "征管"),
        ([], ["转人工", "年终奖怎么算", "专票怎么开"], "个税"),
        ([], ["转人工"], "其他"),
    ],
)
def test_the_group_follows_the_tags_then_the_newest_words(
    tags: list[str], texts: list[str], skill: str
) -> None:
    assert queueing.skill_for(tags, texts) == skill


@pytest.mark.parametrize(
    ("text", "language"),
    [("How do I file VAT?", "en"), ("VAT怎么报", "zh"), ("OK", "zh"), ("幾時交稅", "zh")],
)
def test_only_english_words_without_chinese_count_as_english(text: str, language: str) -> None:
    assert queueing.language_of([text]) == language


def test_the_least_loaded_agent_who_knows_the_subject_and_the_language_is_chosen() -> None:
    agents = [
        agent("full", ("增值税",), load=2),
        agent("busy", ("增值税",), load=1),
        agent("free"),
        agent("other", ("个税",)),
        agent("english", ("增值税",), ("en",)),
    ]
    chosen = queueing.choose(TICKET, agents)
    assert chosen
    assert chosen.staff == "free"


def test_who_let_it_pass_is_asked_again_only_after_everybody_else() -> None:
    ticket = replace(TICKET, passed=("a",))
    assert getattr(queueing.choose(ticket, [agent("a"), agent("b", load=1)]), "staff", "") == "b"
    assert getattr(queueing.choose(ticket, [agent("a"), agent("b", load=2)]), "staff", "") == "a"


def test_where_nobody_speaks_the_language_whoever_knows_the_subject_helps() -> None:
    english = replace(TICKET, language="en")
    assert getattr(queueing.choose(english, [agent("a", languages=("zh",))]), "staff", "") == "a"


@given(MOMENTS, REASONS, st.booleans(), MOMENTS, REASONS, st.booleans())
def test_nobody_is_overtaken_by_who_came_later_than_all_head_starts(
    first: datetime, reason: str | None, elder: bool, second: datetime, other: str | None, older: bool
) -> None:
    mine = queueing.ranked_at(first, reason, elder)  # type: ignore[arg-type]
    theirs = queueing.ranked_at(second, other, older)  # type: ignore[arg-type]
    latest = COMPLAINT_HEAD_START + queueing.ELDER_HEAD_START
    assert mine < theirs or second - first <= latest


def test_a_complaint_and_an_older_person_start_ahead_of_who_came_with_them() -> None:
    plain = queueing.ranked_at(AT, "asked_for_agent", False)
    assert (
        queueing.ranked_at(AT, "complaint", False) < queueing.ranked_at(AT, "asked_for_agent", True) < plain
    )


@given(st.lists(st.tuples(MOMENTS, st.sampled_from(["增值税", "个税"])), min_size=1, max_size=8))
def test_places_of_a_group_count_from_one_without_holes(
    waiting: list[tuple[datetime, queueing.Skill]],
) -> None:
    queue = [replace(TICKET, id=n, ranked_at=at, skill=skill) for n, (at, skill) in enumerate(waiting)]
    mine = [ticket for ticket in queue if ticket.skill == queue[0].skill]
    assert sorted(queueing.place(ticket, queue) for ticket in mine) == list(range(1, len(mine) + 1))


def test_an_estimate_comes_from_what_was_measured_or_is_not_given() -> None:
    two_rooms = [agent("a", load=2)]
    assert queueing.estimate(3, [600, 300, 900], two_rooms) == 3 * 600 // 2
    assert queueing.estimate(1, [600, 300, 900], [agent("a", load=1)]) == 0
    assert queueing.estimate(1, [600], two_rooms) is None
    assert queueing.estimate(1, [600, 300, 900], []) is None
