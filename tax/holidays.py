"""Days off in China, and what they do to the last day of a period. Pure: the days come with the library.

Source: 国务院办公厅's yearly notice of holidays, as published in `chinesecalendar`; 税收征收管理法实施细则 第一百零九条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby

import chinese_calendar

ONE_DAY = timedelta(days=1)


class HolidaysNotPublished(Exception):
    """The year's holidays are not known yet; the text says so."""


@dataclass(frozen=True)
class Postponement:
    """The last day of a period after its holidays, and why; ``reason`` is empty where nothing changed."""

    day: date
    holidays: tuple[date, ...] = ()
    reason: str = ""


@cache  # the library looks through all its years at each call
def rest_day(day: date) -> bool:
    """Whether ``day`` is a weekend or holiday not worked instead. Raises `HolidaysNotPublished`."""
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        raise HolidaysNotPublished(
            f"{day.year}年的放假安排尚未公布或未收录，无法确定顺延后的日期。"
        ) from None


def postponed(first: date, last: date, consecutive: int | None) -> Postponement:
    """The day on which a period of ``[first, last]`` ends. Raises `HolidaysNotPublished`.

    Rest days in a row within the period, ``consecutive`` or more of them, move the end by as many working days
    (the yearly notices count working days, though 第一百零九条 says only 按休假日天数顺延). Where there are none,
    or ``consecutive`` is None, an end on a rest day moves to the next working day.
    """
    runs = _runs(first, last, consecutive) if consecutive else []
    holidays = tuple(day for run in runs for day in run)
    if holidays:
        spans = "、".join(f"{run[0].isoformat()}至{run[-1].isoformat()}" for run in runs)
        days = len(holidays)
        reason = f"期限内有连续休假日{days}天（{spans}），顺延{days}个工作日"
        return Postponement(_working_day_after(last, days), holidays, reason)
    if not rest_day(last):
        return Postponement(last)
    day = _working_day_after(last, 1)
    reason = f"最后一日{last.isoformat()}是休假日，顺延至休假日期满的次日"
    return Postponement(day, tuple(_days(last, day - ONE_DAY)), reason)


def _runs(first: date, last: date, consecutive: int) -> list[list[date]]:
    """The runs of at least ``consecutive`` rest days within ``[first, last]``."""
    runs = [(rest, list(days)) for rest, days in groupby(_days(first, last), key=rest_day)]
    return [days for rest, days in runs if rest and len(days) >= consecutive]


def _working_day_after(day: date, count: int) -> date:
    while count:
        day += ONE_DAY
        count -= not rest_day(day)
    return day


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
