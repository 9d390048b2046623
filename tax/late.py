"""滞纳金 on tax paid late. Pure.

Source: 税收征收管理法第三十二条; 实施细则第七十五条 (from the day after the deadline to the day of payment).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tax.calculation import Calculation, Step, cents, checked, money, percent
from tax.table import at


@dataclass(frozen=True)
class Late:
    """``unpaid`` yuan of tax due on ``deadline`` (after any approved extension), paid on ``paid``."""

    unpaid: Decimal
    deadline: date
    paid: date


def late(inputs: Late, day: date) -> Calculation:
    """The ``surcharge`` for the ``days`` late, and the ``total`` to be paid.

    Payment on or before the deadline is no delay: 0 days, 0 yuan. Raises `WrongFigure` for a sum that cannot be
    and `NotInForce` for a ``day`` before the rate was set.
    """
    checked("欠缴税款", inputs.unpaid, positive=True)
    rule = at("late", day, "滞纳金")
    days = max((inputs.paid - inputs.deadline).days, 0)
    surcharge = cents(inputs.unpaid * rule["daily"] * days)
    return Calculation(
        headline=_headline(surcharge, days),
        as_of=day,
        figures={"days": Decimal(days), "surcharge": surcharge, "total": inputs.unpaid + surcharge},
        steps=(_counted(inputs, days), *_charged(inputs.unpaid, rule["daily"], days, surcharge)),
        basis=rule.basis,
        assumptions=(
            "缴纳期限已按法定休假日顺延；批准延期缴纳的，期限按批准后的日期填写。",
            "没有依法不加收或中止加收滞纳金的情形。",
        ),
        notes=_notes(inputs.unpaid, surcharge),
    )


def _headline(surcharge: Decimal, days: int) -> str:
    if not days:
        return "没有超过缴纳期限，不加收滞纳金。"
    return f"滞纳{days}天，应缴滞纳金{money(surcharge)}元。"


def _counted(inputs: Late, days: int) -> Step:
    if not days:
        return Step(
            "滞纳天数", f"{inputs.paid.isoformat()}未超过{inputs.deadline.isoformat()}", Decimal(0), "天"
        )
    start = inputs.deadline + timedelta(days=1)
    return Step("滞纳天数", f"{start.isoformat()}至{inputs.paid.isoformat()}（含两端）", Decimal(days), "天")


def _charged(unpaid: Decimal, daily: Decimal, days: int, surcharge: Decimal) -> tuple[Step, ...]:
    if not days:
        return ()
    total = unpaid + surcharge
    return (
        Step("滞纳金", f"{money(unpaid)}×{percent(daily)}×{days}＝{money(surcharge)}", surcharge),
        Step("税款和滞纳金合计", f"{money(unpaid)}＋{money(surcharge)}＝{money(total)}", total),
    )


def _notes(unpaid: Decimal, surcharge: Decimal) -> tuple[str, ...]:
    revision = "税收征收管理法正在修订，新法公布施行前仍按现行规定计算。"
    if surcharge <= unpaid:
        return (revision,)
    return (
        "滞纳金已超过税款本金。税收征收管理法没有规定上限；是否适用行政强制法第四十五条"
        "“不得超出金钱给付义务的数额”，实务和判决有争议，本计算不封顶，请以主管税务机关的决定为准。",
        revision,
    )
