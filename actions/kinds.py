"""The kinds of figures that questions ask for, and how each is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from actions.question import NO, UNKNOWN, YES
from actions.reading import DAY, Unreadable, asks, checked, one_amount, one_day, plain_figure
from tax.amount import Placed, amounts, chinese_number, nothing, placed
from tax.calculation import money, percent
from tax.period import Period, as_of, month, year


@dataclass(frozen=True)
class Amount:
    """A sum in yuan.

    ``words`` stand beside it in a sentence, ``twelvefold`` beside a month's part of it, ``twelfth`` beside a
    year's sum where a month's is asked for. ``none`` where 没有 is a reply (0), ``adds`` where several add up.
    """

    words: str = ""
    twelvefold: str = ""
    twelfth: str = ""
    none: bool = False
    adds: bool = False
    most: Decimal = Decimal(10_000_000_000)
    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        if self.none and nothing(text):
            if any(amounts(text)):
                raise Unreadable("请只回复一个金额；没有就说“没有”。")
            return "0"
        found = one_amount(text, today)
        return self.figure(text, found) if found else None

    def figure(self, text: str, found: Placed) -> str:
        """An amount found in ``text`` as this figure. Raises `Unreadable` where it cannot be."""
        if found.value == 0 and not self.none:
            raise Unreadable("这里的金额应大于0，请重新回复，例如15000或1.5万。")
        return checked(text, found, self.most)

    def said(self, text: str, today: date) -> str | None:
        return None  # amounts compete for their words: see `actions.filling`

    def shown(self, value: str) -> str:
        return f"{money(Decimal(value))}元"


@dataclass(frozen=True)
class Count:
    """A number of something; ``unit`` is a pattern, ``label`` what is shown, ``words`` must stand before it."""

    unit: str
    label: str
    least: int = 0
    most: int = 100_000
    whole: bool = True
    none: bool = False
    words: str = ""
    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        if self.none and nothing(text):
            return "0"
        return self.said(text, today) or self._checked(amounts(text))

    def said(self, text: str, today: date) -> str | None:
        return self._checked([each.value for each in placed(text) if self._counts(text, each)])

    def _counts(self, text: str, number: Placed) -> bool:
        """Whether the unit follows ``number`` and the words precede it."""
        named = not self.words or re.search(rf"(?:{self.words})\D{{0,6}}$", text[: number.start])
        return bool(named and re.match(rf"\s*(?:{self.unit})", text[number.end :]))

    def shown(self, value: str) -> str:
        return f"{value}{self.label}"

    def _checked(self, values: list[Decimal]) -> str | None:
        if not values:
            return None
        value = values[0]
        whole = not self.whole or value == value.to_integral()
        if len(values) > 1 or not (whole and self.least <= value <= self.most):
            number = "一个整数" if self.whole else "一个数字"
            raise Unreadable(f"请只回复{number}（{self.least}到{self.most}）。")
        return plain_figure(value)


@dataclass(frozen=True)
class Rate:
    """A rate as 3% or 百分之三; kept as a fraction. A bare 3 is 3%, a bare 0.03 too."""

    words: str = ""
    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        found = re.search(r"(?P<figure>-?\d+(?:\.\d+)?)\s*(?P<sign>%|个点)?", self._arabic(text))
        if not found:
            return None
        value = Decimal(found["figure"])
        rate = value / 100 if found["sign"] or value >= 1 else value
        if not 0 <= rate < 1:
            raise Unreadable("比率应在0到100%之间，例如3%。")
        return plain_figure(rate)

    def said(self, text: str, today: date) -> str | None:
        found = self.words and re.search(rf"(?:{self.words})\D{{0,4}}(\d+(?:\.\d+)?\s*%)", self._arabic(text))
        return self.reply(found[1], today) if found else None

    def shown(self, value: str) -> str:
        return percent(Decimal(value))

    @staticmethod
    def _arabic(text: str) -> str:
        return re.sub("百分之([一二三四五六七八九十]+)", lambda m: f"{chinese_number(m[1])}%", text)


@dataclass(frozen=True)
class Choice:
    """One of ``options``: label → the words that mean it in any sentence; ``replies`` those that do when asked."""

    options: Mapping[str, str]
    replies: Mapping[str, str] = field(default_factory=dict)

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(self.options)

    def reply(self, text: str, today: date) -> str | None:
        exact = next((label for label in self.options if label.casefold() == text), None)
        if exact or asks(text):
            return exact
        return self._numbered(text) or self.said(text, today) or self._first(self.replies, text)

    def said(self, text: str, today: date) -> str | None:
        named = [label for label, words in self.options.items() if words and re.search(words, text)]
        return named[0] if len(named) == 1 else None

    def shown(self, value: str) -> str:
        return value

    def _numbered(self, text: str) -> str | None:
        """The option that 2, 第二个 or 选2 points at."""
        found = re.fullmatch(
            r"(?:选|第)?\s*(\d{1,2}|[一二两三四五六七八九十]{1,2})\s*(?:个|项|种|号|[.、])?", text
        )
        number = int(amounts(found[1])[0]) if found else 0
        return tuple(self.options)[number - 1] if 1 <= number <= len(self.options) else None

    @staticmethod
    def _first(words: Mapping[str, str], text: str) -> str | None:
        return next((label for label, pattern in words.items() if re.search(pattern, text)), None)


_REPLIES = {
    UNKNOWN: "不清楚|不知道|不确定|不晓得|唔知|不太清楚|说不准|不了解",
    NO: r"^(?:不|没|无|否|非|未|唔|冇|no\b|都不|从未)|不是|没有|不算|不符合|不属于",
    YES: r"^(?:是|对|嗯|有|好|要|会|能|系|啱|可以|符合|属于|满足|当然|肯定|应该是|yes|ok|y\b|含|算)",
}


def yes_no(yes: str = "", no: str = "", *, unknown: bool = False) -> Choice:
    """是 or 否 (or 不清楚); ``yes`` and ``no`` are the words that say so in any sentence."""
    options = {YES: yes, NO: no} | ({UNKNOWN: ""} if unknown else {})
    return Choice(options, {label: words for label, words in _REPLIES.items() if label in options})


@dataclass(frozen=True)
class Day:
    """A day; ``words`` follow or precede it in a sentence (买的, 缴的)."""

    words: str = ""
    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        day = one_day(text, today)
        return day.isoformat() if day else None

    def said(self, text: str, today: date) -> str | None:
        parts = [part for part in re.split("[,，。;；]", text) if self.words and re.search(self.words, part)]
        days = {day for part in parts if DAY.search(part) and (day := self.reply(part, today))}
        return days.pop() if len(days) == 1 else None

    def shown(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Month:
    """A month, kept as its last day; a bare 1 to 12 is one of this year.

    Unasked it is the one month of the sentence, or the one that stands before ``before`` (3月入职).
    """

    before: str = ""
    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        named = self._named(text, today)
        if named:
            return named
        numbers = amounts(text)
        if not numbers:
            return None
        if len(numbers) > 1 or numbers[0] not in range(1, 13):
            raise Unreadable("没有看懂月份。请回复1到12之间的月份，例如“11月”。")
        return month(today.year, int(numbers[0])).last_day.isoformat()

    def said(self, text: str, today: date) -> str | None:
        if not self.before:
            return self._named(re.sub(r"\d{1,2}月份?(?:才|开始)?(?:入职|来的|上班)", "", text), today)
        found = re.search(rf"(\d{{1,2}})月份?\D{{0,3}}(?:{self.before})", text)
        return (
            month(today.year, int(found[1])).last_day.isoformat()
            if found and 1 <= int(found[1]) <= 12
            else None
        )

    def shown(self, value: str) -> str:
        return f"{value[:4]}年{int(value[5:7])}月"

    def _named(self, text: str, today: date) -> str | None:
        periods = as_of(_BARE_MONTH.sub(r"\1月份", text), today).periods
        months = [p for p in periods if p == month(p.start.year, p.start.month)]
        return months[0].last_day.isoformat() if len(months) == 1 else None


@dataclass(frozen=True)
class Year:
    """A year, kept as its last day."""

    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        return self.said(text, today)

    def said(self, text: str, today: date) -> str | None:
        years = {period.start.year for period in as_of(text, today).periods}
        return year(years.pop()).last_day.isoformat() if len(years) == 1 else None

    def shown(self, value: str) -> str:
        return f"{value[:4]}年"


@dataclass(frozen=True)
class When:
    """The day that a rule is asked for: the last of a period, today where that is within it."""

    buttons: tuple[str, ...] = ()

    def reply(self, text: str, today: date) -> str | None:
        try:
            day = one_day(text, today)
        except Unreadable:
            day = None
        return day.isoformat() if day else self.said(text, today)

    def said(self, text: str, today: date) -> str | None:
        periods = as_of(text, today).periods
        return _within(periods[0], today).isoformat() if len(periods) == 1 else None

    def shown(self, value: str) -> str:
        return value


_BARE_MONTH = re.compile(
    r"(?<![\d年个前每一二三四五六七八九])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?![份\d薪入收租后])"
)


def _within(period: Period, today: date) -> date:
    return today if today in period else period.last_day
