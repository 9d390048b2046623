"""经营所得: the year's tax of an owner, and the halving for 个体工商户. Pure.

Source: 个人所得税法 (2018 修正) 附税率表二; 实施条例第十五条; 公告2021年第12号 and 国家税务总局公告2021年第8号
(first 1,000,000, 2021–2022); 公告2023年第12号第一条 and 国家税务总局公告2023年第12号第三条 (first 2,000,000,
2023–2027).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.bracket import bracket
from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.step import ZERO, remainder
from tax.table import Version, at


class Owner(Enum):
    """Who has the income; only 个体工商户 pay half."""

    INDIVIDUAL = "个体工商户"
    SOLE = "个人独资企业"
    PARTNER = "合伙企业合伙人"
    CONTRACTOR = "承包、承租经营者"


@dataclass(frozen=True)
class Business:
    """A year's figures in yuan.

    ``profit`` is income less costs, fees, losses (before what the person may deduct), 0 for a loss;
    ``deductions`` the 专项扣除, 专项附加扣除 and 其他扣除, which count only without 综合所得;
    ``other_relief`` the tax waived under other policies (残疾人 …).
    """

    owner: Owner
    profit: Decimal
    has_comprehensive_income: bool
    deductions: Decimal
    other_relief: Decimal = ZERO


def business(inputs: Business, day: date) -> Calculation:
    """The year's ``tax``, after ``relief`` (the halving) and other relief.

    Raises `WrongFigure` for figures that cannot be; `NotInForce` before 2019, and for 个体工商户 after 2027.
    """
    _check(inputs)
    rates = at("business", day, "经营所得")
    taxable = _taxable(inputs, rates)
    found = bracket(rates["brackets"], taxable.value)
    full = Step("应纳税额", found.formula(taxable.value), found.tax(taxable.value))
    if inputs.other_relief > full.value:
        raise WrongFigure("其他政策减免税额不应超过应纳税额，请核对。")
    half = at("business_half", day, "个体工商户减半征收") if inputs.owner is Owner.INDIVIDUAL else None
    relief = _relief(taxable.value, inputs.other_relief, rates, half) if half else ()
    waived = relief[-1].value if relief else ZERO
    due = remainder("应缴税额", ("", full.value), ("其他减免", inputs.other_relief), ("减半减免", waived))
    return Calculation(
        headline=f"{day.year}年经营所得应缴个人所得税{money(due.value)}元。",
        as_of=day,
        figures={
            "taxable": taxable.value,
            "rate": found.rate,
            "quick_deduction": found.quick,
            "full_tax": full.value,
            "relief": waived,
            "tax": due.value,
        },
        steps=(taxable, full, *relief, due),
        basis=rates.basis + (half.basis if half else ()),
        assumptions=_assumptions(inputs),
        notes=_notes(inputs, day),
    )


def _taxable(inputs: Business, rates: Version) -> Step:
    label, profit = "应纳税所得额", ("年度利润", inputs.profit)
    if inputs.has_comprehensive_income:
        return remainder(label, profit)
    return remainder(label, profit, ("减除费用", rates["deduction"]), ("其他各项扣除", inputs.deductions))


def _relief(taxable: Decimal, other: Decimal, rates: Version, half: Version) -> tuple[Step, ...]:
    """减免税额＝（限额以内部分的应纳税额－其他减免×限额以内部分÷应纳税所得额）×50%."""
    within = min(taxable, half["limit"])
    if not within:
        return ()
    found = bracket(rates["brackets"], within)
    tax = Step(f"不超过{money(half['limit'])}元部分的应纳税额", found.formula(within), found.tax(within))
    waived = cents((tax.value - other * within / taxable) * half["share"])
    less = f"－{money(other)}×{money(within)}÷{money(taxable)}" if other else ""
    working = f"（{money(tax.value)}{less}）×{percent(half['share'])}＝{money(waived)}"
    return (tax, Step("减半减免税额", working, waived))


def _assumptions(inputs: Business) -> tuple[str, ...]:
    fixed = ("年度利润已按税法调整，亏损已弥补；只有一处经营所得。",)
    if inputs.has_comprehensive_income:
        return (*fixed, "另有综合所得，6万元减除费用和各项扣除在综合所得中减除，不重复扣除。")
    return (*fixed, "没有综合所得，6万元减除费用和各项扣除在办理年度汇算清缴时减除。")


def _notes(inputs: Business, day: date) -> tuple[str, ...]:
    filing = f"请在{day.year + 1}年3月31日前办理{day.year}年度经营所得汇算清缴。"
    if inputs.owner is Owner.INDIVIDUAL:
        return (filing,)
    return (filing, f"{inputs.owner.value}不适用个体工商户减半征收。")


def _check(inputs: Business) -> None:
    checked("年度利润（亏损请填0）", inputs.profit)
    checked("各项扣除", inputs.deductions)
    checked("其他政策减免税额", inputs.other_relief)
    if inputs.has_comprehensive_income and inputs.deductions:
        raise WrongFigure("另有综合所得时，本计算按各项扣除已在综合所得中减除，请把经营所得的各项扣除填0。")
