from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.table import NotInForce
from tax.vat_general import GeneralPeriod, vat_general
from tests.tax.arithmetic import wrong_steps

MONEY = st.decimals(0, 10_000_000, places=2)
NOW = date(2026, 11, 1)


def period(with_tax: bool = False, **figures: float | str) -> GeneralPeriod:
    return GeneralPeriod(with_tax=with_tax, **{name: Decimal(str(value)) for name, value in figures.items()})


def test_each_rate_is_applied_to_its_sales_and_the_input_is_taken_off() -> None:
    # 1,000,000×13%＋200,000×9%＋50,000×6%＝130,000＋18,000＋3,000＝151,000；－进项90,000－留抵10,000＝51,000。
    figures = vat_general(
        period(standard=1_000_000, reduced=200_000, low=50_000, input_tax=90_000, carried_in=10_000), NOW
    ).figures
    assert [figures["output_tax"], figures["tax"], figures["carried_out"]] == [151_000, 51_000, 0]


def test_input_beyond_the_output_is_carried_over() -> None:
    # 100,000×13%＝13,000；20,000＋5,000－13,000＝12,000留抵。
    result = vat_general(period(standard=100_000, input_tax=20_000, carried_in=5_000), NOW)
    assert [result.figures["tax"], result.figures["carried_out"]] == [0, 12_000]
    assert "期末留抵税额12,000元" in result.headline


def test_carry_over_never_pays_the_tax_under_the_simplified_method() -> None:
    # 留抵20,000；简易计税200,000×3%＋100,000×5%＝6,000＋5,000＝11,000照缴。
    figures = vat_general(period(input_tax=20_000, three=200_000, five=100_000), NOW).figures
    assert [figures["tax"], figures["carried_out"]] == [11_000, 20_000]


def test_prices_with_tax_are_converted_by_their_own_rate() -> None:
    # 113,000÷1.13×13%＝13,000；106,000÷1.06×6%＝6,000；103,000÷1.03×3%＝3,000。
    assert (
        vat_general(period(True, standard=113_000, low=106_000, three=103_000), NOW).figures["tax"] == 22_000
    )


def test_input_transferred_out_is_taxed_back() -> None:
    # 13,000＋1,300－10,000＝4,300。
    figures = vat_general(period(standard=100_000, input_tax=10_000, transferred_out=1_300), NOW).figures
    assert figures["tax"] == 4_300


@pytest.mark.parametrize(
    ("day", "due"), [(date(2019, 3, 31), 16_000), (date(2019, 4, 1), 13_000), (date(2026, 1, 1), 13_000)]
)
def test_the_standard_rate_fell_on_2019_04_01(day: date, due: int) -> None:
    assert vat_general(period(standard=100_000), day).figures["tax"] == due


def test_zero_rated_sales_bear_no_output_tax_and_point_to_the_refund() -> None:
    result = vat_general(period(zero=500_000, input_tax=1_000), NOW)
    assert [result.figures["output_tax"], result.figures["carried_out"]] == [0, 1_000]
    assert any("出口退" in note for note in result.notes)


@pytest.mark.parametrize(
    ("inputs", "day"),
    [(period(standard=1), date(2018, 4, 30)), (period(three=1), date(2028, 1, 1))],
)
def test_periods_whose_law_is_not_known_are_refused(inputs: GeneralPeriod, day: date) -> None:
    with pytest.raises(NotInForce):
        vat_general(inputs, day)


@pytest.mark.parametrize(
    "wrong",
    [
        period(standard=-1),
        period(standard="NaN"),
        period(low="1e30"),
        period(zero=-1),
        period(five=-1),
        period(input_tax=-1),
        period(transferred_out="NaN"),
        period(carried_in="1e30"),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: GeneralPeriod) -> None:
    with pytest.raises(WrongFigure):
        vat_general(wrong, NOW)


@given(MONEY, MONEY, MONEY, MONEY)
def test_tax_and_carry_over_balance_and_never_come_together(
    standard: Decimal, input_tax: Decimal, out: Decimal, carried: Decimal
) -> None:
    inputs = GeneralPeriod(standard=standard, input_tax=input_tax, transferred_out=out, carried_in=carried)
    figures = vat_general(inputs, NOW).figures
    assert figures["tax"] - figures["carried_out"] == figures["output_tax"] + out - input_tax - carried
    assert not (figures["tax"] and figures["carried_out"])


@given(MONEY, MONEY, MONEY, MONEY, st.booleans())
def test_the_steps_are_true_and_end_in_the_tax(
    standard: Decimal, low: Decimal, three: Decimal, input_tax: Decimal, with_tax: bool
) -> None:
    inputs = GeneralPeriod(standard=standard, low=low, three=three, input_tax=input_tax, with_tax=with_tax)
    result = vat_general(inputs, NOW)
    assert not wrong_steps(result)
    assert result.steps[-1].value == result.figures["tax"]
    assert result == vat_general(inputs, NOW)


@given(MONEY, MONEY, MONEY)
def test_more_sales_never_mean_less_tax(one: Decimal, other: Decimal, input_tax: Decimal) -> None:
    low, high = sorted((one, other))
    taxes = [
        vat_general(GeneralPeriod(reduced=s, input_tax=input_tax), NOW).figures["tax"] for s in (low, high)
    ]
    assert taxes[0] <= taxes[1]
