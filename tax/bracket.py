"""Progressive rates: brackets with quick deductions (速算扣除数). Pure; money is `Decimal` yuan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tax.calculation import cents, money, percent


@dataclass(frozen=True)
class Bracket:
    """Amounts up to and including ``end`` (None: without end) are taxed at ``rate`` less ``quick`` yuan."""

    end: Decimal | None
    rate: Decimal
    quick: Decimal

    def tax(self, amount: Decimal) -> Decimal:
        """Tax on the whole ``amount``, rounded to the cent."""
        return cents(amount * self.rate - self.quick)

    def formula(self, amount: Decimal) -> str:
        """The working: 140,000×10%－2,520＝11,480."""
        quick = f"－{money(self.quick)}" if self.quick else ""
        return f"{money(amount)}×{percent(self.rate)}{quick}＝{money(self.tax(amount))}"


def bracket(rows: Sequence[Sequence[Decimal | None]], amount: Decimal) -> Bracket:
    """The bracket of ``amount`` in ``rows`` of a table: upper end, rate, quick deduction, lowest first."""
    return next(b for b in brackets(rows) if b.end is None or amount <= b.end)


def brackets(rows: Sequence[Sequence[Decimal | None]]) -> tuple[Bracket, ...]:
    """All the brackets in ``rows`` of a table."""
    return tuple(Bracket(end, rate or Decimal(0), quick or Decimal(0)) for end, rate, quick in rows)
