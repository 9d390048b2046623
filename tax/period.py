"""Tax periods (所属期) as people write them: explicit, relative to today, or a range. Pure.

Works on text in simplified characters and half width (see `retrieval.normalise.fold`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAWN = date(1949, 10, 1)
HORIZON = date(2100, 1, 1)


@dataclass(frozen=True, order=True)
class Period:
    """The days ``[start, end)``."""

    start: date
    end: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def overlaps(self, start: date, end: date | None) -> bool:
        return start < self.end and (end is None or self.start < end)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)


@dataclass(frozen=True)
class Mention:
    """A period found in a text, with the words that named it."""

    period: Period
    words: str


@dataclass(frozen=True)
class AsOf:
    """What a text says about time: the periods it names, or ``earlier`` for "以前的规定" with no date."""

    mentions: tuple[Mention, ...]
    earlier: bool = False

    @property
    def periods(self) -> tuple[Period, ...]:
        return tuple(mention.period for mention in self.mentions)


Found = tuple[tuple[int, int], Period]


def year(number: int) -> Period:
    return Period(date(number, 1, 1), date(number + 1, 1, 1))


def quarter(number: int, which: int) -> Period:
    return months(number, 3 * which - 2, 3)


def month(number: int, which: int) -> Period:
    return months(number, which, 1)


def months(number: int, first: int, count: int) -> Period:
    """``count`` months from month ``first`` of a year; ``first`` may lie outside 1–12."""
    return Period(_month_start(number, first), _month_start(number, first + count))


def as_of(text: str, today: date) -> AsOf:
    """The periods that ``text`` names, in order, ranges joined; 文号 such as 2026年第10号 are not periods."""
    masked = _DOCUMENT.sub(lambda match: "#" * len(match.group()), text)
    found = list(_mentions(masked, today))
    mentions = tuple(Mention(period, text[start:end]) for (start, end), period in _ranges(masked, found))
    return AsOf(mentions, not found and bool(_EARLIER.search(masked)))


def without_periods(text: str, today: date) -> str:
    """``text`` with the words that name a period taken out; never empty where ``text`` was not."""
    spans = period_spans(text, today)
    kept = "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans))
    return kept if kept.strip() else text


def period_spans(text: str, today: date) -> list[tuple[int, int]]:
    """The characters ``[start, end)`` of each period that ``text`` names."""
    masked = _DOCUMENT.sub(lambda match: "#" * len(match.group()), text)
    return [span for span, _ in _ranges(masked, list(_mentions(masked, today)))]


_DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_MONTHS = {"十": 10, "十一": 11, "十二": 12} | {c: n for c, n in _DIGITS.items() if n}
_DOCUMENT = re.compile(r"\d{4}年?第?\d+号|[〔\[(]\d{4}[〕\])]\d*号?|\d+年(?:以上|以内|内|期|后可)")

_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "本年": 0, "当年": 0,
               "明年": 1, "下一年": 1, "后年": 2}  # fmt: skip
_YEAR = (
    r"(?:(?<![\d.])(?P<y4>(?:19|20)\d\d)(?:\s*年度|\s*年|(?![\d.,元块万亿平号人个分]))"
    r"|(?<![\d满第近.])(?P<y2>19|2[1-9]|(?:1[5-8]|20|3[0-5])(?=年(?:度|第?[一二三四1-4]季|[上下]半年|1?\d月)))"
    r"年(?!以|内|期|后|前|限|的时间|[多来了])(?:度)?"
    r"|(?P<yc>[二一][〇零九][〇零一二三四五六七八九]{2})年(?:度)?"
    r"|(?P<yw>" + "|".join(_YEAR_WORDS) + r")(?:度)?)"
)
_PART = (
    r"(?:的?\s*(?:(?P<q>第?[一二三四1-4]季度|q[1-4]|[1-4]q)|(?P<h>上半年|下半年)"
    r"|(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?(?:(?P<d>3[01]|[12]\d|0?[1-9])[日号]|(?:到|至|-|~)(?P<m2>1[0-2]|0?[1-9])月(?:份)?)?))"
)
_AFTER = r"(?P<dir>以前|之前|前(?!期|海|半|后|几|[一二两三四五六]个)|以后|之后|起|开始)?"
_ABSOLUTE = re.compile(_YEAR + _PART + "?" + _AFTER)
_RELATIVE = re.compile(
    r"(?P<rel>上个?季度|上一季度|本季度?|这个?季度|下个?季度|上个?月|本月|这个?月|下个?月)(?:份)?" + _AFTER
)
_BARE = re.compile(
    r"(?<![\d个])" + _PART.replace("?:的?", "?:") + r"(?P<bare>份?(?:所属期|的税款|的时候)?)" + _AFTER
)
_ENGLISH = re.compile(
    r"\b(?:q(?P<eq>[1-4])\s*(?:of\s*)?(?P<eqy>20\d\d)|(?P<ew>last year|this year|next year|last quarter|last month))\b"
)
_EARLIER = re.compile(
    r"以前的?(?:规定|政策|标准|是)|之前(?:的?(?:规定|政策|标准)|是|呢)|原来(?:的|是)|老政策|旧政策|过去"
)
_RANGE = re.compile(r"^\s*(?:到|至|-|—|~|～|–)\s*$")

_RELATIVE_STEPS = {"上": -1, "本": 0, "这": 0, "下": 1}


def _mentions(text: str, today: date) -> Iterator[Found]:
    yield from sorted(_spans(text, today))


def _spans(text: str, today: date) -> Iterator[Found]:
    taken: list[tuple[int, int]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            period = read(match, today)
            if period is not None and not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                yield match.span(), _directed(period, match.groupdict().get("dir"))


def _ranges(text: str, found: list[Found]) -> Iterator[Found]:
    """What was found, two of it joined where only a dash or 到 stands between."""
    index = 0
    while index < len(found):
        (start, end), period = found[index]
        if index + 1 < len(found) and _RANGE.match(text[end : found[index + 1][0][0]]):
            index += 1
            (_, end), later = found[index]
            period = Period(min(period.start, later.start), max(period.end, later.end))
        yield (start, end), period
        index += 1


def _directed(period: Period, direction: str | None) -> Period:
    if direction in {"以前", "之前", "前"}:
        return Period(period.start - timedelta(days=1), period.start)
    return period


def _read_absolute(match: re.Match[str], today: date) -> Period | None:
    number = _year_number(match, today)
    return _part_of(match, number) if 1950 <= number < HORIZON.year else None


def _read_relative(match: re.Match[str], today: date) -> Period | None:
    words = match["rel"]
    step = _RELATIVE_STEPS[words[0]]
    if "季" in words:
        return months(today.year, 3 * ((today.month - 1) // 3 + step) + 1, 3)
    return months(today.year, today.month + step, 1)


def _read_bare(match: re.Match[str], today: date) -> Period | None:
    if match["m"] and not match["d"] and "份" not in match.group():
        return None
    return _part_of(match, _year_before(match, today))


def _year_before(match: re.Match[str], today: date) -> int:
    """The year that the text named last before a bare quarter or month (2022年三、四季度), else this year."""
    named = list(_ABSOLUTE.finditer(match.string, 0, match.start()))
    return _year_number(named[-1], today) if named else today.year


def _read_english(match: re.Match[str], today: date) -> Period | None:
    if match["eq"]:
        return quarter(int(match["eqy"]), int(match["eq"]))
    words = match["ew"]
    if words == "last quarter":
        return months(today.year, 3 * ((today.month - 1) // 3 - 1) + 1, 3)
    if words == "last month":
        return months(today.year, today.month - 1, 1)
    return year(today.year + {"last": -1, "this": 0, "next": 1}[words.split()[0]])


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = (
    (_ENGLISH, _read_english),
    (_ABSOLUTE, _read_absolute),
    (_RELATIVE, _read_relative),
    (_BARE, _read_bare),
)


def _year_number(match: re.Match[str], today: date) -> int:
    if match["y4"]:
        return int(match["y4"])
    if match["y2"]:
        return 2000 + int(match["y2"])
    if match["yc"]:
        return int("".join(str(_DIGITS[c]) for c in match["yc"]))
    return today.year + _YEAR_WORDS[match["yw"]]


def _part_of(match: re.Match[str], number: int) -> Period | None:
    if match["q"]:
        digit = next(c for c in match["q"] if c in "一二三四1234")
        return quarter(number, int(digit) if digit.isdigit() else _DIGITS[digit])
    if match["h"]:
        return months(number, 1 if match["h"] == "上半年" else 7, 6)
    if not match["m"]:
        return year(number)
    which = int(match["m"]) if match["m"].isdigit() else _MONTHS[match["m"]]
    if match["m2"]:
        return months(number, which, max(1, int(match["m2"]) - which + 1))
    if not match["d"]:
        return month(number, which)
    try:
        day = date(number, which, int(match["d"]))
    except ValueError:
        return None
    return Period(day, day + timedelta(days=1))


def _month_start(number: int, which: int) -> date:
    return date(number + (which - 1) // 12, (which - 1) % 12 + 1, 1)
