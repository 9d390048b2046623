from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.duty import Cycle
from tax.six_taxes import Payer, relief
from tax.surcharges import Levied, Place, surcharges
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps

MONEY = st.decimals(0, 10_000_000, places=2)
NOW = date(2026, 11, 1)


def total(levied: Levied, day: date = NOW) -> Decimal:
    return surcharges(levied, day).figures["total"]


def test_a_general_taxpayer_in_a_city_pays_12_percent() -> None:
    # 51,000×7%＋×3%＋×2%＝3,570＋1,530＋1,020＝6,120。
    figures = surcharges(Levied(Decimal(51_000), Place.CITY, Payer.OTHER), NOW).figures
    assert [figures[k] for k in ("city", "education", "local_education", "total")] == [
        3_570,
        1_530,
        1_020,
        6_120,
    ]


@pytest.mark.parametrize(("place", "due"), [(Place.CITY, 600), (Place.TOWN, 500), (Place.OTHER, 300)])
def test_the_place_decides_the_rate_and_small_taxpayers_pay_half(place: Place, due: int) -> None:
    # 10,000×(7%、5%、1%＋3%＋2%)×50%。
    assert total(Levied(Decimal(10_000), place, Payer.SMALL_SCALE)) == due


def test_sales_of_exactly_100000_in_2026_pay_vat_and_city_tax_but_no_fees() -> None:
    # 增值税1,000；城建税1,000×7%×50%＝35；财税〔2016〕12号"不超过"含本数，两项附加免征。
    result = surcharges(Levied(Decimal(1_000), Place.CITY, Payer.SMALL_SCALE, sales=Decimal(100_000)), NOW)
    assert result.figures["total"] == 35
    assert any("财税〔2016〕12号" in text for text in result.assumptions)


@pytest.mark.parametrize(
    ("cycle", "sales", "due"),
    [
        (Cycle.MONTH, "100000.01", 120),
        (Cycle.QUARTER, "300000", 70),
        (Cycle.QUARTER, "300000.01", 120),
        (Cycle.ONCE, "50000", 120),
    ],
)
def test_the_fees_fall_away_up_to_100000_a_month_or_300000_a_quarter(
    cycle: Cycle, sales: str, due: int
) -> None:
    # 1,000的增值税：城建税70，两项附加50。
    levied = Levied(Decimal(1_000), Place.CITY, Payer.OTHER, cycle, Decimal(sales))
    assert total(levied, date(2024, 5, 1)) == due


@pytest.mark.parametrize(
    ("payer", "day", "share"),
    [
        (Payer.SMALL_SCALE, date(2021, 12, 31), "0.5"),
        (Payer.SMALL_PROFIT, date(2021, 12, 31), "0"),  # 2022年起才扩围
        (Payer.SMALL_PROFIT, date(2022, 1, 1), "0.5"),
        (Payer.SOLE_TRADER, date(2027, 12, 31), "0.5"),
        (Payer.OTHER, date(2030, 1, 1), "0"),
    ],
)
def test_who_pays_half_depends_on_the_year(payer: Payer, day: date, share: str) -> None:
    assert relief(payer, day).share == Decimal(share)


def test_until_2022_the_half_is_a_matter_of_the_province_and_said_to_be() -> None:
    assert any("省级政府" in text for text in relief(Payer.SMALL_SCALE, date(2022, 5, 1)).assumptions)
    assert not any("省级政府" in text for text in relief(Payer.SMALL_SCALE, NOW).assumptions)


@pytest.mark.parametrize(
    ("payer", "day"), [(Payer.OTHER, date(2021, 8, 31)), (Payer.SMALL_SCALE, date(2028, 1, 1))]
)
def test_periods_whose_law_is_not_known_are_refused(payer: Payer, day: date) -> None:
    with pytest.raises(NotInForce):
        surcharges(Levied(Decimal(1), Place.CITY, payer), day)


@pytest.mark.parametrize(
    "wrong",
    [
        Levied(Decimal(-1), Place.CITY, Payer.OTHER),
        Levied(Decimal("NaN"), Place.CITY, Payer.OTHER),
        Levied(Decimal("1e30"), Place.CITY, Payer.OTHER),
        Levied(Decimal(1), Place.CITY, Payer.OTHER, sales=Decimal(-1)),
        Levied(Decimal(1), Place.CITY, Payer.OTHER, Cycle.YEAR),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: Levied) -> None:
    with pytest.raises(WrongFigure):
        surcharges(wrong, NOW)


@given(MONEY, MONEY, st.sampled_from(Place), st.sampled_from(Payer))
def test_more_vat_never_means_less_surcharges(
    one: Decimal, other: Decimal, place: Place, payer: Payer
) -> None:
    low, high = sorted((one, other))
    assert total(Levied(low, place, payer)) <= total(Levied(high, place, payer))


@given(MONEY, st.none() | MONEY, st.sampled_from(Place), st.sampled_from(Payer))
def test_the_steps_are_true_and_the_parts_add_up(
    vat: Decimal, sales: Decimal | None, place: Place, payer: Payer
) -> None:
    levied = Levied(vat, place, payer, sales=sales)
    result = surcharges(levied, NOW)
    *parts, whole = (step.value for step in result.steps)
    assert not wrong_steps(result)
    assert sum(parts) == whole == result.figures["total"]
    assert result == surcharges(levied, NOW)
