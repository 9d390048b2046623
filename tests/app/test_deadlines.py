from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.app.terminal import printed, refusal, shuiwen, told


def days(*words: str) -> dict[tuple[str, str], str]:
    """The last day of each duty and period."""
    due = told("deadlines", *words)["deadlines"]
    return {(each["duty"], each["period"]["first"]): each["day"] for each in due}


def test_october_is_postponed_by_the_national_day_worked_by_hand() -> None:
    # 10月1日至7日休假7天；15日顺延7个工作日（10日周六上班）：16、19、20、21、22、23、26日。
    assert days("--kind", "小规模", "--month", "10")["增值税", "2026-07-01"] == "2026-10-26"


def test_a_person_settles_until_the_end_of_june() -> None:
    assert days("--kind", "个人") == {("个人所得税综合所得汇算清缴", "2025-01-01"): "2026-06-30"}


def test_the_year_is_this_one_where_none_is_named() -> None:
    assert told("deadlines", "--kind", "一般纳税人")["year"] == 2026


@pytest.mark.parametrize(("word", "kind"), [("个体户", "个体工商户"), ("small", "小规模纳税人企业")])
def test_a_kind_is_named_in_short_or_by_its_key(word: str, kind: str) -> None:
    assert told("deadlines", "--kind", word)["kind"] == kind


def test_people_see_every_day_with_its_reason_and_the_rules() -> None:
    table = printed("deadlines", "--kind", "个体户", "--month", "11")
    (due,) = told("deadlines", "--kind", "个体户", "--month", "11")["deadlines"]
    assert due["day"] in table
    assert due["duty"] in table
    for basis in due["basis"]:
        assert f"（{basis['document_no']}）" in table


def test_a_month_without_anything_due_says_so() -> None:
    assert printed("deadlines", "--kind", "个人", "--month", "11") == "这段时间没有要申报的。\n"


def test_a_year_whose_holidays_are_not_published_gets_no_day_but_the_reason() -> None:
    due = told("deadlines", "--kind", "小规模", "--year", "2027")
    assert due["deadlines"] == []
    assert {each["why"] for each in due["undetermined"]} == {"not_published", "set_locally"}
    assert "2027年的放假安排尚未公布" in printed("deadlines", "--kind", "小规模", "--year", "2027")


def test_the_calendar_file_has_one_event_for_each_deadline(tmp_path: Path) -> None:
    file = tmp_path / "办税.ics"
    ran = shuiwen("deadlines", "--kind", "小规模", "--ical", str(file), "--json")
    events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    expected = sorted(date.fromisoformat(each) for each in days("--kind", "小规模").values())
    assert sorted(event.decoded("dtstart") for event in events) == expected
    assert ran.stderr == f"已存为{file}\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--kind 鸵鸟", "没有“鸵鸟”这个选项"),
        ("--kind 小规模 --month 13", "月份应在1到12之间"),
        ("--kind 小规模 --month 0", "月份应在1到12之间"),
        ("--kind 小规模 --month 十月", "不是一个整数"),
        ("--kind 小规模 --year -1", "年份应是四位数"),
        ("--kind 小规模 --year 1e30", "不是一个整数"),
        ("--kind 小规模 --year 2010", "不在资料内"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(line: str, says: str) -> None:
    assert says in refusal("deadlines", *line.split())


def test_a_calendar_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    assert "请换一个文件" in refusal("deadlines", "--kind", "个人", "--ical", str(tmp_path))
