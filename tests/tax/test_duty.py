from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.duty import WrongPeriod, month, once, quarter, year


def test_periods_have_their_own_days() -> None:
    assert (month(2024, 2).first, month(2024, 2).last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (quarter(2026, 4).first, quarter(2026, 4).last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (year(2025).first, year(2025).last) == (date(2025, 1, 1), date(2025, 12, 31))


def test_periods_are_named_in_chinese() -> None:
    named = [str(p) for p in (month(2026, 10), quarter(2026, 3), year(2025), once(date(2026, 3, 1)))]
    assert named == ["2026年10月", "2026年第3季度", "2025年度", "2026-03-01"]


@given(st.integers(1980, 2099))
def test_the_months_and_the_quarters_of_a_year_leave_no_gap(number: int) -> None:
    for periods in ([month(number, n) for n in range(1, 13)], [quarter(number, n) for n in range(1, 5)]):
        assert periods[0].first == year(number).first
        assert periods[-1].last == year(number).last
        gaps = [after.first - before.last for before, after in pairwise(periods)]
        assert set(gaps) == {timedelta(days=1)}


@pytest.mark.parametrize(("kind", "number"), [(month, 0), (month, 13), (quarter, 0), (quarter, 5)])
def test_a_month_or_quarter_that_does_not_exist_is_refused(kind: type, number: int) -> None:
    with pytest.raises(WrongPeriod, match="月份应在1到12之间"):
        kind(2026, number)


def test_a_year_beyond_reason_is_refused() -> None:
    with pytest.raises(WrongPeriod):
        year(26)
