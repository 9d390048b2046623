"""全年一次性奖金: taxed on its own or merged into the year's income, and which is better. Pure.

Source: 财税〔2018〕164号第一条, prolonged by 公告2021年第42号 and 公告2023年第30号 to 2027-12-31.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tax.bracket import Bracket, bracket, brackets
from tax.calculation import Calculation, Step, cents, checked, money, percent
from tax.step import remainder
from tax.table import at

SUBJECT = "全年一次性奖金"
MONTHS = 12


@dataclass(frozen=True)
class Bonus:
    """The ``bonus`` and the rest of the year, yuan.

    ``income`` is the year's other 综合所得收入额 (labour remuneration at 80% …); ``deductions`` its 专项扣除,
    专项附加扣除 and 其他扣除, without the basic deduction.
    """

    bonus: Decimal
    income: Decimal
    deductions: Decimal


@dataclass(frozen=True)
class Trap:
    """A bonus over ``start`` and under ``end`` yuan leaves less than one of exactly ``start``.

    ``cost`` is what the first yuan over ``start`` costs in tax.
    """

    start: Decimal
    end: Decimal
    cost: Decimal


def bonus(inputs: Bonus, day: date) -> Calculation:
    """The year's tax both ways: ``separate_total``, ``merged_total``, and ``saving`` of the better one.

    ``separate`` is the tax on the bonus alone. Raises `WrongFigure`, and `NotInForce` outside 2019–2027.
    """
    checked("全年一次性奖金", inputs.bonus, positive=True)
    checked("其他综合所得收入", inputs.income)
    checked("各项扣除", inputs.deductions)
    rule, rates = at("bonus", day, SUBJECT), at("comprehensive", day, SUBJECT)
    own = _own(inputs.bonus, day)
    rest = _yearly("不含奖金", inputs.income, inputs, day)
    apart = Step(
        "单独计税全年税额",
        f"{money(rest[-1].value)}＋{money(own[-1].value)}＝{money(rest[-1].value + own[-1].value)}",
        rest[-1].value + own[-1].value,
    )
    merged = _yearly("并入奖金", inputs.income + inputs.bonus, inputs, day)
    together = merged[-1].value
    return Calculation(
        headline=_headline(apart.value, together),
        as_of=day,
        figures={
            "separate": own[-1].value,
            "rest": rest[-1].value,
            "separate_total": apart.value,
            "merged_total": together,
            "saving": abs(apart.value - together),
        },
        steps=(*own, *rest, apart, *merged),
        basis=rule.basis + rates.basis,
        assumptions=(
            "一个纳税年度内，每人只用一次单独计税办法。",
            "其他收入按综合所得收入额填写，各项扣除不含6万元减除费用。",
        ),
        notes=_notes(inputs.bonus, day),
    )


def traps(day: date) -> tuple[Trap, ...]:
    """The ranges in which one more yuan of bonus, taxed on its own, leaves less; lowest first."""
    steps = brackets(at("bonus", day, SUBJECT)["brackets"])
    return tuple(_trap(low, high) for low, high in pairwise(steps))


def _trap(low: Bracket, high: Bracket) -> Trap:
    assert low.end is not None
    start = low.end * MONTHS
    # What is left of a bonus x in the higher bracket is x(1−rate)+quick; the range ends where that is as much as at
    # the threshold.
    end = (start - low.tax(start) - high.quick) / (1 - high.rate)
    return Trap(start, cents(end), high.tax(start) - low.tax(start))


def _own(amount: Decimal, day: date) -> tuple[Step, Step]:
    twelfth = amount / MONTHS
    found = bracket(at("bonus", day, SUBJECT)["brackets"], twelfth)
    quick = f"，速算扣除数{money(found.quick)}" if found.quick else ""
    return (
        Step(
            "按月折算",
            f"{money(amount)}÷{MONTHS}＝{money(cents(twelfth))}，适用{percent(found.rate)}{quick}",
            twelfth,
        ),
        Step("奖金单独计税", found.formula(amount), found.tax(amount)),
    )


def _yearly(label: str, income: Decimal, inputs: Bonus, day: date) -> tuple[Step, Step]:
    rates = at("comprehensive", day, SUBJECT)
    taxable = remainder(
        f"{label}的综合所得应纳税所得额",
        ("收入额", income),
        ("减除费用", rates["yearly_deduction"]),
        ("各项扣除", inputs.deductions),
    )
    found = bracket(rates["brackets"], taxable.value)
    return taxable, Step(f"{label}的综合所得税额", found.formula(taxable.value), found.tax(taxable.value))


def _headline(apart: Decimal, together: Decimal) -> str:
    totals = f"单独计税全年{money(apart)}元，并入综合所得全年{money(together)}元"
    if apart == together:
        return f"{totals}，两种办法税额相同。"
    better = "单独计税" if apart < together else "并入综合所得"
    return f"{totals}，{better}少缴{money(abs(apart - together))}元。"


def _notes(amount: Decimal, day: date) -> tuple[str, ...]:
    known = traps(day)
    ranges = "；".join(f"{money(t.start)}至{money(t.end)}" for t in known)
    listed = f"单独计税时，奖金落在以下区间（不含两端）到手反而比区间起点少：{ranges}（元）。"
    inside = next((t for t in known if t.start < amount < t.end), None)
    if inside is None:
        return (listed,)
    own, at_start = (_separate(a, day) for a in (amount, inside.start))
    loss = (own - at_start) - (amount - inside.start)
    warning = (
        f"单独计税时，{money(amount)}元超过{money(inside.start)}元：比发{money(inside.start)}元多发"
        f"{money(amount - inside.start)}元，却多缴{money(own - at_start)}元，到手少{money(loss)}元"
        f"（超过1元即多缴约{money(inside.cost)}元）。"
    )
    return (warning, listed)


def _separate(amount: Decimal, day: date) -> Decimal:
    """Tax on a bonus taxed on its own."""
    return _own(amount, day)[-1].value
