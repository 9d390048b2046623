"""综合所得年度汇算: tax of a resident's year, less what was withheld. Pure.

Source: 个人所得税法 (2018 修正) 第二、三、六、十一条; exemptions 公告2019年第94号, 2021年第42号, 2023年第32号.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.bracket import bracket
from tax.calculation import Basis, Calculation, Step, WrongFigure, checked, money, percent
from tax.special import Claim, special
from tax.step import ZERO, added, remainder
from tax.table import NotInForce, Version, at

SUBJECT = "综合所得年度汇算"


@dataclass(frozen=True)
class Settlement:
    """A year's comprehensive income and deductions, yuan.

    ``wages`` include a bonus that is merged, not one taxed on its own; ``social`` is the person's own social
    insurance and housing fund, ``other`` 其他扣除 (年金, 个人养老金, 商业健康险 within their limits);
    ``withheld_lawfully`` is False where a payer did not withhold as it should have.
    """

    wages: Decimal
    labour: Decimal
    author: Decimal
    royalties: Decimal
    social: Decimal
    other: Decimal
    prepaid: Decimal
    claims: Sequence[Claim] = ()
    withheld_lawfully: bool = True


def settlement(inputs: Settlement, day: date) -> Calculation:
    """``payable`` (or ``refund``) for the tax year of ``day``, and whether settling is waived (``waived`` 1 or 0).

    Raises `WrongFigure` for figures that cannot be and `NotInForce` for a year before 2019.
    """
    _check(inputs)
    rates = at("comprehensive", day, SUBJECT)
    special_deduction = special(inputs.claims, day)
    counted = _counted(inputs, rates)
    income = added("综合所得收入额", [step.value for step in counted])
    taxable = remainder(
        "应纳税所得额",
        ("收入额", income.value),
        ("减除费用", rates["yearly_deduction"]),
        ("专项扣除", inputs.social),
        ("专项附加扣除", special_deduction.figures["total"]),
        ("其他扣除", inputs.other),
    )
    found = bracket(rates["brackets"], taxable.value)
    tax = Step("应纳税额", found.formula(taxable.value), found.tax(taxable.value))
    due = tax.value - inputs.prepaid
    waiver = _waiver(inputs, due, day)
    return Calculation(
        headline=_headline(due, bool(waiver), day),
        as_of=day,
        figures={
            "income": income.value,
            "special": special_deduction.figures["total"],
            "taxable": taxable.value,
            "rate": found.rate,
            "quick_deduction": found.quick,
            "tax": tax.value,
            "payable": max(due, ZERO),
            "refund": max(-due, ZERO),
            "waived": Decimal(bool(waiver)),
        },
        steps=(*counted, income, *special_deduction.steps, taxable, tax, _balance(tax.value, inputs.prepaid)),
        basis=rates.basis + (special_deduction.basis if inputs.claims else ()) + waiver,
        assumptions=_assumptions(inputs) + special_deduction.assumptions,
        notes=_notes(inputs, due, bool(waiver), day),
    )


def _counted(inputs: Settlement, rates: Version) -> tuple[Step, ...]:
    part, author_part = rates["counted"], rates["author_counted"]
    steps = (
        Step("工资薪金收入额", f"工资薪金{money(inputs.wages)}", inputs.wages),
        _part("劳务报酬收入额", inputs.labour, part),
        _part("稿酬收入额", inputs.author, part, author_part),
        _part("特许权使用费收入额", inputs.royalties, part),
    )
    return (steps[0], *(step for step in steps[1:] if step.value))


def _part(label: str, amount: Decimal, *parts: Decimal) -> Step:
    value = amount
    for part in parts:
        value *= part
    working = "×".join((money(amount), *map(percent, parts)))
    return Step(label, f"{working}＝{money(value)}", value)


def _balance(tax: Decimal, prepaid: Decimal) -> Step:
    label = "应补税额" if tax >= prepaid else "应退税额"
    more, less = max(tax, prepaid), min(tax, prepaid)
    return Step(label, f"{money(more)}－{money(less)}＝{money(more - less)}", more - less)


def _waiver(inputs: Settlement, due: Decimal, day: date) -> tuple[Basis, ...]:
    """The rule that waives settling a shortfall; empty where none does."""
    gross = inputs.wages + inputs.labour + inputs.author + inputs.royalties
    rule = _exemption(day)
    if due <= 0 or not inputs.withheld_lawfully or rule is None:
        return ()
    return rule.basis if gross <= rule["income"] or due <= rule["shortfall"] else ()


def _exemption(day: date) -> Version | None:
    try:
        return at("settlement_exemption", day, "免予办理年度汇算")
    except NotInForce:
        return None


def _headline(due: Decimal, waived: bool, day: date) -> str:
    if due < 0:
        return f"{day.year}年度综合所得汇算应退税{money(-due)}元。"
    if due == 0:
        return f"{day.year}年度综合所得汇算不补不退。"
    if waived:
        return f"{day.year}年度综合所得汇算需补税{money(due)}元，符合免予办理条件，可以不补。"
    return f"{day.year}年度综合所得汇算应补税{money(due)}元。"


def _assumptions(inputs: Settlement) -> tuple[str, ...]:
    fixed = (
        "居民个人，没有公益捐赠扣除、减免税额和境外所得。",
        "单独计税的全年一次性奖金没有填入工资薪金。",
        "其他扣除（年金、个人养老金、商业健康险等）已按各自限额填写。",
    )
    return (*fixed, "扣缴义务人均已依法预扣预缴。") if inputs.withheld_lawfully else fixed


def _notes(inputs: Settlement, due: Decimal, waived: bool, day: date) -> tuple[str, ...]:
    if due < 0:
        return (f"退税需在{day.year + 1}年3月1日至6月30日办理年度汇算时申请，不申请不退。",)
    if due == 0 or waived:
        return ()
    window = f"请在{day.year + 1}年3月1日至6月30日办理汇算并补税，逾期按日加收滞纳金。"
    if not inputs.withheld_lawfully:
        return (window, "扣缴义务人未依法预扣预缴的，不适用免予办理汇算的规定。")
    if _exemption(day) is None:
        return (window, f"{day.year}年度是否继续有免予办理汇算的规定，资料内尚无依据。")
    return (window,)


def _check(inputs: Settlement) -> None:
    for name, amount in (
        ("工资薪金", inputs.wages),
        ("劳务报酬", inputs.labour),
        ("稿酬", inputs.author),
        ("特许权使用费", inputs.royalties),
        ("专项扣除", inputs.social),
        ("其他扣除", inputs.other),
        ("已预缴税额", inputs.prepaid),
    ):
        checked(name, amount)
    if inputs.social > inputs.wages + inputs.labour + inputs.author + inputs.royalties:
        raise WrongFigure("社保公积金不应超过全年收入，请核对。")
    if inputs.prepaid > inputs.wages + inputs.labour + inputs.author + inputs.royalties:
        raise WrongFigure("已预缴税额不应超过全年收入，请核对。")
