"""Steps that many calculations take: a sum, and a remainder that does not fall below zero. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tax.calculation import Step, cents, money

ZERO = Decimal(0)


def added(label: str, amounts: Sequence[Decimal]) -> Step:
    """The sum of ``amounts`` in yuan; equal ones are shown as a product: 5,000×3＝15,000."""
    total = sum(amounts, ZERO)
    if len(amounts) == 1:
        return Step(label, money(total), total)
    if len(set(amounts)) == 1:
        return Step(label, f"{money(amounts[0])}×{len(amounts)}＝{money(total)}", total)
    return Step(label, f"{'＋'.join(map(money, amounts))}＝{money(total)}", total)


def remainder(label: str, whole: tuple[str, Decimal], *less: tuple[str, Decimal]) -> Step:
    """``whole`` less all of ``less`` (names and yuan), at least zero; what is zero is left out."""
    parts = (whole, *(part for part in less if part[1]))
    left = whole[1] - sum((amount for _, amount in less), ZERO)
    working = "－".join(f"{name}{money(amount)}" for name, amount in parts)
    if len(parts) == 1:
        return Step(label, working, cents(left))
    if left < 0:
        return Step(label, f"{working}，不足减，按0计算", ZERO)
    return Step(label, f"{working}＝{money(left)}", cents(left))
