"""When a group is at work: spans of a working day, holidays, days worked instead, exceptions. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tax.holidays import HolidaysNotPublished, rest_day

CHINA = ZoneInfo("Asia/Shanghai")
LOOK_AHEAD_DAYS = 40
SATURDAY = 5
_WEEKDAYS = "一二三四五六日"


class Span(BaseModel):
    """Open from ``opens`` up to, not at, ``closes``, by China's clocks."""

    model_config = ConfigDict(frozen=True)
    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.opens >= self.closes:
            raise ValueError("a span must open before it closes; split one that crosses midnight")
        return self


class Hours(BaseModel):
    """The gaps between ``spans`` are breaks. ``special`` replaces the spans of a day; an empty list closes it."""

    model_config = ConfigDict(frozen=True)
    spans: tuple[Span, ...] = (
        Span(opens=time(9), closes=time(12)),
        Span(opens=time(13, 30), closes=time(17, 30)),
    )
    rest_days: bool = False
    special: dict[date, tuple[Span, ...]] = Field(default_factory=dict)

    def on(self, day: date) -> tuple[Span, ...]:
        if day in self.special:
            return self.special[day]
        return self.spans if self.rest_days or not _rests(day) else ()

    def open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(CHINA)
        return any(span.opens <= local.time() < span.closes for span in self.on(local.date()))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The next moment at which it opens; None where it stays closed for weeks."""
        return next((opens for opens, _ in self._spans_from(moment) if opens > moment), None)

    def open_seconds(self, since: datetime, until: datetime) -> float:
        """For how many seconds of ``[since, until)`` it was open; service levels count these."""
        days = (until - since).days + 1
        if days > LOOK_AHEAD_DAYS:
            return (until - since).total_seconds()
        spans = takewhile(lambda span: span[0] < until, self._spans_from(since))
        return sum(
            max(0.0, (min(closes, until) - max(opens, since)).total_seconds()) for opens, closes in spans
        )

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = moment.astimezone(CHINA).date()
        for ahead in range(LOOK_AHEAD_DAYS):
            day = first + timedelta(days=ahead)
            for span in sorted(self.on(day), key=lambda span: span.opens):
                yield (
                    datetime.combine(day, span.opens, CHINA),
                    datetime.combine(day, span.closes, CHINA),
                )


def in_words(hours: Hours) -> str:
    """``工作日9:00–12:00、13:30–17:30``."""
    days = "每天" if hours.rest_days else "工作日"
    return days + "、".join(f"{_clock(span.opens)}–{_clock(span.closes)}" for span in hours.spans)


def moment_in_words(moment: datetime) -> str:
    """``11月23日（周一）9:00``, by China's clocks."""
    local = moment.astimezone(CHINA)
    return f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）{_clock(local.time())}"


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"


def _rests(day: date) -> bool:
    """By the published calendar with its days worked instead; by the week where the year is not published."""
    try:
        return rest_day(day)
    except HolidaysNotPublished:
        return day.weekday() >= SATURDAY
