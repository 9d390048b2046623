from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.holidays import HolidaysNotPublished, postponed, rest_day

DAYS = st.dates(date(2019, 1, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("day", "rest"),
    [
        (date(2026, 10, 1), True),  # 国庆节
        (date(2026, 10, 10), False),  # a Saturday worked instead
        (date(2026, 11, 21), True),  # a Saturday
        (date(2026, 11, 20), False),
    ],
)
def test_a_rest_day_is_a_holiday_or_a_weekend_not_worked_instead(day: date, rest: bool) -> None:
    assert rest_day(day) is rest


def test_a_year_without_published_holidays_is_refused_by_name() -> None:
    with pytest.raises(HolidaysNotPublished, match="2099年的放假安排尚未公布"):
        rest_day(date(2099, 1, 15))


def test_an_end_on_a_working_day_without_long_holidays_stays() -> None:
    moved = postponed(date(2026, 6, 1), date(2026, 6, 15), 3)
    assert (moved.day, moved.holidays, moved.reason) == (date(2026, 6, 15), (), "")


def test_an_end_on_a_sunday_moves_to_monday() -> None:
    assert postponed(date(2026, 11, 1), date(2026, 11, 15), 3).day == date(2026, 11, 16)


def test_a_long_holiday_moves_the_end_by_as_many_working_days() -> None:
    # 2026-10-01至10-07共7天；10-15之后的第7个工作日：16、19、20、21、22、23、26。
    moved = postponed(date(2026, 10, 1), date(2026, 10, 15), 3)
    assert (moved.day, len(moved.holidays)) == (date(2026, 10, 26), 7)
    assert "连续休假日7天（2026-10-01至2026-10-07）" in moved.reason


def test_only_the_days_of_a_long_holiday_within_the_period_count() -> None:
    # 2024年中秋9-15至9-17，期内只有9-15一天，不足3天：顺延至休假期满次日9-18。
    assert postponed(date(2024, 9, 1), date(2024, 9, 15), 3).day == date(2024, 9, 18)
    # 2024年春节2-10至2-17，期内2-10至2-15共6天；2-15之后的工作日：18（补班）、19、20、21、22、23。
    assert postponed(date(2024, 2, 1), date(2024, 2, 15), 3).day == date(2024, 2, 23)


def test_two_long_holidays_in_one_period_add_up_and_are_both_named() -> None:
    # 2026-09-25至09-27三天，10-01至10-06六天，共9天；10-06之后第9个工作日：8、9、10（补班）、12、13、14、15、16、19。
    moved = postponed(date(2026, 9, 22), date(2026, 10, 6), 3)
    assert moved.day == date(2026, 10, 19)
    assert "2026-09-25至2026-09-27、2026-10-01至2026-10-06" in moved.reason


def test_a_yearly_period_moves_only_for_its_last_day() -> None:
    assert postponed(date(2025, 1, 1), date(2025, 5, 31), None).day == date(2025, 6, 3)


@given(DAYS)
def test_a_postponed_end_is_a_working_day_and_never_earlier(first: date) -> None:
    last = first + timedelta(days=14)
    moved = postponed(first, last, 3)
    assert moved.day >= last
    assert not rest_day(moved.day)
    assert bool(moved.reason) is (moved.day != last) is bool(moved.holidays)
