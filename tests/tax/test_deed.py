from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.deed import HomePurchase, LocalRateNeeded, deed
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps

PRICES = st.decimals(1, 50_000_000, places=2)
AREAS = st.decimals(10, 500, places=2)
BEFORE, SINCE = date(2024, 11, 30), date(2024, 12, 1)


def home(area: float, owned: int = 0, first_tier: bool = False, local: str | None = None) -> HomePurchase:
    return HomePurchase(
        Decimal(2_000_000), Decimal(str(area)), owned, first_tier, Decimal(local) if local else None
    )


def tax(inputs: HomePurchase, day: date) -> Decimal:
    return deed(inputs, day).figures["tax"]


@pytest.mark.parametrize(
    ("area", "owned", "day", "due"),
    [
        # 2,000,000元：1%＝20,000，1.5%＝30,000，2%＝40,000。
        (90, 0, BEFORE, 20_000),
        (90.01, 0, BEFORE, 30_000),
        (120, 0, BEFORE, 30_000),
        (120, 0, SINCE, 20_000),
        (140, 0, SINCE, 20_000),
        (140.01, 0, SINCE, 30_000),
        (90, 1, BEFORE, 20_000),
        (120, 1, BEFORE, 40_000),
        (140, 1, SINCE, 20_000),
        (140.01, 1, SINCE, 40_000),
    ],
)
def test_the_area_limit_rose_from_90_to_140_on_2024_12_01(
    area: float, owned: int, day: date, due: int
) -> None:
    assert tax(home(area, owned), day) == due


def test_a_second_home_in_shenzhen_was_taxed_at_the_local_rate_until_2024_11() -> None:
    inputs = home(100, 1, first_tier=True, local="0.03")
    assert tax(inputs, BEFORE) == 60_000  # 2,000,000×3%
    assert tax(inputs, SINCE) == 20_000  # 140平方米及以下1%


def test_a_third_home_is_taxed_at_the_local_rate() -> None:
    assert tax(home(80, 2, local="0.04"), SINCE) == 80_000


def test_the_local_rate_is_asked_for_where_it_matters_and_nowhere_else() -> None:
    assert tax(home(80, 1), SINCE) == 20_000
    with pytest.raises(LocalRateNeeded, match="3%至5%"):
        deed(home(80, 2), SINCE)
    with pytest.raises(LocalRateNeeded):
        deed(home(80, 1, first_tier=True), BEFORE)


def test_the_first_day_known_is_2016_02_22() -> None:
    assert tax(home(80), date(2016, 2, 22)) == 20_000
    with pytest.raises(NotInForce):
        deed(home(80), date(2016, 2, 21))


@pytest.mark.parametrize(
    "wrong",
    [
        HomePurchase(Decimal(-1), Decimal(80), 0, False),
        HomePurchase(Decimal(0), Decimal(80), 0, False),
        HomePurchase(Decimal("NaN"), Decimal(80), 0, False),
        HomePurchase(Decimal("1e30"), Decimal(80), 0, False),
        home(0),
        home(80, -1),
        home(80, 2, local="0.3"),
        home(80, 2, local="NaN"),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: HomePurchase) -> None:
    with pytest.raises(WrongFigure):
        deed(wrong, SINCE)


@given(PRICES, PRICES, AREAS, st.integers(0, 4), st.booleans(), st.sampled_from([BEFORE, SINCE]))
def test_a_dearer_home_never_means_less_tax(
    one: Decimal, other: Decimal, area: Decimal, owned: int, first_tier: bool, day: date
) -> None:
    low, high = (
        tax(HomePurchase(price, area, owned, first_tier, Decimal("0.03")), day)
        for price in sorted((one, other))
    )
    assert low <= high


@given(PRICES, AREAS, AREAS, st.integers(0, 4), st.sampled_from([BEFORE, SINCE]))
def test_a_larger_home_and_one_more_home_never_mean_less_tax(
    price: Decimal, one: Decimal, other: Decimal, owned: int, day: date
) -> None:
    low, high = sorted((one, other))
    rate = Decimal("0.03")
    small = tax(HomePurchase(price, low, owned, False, rate), day)
    assert small <= tax(HomePurchase(price, high, owned, False, rate), day)
    assert small <= tax(HomePurchase(price, low, owned + 1, False, rate), day)


@given(PRICES, AREAS, st.integers(0, 4))
def test_the_steps_are_true_and_end_in_the_tax(price: Decimal, area: Decimal, owned: int) -> None:
    inputs = HomePurchase(price, area, owned, False, Decimal("0.05"))
    result = deed(inputs, SINCE)
    assert not wrong_steps(result)
    assert result.steps[-1].value == result.figures["tax"]
    assert result == deed(inputs, SINCE)
