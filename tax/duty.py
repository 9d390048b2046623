"""What has to be filed, and for which period. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Duty(StrEnum):
    """A return that the law asks for; its rule stands in ``tables/filing/`` under its name."""

    VAT = "增值税"
    EXCISE = "消费税"
    SURCHARGES = "城建税、教育费附加和地方教育附加"
    CORPORATE_PREPAYMENT = "企业所得税预缴"
    CORPORATE_SETTLEMENT = "企业所得税汇算清缴"
    WITHHOLDING = "个人所得税扣缴申报"
    COMPREHENSIVE_SETTLEMENT = "个人所得税综合所得汇算清缴"
    BUSINESS_PREPAYMENT = "个人所得税经营所得预缴"
    BUSINESS_SETTLEMENT = "个人所得税经营所得汇算清缴"
    STAMP = "印花税"
    PROPERTY = "房产税"
    LAND_USE = "城镇土地使用税"
    DISABLED_FUND = "残疾人就业保障金"


class Cycle(StrEnum):
    """How often a duty comes round; `ONCE` is 按次, counted from the day of the act."""

    MONTH = "按月"
    QUARTER = "按季"
    YEAR = "按年"
    ONCE = "按次"


class WrongPeriod(Exception):
    """A period that does not exist or that a duty does not have; the text says which periods it has."""


@dataclass(frozen=True)
class Period:
    """A tax period (税款所属期) from ``first`` to ``last``, both included."""

    cycle: Cycle
    first: date
    last: date

    def __str__(self) -> str:
        year, month = self.first.year, self.first.month
        names = {
            Cycle.MONTH: f"{year}年{month}月",
            Cycle.QUARTER: f"{year}年第{(month + 2) // 3}季度",
            Cycle.YEAR: f"{year}年度",
            Cycle.ONCE: self.first.isoformat(),
        }
        return names[self.cycle]


def month(year: int, number: int) -> Period:
    """The ``number``-th month (1–12) of ``year``. Raises `WrongPeriod`."""
    return _period(Cycle.MONTH, year, number, 1)


def quarter(year: int, number: int) -> Period:
    """The ``number``-th quarter (1–4) of ``year``. Raises `WrongPeriod`."""
    return _period(Cycle.QUARTER, year, number, 3)


def year(number: int) -> Period:
    """The calendar year ``number``. Raises `WrongPeriod`."""
    return _period(Cycle.YEAR, number, 1, 12)


def once(day: date) -> Period:
    """An act taxed by itself, on the day the duty arose."""
    return Period(Cycle.ONCE, day, day)


def _period(cycle: Cycle, year_number: int, number: int, months: int) -> Period:
    if not (1980 <= year_number <= 2100 and 1 <= number <= 12 // months):
        raise WrongPeriod("没有这个所属期：月份应在1到12之间，季度应在1到4之间，年份应是四位数，例如2026。")
    end = number * months
    after = date(year_number + end // 12, end % 12 + 1, 1)
    return Period(cycle, date(year_number, end - months + 1, 1), after - timedelta(days=1))
