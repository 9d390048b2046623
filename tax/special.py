"""专项附加扣除 of a year, item by item. Pure; amounts in yuan.

Source: 国发〔2018〕41号; 国发〔2022〕8号 (婴幼儿照护, from 2022); 国发〔2023〕13号 (raised from 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money
from tax.step import ZERO
from tax.table import NotInForce, Version, at

YEAR = 12


class Item(Enum):
    """What is deducted at a fixed amount a month; the values are the names in the table."""

    CHILD = "子女教育"
    INFANT = "3岁以下婴幼儿照护"
    DEGREE = "学历（学位）继续教育"
    MORTGAGE = "住房贷款利息"
    RENT_LARGE_CITY = "住房租金（直辖市、省会、计划单列市等）"
    RENT_MIDDLE_CITY = "住房租金（市辖区户籍人口超过100万的其他城市）"
    RENT_OTHER_CITY = "住房租金（其他城市）"


SHARED = (Item.CHILD, Item.INFANT, Item.MORTGAGE)
RENT = (Item.RENT_LARGE_CITY, Item.RENT_MIDDLE_CITY, Item.RENT_OTHER_CITY)


@dataclass(frozen=True)
class Monthly:
    """One ``item`` (one child) for ``months`` months; ``half`` where both spouses deduct 50% each."""

    item: Item
    months: int
    half: bool = False


@dataclass(frozen=True)
class Elder:
    """Supporting parents for ``months`` months; ``share`` is the agreed yuan a month, None for an only child."""

    months: int
    share: Decimal | None = None


@dataclass(frozen=True)
class Certificate:
    """A 职业资格 certificate obtained in the year."""


@dataclass(frozen=True)
class Illness:
    """One person's medical expenses of the year, ``paid`` by themselves within the insurance catalogue."""

    paid: Decimal


@dataclass(frozen=True)
class Stated:
    """The year's sum as the person states it, not checked item by item."""

    amount: Decimal


Claim = Monthly | Elder | Certificate | Illness | Stated


def special(claims: Sequence[Claim], day: date) -> Calculation:
    """The year's 专项附加扣除, ``total`` yuan.

    Raises `WrongFigure` for claims that exclude each other, and `NotInForce` for an item before it began.
    """
    _check(claims)
    version = at("special", day, "专项附加扣除")
    steps = tuple(_step(claim, version) for claim in claims)
    total = sum((step.value for step in steps), ZERO)
    return Calculation(
        headline=f"{day.year}年专项附加扣除合计{money(total)}元。",
        as_of=day,
        figures={"total": total},
        steps=steps,
        basis=version.basis,
        assumptions=_assumptions(claims),
    )


def _step(claim: Claim, version: Version) -> Step:
    match claim:
        case Monthly(item, months, half):
            return _monthly(item.value, _rate(item, version), months, half)
        case Elder(months, share):
            return _elder(share, months, version)
        case Certificate():
            amount = version["certificate"]
            return Step("职业资格继续教育", f"取得证书当年定额{money(amount)}", amount)
        case Illness(paid):
            return _illness(paid, version)
        case Stated(amount):
            return Step("专项附加扣除", f"按所填合计{money(amount)}", amount)


def _monthly(label: str, rate: Decimal, months: int, half: bool = False) -> Step:
    value = cents(rate * months / (2 if half else 1))
    return Step(label, f"{money(rate)}×{months}{'×50%' if half else ''}＝{money(value)}", value)


def _rate(item: Item, version: Version) -> Decimal:
    rates: dict[str, Decimal] = version["monthly"]
    if item.value not in rates:
        raise NotInForce(
            f"{version.start.year}年至{_last_year(version)}年没有“{item.value}”这一项专项附加扣除。"
        )
    return rates[item.value]


def _last_year(version: Version) -> int:
    assert version.end, "the version in force knows every item"
    return version.end.year - 1


def _elder(share: Decimal | None, months: int, version: Version) -> Step:
    if share is None:
        return _monthly("赡养老人（独生子女）", version["elder_only_child"], months)
    limit = version["elder_share"]
    if share > limit:
        raise WrongFigure(f"非独生子女分摊赡养老人扣除每人每月不超过{money(limit)}元，请重新填写。")
    return _monthly("赡养老人（非独生子女分摊）", share, months)


def _illness(paid: Decimal, version: Version) -> Step:
    floor, limit = version["illness_floor"], version["illness_limit"]
    if paid <= floor:
        return Step("大病医疗", f"自付{money(paid)}，未超过{money(floor)}，不能扣除", ZERO)
    over = paid - floor
    capped = f"，超过上限，按{money(limit)}" if over > limit else ""
    if capped:
        return Step("大病医疗", f"自付{money(paid)}减{money(floor)}{capped}扣除", limit)
    return Step("大病医疗", f"自付{money(paid)}－{money(floor)}＝{money(over)}", over)


def _check(claims: Sequence[Claim]) -> None:
    for claim in claims:
        _check_claim(claim)
    items = [claim.item for claim in claims if isinstance(claim, Monthly)]
    if Item.MORTGAGE in items and any(item in RENT for item in items):
        raise WrongFigure("住房贷款利息和住房租金在一个纳税年度内不能同时扣除，请只选一项。")
    for name, group in (
        ("住房贷款利息", (Item.MORTGAGE,)),
        ("住房租金", RENT),
        ("学历继续教育", (Item.DEGREE,)),
    ):
        if sum(c.months for c in claims if isinstance(c, Monthly) and c.item in group) > YEAR:
            raise WrongFigure(f"{name}一年最多扣12个月，请核对各段月数。")
    for kind, text in (
        (Elder, "赡养老人不按老人人数增加，只填一次。"),
        (Certificate, "取得职业资格证书当年按定额扣除，多个证书也只填一次。"),
    ):
        if sum(isinstance(claim, kind) for claim in claims) > 1:
            raise WrongFigure(text)
    if any(isinstance(c, Stated) for c in claims) and len(claims) > 1:
        raise WrongFigure("专项附加扣除请要么填合计，要么逐项填写，不要两样都填。")


def _check_claim(claim: Claim) -> None:
    if isinstance(claim, Monthly | Elder) and not 1 <= claim.months <= YEAR:
        raise WrongFigure("专项附加扣除的月数应在1到12之间。")
    if isinstance(claim, Monthly) and claim.half and claim.item not in SHARED:
        raise WrongFigure(f"{claim.item.value}不能由夫妻各扣50%，请由一方扣除。")
    if isinstance(claim, Elder) and claim.share is not None:
        checked("分摊的赡养老人扣除", claim.share, positive=True)
    if isinstance(claim, Illness):
        checked("大病医疗自付金额", claim.paid)
    if isinstance(claim, Stated):
        checked("专项附加扣除", claim.amount)


def _assumptions(claims: Sequence[Claim]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for claim in claims if (text := _assumption(claim))))


def _assumption(claim: Claim) -> str | None:
    match claim:
        case Stated():
            return "专项附加扣除按所填合计计算，未逐项核对标准。"
        case Illness():
            return "大病医疗按医保目录范围内的自付部分、每人分别计算，在年度汇算时扣除。"
        case Monthly(Item.DEGREE):
            return "同一学历（学位）继续教育的扣除累计不超过48个月。"
        case Monthly(Item.MORTGAGE, half=True):
            return "住房贷款利息各扣50%只适用于婚前分别购买、婚后选择各按50%扣除的首套住房。"
    return None
