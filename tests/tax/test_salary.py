from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax import income
from tax.calculation import WrongFigure
from tax.salary import BasicDeduction, Month, SalaryYear, constant, salary
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

PAY = st.decimals(0, 200_000, places=2)
MONTHS = st.lists(PAY, min_size=1, max_size=12)


def month(gross: str | int, social: int = 0, special: int = 0) -> Month:
    return Month(Decimal(gross), Decimal(social), Decimal(special))


def end_of(number: int, year: int = 2026) -> date:
    return date(year, number, 28)


def year_of(pays: list[Decimal]) -> SalaryYear:
    return SalaryYear(tuple(Month(pay, Decimal(0), Decimal(0)) for pay in pays))


def test_an_unchanging_salary_worked_by_hand() -> None:
    # 三个月：（10,000－5,000－1,500）×3＝10,500，3%＝315；前两个月7,000×3%＝210；本月105。
    result = salary(constant(month(10_000, 1_500), end_of(3)), end_of(3))
    assert result.figures["withheld_now"] == 105
    assert result.figures["cumulative_tax"] == 315
    assert [result.figures[f"withheld_{n}"] for n in (1, 2, 3)] == [105, 105, 105]


def test_months_that_differ_are_accumulated_worked_by_hand() -> None:
    # 1月：30,000－5,000－3,000－2,000＝20,000，3%＝600。
    # 2月：加50,000－10,000＝40,000，累计60,000×10%－2,520＝3,480，本月2,880。
    # 3月：加2,000－10,000＝－8,000，累计52,000×10%－2,520＝2,680，少于已扣3,480，本月0、不退。
    # 4月：加20,000，累计72,000×10%－2,520＝4,680，减已扣3,480，本月1,200。
    pays = (30_000, 50_000, 2_000, 30_000)
    year = SalaryYear(tuple(month(pay, 3_000, 2_000) for pay in pays))
    result = salary(year, end_of(4))
    assert [result.figures[f"withheld_{n}"] for n in (1, 2, 3, 4)] == [600, 2_880, 0, 1_200]


def test_tax_withheld_in_excess_is_not_paid_back_in_the_month_and_says_so() -> None:
    year = SalaryYear((month(60_000), month(0)))
    result = salary(year, end_of(2))
    # 1月55,000×10%－2,520＝2,980；2月累计50,000×10%－2,520＝2,480，少于已扣。
    assert (result.figures["withheld_before"], result.figures["withheld_now"]) == yuan(2_980, 0)
    assert any("汇算清缴" in note for note in result.notes)


def test_a_job_begun_in_july_counts_the_months_here_only() -> None:
    # 20,000－5,000－2,000＝13,000，3%＝390。
    result = salary(SalaryYear((month(20_000, 2_000),)), end_of(7))
    assert result.figures["withheld_now"] == 390
    assert "withheld_7" in result.figures
    assert "withheld_1" not in result.figures


def test_a_first_job_of_the_year_counts_the_basic_deduction_from_january() -> None:
    # 7月：20,000－2,000－5,000×7＜0，不扣；8月：40,000－4,000－40,000＜0，不扣；
    # 9月：60,000－6,000－45,000＝9,000，3%＝270。
    year = SalaryYear((month(20_000, 2_000),) * 3, BasicDeduction.FROM_JANUARY)
    result = salary(year, end_of(9))
    assert [result.figures[f"withheld_{n}"] for n in (7, 8, 9)] == [0, 0, 270]


def test_last_years_low_salary_takes_the_whole_years_deduction_at_once() -> None:
    # （8,000－800）×8＝57,600＜60,000，8月前不扣；9月64,800－60,000＝4,800，3%＝144；10月12,000×3%－144＝216。
    year = SalaryYear((month(8_000, 800),) * 10, BasicDeduction.WHOLE_YEAR)
    result = salary(year, end_of(10))
    assert [result.figures[f"withheld_{n}"] for n in (1, 8, 9, 10)] == [0, 0, 144, 216]


def test_the_whole_years_deduction_began_in_2021() -> None:
    year = SalaryYear((month(8_000),), BasicDeduction.WHOLE_YEAR)
    assert salary(year, end_of(1, 2021)).figures["withheld_now"] == 0
    with pytest.raises(NotInForce):
        salary(year, end_of(1, 2020))


