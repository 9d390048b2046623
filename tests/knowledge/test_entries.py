from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.entries import Ask, Citation, Entry, Option, Policy, Tags, Version

DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2030, 12, 31))


def policy(name: str = "rule", **more: Any) -> Policy:
    """A policy in force from 2023 on."""
    fields: dict[str, Any] = {
        "title": "规定", "issuer": "财政部", "tax": ("增值税",), "applies_to": "企业", "facts": ("事实",),
        "effective_from": date(2023, 1, 1), "status": "现行有效", "confidence": "high", "verification": "memory_only",
    }  # fmt: skip
    return Policy(**(fields | {"id": name} | more))


def version(start: date, end: date | None = None, *cited: Citation, **more: Any) -> Version:
    """A version for ``[start, end)``, of the policy ``rule`` where no other is cited."""
    return Version(
        start=start, end=end, conclusion="免税。", citations=cited or (Citation(policy="rule"),), **more
    )


def entry(*versions: Version, name: str = "asked", **more: Any) -> Entry:
    """An entry of kind policy with those versions."""
    fields: dict[str, Any] = {
        "question": f"{name}免税吗", "similar_questions": tuple(f"{name}问法{n}" for n in range(10)),
        "kind": "policy", "tags": Tags(tax=("增值税",)), "versions": versions,
    }  # fmt: skip
    return Entry(**(fields | {"id": name} | more))


def test_the_last_day_is_the_earlier_of_the_stated_and_the_actual_end() -> None:
    assert policy().last_day is None
    assert policy(effective_to=date(2027, 12, 31)).last_day == date(2027, 12, 31)
    ended = policy(effective_to=date(2027, 12, 31), ended_on=date(2025, 12, 31))
    assert ended.last_day == date(2025, 12, 31)


def test_an_actual_end_after_the_stated_one_is_refused() -> None:
    with pytest.raises(ValidationError, match="ended_on is for an end earlier"):
        policy(effective_to=date(2025, 12, 31), ended_on=date(2026, 12, 31))


def test_a_span_may_end_on_the_day_after_the_last_day_and_no_later() -> None:
    rule = policy(effective_to=date(2025, 12, 31))
    assert rule.in_force_throughout(date(2023, 1, 1), date(2026, 1, 1))
    assert not rule.in_force_throughout(date(2023, 1, 1), date(2026, 1, 2))
    assert not rule.in_force_throughout(date(2023, 1, 1), None)
    assert not rule.in_force_throughout(date(2022, 12, 31), date(2026, 1, 1))


@given(DAYS, DAYS, DAYS, st.integers(min_value=1, max_value=900))
def test_in_force_throughout_means_on_the_first_and_the_last_day_of_the_span(
    begins: date, ends: date, start: date, length: int
) -> None:
    rule = policy(effective_from=min(begins, ends), effective_to=max(begins, ends))
    span = [start, start + timedelta(days=length - 1)]
    inside = all(rule.effective_from <= day <= max(begins, ends) for day in span)
    assert rule.in_force_throughout(start, start + timedelta(days=length)) == inside


@given(DAYS)
def test_on_every_day_at_most_one_of_the_versions_that_meet_holds(day: date) -> None:
    turn = date(2023, 1, 1)
    both = entry(version(date(2021, 1, 1), turn), version(turn))
    holding = [held for held in both.versions if held.covers(day)]
    assert both.version_at(day) == (holding[0] if holding else None)
    assert len(holding) == (day >= both.first_day)


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(ValidationError, match="is empty"):
        version(date(2023, 1, 1), date(2023, 1, 1))


def test_a_text_begins_with_the_conclusion_and_ends_with_the_note() -> None:
    told = version(
        date(2023, 1, 1), note="尚未公布。", where="办税服务厅", how_long="当场", how=("填表", "提交"),
        materials=("身份证", "合同"), conditions=("月销售额以下",),
    )  # fmt: skip
    assert told.text.splitlines() == [
        "免税。", "条件：", "· 月销售额以下", "怎么办：", "1. 填表", "2. 提交", "材料：身份证、合同",
        "在哪办：办税服务厅", "时限：当场", "提示：尚未公布。",
    ]  # fmt: skip


def test_a_choice_asks_and_nothing_else_does() -> None:
    ask = Ask(question="哪一种？", options=(Option(label="一", entry="one"), Option(label="二", entry="two")))
    assert entry(kind="choice", ask=ask).ask == ask
    for wrong in (
        {"kind": "choice"},
        {"ask": ask},
        {"kind": "choice", "ask": ask, "versions": (version(date.min),)},
    ):
        with pytest.raises(ValidationError, match="ask"):
            entry(**wrong)


def test_an_entry_without_versions_is_refused() -> None:
    with pytest.raises(ValidationError, match="either versions or an ask"):
        entry()


@pytest.mark.parametrize(
    "name", ["Upper", "under_score", "-first", "last-", "two--hyphens", "中文", "", "a" * 65]
)
def test_an_identifier_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        policy(name)
