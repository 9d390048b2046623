"""个人所得税 of a resident's comprehensive income: the yearly rates, and withholding for an unchanging salary.

Pure; money is `Decimal` yuan. Source: 个人所得税法 (2018 修正) 附税率表一; 国家税务总局公告2018年第61号
第六条 (累计预扣法). `tax.salary` computes the withholding of a year whose months differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tax.bracket import Bracket, bracket, brackets
from tax.calculation import WrongFigure as WrongFigure
from tax.calculation import checked
from tax.table import table

_RATES = table("comprehensive")[-1]
BASIC_DEDUCTION: Decimal = _RATES["monthly_deduction"]
# Upper end of the bracket (None: no end), rate, quick deduction; yuan a year.
YEARLY_BRACKETS: tuple[tuple[Decimal | None, Decimal, Decimal], ...] = tuple(
    (b.end, b.rate, b.quick) for b in brackets(_RATES["brackets"])
)


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
    found = _bracket(taxable)
    return found.rate, found.quick


def yearly_tax(taxable: Decimal) -> Decimal:
    """Tax on a yearly taxable amount, rounded to the cent; none on an amount below zero."""
    return _bracket(taxable).tax(max(taxable, Decimal(0)))


def withholding(salary: Salary, month: int) -> Withholding:
    """The tax withheld in the ``month``-th month of the year (1–12) for an unchanging salary since January.

    Raises `WrongFigure` for a negative figure, a salary beyond reason or a month that does not exist.
    """
    _check(salary, month)
    now, before = _cumulative(salary, month), _cumulative(salary, month - 1)
    rate, quick = yearly_bracket(now)
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


def _bracket(taxable: Decimal) -> Bracket:
    return bracket(_RATES["brackets"], taxable)


def _cumulative(salary: Salary, month: int) -> Decimal:
    return (salary.gross - BASIC_DEDUCTION - salary.social - salary.special) * month


def _check(salary: Salary, month: int) -> None:
    if not 1 <= month <= 12:
        raise WrongFigure("月份应在1到12之间。")
    checked("月薪", salary.gross)
    checked("社保公积金", salary.social)
    checked("专项附加扣除", salary.special)
    if salary.social > salary.gross:
        raise WrongFigure("社保公积金不应超过月薪，请核对。")
