from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.duty import Cycle
from tax.table import NotInForce
from tax.vat_small import LawChangedInside, NoThreshold, SmallSales, vat_small
from tests.tax.arithmetic import wrong_steps

MONEY = st.decimals(0, 1_000_000, places=2)
DAYS = st.sampled_from(
    [
        date(2019, 5, 1),
        date(2020, 6, 1),
        date(2021, 7, 1),
        date(2022, 6, 1),
        date(2024, 6, 1),
        date(2026, 11, 1),
    ]
)
NOW = date(2026, 11, 21)


def sales(
    ordinary: float | str, cycle: Cycle = Cycle.MONTH, with_tax: bool = False, **parts: int
) -> SmallSales:
    return SmallSales(
        cycle,
        Decimal(str(ordinary)),
        with_tax=with_tax,
        **{name: Decimal(value) for name, value in parts.items()},
    )


def tax(inputs: SmallSales, day: date) -> Decimal:
    return vat_small(inputs, day).figures["tax"]


@pytest.mark.parametrize(
    ("ordinary", "day", "due"),
    [
        # 2025年及以前"未超过10万元（含）免征"：恰好100,000免；100,000.01×1%＝1,000.0001→1,000.00。
        ("100000", date(2025, 12, 31), "0"),
        ("100000.01", date(2025, 12, 31), "1000.00"),
        # 2026年起"达到起征点全额计税"：99,999.99未达到；100,000×1%＝1,000。
        ("99999.99", date(2026, 1, 1), "0"),
        ("100000", date(2026, 1, 1), "1000.00"),
    ],
)
def test_exactly_the_monthly_limit_is_exempt_until_2025_and_taxed_in_full_from_2026(
    ordinary: str, day: date, due: str
) -> None:
    assert tax(sales(ordinary), day) == Decimal(due)


@pytest.mark.parametrize(
    ("ordinary", "day", "due"),
    [
        ("300000", date(2025, 11, 5), "0"),  # 季30万（含）免征
        ("300000", date(2026, 2, 5), "3000.00"),  # 达到30万：300,000×1%
        ("450000", date(2021, 5, 5), "0"),  # 2021-04起季45万（含）免征
        ("450001", date(2021, 5, 5), "4500.01"),  # 450,001×1%
        ("300001", date(2019, 5, 5), "9000.03"),  # 2019年3%：300,001×3%
        ("5000000", date(2022, 8, 5), "0"),  # 2022-04至12月3%业务全免，无上限
    ],
)
def test_a_quarter_follows_the_limit_and_rate_of_its_time(ordinary: str, day: date, due: str) -> None:
    assert tax(sales(ordinary, Cycle.QUARTER), day) == Decimal(due)


def test_a_single_sale_from_2026_is_taxed_from_1000_yuan() -> None:
    assert tax(sales(999, Cycle.ONCE), NOW) == 0
    assert tax(sales(1000, Cycle.ONCE), NOW) == Decimal("10.00")  # 1,000×1%


def test_a_single_sale_before_2026_is_refused_because_the_places_set_the_threshold() -> None:
    with pytest.raises(NoThreshold, match="各地"):
        vat_small(sales(400, Cycle.ONCE), date(2025, 6, 1))


def test_a_special_invoice_gives_up_the_exemption_for_its_part_only() -> None:
    # 季度200,000普票＋50,000专票（1%）＋10,000放弃减税专票（3%），合计260,000未达到30万：500＋300＝800。
    result = vat_small(sales(200_000, Cycle.QUARTER, special=50_000, special_full=10_000), NOW)
    assert result.figures["tax"] == Decimal("800.00")
    assert result.figures["exempt_sales"] == 200_000


def test_special_invoices_during_the_whole_exemption_of_2022_are_taxed_at_3_percent() -> None:
    assert tax(sales(900_000, Cycle.QUARTER, special=100_000), date(2022, 6, 1)) == Decimal("3000.00")


