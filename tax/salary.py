"""工资薪金累计预扣: what an employer withholds from a resident's salary in each month of a year. Pure.

Source: 国家税务总局公告2018年第61号第六条; 公告2020年第13号第一条; 公告2020年第19号第一条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.bracket import bracket
from tax.calculation import Basis, Calculation, Step, WrongFigure, checked, money, percent
from tax.step import ZERO, added, remainder
from tax.table import Version, at

SUBJECT = "工资薪金预扣预缴"


class BasicDeduction(Enum):
    """How the basic deduction (减除费用) accumulates."""

    MONTHS_HERE = "按在本单位任职受雇的月份数"
    FROM_JANUARY = "当年首次取得工资，按1月至本月的月份数"
    WHOLE_YEAR = "上年收入不高，自1月起按全年"


@dataclass(frozen=True)
class Month:
    """A month's figures in yuan.

    ``gross`` is the pay that is not exempt; ``social`` the person's own social insurance and housing fund
    (专项扣除); ``special`` the 专项附加扣除 reported to the employer; ``other`` 其他扣除 (年金, 个人养老金 …).
    """

    gross: Decimal
    social: Decimal
    special: Decimal
    other: Decimal = ZERO


@dataclass(frozen=True)
class SalaryYear:
    """The months with this employer so far this year, oldest first; the last is the month of ``day``."""

    months: tuple[Month, ...]
    deduction: BasicDeduction = BasicDeduction.MONTHS_HERE


@dataclass(frozen=True)
class _Withheld:
    taxable: Step
    rate: Decimal
    quick: Decimal
    tax: Step
    now: Step


def constant(month: Month, day: date) -> SalaryYear:
    """The same ``month`` from January to the month of ``day``."""
    return SalaryYear((month,) * day.month)


def salary(inputs: SalaryYear, day: date) -> Calculation:
    """The tax withheld in the month of ``day``, with ``withheld_N`` for every month N of the year so far.

    Raises `WrongFigure` for figures that cannot be and `NotInForce` for a rule asked for before it began.
    """
    first = _check(inputs, day)
    basis = _basis(inputs.deduction, day)
    done: list[_Withheld] = []
    for count in range(1, len(inputs.months) + 1):
        done.append(_withheld(inputs, count, first, [w.now.value for w in done], day))
    last, before = done[-1], added("以前月份已预扣税额", [w.now.value for w in done[:-1]] or [ZERO])
    income, deductions = _sums(inputs, len(done), first, day)
    steps = (income, *(d for d in deductions if d.value), last.taxable, last.tax)
    return Calculation(
        headline=f"{day.year}年{day.month}月应预扣个人所得税{money(last.now.value)}元。",
        as_of=day,
        figures={
            "withheld_now": last.now.value,
            "withheld_before": before.value,
            "cumulative_income": income.value,
            "cumulative_deductions": sum((d.value for d in deductions), ZERO),
            "taxable": last.taxable.value,
            "rate": last.rate,
            "quick_deduction": last.quick,
            "cumulative_tax": last.tax.value,
            **{f"withheld_{first + i}": w.now.value for i, w in enumerate(done)},
        },
        steps=(*steps, *((before,) if len(done) > 1 else ()), last.now),
        basis=basis,
        assumptions=_assumptions(inputs.deduction, first, day),
        notes=_notes(done),
    )


def _withheld(inputs: SalaryYear, count: int, first: int, before: list[Decimal], day: date) -> _Withheld:
    income, deductions = _sums(inputs, count, first, day)
    taxable = remainder(
        "累计应纳税所得额", ("累计收入", income.value), *((d.label, d.value) for d in deductions)
    )
    found = bracket(at("comprehensive", day, SUBJECT)["brackets"], taxable.value)
    tax = Step("累计应预扣税额", found.formula(taxable.value), found.tax(taxable.value))
    now = remainder("本月应预扣税额", ("累计", tax.value), ("已预扣", sum(before, ZERO)))
    return _Withheld(taxable, found.rate, found.quick, tax, now)


def _sums(inputs: SalaryYear, count: int, first: int, day: date) -> tuple[Step, tuple[Step, ...]]:
    months = inputs.months[:count]
    return added("累计收入", [m.gross for m in months]), (
        _basic(inputs.deduction, count, first, at("comprehensive", day, SUBJECT)),
        added("累计专项扣除", [m.social for m in months]),
        added("累计专项附加扣除", [m.special for m in months]),
        added("累计其他扣除", [m.other for m in months]),
    )


def _basic(deduction: BasicDeduction, count: int, first: int, rates: Version) -> Step:
    if deduction is BasicDeduction.WHOLE_YEAR:
        year = rates["yearly_deduction"]
        return Step("累计减除费用", f"自1月份起按全年{money(year)}", year)
    counted = count + first - 1 if deduction is BasicDeduction.FROM_JANUARY else count
    return added("累计减除费用", [rates["monthly_deduction"]] * counted)


def _basis(deduction: BasicDeduction, day: date) -> tuple[Basis, ...]:
    rules = at("salary", day, SUBJECT).basis + at("comprehensive", day, SUBJECT).basis
    if deduction is BasicDeduction.FROM_JANUARY:
        return at("salary_from_january", day, "首次入职累计减除费用").basis + rules
    if deduction is BasicDeduction.WHOLE_YEAR:
        return at("salary_whole_year", day, "全年一次减除费用").basis + rules
    return rules


def _assumptions(deduction: BasicDeduction, first: int, day: date) -> tuple[str, ...]:
    always = (
        f"{first}月至{day.month}月连续在同一单位任职受雇，按居民个人计算。",
        "专项附加扣除已报送本单位。",
    )
    if deduction is BasicDeduction.FROM_JANUARY:
        return (*always, "1月至入职前没有取得工资薪金，也没有按累计预扣法预扣过连续性劳务报酬。")
    if deduction is BasicDeduction.WHOLE_YEAR:
        ceiling = at("salary_whole_year", day, "全年一次减除费用")["ceiling"]
        return (*always, f"上年各月均由本单位预扣预缴，且上年工资薪金收入不超过{money(ceiling)}元。")
    return always


def _notes(done: list[_Withheld]) -> tuple[str, ...]:
    last, notes = done[-1], []
    if len(done) > 1 and last.rate > done[-2].rate:
        notes.append(
            f"累计应纳税所得额进入{percent(last.rate)}一档，本月预扣税额因此增加；全年税额不因逐月预扣而变多。"
        )
    if last.tax.value < sum((w.now.value for w in done[:-1]), ZERO):
        notes.append("累计已预扣税额多于应预扣税额，本月不退，年度终了后通过汇算清缴多退少补。")
    return tuple(notes)


def _check(inputs: SalaryYear, day: date) -> int:
    """The first month with this employer."""
    if not 1 <= len(inputs.months) <= day.month:
        raise WrongFigure(f"截至{day.month}月，应填写1至{day.month}个月的工资。")
    for month in inputs.months:
        for name, amount in (
            ("月工资", month.gross),
            ("社保公积金", month.social),
            ("专项附加扣除", month.special),
            ("其他扣除", month.other),
        ):
            checked(name, amount)
    if sum(m.social for m in inputs.months) > sum(m.gross for m in inputs.months):
        raise WrongFigure("社保公积金不应超过工资，请核对。")
    first = day.month - len(inputs.months) + 1
    if inputs.deduction is BasicDeduction.WHOLE_YEAR and first > 1:
        raise WrongFigure("全年一次减除只适用于上年和今年1月起都在本单位任职的人，请改填1月起的工资。")
    return first
