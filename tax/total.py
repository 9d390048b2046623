"""The sum of a calculation's parts, as its closing step. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tax.calculation import Step, money


def total(label: str, amounts: Sequence[Decimal]) -> Step:
    """The sum of ``amounts`` in yuan; a single one, or none, is simply named."""
    value = sum(amounts, Decimal(0))
    if len(amounts) < 2:
        return Step(label, f"{money(value)}元", value)
    return Step(label, f"{'＋'.join(map(money, amounts))}＝{money(value)}", value)
