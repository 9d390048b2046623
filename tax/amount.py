"""Amounts of money as people type them: 15000, 15,000元, 1.5万, 1万5, 一万五千, 1.5w, 15k. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_PLAIN = r"\d+(?:,\d{3})*(?:\.\d+)?"
_ARABIC = re.compile(
    rf"(?P<minus>-|负)?(?P<number>{_PLAIN})\s*(?P<scale>亿|万|千|百|w|k)?(?P<tail>\d(?!\d))?"
)
_CHINESE = re.compile(r"(?P<minus>负)?(?P<number>[〇零一二两三四五六七八九十百千万亿]+)")
_NOTHING = re.compile(r"没有|没|无|不交|不扣|没交|零|none|^0+$")
_SCALES = {"亿": 100_000_000, "万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百": 100}
_DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, order=True)
class Placed:
    """An amount in yuan and the characters ``[start, end)`` that say it."""

    start: int
    end: int
    value: Decimal


def amounts(text: str) -> list[Decimal]:
    """Every amount in ``text`` (folded, simplified characters), in yuan, in order; negative ones too."""
    return [found.value for found in placed(text)]


def placed(text: str) -> list[Placed]:
    """Every amount in ``text`` with its place, in order."""
    found = [Placed(*match.span(), _arabic(match)) for match in _ARABIC.finditer(text)]
    found += [
        Placed(*match.span(), Decimal(chinese_number(match["number"])) * (-1 if match["minus"] else 1))
        for match in _CHINESE.finditer(text)
        if not _beside_digit(text, match)
    ]
    return sorted(found)


def nothing(text: str) -> bool:
    """Whether ``text`` says that there is none: 没有, 无, 0."""
    return bool(_NOTHING.search(text.strip()))


def chinese_number(text: str) -> int:
    """一万五千 → 15000, 一万五 → 15000, 两千八 → 2800, 二〇二六 → 2026."""
    if not any(c in _UNITS or c in _LARGE for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    unit = 1
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
            unit = 1 if c in "零〇" else unit
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit, unit = 0, _UNITS[c]
        else:
            total = (total + section + digit or 1) * _LARGE[c]
            section, digit, unit = 0, 0, _LARGE[c]
    return total + section + digit * max(unit // 10, 1)


def _arabic(match: re.Match[str]) -> Decimal:
    scale = _SCALES.get(match["scale"] or "", 1)
    amount = Decimal(match["number"].replace(",", "")) * scale
    if match["tail"] and scale > 1:
        amount += int(match["tail"]) * Decimal(scale) / 10
    return -amount if match["minus"] else amount


def _beside_digit(text: str, match: re.Match[str]) -> bool:
    """The 万 of 1万5 belongs to the digits before it."""
    return match.start() > 0 and text[match.start() - 1].isdigit()
