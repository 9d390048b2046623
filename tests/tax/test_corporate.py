from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.corporate import Corporate, corporate
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

YEARS = st.integers(2019, 2027)
INCOME = st.decimals(0, 10_000_000, places=2)


def company(taxable: str | int, people: str | int = 50, assets: str | int = 10_000_000) -> Corporate:
    return Corporate(Decimal(taxable), Decimal(people), Decimal(assets))


def tax(inputs: Corporate, year: int = 2026) -> Decimal:
    return corporate(inputs, date(year, 12, 31)).figures["tax"]


@pytest.mark.parametrize(
    ("year", "first", "both"),
    [
        # 100万：×25%×20%＝50,000；×12.5%×20%＝25,000。
        # 250万：另150万×50%×20%＝150,000；150万×25%×20%＝75,000。
        (2019, 50_000, 200_000),
        (2020, 50_000, 200_000),
        (2021, 25_000, 175_000),
        (2022, 25_000, 100_000),
        (2023, 50_000, 125_000),
        (2024, 50_000, 125_000),
        (2025, 50_000, 125_000),
        (2026, 50_000, 125_000),
        (2027, 50_000, 125_000),
    ],
)
def test_the_slices_by_year_worked_by_hand(year: int, first: int, both: int) -> None:
    assert tax(company(1_000_000), year) == first
    assert tax(company(2_500_000), year) == both


@pytest.mark.parametrize(
    ("year", "most"),
    # 300万：5%×100万＋10%×200万；2.5%＋10%；2.5%＋5%；5%＋5%
    [(2020, 250_000), (2021, 225_000), (2022, 125_000), (2024, 150_000), (2027, 150_000)],
)
def test_the_tax_at_the_limit_by_year_worked_by_hand(year: int, most: int) -> None:
    assert tax(company(3_000_000), year) == most


def test_the_cliff_at_three_million_worked_by_hand() -> None:
    # 3,000,000×25%×20%＝150,000；3,000,001×25%＝750,000.25
    assert tax(company(3_000_000)) == 150_000
    assert tax(company("3000001")) == Decimal("750000.25")


@pytest.mark.parametrize(
    "inputs",
    [
        company(2_000_000, "300.25", 50_000_000),
        company(2_000_000, 300, "50000000.01"),
        replace(company(2_000_000, 300, 50_000_000), restricted=True),
    ],
)
def test_any_failed_condition_means_the_whole_at_25_percent(inputs: Corporate) -> None:
    # 2,000,000×25%＝500,000；符合条件则2,000,000×5%＝100,000，差400,000。
    result = corporate(inputs, date(2026, 12, 31))
    assert (result.figures["tax"], result.figures["small"]) == yuan(500_000, 0)
    assert "相差400,000元" in result.notes[0]


def test_the_limits_themselves_are_within() -> None:
    assert corporate(company(3_000_000, 300, 50_000_000), date(2026, 12, 31)).figures["small"] == 1


def test_a_high_tech_enterprise_pays_15_percent_worked_by_hand() -> None:
    # 5,000,000×15%＝750,000
    assert tax(replace(company(5_000_000), high_tech=True)) == 750_000


def test_a_small_high_tech_enterprise_takes_the_lower_tax() -> None:
    # 小型微利1,000,000×5%＝50,000，少于15%的150,000。
    result = corporate(replace(company(1_000_000), high_tech=True), date(2026, 12, 31))
    assert result.figures["tax"] == 50_000
    assert "不叠加" in result.notes[0]


def test_income_just_over_the_limit_leaves_less_and_is_warned_of() -> None:
    # 税后2,850,000＝x×75%，x＝3,800,000。
    inside, outside = (corporate(company(x), date(2026, 12, 31)).notes for x in (3_799_999, 3_800_000))
    assert "3,800,000元之间" in inside[1]
    assert len(outside) == 1


def test_the_cliff_ahead_is_told() -> None:
    # 3,000,000×25%＝750,000；高新3,000,000×15%＝450,000。
    assert "约750,000元" in corporate(company(1_000_000), date(2026, 12, 31)).notes[0]
    high_tech = replace(company(1_000_000), high_tech=True)
    assert "约450,000元" in corporate(high_tech, date(2026, 12, 31)).notes[1]


def test_at_the_income_limit_it_is_the_other_condition_that_is_told() -> None:
    # 3,000,000×25%－150,000＝600,000
    result = corporate(company(3_000_000, 301), date(2026, 12, 31))
    assert "从业人数超过300人" in result.headline
    assert "相差600,000元" in result.notes[0]


def test_a_slice_is_shown_only_where_there_is_income_in_it() -> None:
    assert len(corporate(company(1_000_000), date(2026, 12, 31)).steps) == 2
    assert len(corporate(company(1_000_001), date(2026, 12, 31)).steps) == 3


def test_no_income_owes_nothing() -> None:
    figures = corporate(company(0), date(2026, 12, 31)).figures
    assert (figures["tax"], figures["effective_rate"]) == yuan(0, 0)


def test_the_effective_rate_in_2022_worked_by_hand() -> None:
    # 100,000÷2,500,000＝4%
    assert corporate(company(2_500_000), date(2022, 12, 31)).figures["effective_rate"] == Decimal("0.04")


@pytest.mark.parametrize("year", [2018, 2028])
def test_outside_2019_to_2027_it_is_refused(year: int) -> None:
    with pytest.raises(NotInForce, match="小型微利"):
        tax(company(1_000_000), year)


@given(INCOME, INCOME, YEARS, st.booleans())
def test_more_income_never_means_less_tax(one: Decimal, other: Decimal, year: int, high_tech: bool) -> None:
    low, high = (replace(company(0), taxable=x, high_tech=high_tech) for x in sorted((one, other)))
    assert tax(low, year) <= tax(high, year)


@given(st.decimals(0, "2999999.99", places=2), YEARS)
def test_up_to_the_cliff_a_cent_more_costs_at_most_a_cent(taxable: Decimal, year: int) -> None:
    more = tax(company(str(taxable + Decimal("0.01"))), year) - tax(company(str(taxable)), year)
    assert 0 <= more <= Decimal("0.01")


@given(INCOME, YEARS)
def test_every_step_comes_to_its_value(taxable: Decimal, year: int) -> None:
    inputs = company(str(taxable))
    result = corporate(inputs, date(year, 6, 30))
    assert wrong_steps(result) == []
    assert result.steps[-1].value == result.figures["tax"]
    assert result == corporate(inputs, date(year, 6, 30))


@pytest.mark.parametrize(
    "wrong", [company(-1), company("NaN"), company("1e30"), company(1, -1), company(1, 1, "Infinity")]
)
def test_figures_that_cannot_be_are_refused(wrong: Corporate) -> None:
    with pytest.raises(WrongFigure):
        tax(wrong)
