from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.eligibility import Outcome
from tax.facts import Fact, WrongFact
from tax.interview import Interview
from tax.predicates import Value, leaves
from tax.preferences import Preference, preference, preferences
from tax.sample import samples
from tests.tax.given_facts import DAY, ENTITLED, PREFERENCES

SETS = st.lists(PREFERENCES, min_size=1, max_size=5, unique_by=lambda each: each.id).map(tuple)


def about(*names: str, day: date = DAY) -> Interview:
    return Interview(tuple(preference(name) for name in names), day)


def asked(interview: Interview, answers: dict[str, Value]) -> tuple[list[str], Interview]:
    """The questions in order, each answered from ``answers`` or passed, and the interview at its end."""
    questions = []
    while question := interview.question:
        questions.append(question.id)
        known = question.id in answers
        interview = (
            interview.answered(question.id, answers[question.id]) if known else interview.passed(question.id)
        )
    return questions, interview


def possible(interview: Interview, fact: Fact) -> list[Value]:
    when = [terms.when for each in interview.preferences if (terms := each.terms(interview.day))]
    return [v for v in samples(fact, when, interview.day) if interview.possible(fact.id, v)]


def test_the_first_question_is_the_one_on_which_most_preferences_turn() -> None:
    # 四项契税都看套数：答任何一项都至少判定两项；面积、是否个人判定得少。
    deeds = [name for name in preferences() if name.startswith("deed-")]
    first = about(*deeds).question
    assert first is not None
    assert first.id == "home_rank"


def test_one_answer_that_decides_ends_the_interview() -> None:
    questions, ended = asked(about("vat-small-exempt"), {"vat_status": "general"})
    assert questions == ["vat_status"]
    assert ended.verdicts[0].outcome is Outcome.NOT_ENTITLED


def test_a_fact_that_no_longer_matters_is_not_asked() -> None:
    # 小规模纳税人已经符合六税两费，不再问人数和资产。
    questions, _ = asked(about("six-taxes"), {"vat_status": "small"})
    assert questions == ["vat_status"]


def test_sales_beyond_every_limit_need_no_filing_cycle() -> None:
    seller: dict[str, Value] = {
        "vat_status": "small",
        "special_invoice": False,
        "vat_sales": Decimal(300_000),
    }
    questions, ended = asked(about("vat-small-exempt"), seller)
    assert "vat_cycle" not in questions
    assert ended.verdicts[0].outcome is Outcome.NOT_ENTITLED


@pytest.mark.parametrize("name", preferences())
def test_an_entitlement_is_reached_by_asking(name: str) -> None:
    questions, ended = asked(about(name), ENTITLED[name])
    assert [v.outcome for v in ended.verdicts] == [Outcome.ENTITLED]
    assert len(questions) == len(set(questions))


@pytest.mark.parametrize("name", preferences())
def test_a_person_who_knows_nothing_ends_undecided_with_all_that_is_missing(name: str) -> None:
    questions, ended = asked(about(name), {})
    (undecided,) = ended.verdicts
    assert undecided.outcome is Outcome.UNDECIDED
    assert set(questions) == set(undecided.missing)


def test_a_preference_not_in_force_asks_nothing() -> None:
    early = about("special-infant", day=date(2021, 12, 31))
    assert early.question is None
    assert early.verdicts[0].outcome is Outcome.NOT_IN_FORCE


def test_an_answer_that_contradicts_what_is_known_is_refused_and_changes_nothing() -> None:
    rented = about("special-loan", "special-rent").answered("claims_rent", True)
    with pytest.raises(WrongFact, match="不能都扣除"):
        rented.answered("claims_loan", True)
    assert rented.facts == {"claims_rent": True}


def test_an_answer_leaves_the_interview_it_came_from_as_it_was() -> None:
    start = about("hightech-rate")
    assert start.answered("hightech_certificate", False).facts != start.facts == {}


@given(SETS, st.data())
def test_an_interview_ends_decided_with_no_question_asked_twice(
    chosen: tuple[Preference, ...], data: st.DataObject
) -> None:
    interview, questions = Interview(chosen, DAY), []
    while question := interview.question:
        questions.append(question.id)
        answer = data.draw(st.sampled_from(possible(interview, question)), label=question.id)
        interview = interview.answered(question.id, answer)
    relevant = {leaf.fact for each in chosen if (t := each.terms(DAY)) for leaf in leaves(t.when)}
    assert len(questions) == len(set(questions)) <= len(relevant)
    assert {v.outcome for v in interview.verdicts} <= {Outcome.ENTITLED, Outcome.NOT_ENTITLED}


@given(SETS)
def test_the_same_interview_asks_the_same_question_whatever_the_order_of_its_preferences(
    chosen: tuple[Preference, ...],
) -> None:
    assert Interview(chosen, DAY).question == Interview(chosen[::-1], DAY).question


@given(SETS, st.data())
def test_every_question_can_still_change_a_verdict(
    chosen: tuple[Preference, ...], data: st.DataObject
) -> None:
    interview = Interview(chosen, DAY)
    while question := interview.question:
        waiting = [v.preference.id for v in interview.verdicts if question.id in v.missing]
        assert waiting
        answer = data.draw(st.sampled_from(possible(interview, question)), label=question.id)
        interview = interview.answered(question.id, answer)
