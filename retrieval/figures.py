"""One spelling for numbers and dates in folded text: 三十万元, 30w and 300000元 are 30万元. Pure.

Only numerals that a unit follows are read, so that 一般纳税人, 六税两费 and 一个月 stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
SCALES = {"十": 10, "百": 100, "千": 1000}
MYRIAD = Decimal(10_000)


def _and_a_tenth(match: re.Match[str]) -> str:
    """1万5, 1万5千 and 1万5000 are 1.5万."""
    return f"{match[1]}.{DIGITS.get(match[2], match[2])}万"


_NUMERAL = "〇零一二两三四五六七八九十百千"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<![\d.,a-z])\d{1,3}(?:,\d{3})+(?!\d)"), lambda m: m[0].replace(",", "")),
    (re.compile(rf"百分之([{_NUMERAL}]+|\d+(?:\.\d+)?)"), lambda m: f"{_digits(m[1])}%"),
    (re.compile(rf"(?<=万)([{_NUMERAL}]+)(?=[元块])"), lambda m: _digits(m[1])),
    (re.compile(rf"(?<![{_NUMERAL}])([{_NUMERAL}]+)(?=[万亿元块年月日号岁套]|个点|季度)"), lambda m: _digits(m[1])),
    (re.compile(r"(?<!\d)(\d+(?:\.\d+)?)w(?![a-z])"), lambda m: f"{m[1]}万"),
    (re.compile(r"(?<!\d)(\d+(?:\.\d+)?)k(?![a-z])"), lambda m: _in_myriads(Decimal(m[1]) * 1000)),
    (re.compile(r"(?<!\d)(\d+(?:\.\d+)?)个点"), lambda m: f"{m[1]}%"),
    (re.compile(r"(?<![\d.])(\d{1,4})万([1-9一二三四五六七八九])(?:000|千|(?![\d.万千百年月日号个人套岁%]))"), _and_a_tenth),
    (re.compile(r"(?<![\d.a-z])(\d{2,9}000)(?![\d.万亿a-z年])"), lambda m: _in_myriads(Decimal(m[1]))),
    (re.compile(r"(?<!\d)(2[0-9])年(?=[1-4]?季度|\d?月|度|初|底|上半|下半|的|以|之|前|后)"), lambda m: f"20{m[1]}年"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](1[0-2]|0?[1-9])(?![\d.])"), lambda m: f"{m[1]}年{int(m[2])}月"),
    (re.compile(r"(?<=\d月)份+"), lambda _: ""),
)  # fmt: skip


def one_spelling(text: str) -> str:
    """``text`` with its numbers in digits, sums from 10,000 in 万, rates in %, and months as 2026年3月."""
    for pattern, spelled in _RULES:
        text = pattern.sub(spelled, text)
    return text


def _digits(numeral: str) -> str:
    """三十 is 30, 二〇二四 is 2024; what is no numeral is left as it is."""
    if numeral[0] not in _NUMERAL:
        return numeral
    if not set(numeral) & set(SCALES):
        return "".join(str(DIGITS[c]) for c in numeral)
    total, digit = 0, 0
    for character in numeral:
        if character in SCALES:
            total += (digit or 1) * SCALES[character]
            digit = 0
        else:
            digit = DIGITS[character]
    return str(total + digit)


def _in_myriads(amount: Decimal) -> str:
    if amount < MYRIAD:
        return f"{amount.normalize():f}"
    return f"{(amount / MYRIAD).normalize():f}万"
