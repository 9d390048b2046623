from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.remuneration import Kind, Remuneration, remuneration
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps

DAY = date(2026, 11, 21)
MONEY = st.decimals("0.01", 500_000, places=2)
KINDS = st.sampled_from(Kind)


def withheld(amount: str | Decimal, kind: Kind = Kind.LABOUR, day: date = DAY) -> Decimal:
    return remuneration(Remuneration(Decimal(amount), kind), day).figures["withheld"]


@pytest.mark.parametrize(
    ("amount", "tax"),
    [
        ("800", "0"),  # 800－800＝0
        ("3000", "440"),  # （3,000－800）×20%
        ("4000", "640"),  # （4,000－800）×20%
        ("4001", "640.16"),  # 4,001×80%×20%
        ("5000", "800"),  # 5,000×80%×20%
        ("25000", "4000"),  # 20,000×20%
        ("30000", "5200"),  # 24,000×30%－2,000
        ("62500", "13000"),  # 50,000×30%－2,000
        ("100000", "25000"),  # 80,000×40%－7,000
    ],
)
def test_labour_remuneration_worked_by_hand(amount: str, tax: str) -> None:
    assert withheld(amount) == Decimal(tax)


def test_authors_remuneration_counts_at_seventy_percent_worked_by_hand() -> None:
    # 10,000×80%×70%＝5,600，20%＝1,120；3,800：（3,800－800）×70%＝2,100，20%＝420。
    assert withheld("10000", Kind.AUTHOR) == 1_120
    assert withheld("3800", Kind.AUTHOR) == 420


def test_royalties_are_withheld_at_twenty_percent_whatever_the_sum_worked_by_hand() -> None:
    # 100,000×80%×20%＝16,000
    assert withheld("100000", Kind.ROYALTIES) == 16_000


def test_the_headline_says_what_is_withheld_and_what_is_left() -> None:
    # 3,000－440＝2,560
    result = remuneration(Remuneration(Decimal(3_000), Kind.LABOUR), DAY)
    assert result.headline == "这次劳务报酬应预扣个人所得税440元，到手2,560元。"


def test_nothing_is_withheld_below_the_fixed_costs() -> None:
    assert withheld("500") == 0


def test_the_rule_is_the_same_before_and_after_2026() -> None:
    # 个人所得税没有随2026年增值税换版而变；收入按不含增值税计。
    assert withheld("30000", day=date(2025, 12, 31)) == withheld("30000", day=date(2026, 1, 1))
    result = remuneration(Remuneration(Decimal(30_000), Kind.LABOUR), DAY)
    assert "不含增值税" in result.assumptions[0]


def test_before_2019_it_is_refused() -> None:
    with pytest.raises(NotInForce, match="劳务报酬"):
        withheld("3000", day=date(2018, 12, 31))


@given(MONEY, KINDS)
def test_one_cent_more_never_costs_less_nor_more_than_a_cent(amount: Decimal, kind: Kind) -> None:
    more = withheld(amount + Decimal("0.01"), kind) - withheld(amount, kind)
    assert 0 <= more <= Decimal("0.01")


@given(MONEY, KINDS)
def test_every_step_comes_to_its_value(amount: Decimal, kind: Kind) -> None:
    inputs = Remuneration(amount, kind)
    result = remuneration(inputs, DAY)
    assert wrong_steps(result) == []
    assert result.steps[-1].value == result.figures["withheld"]
    assert result.figures["left"] + result.figures["withheld"] == amount
    assert result == remuneration(inputs, DAY)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e30"])
def test_an_amount_that_cannot_be_is_refused(amount: str) -> None:
    with pytest.raises(WrongFigure, match="劳务报酬"):
        withheld(amount)
