from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.period import Period, as_of, without_periods

TODAY = date(2026, 11, 21)


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2022年小规模免税吗", days("2022-01-01", "2023-01-01")),
        ("22年的政策", days("2022-01-01", "2023-01-01")),
        ("二〇二二年免税吗", days("2022-01-01", "2023-01-01")),
        ("2023年度汇算", days("2023-01-01", "2024-01-01")),
        ("去年小规模免税吗", days("2025-01-01", "2026-01-01")),
        ("前年的年终奖", days("2024-01-01", "2025-01-01")),
        ("明年还能享受吗", days("2027-01-01", "2028-01-01")),
        ("2024年一季度开票28万", days("2024-01-01", "2024-04-01")),
        ("2024年第4季度", days("2024-10-01", "2025-01-01")),
        ("去年三季度", days("2025-07-01", "2025-10-01")),
        ("今年一季度", days("2026-01-01", "2026-04-01")),
        ("上季度开票30万", days("2026-07-01", "2026-10-01")),
        ("上个月的税", days("2026-10-01", "2026-11-01")),
        ("2022年上半年", days("2022-01-01", "2022-07-01")),
        ("2022年3月", days("2022-03-01", "2022-04-01")),
        ("2022年1月到3月", days("2022-01-01", "2022-04-01")),
        ("2024年12月1日", days("2024-12-01", "2024-12-02")),
        ("2021年到2023年小规模", days("2021-01-01", "2024-01-01")),
        ("2022-2023年", days("2022-01-01", "2024-01-01")),
        ("2019年以前的标准", days("2018-12-31", "2019-01-01")),
        ("vat in q1 2024", days("2024-01-01", "2024-04-01")),
        ("vat last year", days("2025-01-01", "2026-01-01")),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, period: Period) -> None:
    assert as_of(text, TODAY).periods == (period,)


@pytest.mark.parametrize(
    "text",
    [
        "财政部 税务总局公告2023年第12号还有效吗",
        "财税〔2018〕164号",
        "房子满5年唯一",
        "亏损10年内弥补",
        "月薪2021元",
        "20年老房子",
        "小规模开票2万",
    ],
)
def test_document_numbers_durations_and_amounts_are_no_periods(text: str) -> None:
    assert as_of(text, TODAY).periods == ()


def test_an_undated_before_asks_for_the_rule_before_the_present_one() -> None:
    assert as_of("之前是怎么规定的", TODAY).earlier
    assert not as_of("2022年之前是怎么规定的", TODAY).earlier


def test_two_periods_apart_stay_two() -> None:
    assert len(as_of("2022年和2024年有什么不同", TODAY).periods) == 2


def test_the_words_of_a_period_can_be_taken_out() -> None:
    assert without_periods("2022年小规模免税吗", TODAY) == "小规模免税吗"
    assert without_periods("2022年", TODAY) == "2022年"


@given(st.integers(1990, 2090), st.integers(1, 12))
def test_any_month_is_read_back(year: int, month: int) -> None:
    [period] = as_of(f"{year}年{month}月小规模", TODAY).periods
    assert (period.start.year, period.start.month, period.start.day) == (year, month, 1)


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert all(period.start < period.end for period in as_of(text, TODAY).periods)
    assert bool(without_periods(text, TODAY)) == bool(text)
