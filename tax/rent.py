"""Taxes on a home that an individual lets: 增值税, 附加税费, 房产税, 个人所得税. Pure.

Source: 公告2026年第10号, 国家税务总局公告2026年第4号第二条 (增值税 from 2026), 财税〔2016〕36号 (before);
财税〔2008〕24号第二条 (房产税, 个人所得税减按10%); 个人所得税法第六条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.duty import Cycle
from tax.part import Part, assumptions, bases, steps
from tax.six_taxes import Payer, due, relief
from tax.step import ZERO, remainder
from tax.surcharges import Levied, Place, surcharges
from tax.table import Version, at
from tax.total import total

MOST_MONTHS = 240  # 民法典第七百零五条: a lease lasts at most twenty years
ALWAYS = (
    "出租人是自然人，当月没有其他应税交易，各月适用同一时期的规定。",
    "一次收取的租金按租期平均分摊到各月。",
    "房产税和个人所得税的计税租金，是含税租金减去应缴的增值税。",
    "减除费用按每月租金收入（不含增值税）是否超过标准选择。",
)
NOTES = (
    "个人出租住房免征城镇土地使用税，租赁合同免征印花税（财税〔2008〕24号）。",
    "不少地方对个人出租住房按综合征收率或核定办法征收，实际税费以当地税务机关为准。",
)


@dataclass(frozen=True)
class HomeRent:
    """``received`` for ``months`` of rent, yuan, VAT included; ``repairs`` a month's 修缮费用 with vouchers, yuan."""

    received: Decimal
    months: int
    place: Place
    repairs: Decimal = ZERO


def rent(inputs: HomeRent, day: date) -> Calculation:
    """What the landlord owes for one month (``vat``, ``surcharges``, ``property_tax``, ``income_tax``, ``month``)
    and for all the months paid (``total``).

    Raises `WrongFigure` and `NotInForce` (before 2019, after 2027; surcharges before 2021-09).
    """
    _check(inputs)
    other = at("home_rent", day, "个人出租住房")
    monthly = _monthly(inputs)
    vat = _vat(monthly.value, at("home_rent_vat", day, "个人出租住房增值税"))
    income = remainder("不含增值税月租金", ("", monthly.value), ("", vat.due.value))
    extra = _extra(inputs.place, vat, day)
    house = _property_tax(income.value, other, day)
    levy = _income_tax(income.value, [extra.due.value, house.due.value], inputs.repairs, other)
    parts = (vat, extra, house, levy)
    month = total("每月税费", [part.due.value for part in parts])
    whole = _whole(month.value, inputs.months)
    return Calculation(
        headline=f"每月应纳税费{money(month.value)}元，{inputs.months}个月合计{money(whole.value)}元。",
        as_of=day,
        figures={
            "vat": vat.due.value,
            "surcharges": extra.due.value,
            "property_tax": house.due.value,
            "income_tax": levy.due.value,
            "month": month.value,
            "total": whole.value,
        },
        steps=(monthly, *steps((vat,)), income, *steps(parts[1:]), month, whole),
        basis=bases(parts),
        assumptions=(*ALWAYS, *assumptions(parts)),
        notes=NOTES,
    )


def _check(inputs: HomeRent) -> None:
    checked("收取的租金", inputs.received, positive=True)
    checked("修缮费用", inputs.repairs)
    if not 1 <= inputs.months <= MOST_MONTHS:
        raise WrongFigure(f"租期应在1到{MOST_MONTHS}个月之间。")


def _monthly(inputs: HomeRent) -> Step:
    value = cents(inputs.received / inputs.months)
    return Step("月租金", f"{money(inputs.received)}÷{inputs.months}＝{money(value)}", value)


def _whole(month: Decimal, months: int) -> Step:
    value = month * months
    return Step("全部租期税费", f"{money(month)}×{months}＝{money(value)}", value)


def _vat(monthly: Decimal, rules: Version) -> Part:
    levy, rate, limit = rules["levy"], rules["rate"], rules["limit"]
    net = cents(monthly / (1 + levy))
    sales = Step("月销售额（不含税）", f"{money(monthly)}÷（1＋{percent(levy)}）＝{money(net)}", net)
    said = (f"按{percent(levy)}的征收率换算不含税销售额，减按{percent(rate)}计税。",)
    if net < limit or (net == limit and rules["limit_exempt"]):
        words = "未超过" if rules["limit_exempt"] else "未达到起征点"
        free = Step("增值税", f"{money(net)}元{words}{money(limit)}元，免征", ZERO)
        return Part(free, (sales,), rules.basis, said)
    tax = cents(net * rate)
    taxed = Step("增值税", f"{money(net)}×{percent(rate)}＝{money(tax)}", tax)
    return Part(taxed, (sales,), rules.basis, said)


def _extra(place: Place, vat: Part, day: date) -> Part:
    if not vat.due.value:
        return Part(Step("附加税费", "没有缴纳增值税，不缴附加税费", ZERO))
    net = vat.before[0].value
    result = surcharges(Levied(vat.due.value, place, Payer.SMALL_SCALE, Cycle.MONTH, net), day)
    return Part(result.steps[-1], result.steps[:-1], result.basis, result.assumptions)


def _property_tax(income: Decimal, rules: Version, day: date) -> Part:
    waived = relief(Payer.SMALL_SCALE, day)
    house = due("房产税", income, rules["property_rate"], waived.share)
    return Part(house, (), rules.basis + waived.basis, waived.assumptions)


def _income_tax(income: Decimal, taxes: list[Decimal], repairs: Decimal, rules: Version) -> Part:
    counted = min(repairs, rules["repairs"])
    left = remainder("减除税费和修缮费用后", ("", income), *(("", amount) for amount in (*taxes, counted)))
    taxable = _taxable(income, left.value, rules)
    rate = rules["income_rate"]
    tax = cents(taxable.value * rate)
    due_step = Step("个人所得税", f"{money(taxable.value)}×{percent(rate)}＝{money(tax)}", tax)
    return Part(due_step, (left, taxable), rules.basis)


def _taxable(income: Decimal, left: Decimal, rules: Version) -> Step:
    """The law looks at the rent itself, not at what is left of it, to choose between the flat sum and the share."""
    if income <= rules["flat_until"]:
        return remainder("应纳税所得额", ("", left), ("", rules["flat"]))
    value = cents(left * (1 - rules["share"]))
    return Step("应纳税所得额", f"{money(left)}×（1－{percent(rules['share'])}）＝{money(value)}", value)
