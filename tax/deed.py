"""契税 on a home that an individual buys. Pure.

Source: 公告2024年第16号第一条 (from 2024-12-01); 财税〔2016〕23号 (before); 契税法第三条 (3%–5%).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.table import Version, at


class LocalRateNeeded(Exception):
    """No reduced rate applies and the province's own rate was not given; the text asks for it."""


@dataclass(frozen=True)
class HomePurchase:
    """``price`` without VAT, yuan; ``area`` in m² (建筑面积).

    ``owned`` homes that the family (夫妻和未成年子女) already has where it buys; ``first_tier``: 北京、上海、广州、深圳;
    ``local_rate``: the province's statutory rate, a fraction in 3%–5%, needed where no reduced rate applies.
    """

    price: Decimal
    area: Decimal
    owned: int
    first_tier: bool
    local_rate: Decimal | None = None


def deed(inputs: HomePurchase, day: date) -> Calculation:
    """The deed tax (``tax``) at ``rate`` on a home bought on ``day``.

    Raises `WrongFigure`, `LocalRateNeeded` and `NotInForce` (before 2016-02-22).
    """
    rules = at("deed", day, "个人购房契税")
    _check(inputs, rules)
    reduced = _reduced(inputs, rules)
    rate = reduced if reduced is not None else _local(inputs, rules)
    tax = cents(inputs.price * rate)
    order = {0: "家庭唯一住房", 1: "家庭第二套住房"}.get(inputs.owned, f"家庭第{inputs.owned + 1}套住房")
    return Calculation(
        headline=f"{order}，应纳契税{money(tax)}元（税率{percent(rate)}）。",
        as_of=day,
        figures={"tax": tax, "rate": rate},
        steps=(
            Step("成交价格", _why(inputs, order, reduced, rules), inputs.price),
            Step("应纳契税", f"{money(inputs.price)}×{percent(rate)}＝{money(tax)}", tax),
        ),
        basis=rules.basis,
        assumptions=(
            "成交价格不含增值税。",
            "家庭成员指购房人、配偶和未成年子女，套数按房屋所在地查询结果。",
        ),
        notes=_notes(inputs, rules),
    )


def _check(inputs: HomePurchase, rules: Version) -> None:
    checked("成交价格", inputs.price, positive=True)
    checked("建筑面积", inputs.area, positive=True)
    if inputs.owned < 0:
        raise WrongFigure("家庭已有住房套数不能是负数。")
    least, most = rules["law"]
    if inputs.local_rate is not None and not least <= checked("当地税率", inputs.local_rate) <= most:
        raise WrongFigure(f"当地契税税率应在{percent(least)}至{percent(most)}之间，请核对。")


def _reduced(inputs: HomePurchase, rules: Version) -> Decimal | None:
    """The reduced rate, or None where the province's own applies."""
    if inputs.owned > 1 or (inputs.owned == 1 and inputs.first_tier and not rules["second_in_first_tier"]):
        return None
    small, large = rules["first"] if inputs.owned == 0 else rules["second"]
    return Decimal(small if inputs.area <= rules["area"] else large)


def _local(inputs: HomePurchase, rules: Version) -> Decimal:
    if inputs.local_rate is None:
        least, most = map(percent, rules["law"])
        raise LocalRateNeeded(
            f"这套住房不享受优惠税率，按当地契税税率（{least}至{most}）缴纳，请提供当地税率，例如{least}。"
        )
    return inputs.local_rate


def _why(inputs: HomePurchase, order: str, reduced: Decimal | None, rules: Version) -> str:
    if reduced is None:
        return f"{order}，不享受优惠，按当地税率{percent(_local(inputs, rules))}"
    side = "及以下" if inputs.area <= rules["area"] else "以上"
    return f"{order}，面积{inputs.area}平方米，属{rules['area']}平方米{side}，减按{percent(reduced)}"


def _notes(inputs: HomePurchase, rules: Version) -> tuple[str, ...]:
    if inputs.area == rules["area"]:
        return (f"恰好{rules['area']}平方米，按“及以下”的税率。",)
    return ()
