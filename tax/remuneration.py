"""劳务报酬、稿酬、特许权使用费: what a payer withholds from one payment to a resident. Pure.

Source: 国家税务总局公告2018年第61号第八条、个人所得税预扣率表二.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.bracket import bracket
from tax.calculation import Calculation, Step, checked, money, percent
from tax.step import remainder
from tax.table import Version, at


class Kind(Enum):
    """What is paid for."""

    LABOUR = "劳务报酬"
    AUTHOR = "稿酬"
    ROYALTIES = "特许权使用费"


@dataclass(frozen=True)
class Remuneration:
    """One payment (每次) of ``amount`` yuan, VAT not included."""

    amount: Decimal
    kind: Kind


def remuneration(inputs: Remuneration, day: date) -> Calculation:
    """The tax ``withheld`` from the payment and what is ``left``.

    Raises `WrongFigure` for an amount that cannot be and `NotInForce` before 2019.
    """
    checked(f"{inputs.kind.value}金额", inputs.amount, positive=True)
    rule = at("remuneration", day, f"{inputs.kind.value}预扣")
    steps = _taxable(inputs, rule)
    taxable = steps[-1].value
    found = bracket(rule["labour" if inputs.kind is Kind.LABOUR else "other"], taxable)
    tax = Step("应预扣税额", found.formula(taxable), found.tax(taxable))
    return Calculation(
        headline=f"这次{inputs.kind.value}应预扣个人所得税{money(tax.value)}元，"
        f"到手{money(inputs.amount - tax.value)}元。",
        as_of=day,
        figures={
            "taxable": taxable,
            "rate": found.rate,
            "quick_deduction": found.quick,
            "withheld": tax.value,
            "left": inputs.amount - tax.value,
        },
        steps=(*steps, tax),
        basis=rule.basis,
        assumptions=(
            "收入为不含增值税的金额；一次性收入按次，同一项目连续性收入以一个月内取得的为一次。",
            "收款人是居民个人，不是按累计预扣法预扣的实习学生、保险营销员、证券经纪人或平台从业人员。",
        ),
        notes=("这是预扣，不是最终税额：次年并入综合所得汇算，多退少补。",),
    )


def _taxable(inputs: Remuneration, rule: Version) -> tuple[Step, ...]:
    income = _after_costs(inputs.amount, rule)
    if inputs.kind is not Kind.AUTHOR:
        return (Step("预扣应纳税所得额", income.formula, income.value),)
    part = rule["author_counted"]
    counted = income.value * part
    return (
        income,
        Step("预扣应纳税所得额", f"{money(income.value)}×{percent(part)}＝{money(counted)}", counted),
    )


def _after_costs(amount: Decimal, rule: Version) -> Step:
    if amount <= rule["small"]:
        return remainder("减除费用后的收入额", ("收入", amount), ("减除费用", rule["fixed"]))
    left = amount * (1 - rule["share"])
    return Step(
        "减除费用后的收入额", f"收入{money(amount)}×（1－{percent(rule['share'])}）＝{money(left)}", left
    )
