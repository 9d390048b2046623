"""附加税费: 城市维护建设税, 教育费附加 and 地方教育附加 on the VAT and excise actually due. Pure.

Source: 城市维护建设税法第二条、第四条; 财税〔2016〕12号第一条 (fees); 六税两费: see `tax.six_taxes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.calculation import Calculation, Step, WrongFigure, checked, money
from tax.duty import Cycle
from tax.six_taxes import Payer, due, relief
from tax.step import ZERO
from tax.table import Version, at
from tax.total import total

NEW_VAT_LAW = date(2026, 1, 1)


class Place(Enum):
    """Where the taxpayer is, which decides the rate of 城建税."""

    CITY = "市区"
    TOWN = "县城、镇"
    OTHER = "其他地区"


@dataclass(frozen=True)
class Levied:
    """``tax``: VAT and excise actually due, yuan. ``sales``: the period's sales without VAT, where known."""

    tax: Decimal
    place: Place
    payer: Payer
    cycle: Cycle = Cycle.MONTH
    sales: Decimal | None = None


def surcharges(inputs: Levied, day: date) -> Calculation:
    """What is due on top of the VAT: ``city``, ``education``, ``local_education`` and their ``total``.

    Raises `WrongFigure` and `NotInForce` (before 2021-09; 六税两费 after 2027).
    """
    _check(inputs)
    rules = at("surcharges", day, "城市维护建设税和教育费附加")
    waived = relief(inputs.payer, day)
    city = due("城市维护建设税", inputs.tax, rules["places"][inputs.place.name], waived.share)
    free = _fees_free(inputs, rules)
    education = _fee("教育费附加", inputs, rules["education"], waived.share, free)
    local = _fee("地方教育附加", inputs, rules["local_education"], waived.share, free)
    whole = total("附加税费合计", [city.value, education.value, local.value])
    return Calculation(
        headline=f"应纳附加税费合计{money(whole.value)}元。",
        as_of=day,
        figures={
            "city": city.value,
            "education": education.value,
            "local_education": local.value,
            "total": whole.value,
        },
        steps=(city, education, local, whole),
        basis=rules.basis + waived.basis,
        assumptions=waived.assumptions + _assumptions(inputs, day, free),
        notes=("城市维护建设税不随两项附加免征。",) if free and city.value else (),
    )


def _check(inputs: Levied) -> None:
    checked("实际缴纳的增值税、消费税", inputs.tax)
    if inputs.sales is not None:
        checked("销售额", inputs.sales)
    if inputs.cycle is Cycle.YEAR:
        raise WrongFigure("附加税费随增值税按月、按季或按次缴纳，没有按年的，请改选。")


def _fees_free(inputs: Levied, rules: Version) -> bool:
    limit: Decimal | None = rules["fee_limits"].get(inputs.cycle.name)
    return inputs.sales is not None and limit is not None and inputs.sales <= limit


def _fee(name: str, inputs: Levied, rate: Decimal, waived: Decimal, free: bool) -> Step:
    if free:
        return Step(
            name,
            f"{inputs.cycle.value}销售额{money(inputs.sales or ZERO)}元未超过标准，免征",
            ZERO,
        )
    return due(name, inputs.tax, rate, waived)


def _assumptions(inputs: Levied, day: date, free: bool) -> tuple[str, ...]:
    if inputs.sales is None:
        return ("没有提供销售额，两项附加按不符合小额免征条件计算。",)
    if free and day >= NEW_VAT_LAW:
        return ("2026年起未见停止执行财税〔2016〕12号的规定，两项附加的免征按继续有效计算。",)
    return ()
