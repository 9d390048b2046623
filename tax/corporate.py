"""企业所得税 of a year: small low-profit enterprises by slice, 15% for 高新技术企业, 25% otherwise. Pure.

Source: 企业所得税法第四条、第二十八条; 财税〔2019〕13号; 公告2021年第12号; 2022年第13号; 2023年第6号; 2023年第12号.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, cents, checked, money, percent
from tax.step import ZERO
from tax.table import Version, at

SUBJECT = "小型微利企业所得税优惠"


@dataclass(frozen=True)
class Corporate:
    """A resident enterprise's year.

    ``taxable`` is 应纳税所得额 in yuan, 0 for a loss; ``people`` and ``assets`` (yuan) are the year's averages of
    the quarters; ``restricted`` marks an industry that the state restricts or forbids; ``high_tech`` a valid
    高新技术企业 certificate.
    """

    taxable: Decimal
    people: Decimal
    assets: Decimal
    restricted: bool = False
    high_tech: bool = False


def corporate(inputs: Corporate, day: date) -> Calculation:
    """The year's ``tax`` and the ``effective_rate``; ``small`` is 1 where the enterprise is 小型微利.

    Raises `WrongFigure` for figures that cannot be and `NotInForce` outside 2019–2027.
    """
    checked("应纳税所得额（亏损请填0）", inputs.taxable)
    checked("从业人数", inputs.people)
    checked("资产总额", inputs.assets)
    small, general = at("corporate_small", day, SUBJECT), at("corporate", day, "企业所得税税率")
    failed = _failed(inputs, small)
    rate = general["high_tech" if inputs.high_tech else "standard"]
    steps = (_whole(inputs.taxable, rate),) if failed else _slices(inputs.taxable, small)
    tax = steps[-1].value
    return Calculation(
        headline=_headline(tax, rate, failed, day),
        as_of=day,
        figures={
            "tax": tax,
            "effective_rate": tax / inputs.taxable if inputs.taxable else ZERO,
            "small": Decimal(not failed),
        },
        steps=steps,
        basis=general.basis + small.basis if failed else small.basis,
        assumptions=(
            "居民企业，应纳税所得额已弥补以前年度亏损；没有其他减免和抵免税额。",
            "从业人数（含劳务派遣用工）和资产总额按全年季度平均值：（季初＋季末）÷2，四个季度再平均。",
        ),
        notes=_notes(inputs, small, rate, failed),
    )


def _failed(inputs: Corporate, small: Version) -> tuple[str, ...]:
    """The conditions of a small low-profit enterprise that are not met, in words."""
    conditions = (
        (inputs.taxable > small["income"], f"年应纳税所得额超过{money(small['income'])}元"),
        (inputs.people > small["people"], f"从业人数超过{money(small['people'])}人"),
        (inputs.assets > small["assets"], f"资产总额超过{money(small['assets'])}元"),
        (inputs.restricted, "从事国家限制或禁止行业"),
    )
    return tuple(text for fails, text in conditions if fails)


def _whole(taxable: Decimal, rate: Decimal) -> Step:
    tax = cents(taxable * rate)
    return Step("应纳税额", f"{money(taxable)}×{percent(rate)}＝{money(tax)}", tax)


def _slices(taxable: Decimal, small: Version) -> tuple[Step, ...]:
    steps: list[Step] = []
    start = ZERO
    for end, counted in small["slices"]:
        part = min(taxable, end) - start
        if part > 0 or not steps:
            steps.append(_slice(start, end, part, counted, small["rate"]))
        start = end
    total = sum((step.value for step in steps), ZERO)
    return (*steps, Step("应纳税额", f"{'＋'.join(money(s.value) for s in steps)}＝{money(total)}", total))


def _slice(start: Decimal, end: Decimal, part: Decimal, counted: Decimal, rate: Decimal) -> Step:
    tax = cents(part * counted * rate)
    label = f"超过{money(start)}元至{money(end)}元部分" if start else f"不超过{money(end)}元部分"
    return Step(label, f"{money(part)}×{percent(counted)}×{percent(rate)}＝{money(tax)}", tax)


def _headline(tax: Decimal, rate: Decimal, failed: tuple[str, ...], day: date) -> str:
    reason = f"不符合小型微利条件（{'、'.join(failed)}），按{percent(rate)}" if failed else "按小型微利企业"
    return f"{day.year}年度应缴企业所得税{money(tax)}元：{reason}计算。"


def _notes(inputs: Corporate, small: Version, rate: Decimal, failed: tuple[str, ...]) -> tuple[str, ...]:
    if not failed:
        kept = (
            ("高新技术企业税率与小型微利优惠不叠加，按税负较低的小型微利优惠计算。",)
            if inputs.high_tech
            else ()
        )
        return (*kept, *_cliff_ahead(small, rate))
    if inputs.taxable > small["income"]:
        return _over_the_cliff(inputs.taxable, small, rate)
    otherwise = _slices(inputs.taxable, small)[-1].value
    more = _whole(inputs.taxable, rate).value - otherwise
    return (f"如果各项条件都符合，按小型微利企业只需缴{money(otherwise)}元，相差{money(more)}元。",)


def _cliff_ahead(small: Version, rate: Decimal) -> tuple[str, ...]:
    at_limit = _slices(small["income"], small)[-1].value
    return (
        f"应纳税所得额{money(small['income'])}元时缴{money(at_limit)}元；超过1元即全额按{percent(rate)}缴，"
        f"约{money(cents(small['income'] * rate))}元。",
    )


def _over_the_cliff(taxable: Decimal, small: Version, rate: Decimal) -> tuple[str, ...]:
    """Where one yuan more of income left less after tax than the limit itself."""
    limit = small["income"]
    left = limit - _slices(limit, small)[-1].value
    end = cents(left / (1 - rate))
    whole = f"超过{money(limit)}元的，全额按{percent(rate)}计算，不是只对超过部分。"
    if taxable >= end:
        return (whole,)
    return (
        whole,
        f"应纳税所得额在{money(limit)}元至{money(end)}元之间，税后反而少于{money(limit)}元时的{money(left)}元。",
    )
