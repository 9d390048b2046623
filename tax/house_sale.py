"""Taxes on a home that an individual bought and now sells: 增值税, 附加税费, 个人所得税. Pure.

Source: 公告2025年第17号 (增值税 from 2026), 财税〔2016〕36号附件3第五条 and 公告2024年第16号 (before);
个人所得税法, 国税发〔2006〕108号, 财税字〔1994〕20号 (个人所得税).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.duty import Cycle
from tax.part import Part, assumptions, bases, steps
from tax.six_taxes import Payer
from tax.step import ZERO, remainder
from tax.surcharges import Levied, Place, surcharges
from tax.table import Version, at
from tax.total import total

NOTHING_MORE = (
    "个人销售住房暂免印花税和土地增值税（财税〔2008〕137号）。",
    "各地可能按核定的计税价格征税，以主管税务机关核定为准。",
)


class CostNeeded(Exception):
    """The tax rests on what the home cost, or on the local assessed rate; the text asks for it."""


@dataclass(frozen=True)
class HomeSale:
    """``price`` is what the buyer pays, VAT included; ``cost`` what the seller paid for it (购房价款), yuan, if provable.

    ``bought``: the earlier of 契税完税 and 产权证; ``only_home``: the family's only home, lived in since then;
    ``expenses``: 契税 paid at purchase, 装修, 贷款利息 and 手续费 that may be deducted, yuan;
    ``assessed_rate``: the local rate on the proceeds (1%–3%) where the cost cannot be proved;
    ``first_tier``: 北京、上海、广州、深圳; ``ordinary``: 普通住房, which mattered there until 2024-11.
    """

    price: Decimal
    bought: date
    place: Place
    first_tier: bool
    only_home: bool
    ordinary: bool = True
    cost: Decimal | None = None
    expenses: Decimal = ZERO
    assessed_rate: Decimal | None = None


def house_sale(inputs: HomeSale, day: date) -> Calculation:
    """What the seller owes for a sale on ``day``: ``vat``, ``surcharges``, ``income_tax`` and ``total``.

    Raises `WrongFigure`, `CostNeeded` and `NotInForce` (before 2016-05; surcharges before 2021-09 or after 2027).
    """
    rules = at("house_sale", day, "个人销售住房")
    income = at("house_sale_income", day, "个人转让住房个人所得税")
    _check(inputs, income, day)
    vat = _vat(inputs, rules, day)
    extra = _extra(inputs, vat.due.value, day)
    levy = _income_tax(inputs, income, vat.due.value, extra.due.value, day)
    parts = (vat, extra, levy)
    whole = total("税费合计", [part.due.value for part in parts])
    return Calculation(
        headline=f"应纳税费合计{money(whole.value)}元，其中增值税{money(vat.due.value)}元、"
        f"附加税费{money(extra.due.value)}元、个人所得税{money(levy.due.value)}元。",
        as_of=day,
        figures={
            "vat": vat.due.value,
            "surcharges": extra.due.value,
            "income_tax": levy.due.value,
            "total": whole.value,
        },
        steps=(*steps(parts), whole),
        basis=bases(parts),
        assumptions=("房屋是购买取得的住房，不是自建、受赠或继承。", *assumptions(parts)),
        notes=(*NOTHING_MORE, *((rules["note"],) if levy.due.value and rules["note"] else ())),
    )


def _check(inputs: HomeSale, income: Version, day: date) -> None:
    checked("成交价格", inputs.price, positive=True)
    checked("合理费用", inputs.expenses)
    if inputs.bought > day:
        raise WrongFigure("购房时间晚于出售时间，请核对。")
    if inputs.cost is not None:
        checked("房屋原值", inputs.cost, positive=True)
    if inputs.assessed_rate is None:
        return
    if inputs.cost is not None:
        raise WrongFigure("能提供房屋原值的按差额计税，不能提供的才核定征收，原值和核定征收率请只填一项。")
    least, most = income["assessed"]
    if not least <= checked("核定征收率", inputs.assessed_rate) <= most:
        raise WrongFigure(f"核定征收率应在{percent(least)}至{percent(most)}之间，请核对当地规定。")


def _vat(inputs: HomeSale, rules: Version, day: date) -> Part:
    rate, years = rules["rate"], int(rules["years"])
    if not held(inputs.bought, day, years):
        return Part(_within(inputs.price, rate), basis=rules.basis)
    if not (rules["difference"] and inputs.first_tier and not inputs.ordinary):
        return Part(Step("增值税", f"购买{years}年以上（含{years}年），免征", ZERO), basis=rules.basis)
    if inputs.cost is None:
        raise CostNeeded("北京、上海、广州、深圳的非普通住房按差额缴纳增值税，请提供购买房屋的价款。")
    gain = remainder("销售收入减购房价款", ("", inputs.price), ("", inputs.cost))
    return Part(_within(gain.value, rate), (gain,), rules.basis)


def _within(gross: Decimal, rate: Decimal) -> Step:
    """The VAT contained in ``gross``."""
    tax = cents(gross / (1 + rate) * rate)
    return Step("增值税", f"{money(gross)}÷（1＋{percent(rate)}）×{percent(rate)}＝{money(tax)}", tax)


def _extra(inputs: HomeSale, vat: Decimal, day: date) -> Part:
    if not vat:
        return Part(Step("附加税费", "没有缴纳增值税，不缴附加税费", ZERO))
    result = surcharges(Levied(vat, inputs.place, Payer.SMALL_SCALE, Cycle.ONCE), day)
    return Part(result.steps[-1], result.steps[:-1], result.basis, result.assumptions)


def _income_tax(inputs: HomeSale, rules: Version, vat: Decimal, extra: Decimal, day: date) -> Part:
    years = int(rules["years"])
    if inputs.only_home and held(inputs.bought, day, years):
        words = f"自用{years}年以上且是家庭唯一生活用房，免征"
        return Part(Step("个人所得税", words, ZERO), basis=rules.basis)
    income = remainder("转让收入（不含增值税）", ("", inputs.price), ("", vat))
    if inputs.assessed_rate is not None:
        return Part(
            _taxed(income.value, inputs.assessed_rate), (income,), rules.basis, ("当地同意核定征收。",)
        )
    if inputs.cost is None:
        raise CostNeeded("请提供房屋原值（购房价款和缴纳的税费）；无法提供的，请提供当地的核定征收率。")
    gain = remainder(
        "应纳税所得额", ("", income.value), ("", inputs.cost), ("", extra), ("", inputs.expenses)
    )
    kept = ("购房价款、购房时的税费和合理费用都有合法凭证。",)
    return Part(_taxed(gain.value, rules["rate"]), (income, gain), rules.basis, kept)


def _taxed(amount: Decimal, rate: Decimal) -> Step:
    tax = cents(amount * rate)
    return Step("个人所得税", f"{money(amount)}×{percent(rate)}＝{money(tax)}", tax)


def held(bought: date, day: date, years: int) -> bool:
    """Whether ``years`` full years lie between ``bought`` and ``day``; 2月29日 comes round on 2月28日."""
    last = 28 if (bought.month, bought.day) == (2, 29) else bought.day
    return day >= date(bought.year + years, bought.month, last)
