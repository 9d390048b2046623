"""增值税 of a small-scale taxpayer (小规模纳税人) for a month, a quarter or a single sale. Pure.

Source: 财税〔2019〕13号第一条 to 财政部 税务总局公告2023年第19号 (until 2025: sales *up to* the limit are exempt);
增值税法第二十三条, 公告2026年第10号第一条、第三条 (from 2026: sales that *reach* the limit are taxed in full).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.duty import Cycle, Period, month, once, quarter
from tax.step import ZERO
from tax.table import Version, at
from tax.total import total

SUBJECT = "小规模纳税人增值税"
NAMES = {
    "ordinary": "普通发票和未开票部分",
    "special": "专用发票部分",
    "special_full": "放弃减税的专用发票部分",
    "rent": "出租不动产",
    "property": "销售不动产",
}
WAIVED = {"special", "special_full"}


class LawChangedInside(Exception):
    """The rate changed within the period, so one sum cannot be taxed; the text says how to ask instead."""


class NoThreshold(Exception):
    """The law left the threshold to the places; the text says what is known."""


@dataclass(frozen=True)
class SmallSales:
    """Sales of one period, yuan: with VAT in them where ``with_tax``, else without.

    ``ordinary`` under 普通发票 or none; ``special`` under 专用发票; ``special_full`` under 专用发票 at the full 3%;
    ``rent`` of real estate (not 个人出租住房); ``property`` from selling real estate, less its cost where the
    law taxes the difference; ``deducted`` what 差额计税 takes off ``ordinary``.
    """

    cycle: Cycle
    ordinary: Decimal
    special: Decimal = ZERO
    special_full: Decimal = ZERO
    rent: Decimal = ZERO
    property: Decimal = ZERO
    deducted: Decimal = ZERO
    with_tax: bool = False

    def parts(self) -> dict[str, Decimal]:
        """The taxed amount of each part."""
        return {
            "ordinary": self.ordinary - self.deducted,
            "special": self.special,
            "special_full": self.special_full,
            "rent": self.rent,
            "property": self.property,
        }


def vat_small(inputs: SmallSales, day: date) -> Calculation:
    """The VAT of the period of ``day``: ``tax``, with ``sales`` and ``exempt_sales`` without tax.

    Raises `WrongFigure`, `NotInForce`, `LawChangedInside` (2020年第1季度) and `NoThreshold` (按次, before 2026).
    """
    _check(inputs)
    period = _period(inputs.cycle, day)
    rules = _rules(period)
    limit = _limit(rules, inputs.cycle)
    nets = [_net(name, amount, inputs, rules) for name, amount in inputs.parts().items() if amount]
    sales = {name: step.value for name, step in nets}
    whole = total("不含税销售额合计", list(sales.values()))
    small, why = _verdict(sales, limit, rules)
    exempt = small | {name for name in sales if not rules["rates"][name]}
    taxes = [_tax(name, net, name in exempt, rules) for name, net in sales.items()]
    due = total("应纳增值税", [step.value for step in taxes])
    free = sum((net for name, net in sales.items() if name in exempt), ZERO)
    return Calculation(
        headline=f"{period}应纳增值税{money(due.value)}元。",
        as_of=day,
        figures={"tax": due.value, "sales": whole.value, "exempt_sales": free, "limit": limit},
        steps=(
            *(step for name, step in nets if inputs.with_tax and rules["rates"][name]),
            whole,
            Step("免征标准", f"{money(whole.value)}元与{money(limit)}元相比，{why}", limit),
            *taxes,
            due,
        ),
        basis=rules.basis,
        assumptions=_assumptions(inputs, rules),
        notes=_notes(sales, exempt, limit, rules),
    )


def _check(inputs: SmallSales) -> None:
    checked("差额扣除", inputs.deducted)
    for name, amount in (inputs.parts() | {"ordinary": inputs.ordinary}).items():
        checked(f"{NAMES[name]}销售额", amount)
    if inputs.deducted > inputs.ordinary:
        raise WrongFigure("差额扣除不能超过普通发票和未开票部分的销售额。")


def _period(cycle: Cycle, day: date) -> Period:
    if cycle is Cycle.MONTH:
        return month(day.year, day.month)
    if cycle is Cycle.QUARTER:
        return quarter(day.year, (day.month + 2) // 3)
    if cycle is Cycle.ONCE:
        return once(day)
    raise WrongFigure("增值税按月、按季或按次计税，没有按年的，请改选。")


def _rules(period: Period) -> Version:
    first, last = (at("vat_small", day, SUBJECT) for day in (period.first, period.last))
    if first != last:
        raise LawChangedInside(f"{period}的规定中途变化（{last.start}起），不能合并计算，请咨询人工坐席。")
    return first


def _limit(rules: Version, cycle: Cycle) -> Decimal:
    limit: Decimal | None = rules["limits"][cycle.name]
    if limit is None:
        raise NoThreshold("2025年及以前按次纳税的起征点由各地确定，请咨询当地税务机关。")
    return limit


def _net(name: str, amount: Decimal, inputs: SmallSales, rules: Version) -> tuple[str, Step]:
    rate = rules["rates"][name]
    net = cents(amount / (1 + rate)) if inputs.with_tax else amount
    return name, Step(
        f"{NAMES[name]}不含税销售额", f"{money(amount)}÷（1＋{percent(rate)}）＝{money(net)}", net
    )


def _verdict(sales: dict[str, Decimal], limit: Decimal, rules: Version) -> tuple[set[str], str]:
    """The parts that are exempt because the sales are small, and why or why not."""
    whole = sum(sales.values(), ZERO)
    apart = whole - sales.get("property", ZERO)
    inclusive = bool(rules["limit_exempt"])
    if _below(whole, limit, inclusive):
        return set(sales) - WAIVED, "未超过（含本数），免征" if inclusive else "未达到起征点，免征"
    if rules["apart_from_property"] and _below(apart, limit, inclusive):
        words = f"合计超过，但扣除销售不动产后{money(apart)}元未超过，其余部分免征"
        return set(sales) - WAIVED - {"property"}, words
    return set(), "超过，不享受免征" if inclusive else "达到起征点，全额计税"


def _below(sales: Decimal, limit: Decimal, inclusive: bool) -> bool:
    return sales < limit or (inclusive and sales == limit)


def _tax(name: str, net: Decimal, exempt: bool, rules: Version) -> Step:
    rate = rules["rates"][name]
    if exempt:
        return Step(NAMES[name], f"{money(net)}元免征", ZERO)
    return Step(NAMES[name], f"{money(net)}×{percent(rate)}＝{money(cents(net * rate))}", cents(net * rate))


def _assumptions(inputs: SmallSales, rules: Version) -> tuple[str, ...]:
    said = ["填写的是本期全部应税销售额，没有其他免税项目、旧货或使用过的固定资产。"]
    if inputs.with_tax:
        said.append("各部分都按填写的金额含税，按各自的征收率换算；减按1%的按1%换算。")
    if inputs.property and not rules["apart_from_property"]:
        said.append("2026年起未见判断起征点时可剔除销售不动产销售额的规定，这里按全部销售额判断。")
    return tuple(said)


def _notes(sales: dict[str, Decimal], exempt: set[str], limit: Decimal, rules: Version) -> tuple[str, ...]:
    whole = sum(sales.values(), ZERO)
    notes = [rules["note"]] if rules["note"] else []
    if whole == limit and not rules["limit_exempt"]:
        notes.append("销售额恰好等于起征点就是达到起征点，应全额计税；2025年及以前恰好等于标准的免征。")
    if set(sales) - exempt - WAIVED:
        notes.append("达到或超过标准后，就全部销售额计税，不只是超过的部分。")
    if exempt and WAIVED & set(sales):
        notes.append("开具专用发票的部分已放弃免税，应照缴增值税。")
    return tuple(notes)
