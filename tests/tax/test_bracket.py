from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tax.bracket import Bracket, bracket, brackets
from tax.table import at

CONTINUOUS = [("comprehensive", "brackets"), ("business", "brackets"), ("remuneration", "labour")]


@pytest.mark.parametrize(("table", "rows"), CONTINUOUS)
def test_each_quick_deduction_makes_the_tax_continuous_at_its_threshold(table: str, rows: str) -> None:
    steps = brackets(at(table, date(2026, 1, 1), "")[rows])
    for low, high in pairwise(steps):
        assert low.end is not None
        assert low.tax(low.end) == high.tax(low.end)


def test_the_upper_end_belongs_to_the_lower_bracket() -> None:
    rows: list[list[Decimal | None]] = [
        [Decimal(36_000), Decimal("0.03"), Decimal(0)],
        [None, Decimal("0.10"), Decimal(2_520)],
    ]
    assert bracket(rows, Decimal(36_000)).rate == Decimal("0.03")
    assert bracket(rows, Decimal("36000.01")).rate == Decimal("0.10")


def test_the_working_is_written_with_the_quick_deduction_only_where_there_is_one() -> None:
    # 140,000×10%－2,520＝11,480
    assert (
        Bracket(None, Decimal("0.10"), Decimal(2_520)).formula(Decimal(140_000))
        == "140,000×10%－2,520＝11,480"
    )
    assert Bracket(None, Decimal("0.03"), Decimal(0)).formula(Decimal(100)) == "100×3%＝3"
