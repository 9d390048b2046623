from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.answering import (
    Answer,
    Clarification,
    Context,
    NoAnswer,
    Outcome,
    answer,
    choose,
    versions_for,
    who_in,
)
from knowledge.entries import Citation, Entry, Knowledge
from knowledge.files import read_content
from knowledge.release import Release
from knowledge.wording import citations_of, text_of
from retrieval.normalise import Normaliser
from tax.period import as_of
from tests.conftest import CONTENT

TODAY = date(2026, 11, 21)
THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"


def ask(release: Release, text: str, context: Context = Context(), today: date = TODAY) -> Outcome:  # noqa: B008
    return answer(release, text, context, today)


def answered(outcome: Outcome | None) -> Answer:
    assert isinstance(outcome, Answer), outcome
    return outcome


def test_every_golden_question_about_a_period_is_given_the_versions_of_that_period() -> None:
    content = read_content(CONTENT)
    normalise = Normaliser()
    wrong = []
    for item in content.golden.as_of:
        entry = content.knowledge.entry_by_id[item.entry]
        shown, _ = versions_for(entry, as_of(normalise(item.text), item.today), item.today)
        right = {
            "version": tuple(one.version.start for one in shown) == item.versions,
            "before": not shown,
            "after": [one.standing for one in shown] == ["expired"],
        }
        if not right[item.expect]:
            wrong.append(item.text)
    assert wrong == []


def test_today_gets_the_version_in_force_today(release: Release) -> None:
    found = answered(ask(release, THRESHOLD))
    assert [one.version.start for one in found.shown] == [date(2026, 1, 1)]
    assert found.as_of == TODAY


def test_the_day_of_asking_decides_where_no_period_is_named(release: Release) -> None:
    found = answered(ask(release, THRESHOLD, today=date(2024, 6, 1)))
    assert found.shown[0].version.covers(date(2024, 6, 1))


def test_a_period_across_a_change_gets_both_versions(release: Release) -> None:
    found = answered(ask(release, "2025年到2026年" + THRESHOLD))
    assert [one.version.start for one in found.shown] == [date(2023, 1, 1), date(2026, 1, 1)]


def test_the_words_before_and_earlier_get_the_rule_that_ended(release: Release) -> None:
    found = answered(ask(release, "之前是怎么规定的", Context(last_entry="vat-small-threshold")))
    assert [one.standing for one in found.shown] == ["past"]


def test_a_year_after_what_is_known_is_said_to_be_unknown(release: Release) -> None:
    found = answered(ask(release, "2029年" + THRESHOLD))
    assert found.shown[0].standing == "expired"
    assert "尚未公布" in text_of(release, found)


def test_a_year_before_what_is_known_is_not_answered(release: Release) -> None:
    outcome = ask(release, "1995年" + THRESHOLD)
    assert isinstance(outcome, NoAnswer)
    assert outcome.reason == "before_first_version"


def test_a_follow_up_with_another_period_keeps_the_entry(release: Release) -> None:
    found = answered(ask(release, "那2022年三季度呢？", Context(last_entry="vat-small-threshold")))
    assert found.entry.id == "vat-small-threshold"
    assert found.as_of == date(2022, 9, 30)


def test_a_period_added_to_an_unanswered_question_asks_that_question_again(release: Release) -> None:
    outcome = ask(release, "2022年的", Context(last_question=THRESHOLD))
    assert answered(outcome).as_of == date(2022, 12, 31)


@pytest.mark.parametrize("text", ["今天天气怎么样", "🙂", "asdf"])
def test_what_the_knowledge_does_not_hold_is_not_answered(release: Release, text: str) -> None:
    assert not isinstance(ask(release, text), Answer)


def choice_with_who(release: Release) -> Entry:
    return next(e for e in release.knowledge.entries if e.ask and any(option.who for option in e.ask.options))


