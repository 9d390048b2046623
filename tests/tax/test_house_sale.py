from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.house_sale import CostNeeded, HomeSale, held, house_sale
from tax.surcharges import Place
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps

PRICES = st.decimals(1, 50_000_000, places=2)
BOUGHT = st.dates(date(2015, 1, 1), date(2023, 12, 31))
SOLD = st.sampled_from([date(2024, 11, 30), date(2025, 12, 31), date(2026, 11, 21)])
PLAIN = HomeSale(
    price=Decimal(2_060_000),
    bought=date(2025, 3, 10),
    place=Place.CITY,
    first_tier=False,
    only_home=False,
    cost=Decimal(1_500_000),
)


def figures(inputs: HomeSale, day: date) -> dict[str, Decimal]:
    return house_sale(inputs, day).figures


def test_a_home_held_less_than_two_years_in_2026_pays_3_percent_on_the_whole() -> None:
    # 增值税2,060,000÷1.03×3%＝60,000；附加60,000×(7%＋3%＋2%)×50%＝3,600；
    # 个税(2,060,000－60,000－1,500,000－3,600－6,400)×20%＝490,000×20%＝98,000；合计161,600。
    result = figures(replace(PLAIN, expenses=Decimal(6_400)), date(2026, 11, 21))
    assert result == {
        "vat": Decimal(60_000),
        "surcharges": Decimal(3_600),
        "income_tax": Decimal(98_000),
        "total": Decimal(161_600),
    }


def test_the_same_sale_in_2025_paid_5_percent() -> None:
    # 2,100,000÷1.05×5%＝100,000；附加6,000。
    result = figures(replace(PLAIN, price=Decimal(2_100_000)), date(2025, 12, 31))
    assert [result["vat"], result["surcharges"]] == [100_000, 6_000]


@pytest.mark.parametrize(("day", "vat"), [(date(2027, 3, 9), 60_000), (date(2027, 3, 10), 0)])
def test_two_full_years_make_the_sale_exempt(day: date, vat: int) -> None:
    assert figures(PLAIN, day)["vat"] == vat


def test_a_sale_after_two_years_pays_income_tax_on_the_gain_alone() -> None:
    # (2,060,000－1,500,000)×20%＝112,000。
    result = figures(replace(PLAIN, bought=date(2020, 1, 1)), date(2026, 6, 1))
    assert [result["income_tax"], result["total"]] == [112_000, 112_000]


@pytest.mark.parametrize(
    ("ordinary", "first_tier", "day", "vat"),
    [
        # 非普通住房差额：(3,100,000－1,000,000)÷1.05×5%＝100,000；2024-12-01起满2年都免。
        (False, True, date(2024, 11, 30), 100_000),
        (True, True, date(2024, 11, 30), 0),
        (False, False, date(2024, 11, 30), 0),
        (False, True, date(2024, 12, 1), 0),
        (False, True, date(2026, 1, 1), 0),
    ],
)
def test_a_large_home_in_a_first_tier_city_paid_on_the_difference_until_2024_11(
    ordinary: bool, first_tier: bool, day: date, vat: int
) -> None:
    sale = replace(
        PLAIN,
        price=Decimal(3_100_000),
        cost=Decimal(1_000_000),
        bought=date(2016, 6, 1),
        ordinary=ordinary,
        first_tier=first_tier,
    )
    assert figures(sale, day)["vat"] == vat


@pytest.mark.parametrize(
    ("day", "only", "due"),
    [
        (date(2030, 3, 9), True, 112_000),
        (date(2030, 3, 10), True, 0),
        (date(2030, 3, 10), False, 112_000),
    ],
)
def test_the_only_home_of_five_years_pays_no_income_tax(day: date, only: bool, due: int) -> None:
    assert figures(replace(PLAIN, only_home=only), day)["income_tax"] == due


