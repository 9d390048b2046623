"""六税两费: who pays half of 城建税, 房产税, 印花税, 教育费附加 and the like, and from when. Pure.

Source: 财税〔2019〕13号第三条; 财政部 税务总局公告2022年第10号第一条; 公告2023年第12号第二条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.calculation import Basis, Step, cents, money, percent
from tax.step import ZERO
from tax.table import at


class Payer(Enum):
    """The kinds of taxpayer that the relief tells apart; natural persons count as `SMALL_SCALE`."""

    SMALL_SCALE = "增值税小规模纳税人"
    SOLE_TRADER = "个体工商户"
    SMALL_PROFIT = "小型微利企业"
    OTHER = "其他纳税人"


@dataclass(frozen=True)
class Relief:
    """The part (a fraction) of a tax that is waived, the rule it rests on, and what it takes for granted."""

    share: Decimal
    basis: tuple[Basis, ...] = ()
    assumptions: tuple[str, ...] = ()


def relief(payer: Payer, day: date) -> Relief:
    """What is waived of a tax of ``payer`` in the period of ``day``. Raises `NotInForce` outside 2019–2027."""
    if payer is Payer.OTHER:
        return Relief(ZERO)
    version = at("six_taxes", day, "“六税两费”减征")
    if payer.name not in version["payers"]:
        return Relief(ZERO)
    return Relief(
        version["share"], version.basis, _assumptions(payer, version["share"], version["provincial"])
    )


def due(label: str, amount: Decimal, rate: Decimal, waived: Decimal) -> Step:
    """``amount`` yuan at ``rate``, less the fraction ``waived``, rounded to the cent."""
    half = f"×（1－{percent(waived)}）" if waived else ""
    value = cents(amount * rate * (1 - waived))
    return Step(label, f"{money(amount)}×{percent(rate)}{half}＝{money(value)}", value)


def _assumptions(payer: Payer, share: Decimal, provincial: bool) -> tuple[str, ...]:
    who = f"按{payer.value}享受“六税两费”减征。"
    if provincial:
        return (who, f"减征幅度由省级政府在{percent(share)}以内确定，这里按{percent(share)}计算。")
    return (who,)