def test_an_open_question_is_asked_back_until_it_is_known_who_asks(release: Release) -> None:
    entry = choice_with_who(release)
    assert entry.ask
    option = next(option for option in entry.ask.options if option.who)
    asked = choose(release, entry.id, entry.question, Context(), TODAY)
    assert isinstance(asked, Clarification)
    assert not asked.unsure
    settled = choose(release, entry.id, entry.question, Context(who=option.who), TODAY)
    assert settled != asked


def test_a_button_keeps_the_period_of_the_question_before_it(release: Release) -> None:
    found = answered(choose(release, "vat-small-threshold", "2024年一季度的免税", Context(), TODAY))
    assert found.as_of == date(2024, 3, 31)


def test_an_unknown_button_leads_nowhere(release: Release) -> None:
    assert choose(release, "no-such-entry", "", Context(), TODAY) is None


def test_a_withheld_version_goes_to_a_person(release: Release) -> None:
    entry = release.knowledge.entry_by_id["vat-small-threshold"]
    withheld = entry.model_copy(
        update={"versions": tuple(v.model_copy(update={"withheld": True}) for v in entry.versions)}
    )
    outcome = choose(_with(release, withheld), withheld.id, "", Context(), TODAY)
    assert isinstance(outcome, NoAnswer)
    assert outcome.reason == "unverified"


def _with(release: Release, entry: Entry) -> Release:
    entries = tuple(entry if entry.id == other.id else other for other in release.knowledge.entries)
    return replace(release, knowledge=Knowledge(policies=release.knowledge.policies, entries=entries))


def test_the_answer_names_each_document_once_with_its_dates(release: Release) -> None:
    found = answered(ask(release, THRESHOLD))
    citations = citations_of(release, found)
    assert len({(c["document_no"], c.get("clause")) for c in citations}) == len(citations)
    assert all(c["effective_from"] <= "2026-01-01" for c in citations if not c.get("background"))
    text = text_of(release, found)
    assert all(c["document_no"] in text for c in citations)
    assert "适用期间：2026-01-01至2027-12-31" in text


def test_a_fact_from_memory_is_marked_as_not_verified(release: Release) -> None:
    entry = next(
        e
        for e in release.knowledge.entries
        if e.versions
        and e.versions[-1].covers(TODAY)
        and any(
            isinstance(c, Citation)
            and not c.background
            and release.policy(c.policy).verification == "memory_only"
            for c in e.versions[-1].citations
        )
    )
    assert "尚未与官方原文逐字核对" in text_of(
        release, answered(choose(release, entry.id, "", Context(), TODAY))
    )


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("小规模纳税人免税吗", "小规模纳税人"),
        ("个体户要交吗", "个体工商户"),
        ("小规模和一般纳税人有什么不同", None),
        ("要交税吗", None),
    ],
)
def test_who_asks_is_known_only_where_one_kind_is_named(text: str, who: str | None) -> None:
    assert who_in(text) == who


def test_a_short_reply_in_everyday_words_changes_who_asks(release: Release) -> None:
    before = Context(last_entry="vat-small-threshold", last_question=THRESHOLD)
    company = answered(ask(release, "那公司呢？", before))
    assert (company.entry.id, company.who) == ("vat-small-threshold", "企业")
    person = ask(release, "个人呢", before)
    entries = [person.entry.id] if isinstance(person, Answer) else []
    if isinstance(person, Clarification):
        entries = [option.entry for option in person.options]
    assert entries
    assert all("自然人" in release.knowledge.entry_by_id[entry].tags.who for entry in entries)


def test_an_answer_says_what_may_be_enjoyed_together_and_what_not(release: Release) -> None:
    known = {entry.id for entry in release.knowledge.entries}
    entry = next(e for e in release.knowledge.entries if any(r.entry in known for r in e.relations))
    found = answered(choose(release, entry.id, entry.question, Context(), TODAY))
    assert "同时享受：" in text_of(release, found)
