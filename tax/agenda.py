"""All that a kind of taxpayer has to file in a year or a month, in order of the day. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tax import duty as periods
from tax.duty import Cycle, Duty, Period
from tax.filing import Deadline, Undetermined, deadline

Obligation = tuple[Duty, Cycle]


class Kind(StrEnum):
    """A usual kind of taxpayer; who files otherwise gives his own obligations to `agenda`."""

    GENERAL = "一般纳税人企业"
    SMALL = "小规模纳税人企业"
    SOLE = "个体工商户"
    PERSON = "取得综合所得的个人"


_LOCAL: tuple[Obligation, ...] = tuple(
    (duty, Cycle.YEAR) for duty in (Duty.PROPERTY, Duty.LAND_USE, Duty.DISABLED_FUND)
)
_COMPANY: tuple[Obligation, ...] = (
    (Duty.WITHHOLDING, Cycle.MONTH),
    (Duty.CORPORATE_PREPAYMENT, Cycle.QUARTER),
    (Duty.CORPORATE_SETTLEMENT, Cycle.YEAR),
    (Duty.STAMP, Cycle.QUARTER),
    *_LOCAL,
)

OBLIGATIONS: dict[Kind, tuple[Obligation, ...]] = {
    Kind.GENERAL: ((Duty.VAT, Cycle.MONTH), (Duty.SURCHARGES, Cycle.MONTH), *_COMPANY),
    Kind.SMALL: ((Duty.VAT, Cycle.QUARTER), (Duty.SURCHARGES, Cycle.QUARTER), *_COMPANY),
    Kind.SOLE: (
        (Duty.VAT, Cycle.QUARTER),
        (Duty.SURCHARGES, Cycle.QUARTER),
        (Duty.WITHHOLDING, Cycle.MONTH),
        (Duty.BUSINESS_PREPAYMENT, Cycle.QUARTER),
        (Duty.BUSINESS_SETTLEMENT, Cycle.YEAR),
        (Duty.STAMP, Cycle.QUARTER),
    ),
    Kind.PERSON: ((Duty.COMPREHENSIVE_SETTLEMENT, Cycle.YEAR),),
}


@dataclass(frozen=True)
class Agenda:
    """``deadlines`` in order of the day; ``undetermined`` are due too, on a day that cannot be given."""

    deadlines: tuple[Deadline, ...]
    undetermined: tuple[Undetermined, ...]


def agenda(obligations: tuple[Obligation, ...], year: int, month: int | None = None) -> Agenda:
    """What is due in ``year``, or only in its ``month``.

    Raises `WrongPeriod` for a month that does not exist or a cycle that a duty lacks, `NotInForce` for a year before
    a duty's law. What is set locally has no month: it is listed for the whole year only.
    """
    if month is not None:
        periods.month(year, month)
    answers = [deadline(duty, period) for duty, cycle in obligations for period in _periods(cycle, year)]
    due = [a for a in answers if isinstance(a, Deadline) and _within(a, year, month)]
    unknown = [a for a in answers if isinstance(a, Undetermined) and _within(a, year, month)]
    return Agenda(tuple(sorted(due, key=lambda d: (d.day, d.duty.name, d.period.first))), tuple(unknown))


def _periods(cycle: Cycle, due_year: int) -> Iterator[Period]:
    """The periods whose returns may be due in ``due_year``: the year's own and those of the year before."""
    for year in (due_year - 1, due_year):
        if cycle is Cycle.YEAR:
            yield periods.year(year)
        elif cycle is Cycle.QUARTER:
            yield from (periods.quarter(year, number) for number in range(1, 5))
        elif cycle is Cycle.MONTH:
            yield from (periods.month(year, number) for number in range(1, 13))


def _within(answer: Deadline | Undetermined, year: int, month: int | None) -> bool:
    day = answer.day if isinstance(answer, Deadline) else answer.statutory_day
    if day is None:
        return month is None and answer.period.first.year == year
    return day.year == year and month in (None, day.month)
