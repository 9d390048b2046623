"""增值税 of a general taxpayer (一般纳税人) for one period: output less input, carry-over, 简易计税. Pure.

Source: 增值税法第十条、第十四条、第二十一条 (from 2026); 公告2019年第39号; 公告2026年第10号第三条 (简易计税).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, cents, checked, money, percent
from tax.step import ZERO, remainder
from tax.table import Version, at
from tax.total import total

OUTPUT = "税率销项税额"
LEVIED = "征收率应纳税额"


@dataclass(frozen=True)
class GeneralPeriod:
    """Figures of one period, yuan; sales with VAT in them where ``with_tax``, else without.

    ``standard``, ``reduced`` and ``low`` are sales at 13%, 9% and 6% (16%, 10%, 6% until 2019-03); ``zero`` sales at
    0%; ``three`` and ``five`` sales under 简易计税. ``input_tax`` is what may be credited this period,
    ``transferred_out`` 进项税额转出, ``carried_in`` 上期留抵税额.
    """

    standard: Decimal = ZERO
    reduced: Decimal = ZERO
    low: Decimal = ZERO
    zero: Decimal = ZERO
    three: Decimal = ZERO
    five: Decimal = ZERO
    input_tax: Decimal = ZERO
    transferred_out: Decimal = ZERO
    carried_in: Decimal = ZERO
    with_tax: bool = False


def vat_general(inputs: GeneralPeriod, day: date) -> Calculation:
    """The VAT due (``tax``) and the credit carried over (``carried_out``) for the period of ``day``.

    Raises `WrongFigure` and `NotInForce` (before 2018-05; 简易计税 after 2027).
    """
    _check(inputs)
    rates = at("vat_rates", day, "一般纳税人增值税税率")
    sales = {"standard": inputs.standard, "reduced": inputs.reduced, "low": inputs.low}
    outputs = _taxed(OUTPUT, sales, rates, inputs.with_tax)
    levied, levy = _simplified(inputs, day)
    output = total("销项税额", _taxes(outputs))
    owed = total("销项税额与进项税额转出合计", [output.value, inputs.transferred_out])
    credit = total("进项税额与上期留抵税额合计", [inputs.input_tax, inputs.carried_in])
    general = remainder("一般计税应纳税额", ("", owed.value), ("", credit.value))
    carried = remainder("期末留抵税额", ("", credit.value), ("", owed.value))
    due = total("应纳增值税", [general.value, *_taxes(levied)])
    return Calculation(
        headline=_headline(due.value, carried.value),
        as_of=day,
        figures={
            "tax": due.value,
            "output_tax": output.value,
            "general_tax": general.value,
            "simplified_tax": due.value - general.value,
            "carried_out": carried.value,
        },
        steps=(*outputs, *_shown(inputs, output, owed, credit), general, *_positive(carried), *levied, due),
        basis=rates.basis + (levy.basis if levy else ()),
        assumptions=("进项税额已剔除不得抵扣的部分，并已确认用途。", "没有加计抵减、即征即退和预缴税款。"),
        notes=_notes(inputs, carried.value),
    )


def _check(inputs: GeneralPeriod) -> None:
    for name, amount in (
        ("基本税率销售额", inputs.standard),
        ("低税率销售额", inputs.reduced),
        ("服务销售额", inputs.low),
        ("零税率销售额", inputs.zero),
        ("3%简易计税销售额", inputs.three),
        ("5%简易计税销售额", inputs.five),
        ("进项税额", inputs.input_tax),
        ("进项税额转出", inputs.transferred_out),
        ("上期留抵税额", inputs.carried_in),
    ):
        checked(name, amount)


def _simplified(inputs: GeneralPeriod, day: date) -> tuple[tuple[Step, ...], Version | None]:
    if not (inputs.three or inputs.five):
        return (), None
    levy = at("vat_simplified", day, "一般纳税人简易计税")
    return _taxed(LEVIED, {"three": inputs.three, "five": inputs.five}, levy, inputs.with_tax), levy


def _taxed(kind: str, sales: dict[str, Decimal], rates: Version, with_tax: bool) -> tuple[Step, ...]:
    return tuple(_tax(kind, amount, rates[key], with_tax) for key, amount in sales.items() if amount)


def _tax(kind: str, amount: Decimal, rate: Decimal, with_tax: bool) -> Step:
    value = cents(amount / (1 + rate) * rate) if with_tax else cents(amount * rate)
    divided = f"÷（1＋{percent(rate)}）" if with_tax else ""
    return Step(f"{percent(rate)}{kind}", f"{money(amount)}{divided}×{percent(rate)}＝{money(value)}", value)


def _taxes(steps: tuple[Step, ...]) -> list[Decimal]:
    return [step.value for step in steps]


def _shown(inputs: GeneralPeriod, output: Step, owed: Step, credit: Step) -> tuple[Step, ...]:
    """The sums, each where it adds something to what stands before it."""
    return (
        output,
        *((owed,) if inputs.transferred_out else ()),
        *((credit,) if inputs.carried_in else ()),
    )


def _positive(step: Step) -> tuple[Step, ...]:
    return (step,) if step.value else ()


def _headline(due: Decimal, carried: Decimal) -> str:
    left = f"，期末留抵税额{money(carried)}元" if carried else ""
    return f"本期应纳增值税{money(due)}元{left}。"


def _notes(inputs: GeneralPeriod, carried: Decimal) -> tuple[str, ...]:
    notes = []
    if carried:
        notes.append("留抵税额结转下期抵扣，符合条件的可申请退还；不能抵减简易计税的应纳税额。")
    if inputs.zero:
        notes.append("适用零税率的部分没有销项税额，出口退（免）税要另行计算。")
    if inputs.three or inputs.five:
        notes.append("简易计税项目对应的进项税额不得抵扣；选择后36个月内不得变更。")
    return tuple(notes)
