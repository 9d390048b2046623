"""个人所得税 of a resident's salary: cumulative withholding (累计预扣法). Pure; money is `Decimal` yuan.

Source: 个人所得税法 (2018 修正) 附表一; 国家税务总局公告2018年第61号 (累计预扣法).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

BASIC_DEDUCTION = Decimal(5000)
CENT = Decimal("0.01")

# Upper end of the bracket (None: no end), rate, quick deduction; yuan a year, in force since 2019-01-01.
YEARLY_BRACKETS: tuple[tuple[Decimal | None, Decimal, Decimal], ...] = (
    (Decimal(36_000), Decimal("0.03"), Decimal(0)),
    (Decimal(144_000), Decimal("0.10"), Decimal(2_520)),
    (Decimal(300_000), Decimal("0.20"), Decimal(16_920)),
    (Decimal(420_000), Decimal("0.25"), Decimal(31_920)),
    (Decimal(660_000), Decimal("0.30"), Decimal(52_920)),
    (Decimal(960_000), Decimal("0.35"), Decimal(85_920)),
    (None, Decimal("0.45"), Decimal(181_920)),
)


class WrongFigure(Exception):
    """A figure that no calculation can use; the text says what is wrong."""


@dataclass(frozen=True)
class Salary:
    """A month's figures in yuan: gross pay, own social insurance and housing fund, special deductions."""

    gross: Decimal
    social: Decimal
    special: Decimal


@dataclass(frozen=True)
class Withholding:
    """The tax withheld in ``month`` and how it came about, in yuan."""

    month: int
    cumulative_income: Decimal
    cumulative_deductions: Decimal
    taxable: Decimal
    rate: Decimal
    quick_deduction: Decimal
    cumulative_tax: Decimal
    withheld_before: Decimal
    withheld_now: Decimal


def yearly_bracket(taxable: Decimal) -> tuple[Decimal, Decimal]:
    """Rate and quick deduction for a yearly taxable amount of at least zero."""
    return next((rate, quick) for end, rate, quick in YEARLY_BRACKETS if end is None or taxable <= end)


def yearly_tax(taxable: Decimal) -> Decimal:
    """Tax on a yearly taxable amount, rounded to the cent."""
    rate, quick = yearly_bracket(max(taxable, Decimal(0)))
    return (max(taxable, Decimal(0)) * rate - quick).quantize(CENT, ROUND_HALF_UP)


def withholding(salary: Salary, month: int) -> Withholding:
    """The tax withheld in the ``month``-th month of the year (1–12) for an unchanging salary since January.

    Raises `WrongFigure` for a negative figure, a salary beyond reason or a month that does not exist.
    """
    _check(salary, month)
    now, before = _cumulative(salary, month), _cumulative(salary, month - 1)
    rate, quick = yearly_bracket(max(now, Decimal(0)))
    return Withholding(
        month=month,
        cumulative_income=salary.gross * month,
        cumulative_deductions=(BASIC_DEDUCTION + salary.social + salary.special) * month,
        taxable=max(now, Decimal(0)),
        rate=rate,
        quick_deduction=quick,
        cumulative_tax=yearly_tax(now),
        withheld_before=yearly_tax(before),
        withheld_now=yearly_tax(now) - yearly_tax(before),
    )


def _cumulative(salary: Salary, month: int) -> Decimal:
    return (salary.gross - BASIC_DEDUCTION - salary.social - salary.special) * month


def _check(salary: Salary, month: int) -> None:
    if not 1 <= month <= 12:
        raise WrongFigure("月份应在1到12之间。")
    for name, amount in (
        ("月薪", salary.gross),
        ("社保公积金", salary.social),
        ("专项附加扣除", salary.special),
    ):
        if not amount.is_finite() or amount < 0:
            raise WrongFigure(f"{name}不能是负数。")
        if amount > Decimal(100_000_000):
            raise WrongFigure(f"{name}的数字太大了，请核对单位是元。")
    if salary.social > salary.gross:
        raise WrongFigure("社保公积金不应超过月薪，请核对。")
