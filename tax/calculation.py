"""What a calculator returns: figures, the steps to them, the rules they follow, what was assumed. Pure.

Money is `Decimal` yuan, rounded to the cent only where the law takes a figure. Rates are fractions (0.03 is 3%).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
GREATEST = Decimal(1_000_000_000_000)


class WrongFigure(Exception):
    """A figure that no calculation can use; the text says what is wrong and what to give instead."""


@dataclass(frozen=True)
class Basis:
    """The rule that a calculation follows, in force for tax periods in ``[effective_from, effective_to)``."""

    document_no: str
    title: str
    effective_from: date
    effective_to: date | None = None
    clause: str | None = None


@dataclass(frozen=True)
class Step:
    """One line of a calculation: what it is, how it came about in words and figures, and its value in ``unit``."""

    label: str
    formula: str
    value: Decimal
    unit: str = "元"


@dataclass(frozen=True)
class Calculation:
    """A result with everything that it rests on.

    ``figures`` maps stable English keys to `Decimal` values; ``headline`` is the result in one sentence.
    ``notes`` warn of what the person should know (a trap near a threshold, a rule that ends soon).
    """

    headline: str
    as_of: date
    figures: dict[str, Decimal]
    steps: tuple[Step, ...]
    basis: tuple[Basis, ...]
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def cents(amount: Decimal) -> Decimal:
    """``amount`` rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """12345.60 → "12,345.60"; whole yuan without cents."""
    return f"{int(amount):,}" if amount == amount.to_integral() else f"{cents(amount):,}"


def percent(rate: Decimal) -> str:
    """0.03 → "3%", 0.005 → "0.5%"."""
    return f"{(rate * 100).normalize():f}%"


def checked(name: str, amount: Decimal, *, positive: bool = False) -> Decimal:
    """``amount`` where it can be a sum of money; raises `WrongFigure` naming it otherwise."""
    if not amount.is_finite():
        raise WrongFigure(f"{name}不是一个数字，请重新填写，例如15000。")
    if amount < 0:
        raise WrongFigure(f"{name}不能是负数。")
    if positive and amount == 0:
        raise WrongFigure(f"{name}应大于0。")
    if amount > GREATEST:
        raise WrongFigure(f"{name}的数字太大了，请核对单位是元。")
    return amount
