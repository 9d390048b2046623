from __future__ import annotations

from datetime import date

import pytest

from actions.english import AGENT, GREETING, OFFER, InEnglish
from app.settings import ROOT
from knowledge.english import fitting, shipped
from knowledge.files import read_content
from knowledge.release import Release, Shelf

TODAY = date(2026, 11, 21)


@pytest.fixture
def speak(release: Release) -> InEnglish:
    shelf = Shelf()
    shelf.put(release)
    return InEnglish(shelf, lambda: TODAY)


def test_every_english_version_translates_a_version_that_is_there() -> None:
    known = read_content(ROOT / "knowledge" / "content").knowledge.entry_by_id
    for one in shipped():
        assert one.start in {version.start for version in known[one.entry].versions}, one.entry


@pytest.mark.parametrize("one", shipped(), ids=lambda one: one.entry)
def test_its_own_question_finds_it_and_no_other(one: object) -> None:
    assert fitting(shipped(), one.question) is one  # type: ignore[attr-defined]


def test_an_english_question_gets_the_short_answer_with_source_and_original(speak: InEnglish) -> None:
    said = speak("Is a small-scale taxpayer exempt from VAT?")
    assert said.outcome == "answered"
    assert said.text.startswith("Small-scale taxpayers are exempt")
    assert "原文：" in said.text
    assert said.details["citations"]
    assert said.details["as_of"] == "2026-11-21"


@pytest.mark.parametrize(
    "text",
    ["Was a small-scale taxpayer exempt from VAT in 2022?", "How is cryptocurrency taxed?", "vat small"],
)
def test_what_was_not_written_in_english_is_offered_in_two_languages(speak: InEnglish, text: str) -> None:
    assert speak(text) is OFFER


def test_a_version_that_is_not_in_force_any_more_is_not_given(release: Release) -> None:
    shelf = Shelf()
    shelf.put(release)
    later = InEnglish(shelf, lambda: date(2029, 1, 1))
    assert later("Are electric cars exempt from purchase tax?") is OFFER


def test_every_question_that_is_offered_has_an_english_answer(speak: InEnglish) -> None:
    offered = speak.questions()
    assert "Up to what sales are small-scale taxpayers exempt from VAT?" in offered
    assert {speak(question).outcome for question in offered} == {"answered"}


def test_a_person_and_a_greeting_are_understood(speak: InEnglish) -> None:
    assert speak("please let me talk to a human") is AGENT
    assert speak("Hello there!") is GREETING
