from __future__ import annotations

from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step
from tax.step import added, remainder
from tests.tax.arithmetic import wrong_steps


def test_equal_amounts_are_shown_as_a_product() -> None:
    step = added("累计减除费用", [Decimal(5_000)] * 3)
    assert (step.formula, step.value) == ("5,000×3＝15,000", Decimal(15_000))


def test_different_amounts_are_shown_as_a_sum() -> None:
    step = added("累计收入", [Decimal(8_000), Decimal("9000.50")])
    assert (step.formula, step.value) == ("8,000＋9,000.50＝17,000.50", Decimal("17000.50"))


def test_one_amount_needs_no_working() -> None:
    assert added("累计收入", [Decimal(8_000)]).formula == "8,000"
    assert remainder("所得", ("收入", Decimal(9)), ("减除费用", Decimal(0))).formula == "收入9"


def test_a_remainder_leaves_out_what_is_zero() -> None:
    step = remainder("所得", ("收入", Decimal(9)), ("减除费用", Decimal(5)), ("其他扣除", Decimal(0)))
    assert (step.formula, step.value) == ("收入9－减除费用5＝4", Decimal(4))


def test_a_remainder_does_not_fall_below_zero() -> None:
    step = remainder("所得", ("收入", Decimal(3)), ("减除费用", Decimal(5)))
    assert (step.formula, step.value) == ("收入3－减除费用5，不足减，按0计算", Decimal(0))


def test_a_remainder_of_exactly_zero_is_a_result() -> None:
    step = remainder("所得", ("收入", Decimal(5)), ("减除费用", Decimal(5)))
    assert (step.formula, step.value) == ("收入5－减除费用5＝0", Decimal(0))


def test_the_check_of_the_steps_finds_a_wrong_working_and_a_wrong_value() -> None:
    def calculation(formula: str, value: int) -> Calculation:
        return Calculation("", date(2026, 1, 1), {}, (Step("税", formula, Decimal(value)),), ())

    assert wrong_steps(calculation("（收入9－1）×50%＝4，适用3%", 4)) == []
    assert wrong_steps(calculation("（收入9－1）×50%＝5", 5)) != []
    assert wrong_steps(calculation("（收入9－1）×50%＝4", 5)) != []
