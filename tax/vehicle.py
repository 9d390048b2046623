"""车辆购置税 on a car, with the reliefs for new energy and, in 2022, small engines. Pure.

Source: 车辆购置税法第四条至第六条; 公告2023年第10号第一条 (新能源, 2024–2027); 公告2022年第20号 (2.0升及以下).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Basis, Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.step import ZERO, remainder
from tax.table import at


@dataclass(frozen=True)
class CarPurchase:
    """``price`` on the invoice, yuan, with VAT in it where ``with_tax``; the invoice's day is the day asked for.

    ``new_energy``: in the catalogue of new-energy cars that get the relief; ``small_engine``: a passenger car of at
    most 2.0 litres.
    """

    price: Decimal
    with_tax: bool
    new_energy: bool
    small_engine: bool = False


def vehicle(inputs: CarPurchase, day: date) -> Calculation:
    """The vehicle purchase tax (``tax``), what was waived (``waived``) and the price without VAT (``net``).

    Raises `WrongFigure` and `NotInForce` (before 2019-07; 新能源 after 2027).
    """
    _check(inputs)
    rules = at("vehicle", day, "车辆购置税")
    net = _net(inputs, day)
    full = cents(net.value * rules["rate"])
    whole = Step("减免前应纳税额", f"{money(net.value)}×{percent(rules['rate'])}＝{money(full)}", full)
    waived, basis = _waived(inputs, net.value, full, day)
    due = remainder("应纳车辆购置税", ("", full), ("", waived.value))
    return Calculation(
        headline=f"应纳车辆购置税{money(due.value)}元。",
        as_of=day,
        figures={"tax": due.value, "waived": waived.value, "net": net.value},
        steps=(*((net,) if inputs.with_tax else ()), whole, waived, due),
        basis=rules.basis + basis,
        assumptions=_assumptions(inputs),
        notes=_notes(inputs, waived.value),
    )


def _check(inputs: CarPurchase) -> None:
    checked("购车价格", inputs.price, positive=True)
    if inputs.new_energy and inputs.small_engine:
        raise WrongFigure("新能源汽车和2.0升及以下燃油乘用车的优惠只能选一种，请核对车型。")


def _net(inputs: CarPurchase, day: date) -> Step:
    rate = at("vat_rates", day, "增值税税率")["standard"]
    net = cents(inputs.price / (1 + rate)) if inputs.with_tax else inputs.price
    return Step("不含增值税价格", f"{money(inputs.price)}÷（1＋{percent(rate)}）＝{money(net)}", net)


def _waived(inputs: CarPurchase, net: Decimal, full: Decimal, day: date) -> tuple[Step, tuple[Basis, ...]]:
    if inputs.new_energy:
        rules = at("vehicle_new_energy", day, "新能源汽车车辆购置税")
        return _capped(full, rules["share"], rules["cap"]), rules.basis
    rules = at("vehicle_small_engine", day, "小排量乘用车车辆购置税")
    if inputs.small_engine and rules["share"] and net <= rules["limit"]:
        return _capped(full, rules["share"], None), rules.basis
    return Step("减免税额", "没有适用的减免", ZERO), ()


def _capped(full: Decimal, share: Decimal, cap: Decimal | None) -> Step:
    value = cents(full * share)
    if cap is not None and value > cap:
        return Step("减免税额", f"{money(full)}元的{percent(share)}超过上限，按每辆{money(cap)}元", cap)
    return Step("减免税额", f"{money(full)}×{percent(share)}＝{money(value)}", value)


def _assumptions(inputs: CarPurchase) -> tuple[str, ...]:
    said = ["购置日期为机动车销售统一发票的开具日期。"]
    if inputs.with_tax:
        said.append("销售方按13%税率开具发票；以发票上的不含税价为准。")
    if inputs.new_energy:
        said.append("车型已列入享受减免的新能源汽车车型目录。")
    return tuple(said)


def _notes(inputs: CarPurchase, waived: Decimal) -> tuple[str, ...]:
    if inputs.new_energy:
        return ("2025年底前免征，2026年起改为减半；2024年起每辆的减免额有上限。以发票开具日期为准。",)
    if inputs.small_engine and not waived:
        return ("小排量乘用车减半只在2022年6月至12月开票、且不含税价没有超过上限时适用。",)
    return ()
