from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.duty import Duty, Period, WrongPeriod, month, once, quarter, year
from tax.filing import Deadline, Source, Undetermined, Why, deadline
from tax.holidays import rest_day
from tax.table import NotInForce

# The last day of each month's filing, January to December, as the notices of the year have it.
PUBLISHED = {
    2024: "1/15 2/23 3/15 4/18 5/22 6/19 7/15 8/15 9/18 10/24 11/15 12/16",
    2025: "1/15 2/20 3/17 4/18 5/22 6/16 7/15 8/15 9/15 10/27 11/17 12/15",
    2026: "1/20 2/24 3/16 4/20 5/22 6/15 7/15 8/17 9/15 10/26 11/16 12/15",
}
MONTHLY = [
    Duty.VAT,
    Duty.EXCISE,
    Duty.SURCHARGES,
    Duty.CORPORATE_PREPAYMENT,
    Duty.WITHHOLDING,
    Duty.BUSINESS_PREPAYMENT,
]
QUARTERLY = [duty for duty in MONTHLY if duty is not Duty.WITHHOLDING] + [Duty.STAMP]


def dates(year_number: int) -> list[date]:
    pairs = (each.split("/") for each in PUBLISHED[year_number].split())
    return [date(year_number, int(m), int(d)) for m, d in pairs]


def before(day: date) -> Period:
    return month(day.year - (day.month == 1), day.month - 1 or 12)


def due(duty: Duty, period: Period) -> Deadline:
    answer = deadline(duty, period)
    assert isinstance(answer, Deadline)
    return answer


@pytest.mark.parametrize("duty", MONTHLY)
@pytest.mark.parametrize("year_number", PUBLISHED)
def test_every_month_is_due_on_the_day_of_the_years_published_calendar(duty: Duty, year_number: int) -> None:
    assert [due(duty, before(day)).day for day in dates(year_number)] == dates(year_number)


@pytest.mark.parametrize("year_number", PUBLISHED)
def test_the_rule_alone_gives_the_published_calendar(year_number: int) -> None:
    moved = [due(Duty.EXCISE, before(day)).postponement.day for day in dates(year_number)]
    assert moved == dates(year_number)


@pytest.mark.parametrize("duty", QUARTERLY)
def test_a_quarter_is_due_with_its_last_month(duty: Duty) -> None:
    days = [due(duty, quarter(2025, 4)).day, *(due(duty, quarter(2026, n)).day for n in (1, 2, 3))]
    assert days == [date(2026, 1, 20), date(2026, 4, 20), date(2026, 7, 15), date(2026, 10, 26)]


def test_a_year_with_a_notice_on_record_cites_it_and_the_rule_behind_it() -> None:
    november = due(Duty.VAT, month(2026, 10))
    assert november.source is Source.NOTICE
    cited = [(b.document_no, b.clause) for b in november.basis]
    assert ("主席令第四十一号", "第三十条") in cited
    assert ("国务院令第362号", "第一百零九条") in cited
    assert ("税总办征科函〔2025〕64号", None) in cited
    assert (november.statutory_day, november.day) == (date(2026, 11, 15), date(2026, 11, 16))


def test_a_day_that_was_not_postponed_does_not_cite_the_postponement() -> None:
    december = due(Duty.VAT, month(2026, 11))
    assert december.day == december.statutory_day == date(2026, 12, 15)
    assert "国务院令第362号" not in [b.document_no for b in december.basis]


def test_a_year_whose_notice_is_not_on_record_says_that_the_rule_gave_the_day() -> None:
    answer = due(Duty.VAT, month(2025, 9))
    assert (answer.day, answer.source) == (date(2025, 10, 27), Source.RULE)
    assert "以通知为准" in answer.notes[0]


def test_the_law_of_the_tax_period_is_cited_across_the_change_of_2026() -> None:
    assert due(Duty.VAT, month(2025, 12)).basis[0].document_no == "国务院令第691号"
    assert due(Duty.VAT, month(2026, 1)).basis[0].document_no == "主席令第四十一号"


