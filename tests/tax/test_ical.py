from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from tax.agenda import OBLIGATIONS, Kind, agenda
from tax.ical import ical

WRITTEN = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def read(kind: Kind, year: int, month: int | None = None) -> Calendar:
    calendar = Calendar.from_ical(ical(agenda(OBLIGATIONS[kind], year, month), "税问办税日历", WRITTEN))
    assert isinstance(calendar, Calendar)
    return calendar


def test_each_deadline_is_one_all_day_event_on_its_day() -> None:
    events = read(Kind.SMALL, 2026).walk("VEVENT")
    deadlines = agenda(OBLIGATIONS[Kind.SMALL], 2026).deadlines
    assert [event.decoded("dtstart") for event in events] == [d.day for d in deadlines]
    assert all(event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1) for event in events)


def test_an_event_says_what_is_due_why_on_that_day_and_by_which_rule() -> None:
    (event,) = read(Kind.PERSON, 2026).walk("VEVENT")
    assert event["summary"] == "个人所得税综合所得汇算清缴申报截止（2025年度）"
    assert event.decoded("dtstart") == date(2026, 6, 30)
    assert "2026-03-01起可以办理" in str(event["description"])
    assert "主席令第九号" in str(event["description"])


def test_a_reminder_comes_three_days_before() -> None:
    (alarm,) = read(Kind.PERSON, 2026).walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-3)


def test_every_event_has_its_own_uid_and_the_same_one_in_every_file() -> None:
    year = [str(event["uid"]) for event in read(Kind.GENERAL, 2026).walk("VEVENT")]
    november = [str(event["uid"]) for event in read(Kind.GENERAL, 2026, 11).walk("VEVENT")]
    assert len(year) == len(set(year))
    assert set(november) < set(year)


def test_what_has_no_day_stands_in_the_description_of_the_calendar() -> None:
    described = str(read(Kind.GENERAL, 2026)["description"])
    assert "房产税（2026年度）" in described
    assert "12366" in described


def test_a_title_of_two_lines_is_escaped_as_the_format_asks() -> None:
    written = ical(agenda(OBLIGATIONS[Kind.PERSON], 2026), "税问\n日历", WRITTEN)
    assert "X-WR-CALNAME:税问\\n日历\r\n" in written.decode()


def test_the_same_agenda_is_the_same_file() -> None:
    small = agenda(OBLIGATIONS[Kind.SMALL], 2026)
    assert ical(small, "税问", WRITTEN) == ical(small, "税问", WRITTEN)
