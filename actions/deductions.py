"""专项附加扣除 as a person tells them: a sum, or the items in words. Pure.

A figure is a sum in yuan, or the items as they are shown: ``子女教育×2；赡养老人（独生子女）``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from actions.kinds import Amount
from actions.reading import Unreadable
from tax.amount import chinese_number
from tax.calculation import money
from tax.special import Claim, Elder, Item, Monthly, Stated

MONTHS = 12
ELDER_ONLY, ELDER_SHARED, DEGREE = (
    "赡养老人（独生子女）",
    "赡养老人（非独生子女，每月1500元）",
    "学历继续教育",
)
SHARED_MOST = Decimal(1500)
_JOINT = "；"
_CHILD, _INFANT = "子女教育", "3岁以下婴幼儿照护"
_RENTS = {
    Item.RENT_LARGE_CITY: "直辖市|省会|计划单列|北京|上海|广州|深圳|天津|重庆|大城市",
    Item.RENT_MIDDLE_CITY: "地级市|中等城市|超过100万",
    Item.RENT_OTHER_CITY: "其他城市|县城|小城市|县里",
}
_COUNT = r"(?P<{}>\d|[一二两三四五六])"
_NUMBERED = {
    _INFANT: rf"(?:{_COUNT.format('a')}个)?(?:[3三]岁以下\D{{0,3}})?(?:婴幼儿|婴儿|宝宝)|{_COUNT.format('c')}个[3三]岁以下",
    _CHILD: rf"(?:{_COUNT.format('a')}个)?(?:孩子|娃|小孩|子女|小朋友)(?:上学|读书|教育)?(?:{_COUNT.format('b')}个)?",
}


@dataclass(frozen=True)
class Deductions(Amount):
    """What somebody claims; ``yearly`` where a sum is asked for a year, else for a month."""

    yearly: bool = False
    none: bool = True
    buttons: tuple[str, ...] = ("没有",)

    def reply(self, text: str, today: date) -> str | None:
        items = _items(text)
        if items:
            return _JOINT.join(items)
        return super().reply(text, today)

    def said(self, text: str, today: date) -> str | None:
        """Items only: a sum has the words of its own in `actions.filling`."""
        items = _items(text) if re.search("赡养|房贷|子女教育|婴幼儿|专项附加|孩子|继续教育", text) else []
        return _JOINT.join(items) or None

    def shown(self, value: str) -> str:
        return f"{'全年' if self.yearly else '每月'}{money(Decimal(value))}元" if _is_sum(value) else value


def claims(figure: str, *, yearly: bool) -> tuple[Claim, ...]:
    """The claims behind a figure, each for the whole year."""
    if _is_sum(figure):
        amount = Decimal(figure) * (1 if yearly else MONTHS)
        return (Stated(amount),) if amount else ()
    return tuple(claim for item in figure.split(_JOINT) for claim in _claims_of(item))


def _claims_of(item: str) -> tuple[Claim, ...]:
    name, _, count = item.partition("×")
    if name == ELDER_ONLY:
        return (Elder(MONTHS),)
    if name == ELDER_SHARED:
        return (Elder(MONTHS, SHARED_MOST),)
    found = Item.DEGREE if name == DEGREE else Item(name)
    return (Monthly(found, MONTHS),) * int(count or 1)


def _is_sum(figure: str) -> bool:
    return figure.replace(".", "").isdigit()


def _items(text: str) -> list[str]:
    found = [item for name in _NUMBERED for item in _numbered(name, text)]
    if re.search("房贷|住房贷款", text):
        found.append(Item.MORTGAGE.value)
    if re.search("学历|在职研究生|继续教育", text) and "职业资格" not in text:
        found.append(DEGREE)
    return [*found, *_rent(text), *_elder(text)]


def _numbered(name: str, text: str) -> list[str]:
    rest = re.sub(_NUMBERED[_INFANT], "", text) if name == _CHILD else text
    rest = re.sub("独生子女|非独生|住房租金", "", rest)
    match = re.search(_NUMBERED[name], rest)
    if not match:
        return []
    counts = [count for count in match.groupdict().values() if count]
    number = (
        chinese_number(counts[0]) if counts and not counts[0].isdigit() else int(counts[0]) if counts else 1
    )
    return [f"{name}×{number}"]


def _rent(text: str) -> list[str]:
    if not re.search("租房|房租|住房租金", text):
        return []
    city = next((item for item, words in _RENTS.items() if re.search(words, text)), None)
    if city is None:
        raise Unreadable(
            "住房租金的标准因城市而异，请说明是“省会租房”（含直辖市、计划单列市）、“地级市租房”还是“其他城市租房”，或直接说金额。"
        )
    return [city.value]


def _elder(text: str) -> list[str]:
    if not re.search("老人|赡养|养老扣除", text):
        return []
    return [ELDER_SHARED if re.search("非独生|不是独生|兄弟|姐妹|分摊", text) else ELDER_ONLY]