def test_prices_with_tax_are_converted_before_the_limit_is_applied() -> None:
    # 303,000÷1.01＝300,000：2025年未超过，免；2026年达到，300,000×1%＝3,000。
    inputs = sales(303_000, Cycle.QUARTER, with_tax=True)
    assert tax(inputs, date(2025, 8, 1)) == 0
    assert tax(inputs, date(2026, 8, 1)) == Decimal("3000.00")


def test_the_limit_looks_at_the_balance_of_sales_taxed_on_a_difference() -> None:
    assert tax(sales(180_000, deducted=100_000), NOW) == 0  # 80,000未达到
    assert tax(sales(250_000, deducted=100_000), NOW) == Decimal("1500.00")  # 150,000×1%


def test_until_2025_a_property_sale_is_taken_out_of_the_sum_but_taxed_itself() -> None:
    # 80,000＋500,000超过10万，扣除不动产后80,000未超过：只有500,000×5%＝25,000。
    assert tax(sales(80_000, property=500_000), date(2025, 3, 1)) == Decimal("25000.00")


def test_from_2026_a_property_sale_counts_and_says_that_this_is_an_assumption() -> None:
    # 580,000达到起征点：80,000×1%＋500,000×3%＝800＋15,000。
    result = vat_small(sales(80_000, property=500_000), NOW)
    assert result.figures["tax"] == Decimal("15800.00")
    assert any("剔除销售不动产" in text for text in result.assumptions)


def test_letting_real_estate_is_taxed_at_5_percent_until_2025_and_3_percent_after() -> None:
    assert tax(sales(0, rent=200_000), date(2025, 3, 1)) == Decimal("10000.00")
    assert tax(sales(0, rent=200_000), date(2026, 3, 1)) == Decimal("6000.00")


def test_reaching_the_limit_exactly_from_2026_is_warned_of() -> None:
    assert any("恰好等于" in note for note in vat_small(sales(100_000), NOW).notes)


def test_the_rate_of_1_percent_began_within_the_first_quarter_of_2020() -> None:
    assert tax(sales(200_000), date(2020, 2, 1)) == Decimal("6000.00")
    assert tax(sales(200_000), date(2020, 3, 1)) == Decimal("2000.00")
    with pytest.raises(LawChangedInside, match="2020年第1季度"):
        vat_small(sales(200_000, Cycle.QUARTER), date(2020, 2, 1))


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2028, 1, 1)])
def test_periods_whose_law_is_not_known_are_refused(day: date) -> None:
    with pytest.raises(NotInForce):
        vat_small(sales(200_000), day)


@pytest.mark.parametrize(
    "wrong",
    [
        sales(-1),
        sales("NaN"),
        sales("1e30"),
        sales(1000, deducted=1001),
        sales(1000, special=-5),
        sales(1000, Cycle.YEAR),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: SmallSales) -> None:
    with pytest.raises(WrongFigure):
        vat_small(wrong, NOW)


@given(MONEY, MONEY, st.booleans(), DAYS)
def test_more_sales_never_mean_less_tax(one: Decimal, other: Decimal, with_tax: bool, day: date) -> None:
    low, high = sorted((one, other))
    assert tax(sales(str(low), with_tax=with_tax), day) <= tax(sales(str(high), with_tax=with_tax), day)


@given(MONEY, MONEY, MONEY, MONEY, st.booleans(), DAYS)
def test_the_steps_are_true_and_end_in_the_tax(
    ordinary: Decimal, special: Decimal, rent: Decimal, property_: Decimal, with_tax: bool, day: date
) -> None:
    inputs = SmallSales(
        Cycle.QUARTER, ordinary, special=special, rent=rent, property=property_, with_tax=with_tax
    )
    result = vat_small(inputs, day)
    assert not wrong_steps(result)
    assert result.steps[-1].value == result.figures["tax"]
    assert result == vat_small(inputs, day)
