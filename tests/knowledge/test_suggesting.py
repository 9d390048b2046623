from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.release import Release
from knowledge.suggesting import OFFERED, Suggester


def test_what_is_typed_finds_questions_that_hold_it(release: Release) -> None:
    found = release.suggester("小规模纳税人")
    assert 0 < len(found) <= OFFERED
    assert len(set(found)) == len(found)
    assert all(question in {entry.question for entry in release.knowledge.entries} for question in found)


@pytest.mark.parametrize(
    ("typed", "same"), [("小規模納稅人", "小规模纳税人"), ("车辆购置税ＡＢ", "车辆购置税ab")]
)
def test_spellings_do_not_matter(release: Release, typed: str, same: str) -> None:
    assert release.suggester(typed) == release.suggester(same) != []


@pytest.mark.parametrize("typed", ["", "税", "今天天气", "🙂🙂🙂"])
def test_nothing_is_suggested_where_nothing_fits(release: Release, typed: str) -> None:
    assert release.suggester(typed) == []


def test_every_question_is_suggested_for_itself(release: Release) -> None:
    questions = [entry.question for entry in release.knowledge.entries[:40]]
    assert [question for question in questions if question not in release.suggester(question)] == []


@given(st.text(max_size=200))
def test_any_typing_is_safe(release: Release, typed: str) -> None:
    assert len(release.suggester(typed)) <= OFFERED


def test_a_release_without_entries_suggests_nothing() -> None:
    assert Suggester(())("小规模") == []
