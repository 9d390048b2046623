from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.rent import HomeRent, rent
from tax.surcharges import Place
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps

MONEY = st.decimals("0.01", 5_000_000, places=2)
DAYS = st.sampled_from([date(2022, 6, 1), date(2025, 6, 1), date(2026, 11, 21)])
NOW = date(2026, 11, 21)


def lease(received: float | str, months: int = 1, repairs: float = 0) -> HomeRent:
    return HomeRent(Decimal(str(received)), months, Place.CITY, Decimal(str(repairs)))


def figures(inputs: HomeRent, day: date = NOW) -> dict[str, Decimal]:
    return rent(inputs, day).figures


def test_a_rent_of_3000_a_month_pays_house_and_income_tax_only() -> None:
    # 增值税免；房产税3,000×4%×50%＝60；个税(3,000－60－800)×10%＝214；每月274，12个月3,288。
    result = figures(lease(36_000, 12))
    assert [result[k] for k in ("vat", "surcharges", "property_tax", "income_tax", "month", "total")] == [
        0,
        0,
        60,
        214,
        274,
        3_288,
    ]


def test_a_rent_of_exactly_4000_still_takes_off_the_flat_800() -> None:
    # 房产税4,000×4%×50%＝80；个税(4,000－80－800)×10%＝312。
    assert figures(lease(4_000))["income_tax"] == 312


def test_a_rent_above_4000_is_reduced_by_20_percent_and_repairs_count_up_to_800() -> None:
    # 房产税10,000×4%×50%＝200；个税(10,000－200－800)×(1－20%)×10%＝720。
    result = figures(lease(10_000, repairs=1_500))
    assert [result["property_tax"], result["income_tax"]] == [200, 720]


@pytest.mark.parametrize(
    ("received", "day", "vat"),
    [
        # 2025年：105,000÷1.05＝100,000，未超过，免；105,001.05÷1.05＝100,001，×1.5%＝1,500.02。
        ("105000", date(2025, 12, 31), "0"),
        ("105001.05", date(2025, 12, 31), "1500.02"),
        # 2026年：103,000÷1.03＝100,000，达到，×1.5%＝1,500；102,998.97÷1.03＝99,999，未达到。
        ("103000", date(2026, 1, 1), "1500"),
        ("102998.97", date(2026, 1, 1), "0"),
        # 2021-04至2022年月15万：157,500÷1.05＝150,000，免。
        ("157500", date(2022, 12, 31), "0"),
    ],
)
def test_the_monthly_threshold_is_that_of_the_time(received: str, day: date, vat: str) -> None:
    assert figures(lease(received), day)["vat"] == Decimal(vat)


def test_a_rent_that_just_reaches_the_threshold_pays_city_tax_but_no_fees() -> None:
    # 增值税1,500；城建税1,500×7%×50%＝52.50；销售额100,000不超过10万，两项附加免征。
    assert figures(lease(103_000))["surcharges"] == Decimal("52.50")


def test_a_rent_above_the_threshold_pays_everything() -> None:
    # 206,000÷1.03＝200,000，×1.5%＝3,000；附加3,000×12%×50%＝180；租金203,000；
    # 房产税203,000×4%×50%＝4,060；个税(203,000－180－4,060)×80%×10%＝198,760×8%＝15,900.80；合计23,140.80。
    result = figures(lease(206_000))
    assert [result[k] for k in ("vat", "surcharges", "property_tax", "income_tax", "month")] == [
        3_000,
        180,
        4_060,
        Decimal("15900.80"),
        Decimal("23140.80"),
    ]


def test_a_rent_paid_at_once_is_spread_over_the_months() -> None:
    assert figures(lease(600_000, 12))["vat"] == 0  # 每月50,000


def test_a_tiny_rent_pays_no_income_tax() -> None:
    assert figures(lease(800))["income_tax"] == 0


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2028, 1, 1)])
def test_months_whose_law_is_not_known_are_refused(day: date) -> None:
    with pytest.raises(NotInForce):
        rent(lease(3_000), day)


@pytest.mark.parametrize(
    "wrong",
    [
        lease(-1),
        lease(0),
        lease("NaN"),
        lease("1e30"),
        lease(3_000, 0),
        lease(3_000, 241),
        lease(3_000, 1, -1),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: HomeRent) -> None:
    with pytest.raises(WrongFigure):
        rent(wrong, NOW)


@given(MONEY, MONEY, DAYS)
def test_more_rent_never_means_less_tax(one: Decimal, other: Decimal, day: date) -> None:
    low, high = (figures(HomeRent(r, 1, Place.CITY), day)["total"] for r in sorted((one, other)))
    assert low <= high + Decimal("0.01")  # each tax is rounded to the cent on its own


@given(MONEY, st.integers(1, 36), st.decimals(0, 2_000, places=2), st.sampled_from(Place), DAYS)
def test_the_steps_are_true_and_the_taxes_add_up(
    received: Decimal, months: int, repairs: Decimal, place: Place, day: date
) -> None:
    inputs = HomeRent(received, months, place, repairs)
    result = rent(inputs, day)
    taxes = [result.figures[name] for name in ("vat", "surcharges", "property_tax", "income_tax")]
    assert not wrong_steps(result)
    assert sum(taxes) == result.figures["month"]
    assert result.figures["total"] == result.figures["month"] * months == result.steps[-1].value
    assert result == rent(inputs, day)