def test_the_only_home_of_five_years_needs_no_cost() -> None:
    sale = replace(PLAIN, only_home=True, cost=None, bought=date(2020, 1, 1))
    assert figures(sale, date(2026, 6, 1))["total"] == 0


def test_without_the_cost_the_local_rate_is_applied_to_the_proceeds() -> None:
    # (2,060,000－60,000)×1%＝20,000。
    sale = replace(PLAIN, cost=None, assessed_rate=Decimal("0.01"))
    assert figures(sale, date(2026, 11, 21))["income_tax"] == 20_000


def test_neither_cost_nor_local_rate_is_refused_by_name() -> None:
    with pytest.raises(CostNeeded, match="房屋原值"):
        house_sale(replace(PLAIN, cost=None), date(2026, 11, 21))
    with pytest.raises(CostNeeded, match="差额"):
        house_sale(
            replace(PLAIN, cost=None, first_tier=True, ordinary=False, bought=date(2016, 1, 1)),
            date(2024, 1, 1),
        )


def test_a_loss_pays_no_income_tax() -> None:
    assert figures(replace(PLAIN, cost=Decimal(3_000_000)), date(2026, 11, 21))["income_tax"] == 0


def test_a_refund_for_buying_again_is_pointed_to_where_income_tax_is_due() -> None:
    result = house_sale(PLAIN, date(2026, 11, 21))
    assert any("公告2026年第3号" in note for note in result.notes)


def test_29_february_comes_round_on_28_february() -> None:
    assert held(date(2024, 2, 29), date(2026, 2, 28), 2)
    assert not held(date(2024, 2, 29), date(2026, 2, 27), 2)


def test_a_taxed_sale_before_the_surcharge_law_of_2021_09_is_refused() -> None:
    with pytest.raises(NotInForce, match="城市维护建设税"):
        house_sale(replace(PLAIN, bought=date(2021, 1, 1)), date(2021, 8, 31))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PLAIN, price=Decimal(-1)),
        replace(PLAIN, price=Decimal("NaN")),
        replace(PLAIN, price=Decimal("1e30")),
        replace(PLAIN, expenses=Decimal(-1)),
        replace(PLAIN, cost=Decimal(0)),
        replace(PLAIN, bought=date(2026, 11, 22)),
        replace(PLAIN, assessed_rate=Decimal("0.01")),
        replace(PLAIN, cost=None, assessed_rate=Decimal("0.05")),
        replace(PLAIN, cost=None, assessed_rate=Decimal("NaN")),
    ],
)
def test_facts_that_cannot_be_are_refused(wrong: HomeSale) -> None:
    with pytest.raises(WrongFigure):
        house_sale(wrong, date(2026, 11, 21))


@given(PRICES, PRICES, BOUGHT, st.booleans(), SOLD)
def test_a_higher_price_never_means_less_tax(
    one: Decimal, other: Decimal, bought: date, first_tier: bool, day: date
) -> None:
    low, high = (
        figures(replace(PLAIN, price=price, bought=bought, first_tier=first_tier, ordinary=False), day)[
            "total"
        ]
        for price in sorted((one, other))
    )
    assert low <= high + Decimal("0.01")  # each tax is rounded to the cent on its own


@given(PRICES, PRICES, BOUGHT, st.booleans(), st.booleans(), SOLD)
def test_the_steps_are_true_and_the_taxes_add_up(
    price: Decimal, cost: Decimal, bought: date, first_tier: bool, only_home: bool, day: date
) -> None:
    sale = replace(
        PLAIN,
        price=price,
        cost=cost,
        bought=bought,
        first_tier=first_tier,
        only_home=only_home,
        ordinary=False,
    )
    result = house_sale(sale, day)
    taxes = [result.figures[name] for name in ("vat", "surcharges", "income_tax")]
    assert not wrong_steps(result)
    assert sum(taxes) == result.figures["total"] == result.steps[-1].value
    assert result == house_sale(sale, day)
