from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.business import Business, Owner, business
from tax.calculation import WrongFigure
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

YEAR = date(2026, 12, 31)
PROFIT = st.decimals(0, 5_000_000, places=2)


def shop(profit: str | int, other_relief: int = 0) -> Business:
    """A 个体工商户 whose owner has 综合所得 too: the profit is taxed whole."""
    return Business(Owner.INDIVIDUAL, Decimal(profit), True, Decimal(0), Decimal(other_relief))


def tax(inputs: Business, year: int = 2026) -> Decimal:
    return business(inputs, date(year, 12, 31)).figures["tax"]


def test_without_other_income_sixty_thousand_and_the_deductions_count_worked_by_hand() -> None:
    # 200,000－60,000－20,000＝120,000；×20%－10,500＝13,500；减半6,750。
    inputs = Business(Owner.INDIVIDUAL, Decimal(200_000), False, Decimal(20_000))
    figures = business(inputs, YEAR).figures
    assert (figures["taxable"], figures["full_tax"], figures["relief"], figures["tax"]) == yuan(
        120_000,
        13_500,
        6_750,
        6_750,
    )


def test_other_relief_is_taken_before_the_halving_worked_by_hand() -> None:
    # 80,000×10%－1,500＝6,500；（6,500－2,000）×50%＝2,250；6,500－2,000－2,250＝2,250。
    figures = business(shop(80_000, 2_000), YEAR).figures
    assert (figures["relief"], figures["tax"]) == yuan(2_250, 2_250)


def test_only_the_first_two_million_are_halved_worked_by_hand() -> None:
    # 2,400,000×35%－65,500＝774,500；（2,000,000×35%－65,500－6,000×2,000,000÷2,400,000）×50%
    # ＝（634,500－5,000）×50%＝314,750；774,500－6,000－314,750＝453,750。
    figures = business(shop(2_400_000, 6_000), YEAR).figures
    assert (figures["relief"], figures["tax"]) == yuan(314_750, 453_750)


@pytest.mark.parametrize(
    ("year", "due"),
    [
        # 1,500,000×35%－65,500＝459,500；2022年减（1,000,000×35%－65,500）×50%＝142,250；2023年起全额减半。
        (2020, "459500"),
        (2021, "317250"),
        (2022, "317250"),
        (2023, "229750"),
        (2026, "229750"),
        (2027, "229750"),
    ],
)
def test_the_halving_by_year_worked_by_hand(year: int, due: str) -> None:
    assert tax(shop(1_500_000), year) == Decimal(due)


@pytest.mark.parametrize("owner", [Owner.SOLE, Owner.PARTNER, Owner.CONTRACTOR])
def test_other_owners_pay_the_whole_tax_and_are_told_so(owner: Owner) -> None:
    # 500,000×30%－40,500＝109,500
    result = business(replace(shop(500_000), owner=owner), YEAR)
    assert (result.figures["relief"], result.figures["tax"]) == yuan(0, 109_500)
    assert any(owner.value in note for note in result.notes)


@pytest.mark.parametrize(
    ("profit", "full"),
    # 30,000×5%；90,000×10%－1,500；300,000×20%－10,500；500,000×30%－40,500；600,000×35%－65,500
    [(30_000, 1_500), (90_000, 7_500), (300_000, 49_500), (500_000, 109_500), (600_000, 144_500)],
)
def test_the_five_brackets_worked_by_hand(profit: int, full: int) -> None:
    assert business(shop(profit), YEAR).figures["full_tax"] == full


def test_a_year_without_taxable_income_owes_nothing() -> None:
    result = business(Business(Owner.INDIVIDUAL, Decimal(50_000), False, Decimal(0)), YEAR)
    assert (result.figures["taxable"], result.figures["tax"]) == yuan(0, 0)


def test_the_halving_is_not_known_after_2027_and_nothing_before_2019() -> None:
    with pytest.raises(NotInForce, match="减半"):
        tax(shop(100_000), 2028)
    with pytest.raises(NotInForce, match="经营所得"):
        tax(shop(100_000), 2018)
    # 100,000×20%－10,500＝9,500：个人独资企业不涉及减半，照常计算。
    assert tax(replace(shop(100_000), owner=Owner.SOLE), 2028) == 9_500


@given(PROFIT, st.sampled_from(Owner), st.integers(2019, 2027))
def test_one_cent_more_never_costs_less_nor_more_than_a_cent(
    profit: Decimal, owner: Owner, year: int
) -> None:
    low, high = (
        tax(replace(shop(0), owner=owner, profit=amount), year)
        for amount in (profit, profit + Decimal("0.01"))
    )
    assert 0 <= high - low <= Decimal("0.01")


@given(PROFIT, st.sampled_from(Owner), st.booleans(), st.integers(2019, 2027))
def test_every_step_comes_to_its_value(profit: Decimal, owner: Owner, other: bool, year: int) -> None:
    inputs = Business(owner, profit, other, Decimal(0 if other else 10_000))
    result = business(inputs, date(year, 6, 30))
    assert wrong_steps(result) == []
    assert result.figures["full_tax"] - result.figures["relief"] == result.figures["tax"]
    assert result == business(inputs, date(year, 6, 30))


@pytest.mark.parametrize(
    "wrong",
    [
        shop(-1),
        shop("NaN"),
        shop("1e30"),
        shop(80_000, 7_000),
        shop(80_000, -1),
        replace(shop(80_000), deductions=Decimal(1)),
        Business(Owner.SOLE, Decimal(80_000), False, Decimal(-1)),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: Business) -> None:
    with pytest.raises(WrongFigure):
        tax(wrong)
