from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import Calculation, WrongFigure
from tax.late import Late, late
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

TODAY = date(2026, 11, 21)
DEADLINE = date(2020, 1, 15)
MONEY = st.decimals(1, 10_000_000, places=2)
DAYS = st.integers(0, 4_000)


def after(unpaid: str | Decimal, days: int) -> Calculation:
    return late(Late(Decimal(unpaid), DEADLINE, DEADLINE + timedelta(days=days)), TODAY)


def test_five_days_worked_by_hand() -> None:
    # 11月17日至21日共5天；100,000×0.05%×5＝250。
    result = late(Late(Decimal(100_000), date(2026, 11, 16), date(2026, 11, 21)), TODAY)
    assert (result.figures["days"], result.figures["surcharge"], result.figures["total"]) == yuan(
        5, 250, 100_250
    )


def test_forty_days_worked_by_hand() -> None:
    # 3月16日至4月24日：16＋24＝40天；300,000×0.05%×40＝6,000。
    result = late(Late(Decimal(300_000), date(2026, 3, 15), date(2026, 4, 24)), TODAY)
    assert result.figures["surcharge"] == 6_000


def test_a_leap_day_counts() -> None:
    # 2024年2月29日、3月1日，2天；10,000×0.05%×2＝10。
    result = late(Late(Decimal(10_000), date(2024, 2, 28), date(2024, 3, 1)), TODAY)
    assert (result.figures["days"], result.figures["surcharge"]) == yuan(2, 10)


def test_the_day_after_the_deadline_is_the_first() -> None:
    # 2,000×0.05%×1＝1
    assert after("2000", 1).figures["surcharge"] == 1


@pytest.mark.parametrize("days", [0, -3])
def test_payment_by_the_deadline_is_not_late(days: int) -> None:
    result = after("2000", days)
    assert (result.figures["days"], result.figures["surcharge"], result.figures["total"]) == yuan(0, 0, 2_000)
    assert result.headline == "没有超过缴纳期限，不加收滞纳金。"


def test_the_steps_name_the_days_that_count() -> None:
    assert [s.formula for s in after("2000", 2).steps[:2]] == [
        "2020-01-16至2020-01-17（含两端）",
        "2,000×0.05%×2＝2",
    ]
    assert [s.formula for s in after("2000", 0).steps] == ["2020-01-15未超过2020-01-15"]


def test_over_the_tax_itself_it_is_not_capped_but_the_dispute_is_told() -> None:
    # 2,000天×0.05%＝100%，恰好等于税款；2,001天超过：10,000×0.05%×2,001＝10,005。
    equal, over = after("10000", 2_000), after("10000", 2_001)
    assert (equal.figures["surcharge"], over.figures["surcharge"]) == yuan(10_000, 10_005)
    assert not any("行政强制法第四十五条" in note for note in equal.notes)
    assert any("行政强制法第四十五条" in note for note in over.notes)


def test_the_revision_under_way_is_told() -> None:
    assert any("正在修订" in note for note in after("2000", 1).notes)


def test_before_the_rate_was_set_it_is_refused() -> None:
    with pytest.raises(NotInForce, match="滞纳金"):
        late(Late(Decimal(1), date(2001, 4, 1), date(2001, 4, 2)), date(2001, 4, 30))


@given(MONEY, DAYS)
def test_each_day_adds_the_same(unpaid: Decimal, days: int) -> None:
    one = unpaid * Decimal("0.0005")
    assert abs(after(unpaid, days).figures["surcharge"] - one * days) <= Decimal("0.005")


@given(MONEY, DAYS, DAYS)
def test_waiting_longer_never_costs_less(unpaid: Decimal, one: int, other: int) -> None:
    short, long = sorted((one, other))
    assert after(unpaid, short).figures["surcharge"] <= after(unpaid, long).figures["surcharge"]


@given(MONEY, DAYS)
def test_every_step_comes_to_its_value(unpaid: Decimal, days: int) -> None:
    result = after(unpaid, days)
    assert wrong_steps(result) == []
    assert result.figures["total"] == unpaid + result.figures["surcharge"]
    assert result == after(unpaid, days)


@pytest.mark.parametrize("unpaid", ["0", "-1", "NaN", "1e30"])
def test_a_sum_that_cannot_be_is_refused(unpaid: str) -> None:
    with pytest.raises(WrongFigure):
        after(unpaid, 1)
