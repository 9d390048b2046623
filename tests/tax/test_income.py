from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.income import YEARLY_BRACKETS, Salary, WrongFigure, withholding, yearly_tax

MONEY = st.decimals(0, 200_000, places=2, allow_nan=False)


def salary(gross: int, social: int = 0, special: int = 0) -> Salary:
    return Salary(Decimal(gross), Decimal(social), Decimal(special))


def test_a_month_worked_by_hand_from_the_statute() -> None:
    # 累计 10,000×3−5,000×3−1,500×3＝10,500，3%＝315；上两个月 7,000×3%＝210；本月105。
    assert withholding(salary(10_000, 1_500), 3).withheld_now == Decimal("105.00")


def test_the_cumulative_figures_of_that_month_worked_by_hand() -> None:
    # 10,000×3；（5,000＋1,500＋1,000）×3；30,000－22,500
    result = withholding(salary(10_000, 1_500, 1_000), 3)
    assert result.cumulative_income == 30_000
    assert result.cumulative_deductions == 22_500
    assert result.taxable == 7_500
    assert withholding(salary(4_000), 3).taxable == 0


def test_crossing_into_the_second_bracket_worked_by_hand() -> None:
    # 累计 (30,000−5,000−4,500−2,000)×2＝37,000：37,000×10%−2,520＝1,180；首月 18,500×3%＝555；本月625。
    second = withholding(salary(30_000, 4_500, 2_000), 2)
    assert (second.cumulative_tax, second.withheld_before, second.withheld_now) == (
        Decimal("1180.00"),
        Decimal("555.00"),
        Decimal("625.00"),
    )


@pytest.mark.parametrize(
    ("taxable", "tax"),
    [
        # 逐级累加：36,000×3%；＋108,000×10%；＋156,000×20%；＋120,000×25%；＋240,000×30%；＋300,000×35%；＋100,000×45%
        (36_000, 1_080),
        (144_000, 11_880),
        (300_000, 43_080),
        (420_000, 73_080),
        (660_000, 145_080),
        (960_000, 250_080),
        (1_060_000, 295_080),
    ],
)
def test_the_seven_brackets_worked_by_hand_without_quick_deductions(taxable: int, tax: int) -> None:
    assert yearly_tax(Decimal(taxable)) == tax


def test_a_salary_below_the_basic_deduction_is_not_taxed() -> None:
    assert withholding(salary(5_000), 12).withheld_now == 0


@given(MONEY, MONEY)
def test_more_income_never_means_less_tax(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert yearly_tax(low) <= yearly_tax(high)


@pytest.mark.parametrize("end", [end for end, _, _ in YEARLY_BRACKETS if end])
def test_the_tax_is_continuous_at_each_bracket(end: Decimal) -> None:
    assert yearly_tax(end + Decimal("0.01")) - yearly_tax(end) <= Decimal("0.01")


@given(MONEY, st.integers(1, 12))
def test_the_months_add_up_to_the_cumulative_tax(gross: Decimal, month: int) -> None:
    months = [withholding(Salary(gross, Decimal(0), Decimal(0)), m) for m in range(1, month + 1)]
    assert sum(m.withheld_now for m in months) == months[-1].cumulative_tax


@pytest.mark.parametrize(
    ("wrong", "month"),
    [
        (salary(-1), 1),
        (salary(10_000, -5), 1),
        (salary(10_000, 20_000), 1),
        (Salary(Decimal("NaN"), Decimal(0), Decimal(0)), 1),
        (Salary(Decimal("1e30"), Decimal(0), Decimal(0)), 1),
        (salary(10_000), 0),
        (salary(10_000), 13),
    ],
)
def test_a_figure_that_cannot_be_is_refused(wrong: Salary, month: int) -> None:
    with pytest.raises(WrongFigure):
        withholding(wrong, month)