def test_the_deduction_from_january_began_in_july_2020() -> None:
    year = SalaryYear((month(8_000),), BasicDeduction.FROM_JANUARY)
    assert salary(year, end_of(7, 2020)).figures["withheld_now"] == 0
    with pytest.raises(NotInForce):
        salary(year, end_of(6, 2020))


def test_withholding_of_2026_is_that_of_2025() -> None:
    # 个人所得税没有随2026年增值税换版而变。
    last, this = (salary(constant(month(30_000), end_of(2, y)), end_of(2, y)).figures for y in (2025, 2026))
    assert last == this


def test_a_month_that_enters_a_higher_bracket_is_explained() -> None:
    # 首月（30,000－5,000）＝25,000在3%；次月50,000进入10%。
    result = salary(constant(month(30_000), end_of(2)), end_of(2))
    assert any("10%" in note for note in result.notes)
    assert salary(constant(month(10_000), end_of(2)), end_of(2)).notes == ()


def test_the_steps_name_the_tax_of_earlier_months_only_where_there_are_some() -> None:
    first, second = (
        [s.label for s in salary(constant(month(10_000), end_of(n)), end_of(n)).steps] for n in (1, 2)
    )
    assert "以前月份已预扣税额" not in first
    assert "以前月份已预扣税额" in second


def test_a_month_that_owes_nothing_more_needs_no_warning() -> None:
    # 2月5,000－5,000＝0，累计税额与已扣相等，没有多扣。
    assert salary(SalaryYear((month(10_000), month(5_000))), end_of(2)).notes == ()


def test_the_rule_behind_the_chosen_deduction_is_cited() -> None:
    year = SalaryYear((month(8_000),), BasicDeduction.WHOLE_YEAR)
    result = salary(year, end_of(1))
    assert "国家税务总局公告2020年第19号" in {b.document_no for b in result.basis}
    assert any("不超过60,000元" in text for text in result.assumptions)


@given(PAY, st.integers(1, 12))
def test_an_unchanging_salary_is_withheld_as_the_form_withholds_it(gross: Decimal, number: int) -> None:
    same = Month(gross, Decimal(0), Decimal(0))
    result = salary(constant(same, end_of(number)), end_of(number)).figures
    form = income.withholding(income.Salary(gross, Decimal(0), Decimal(0)), number)
    assert (result["withheld_now"], result["cumulative_tax"]) == (form.withheld_now, form.cumulative_tax)


@given(MONTHS)
def test_the_months_withhold_no_less_than_the_cumulative_tax(pays: list[Decimal]) -> None:
    figures = salary(year_of(pays), end_of(len(pays))).figures
    withheld = sum(figures[f"withheld_{n}"] for n in range(1, len(pays) + 1))
    assert withheld == figures["withheld_before"] + figures["withheld_now"]
    assert withheld >= figures["cumulative_tax"]


@given(MONTHS, PAY)
def test_a_higher_last_month_never_withholds_less(pays: list[Decimal], more: Decimal) -> None:
    low = salary(year_of(pays), end_of(len(pays))).figures["withheld_now"]
    high = salary(year_of([*pays[:-1], pays[-1] + more]), end_of(len(pays))).figures["withheld_now"]
    assert low <= high


@given(MONTHS)
def test_every_step_comes_to_its_value(pays: list[Decimal]) -> None:
    result = salary(year_of(pays), end_of(len(pays)))
    assert wrong_steps(result) == []
    assert result.steps[-1].value == result.figures["withheld_now"]
    assert result == salary(year_of(pays), end_of(len(pays)))


@pytest.mark.parametrize(
    "wrong",
    [
        SalaryYear(()),
        SalaryYear((month(10_000),) * 4),
        SalaryYear((month(-1),)),
        SalaryYear((month("NaN"),)),
        SalaryYear((month("1e30"),)),
        SalaryYear((month(10_000, -5),)),
        SalaryYear((month(10_000, 20_000),)),
        SalaryYear((month(10_000, 0, -1),)),
        SalaryYear((month(10_000),), BasicDeduction.WHOLE_YEAR),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: SalaryYear) -> None:
    with pytest.raises(WrongFigure):
        salary(wrong, end_of(3))
