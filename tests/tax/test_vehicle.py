from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.table import NotInForce
from tax.vehicle import CarPurchase, vehicle
from tests.tax.arithmetic import wrong_steps

PRICES = st.decimals(1, 2_000_000, places=2)
NOW = date(2026, 11, 21)


def car(net: float, new_energy: bool = False, small_engine: bool = False) -> CarPurchase:
    return CarPurchase(Decimal(str(net)), False, new_energy, small_engine)


def tax(inputs: CarPurchase, day: date = NOW) -> Decimal:
    return vehicle(inputs, day).figures["tax"]


def test_a_petrol_car_pays_10_percent_of_the_price_without_vat() -> None:
    # 226,000÷1.13＝200,000；×10%＝20,000。
    assert tax(CarPurchase(Decimal(226_000), True, False)) == 20_000
    assert tax(car(200_000)) == 20_000


@pytest.mark.parametrize(
    ("net", "day", "due"),
    [
        (400_000, date(2023, 12, 31), 0),  # 无上限
        (400_000, date(2020, 6, 1), 0),
        (300_000, date(2025, 12, 31), 0),  # 30,000全免
        (400_000, date(2024, 1, 1), 10_000),  # 40,000－30,000
        (200_000, date(2026, 1, 1), 10_000),  # 20,000减半
        (300_000, date(2026, 1, 1), 15_000),  # 30,000减15,000，恰在上限
        (400_000, date(2027, 12, 31), 25_000),  # 40,000－15,000
    ],
)
def test_the_new_energy_relief_is_that_of_the_invoice_day(net: int, day: date, due: int) -> None:
    assert tax(car(net, new_energy=True), day) == due


def test_the_new_energy_relief_after_2027_is_not_known_but_a_petrol_car_is() -> None:
    with pytest.raises(NotInForce, match="新能源"):
        vehicle(car(200_000, new_energy=True), date(2028, 1, 1))
    assert tax(car(200_000), date(2028, 1, 1)) == 20_000


@pytest.mark.parametrize(
    ("net", "day", "due"),
    [
        (300_000, date(2022, 6, 1), 15_000),
        (300_000.01, date(2022, 6, 1), 30_000),
        (100_000, date(2022, 5, 31), 10_000),
        (100_000, date(2023, 1, 1), 10_000),
    ],
)
def test_small_engines_paid_half_up_to_300000_in_the_second_half_of_2022(
    net: float, day: date, due: int
) -> None:
    assert tax(car(net, small_engine=True), day) == due


def test_the_first_day_known_is_2019_07_01() -> None:
    assert tax(car(100_000), date(2019, 7, 1)) == 10_000
    with pytest.raises(NotInForce):
        vehicle(car(100_000), date(2019, 6, 30))


@pytest.mark.parametrize(
    "wrong", [car(-1), car(0), CarPurchase(Decimal("NaN"), True, False), car(1e30), car(1, True, True)]
)
def test_figures_that_cannot_be_are_refused(wrong: CarPurchase) -> None:
    with pytest.raises(WrongFigure):
        vehicle(wrong, NOW)


@given(PRICES, st.booleans(), st.sampled_from([date(2023, 6, 1), date(2025, 6, 1), NOW]))
def test_a_cent_more_never_changes_the_tax_by_more_than_a_cent(
    price: Decimal, new_energy: bool, day: date
) -> None:
    more = CarPurchase(price + Decimal("0.01"), False, new_energy)
    step = tax(more, day) - tax(CarPurchase(price, False, new_energy), day)
    assert 0 <= step <= Decimal("0.01")


@given(PRICES, st.booleans(), st.booleans(), st.sampled_from([date(2022, 7, 1), date(2025, 6, 1), NOW]))
def test_the_steps_are_true_and_end_in_the_tax(
    price: Decimal, with_tax: bool, new_energy: bool, day: date
) -> None:
    inputs = CarPurchase(price, with_tax, new_energy, small_engine=not new_energy)
    result = vehicle(inputs, day)
    assert not wrong_steps(result)
    assert result.steps[-1].value == result.figures["tax"]
    assert result == vehicle(inputs, day)
