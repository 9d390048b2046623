from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.hours import CHINA, Hours, Span, in_words, moment_in_words

HOURS = Hours()
MOMENTS = st.datetimes(datetime(2026, 1, 2), datetime(2026, 11, 20)).map(lambda at: at.replace(tzinfo=CHINA))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T09:00", True),
        ("2026-11-23T08:59", False),
        ("2026-11-23T12:00", False),  # the break
        ("2026-11-23T13:30", True),
        ("2026-11-21T10:00", False),  # a Saturday
        ("2026-10-01T10:00", False),  # 国庆节
        ("2026-10-10T10:00", True),  # a Saturday that is worked instead (国办发明电〔2025〕7号)
    ],
)
def test_hours_know_breaks_weekends_holidays_and_days_worked_instead(moment: str, is_open: bool) -> None:
    assert HOURS.open_at(at(moment)) is is_open


def test_a_special_day_replaces_the_spans_of_that_day() -> None:
    hours = Hours(
        special={date(2026, 11, 23): (), date(2026, 11, 21): (Span(opens=time(9), closes=time(11)),)}
    )
    assert not hours.open_at(at("2026-11-23T10:00"))
    assert hours.open_at(at("2026-11-21T10:00"))


def test_the_next_opening_skips_the_weekend() -> None:
    opening = HOURS.next_opening(at("2026-11-20T18:00"))
    assert opening == at("2026-11-23T09:00")
    assert moment_in_words(opening) == "11月23日（周一）9:00"


def test_a_year_whose_holidays_are_not_published_goes_by_the_week() -> None:
    assert HOURS.open_at(at("2031-11-24T10:00"))
    assert not HOURS.open_at(at("2031-11-23T10:00"))


def test_a_group_without_hours_never_opens() -> None:
    assert Hours(spans=()).next_opening(at("2026-11-23T09:00")) is None


def test_seconds_of_service_count_open_time_only() -> None:
    assert HOURS.open_seconds(at("2026-11-20T17:00"), at("2026-11-23T09:10")) == 40 * 60


@given(MOMENTS, st.integers(0, 20_000), st.integers(0, 20_000))
def test_open_seconds_add_up(moment: datetime, first: int, second: int) -> None:
    middle, end = moment + timedelta(seconds=first), moment + timedelta(seconds=first + second)
    whole = HOURS.open_seconds(moment, end)
    assert whole == pytest.approx(HOURS.open_seconds(moment, middle) + HOURS.open_seconds(middle, end))
    assert 0 <= whole <= first + second


@given(MOMENTS)
def test_it_is_open_at_its_next_opening(moment: datetime) -> None:
    opening = HOURS.next_opening(moment)
    assert opening
    assert opening > moment
    assert HOURS.open_at(opening)


def test_hours_are_told_in_words_and_kept_as_json() -> None:
    assert in_words(HOURS) == "工作日9:00–12:00、13:30–17:30"
    assert Hours.model_validate(HOURS.model_dump(mode="json")) == HOURS


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="split one that crosses midnight"):
        Span(opens=time(18), closes=time(9))


def test_the_zone_of_the_moment_does_not_matter() -> None:
    assert HOURS.open_at(datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
