"""What a message says: plain text, amounts that can be, days, and whether it asks something. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from retrieval.normalise import fold
from tax.amount import Placed, amounts, placed
from tax.calculation import GREATEST, money
from tax.period import as_of, period_spans

LEAST_LOOSE = Decimal(100)


class Unreadable(Exception):
    """A reply that cannot be what was asked for; the text says what to reply instead."""


def plain(text: str) -> str:
    """``text`` folded, and some numerals that count nothing replaced: 一个月 → 每月, 五险一金 → 社保."""
    folded = fold(text)
    for phrase, words in _SET_PHRASES.items():
        folded = re.sub(phrase, words, folded)
    return folded


def asks(text: str) -> bool:
    """Whether plain ``text`` is a question rather than a reply."""
    return bool(_QUESTION.search(text))


def hardly_more_than_a_figure(text: str) -> bool:
    return len(_FIGURES.sub("", text)) <= 3


def one_amount(text: str, today: date) -> Placed | None:
    """The one amount in plain ``text``; None where there is none. Raises `Unreadable` where there are several."""
    found = placed(masked(text, today)) or placed(_WORDS_WITH_NUMERALS.sub(_blank, text))
    if len(found) > 1 or (found and _EXPONENT.search(text)):
        raise Unreadable("请只回复一个金额，例如15000或1.5万。")
    return found[0] if found else None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def checked(text: str, found: Placed, most: Decimal = GREATEST) -> str:
    """An amount found in ``text`` as a figure. Raises `Unreadable` where it cannot be a sum of money."""
    if _LETTER.match(text, found.end) or _EXPONENT.search(text):
        raise Unreadable("金额里有看不懂的字母，请只用数字，例如15000或1.5万。")
    if found.value < 0:
        raise Unreadable("金额不能是负数，请重新回复，例如15000或1.5万。")
    if found.value > most:
        raise Unreadable(f"这个金额太大了（超过{money(most)}元），请核对单位是元。")
    return plain_figure(found.value)


def plain_figure(value: Decimal) -> str:
    """``value`` without exponent and trailing zeros."""
    return f"{value.normalize():f}"


def masked(text: str, today: date) -> str:
    """Plain ``text``, as long, with blanks for the numerals of periods, days, counts and rates."""
    spans = [*period_spans(text, today), *(m.span() for p in _NOT_MONEY for m in p.finditer(text))]
    return "".join(" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(text))


def loose_amounts(text: str, today: date) -> list[Placed]:
    """The amounts in plain ``text`` that can be sums of money though nobody asked for one."""
    found = placed(masked(text, today))
    return [each for each in found if abs(each.value) >= LEAST_LOOSE or each.value == 0 or each.value < 0]


def one_day(text: str, today: date) -> date | None:
    """The one day that plain ``text`` names; None where it names none. Raises `Unreadable`."""
    relative = next((today - timedelta(days=n) for word, n in _RELATIVE.items() if word in text), None)
    if relative:
        return relative
    found = [_day(match, today) for match in DAY.finditer(text)]
    if len(found) > 1:
        raise Unreadable("请只回复一个日期，例如2024-05-01。")
    if found:
        return found[0]
    if as_of(text, today).mentions or amounts(text):
        raise Unreadable("请说到具体的日期，例如2024-05-01或2024年5月1日。")
    return None


def _day(match: re.Match[str], today: date) -> date:
    year = int(match["year"]) if match["year"] else today.year
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        raise Unreadable(f"没有“{match.group()}”这一天，请核对日期，例如2024-05-01。") from None


_SET_PHRASES = {
    r"[五三]险一金": "社保",
    r"一个?月(?!份)|单月": "每月",
    r"一年(?!级|期)|一整年": "全年",
}
_WORDS_WITH_NUMERALS = re.compile(r"一下|一共|一次性?|一般|统一|一起|唯一|一定|一直|一笔|一样|进一步|一步")
_QUESTION = re.compile(
    r"[吗嘛呢?？]|怎么|什么|多少|几多|哪|是不是|能不能|可不可以|为啥|为什么|如何|是否|包括|咩|乜|点样"
)
_FIGURES = re.compile(r"[\d.,〇零一二两三四五六七八九十百千万亿wk元块钱月每个的大概约左右是]|没有|无")
_EXPONENT = re.compile(r"\d\s*e\s*[+-]?\d|[\d.]+\^\d")
_LETTER = re.compile(r"\s?(?!(?:rmb|yuan|cny|a month|per|every|salary|for)\b)[a-z]")
_COUNTED = re.compile(
    r"第?[\d.一二两三四五六七八九十]+\s*(?:平|㎡|m2|套|个|人|名|位|%|个点|岁|天|次|号|日|年|月|升|点|倍|台|辆|季|份|孩|l\b)"
)
_LONE_NUMERAL = re.compile(
    r"(?<![\d〇零一二两三四五六七八九十百千万亿])[〇零一二两三四五六七八九十](?![\d〇零一二两三四五六七八九十百千万亿])"
)
DAY = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)\d\d)\s*[-/.年])?\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?:日|号|(?![\d.万千亿wk]))"
)
_NOT_MONEY = (DAY, _COUNTED, _LONE_NUMERAL, _WORDS_WITH_NUMERALS)
_RELATIVE = {"今天": 0, "今日": 0, "昨天": 1, "前天": 2}