@pytest.mark.parametrize(
    ("duty", "number", "day"),
    [
        (Duty.CORPORATE_SETTLEMENT, 2023, date(2024, 5, 31)),
        (Duty.CORPORATE_SETTLEMENT, 2024, date(2025, 6, 3)),  # 5-31 to 6-02 is 端午节
        (Duty.CORPORATE_SETTLEMENT, 2025, date(2026, 6, 1)),  # 5-31 is a Sunday
        (Duty.COMPREHENSIVE_SETTLEMENT, 2025, date(2026, 6, 30)),
        (Duty.BUSINESS_SETTLEMENT, 2025, date(2026, 3, 31)),
    ],
)
def test_a_yearly_settlement_moves_only_for_its_last_day(duty: Duty, number: int, day: date) -> None:
    assert due(duty, year(number)).day == day


def test_the_settlement_of_comprehensive_income_opens_on_the_first_of_march() -> None:
    assert due(Duty.COMPREHENSIVE_SETTLEMENT, year(2025)).opens == date(2026, 3, 1)


def test_stamp_duty_by_the_act_is_due_fifteen_days_later_and_does_not_follow_the_monthly_notice() -> None:
    # 2026-03-02书立，3-17（周二）到期；期内没有三天以上的休假日。
    march = due(Duty.STAMP, once(date(2026, 3, 2)))
    assert (march.day, march.source) == (date(2026, 3, 17), Source.RULE)
    # 2026-09-30书立，10-15到期；10-01至10-07共7天，顺延7个工作日至10-26。
    assert due(Duty.STAMP, once(date(2026, 9, 30))).day == date(2026, 10, 26)


def test_a_year_of_stamp_duty_is_due_in_january() -> None:
    assert due(Duty.STAMP, year(2025)).day == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("duty", "period", "statutory"),
    [
        (Duty.VAT, month(2026, 12), date(2027, 1, 15)),
        (Duty.CORPORATE_SETTLEMENT, year(2026), date(2027, 5, 31)),
    ],
)
def test_a_year_not_yet_published_is_answered_as_such_with_the_statutory_day(
    duty: Duty, period: Period, statutory: date
) -> None:
    answer = deadline(duty, period)
    assert isinstance(answer, Undetermined)
    assert (answer.why, answer.statutory_day) == (Why.NOT_PUBLISHED, statutory)
    assert "尚未公布" in answer.text
    assert statutory.isoformat() in answer.text


@pytest.mark.parametrize("duty", [Duty.PROPERTY, Duty.LAND_USE, Duty.DISABLED_FUND])
def test_what_each_province_sets_has_no_national_day(duty: Duty) -> None:
    answer = deadline(duty, year(2026))
    assert isinstance(answer, Undetermined)
    assert answer.why is Why.SET_LOCALLY
    assert "12366" in answer.text


def test_a_day_moved_by_notices_that_are_not_at_hand_is_not_guessed() -> None:
    # 2020年2月起征期曾多次延长；首份收录的通知是2024年的。
    answer = deadline(Duty.EXCISE, month(2020, 1))
    assert isinstance(answer, Undetermined)
    assert answer.why is Why.NOT_RECORDED


@pytest.mark.parametrize(
    ("duty", "period", "offered"),
    [
        (Duty.VAT, year(2026), "按月、按季"),
        (Duty.WITHHOLDING, quarter(2026, 1), "按月"),
        (Duty.CORPORATE_SETTLEMENT, month(2026, 1), "按年"),
        (Duty.STAMP, month(2026, 1), "按季、按年、按次"),
    ],
)
def test_a_period_that_the_duty_does_not_have_is_refused_with_those_it_has(
    duty: Duty, period: Period, offered: str
) -> None:
    with pytest.raises(WrongPeriod, match=offered):
        deadline(duty, period)


def test_a_period_before_the_law_is_refused() -> None:
    with pytest.raises(NotInForce, match="印花税申报期限"):
        deadline(Duty.STAMP, quarter(2022, 1))


@given(st.sampled_from(MONTHLY), st.integers(2024, 2026), st.integers(1, 11))
def test_a_deadline_is_a_working_day_not_before_the_statutory_one(duty: Duty, number: int, of: int) -> None:
    answer = due(duty, month(number, of))
    assert answer.day >= answer.statutory_day
    assert not rest_day(answer.day)
