"""When a return is due: the statutory day, what postponed it, and the rule or notice that says so. Pure.

The rule of each duty stands in ``tables/filing/``. For the duties due within 15 days of a month's, quarter's or
year's end, the yearly notice of 国家税务总局 (``tables/filing/notice.yml``) goes before 税收征收管理法实施细则
第一百零九条. Years before the first notice on record are not answered: their dates were moved by notices that
are not at hand (2020 to 2022 among them).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tax.calculation import Basis
from tax.duty import Cycle, Duty, Period, WrongPeriod
from tax.holidays import HolidaysNotPublished, Postponement, postponed
from tax.table import Version, at, table

NOTICE, POSTPONEMENT = "filing/notice", "filing/postponement"


class Source(StrEnum):
    """Where the day comes from."""

    NOTICE = "年度申报期限通知"
    RULE = "法定期限与顺延规则"


class Why(StrEnum):
    """Why no day can be given."""

    NOT_PUBLISHED = "not_published"
    SET_LOCALLY = "set_locally"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class Deadline:
    """The last day to file and pay. ``opens`` is the first day, where the law has one."""

    duty: Duty
    period: Period
    day: date
    statutory_day: date
    opens: date | None
    postponement: Postponement
    source: Source
    basis: tuple[Basis, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Undetermined:
    """No day can be given; ``text`` says why and where to ask. ``statutory_day`` is the day before any postponement."""

    duty: Duty
    period: Period
    why: Why
    text: str
    statutory_day: date | None
    basis: tuple[Basis, ...]


def deadline(duty: Duty, period: Period) -> Deadline | Undetermined:
    """The last day to file ``duty`` for ``period``.

    Raises `WrongPeriod` for a period that the duty does not have, `NotInForce` for one before its law.
    """
    rule = at(f"filing/{duty.name.lower()}", period.last, f"{duty}申报期限")
    if period.cycle.name.lower() not in rule["cycles"]:
        raise WrongPeriod(f"{duty}没有{period.cycle}申报，只有{_cycles(rule)}申报，请换一个所属期。")
    if "local" in rule.values:
        return Undetermined(duty, period, Why.SET_LOCALLY, rule["local"], None, rule.basis)
    statutory = _statutory_day(rule, period)
    if statutory < table(NOTICE)[0].start:
        text = f"{statutory.year}年的申报期限当年另有通知，未收录，请查当年通知或咨询人工坐席。"
        return Undetermined(duty, period, Why.NOT_RECORDED, text, statutory, rule.basis)
    try:
        return _deadline(duty, period, rule, statutory)
    except HolidaysNotPublished as unknown:
        text = f"{unknown}法定最后一日是{statutory.isoformat()}，遇休假日会顺延，公布后再确认。"
        return Undetermined(duty, period, Why.NOT_PUBLISHED, text, statutory, rule.basis)


def _deadline(duty: Duty, period: Period, rule: Version, statutory: date) -> Deadline:
    within_days = "days" in rule.values
    law = at(POSTPONEMENT, statutory, "申报期限顺延")
    consecutive = int(law["consecutive"]) if within_days else None
    moved = postponed(period.last + timedelta(days=1), statutory, consecutive)
    notice = _notice(statutory) if within_days and period.cycle is not Cycle.ONCE else None
    return Deadline(
        duty,
        period,
        day=date(statutory.year, statutory.month, int(notice["days"][statutory.month - 1]))
        if notice
        else moved.day,
        statutory_day=statutory,
        opens=_day_of(statutory.year, rule["opens"]) if "opens" in rule.values else None,
        postponement=moved,
        source=Source.NOTICE if notice else Source.RULE,
        basis=rule.basis + (law.basis if moved.reason else ()) + (notice.basis if notice else ()),
        notes=_notes(rule, period, notice),
    )


def _statutory_day(rule: Version, period: Period) -> date:
    if "days" in rule.values:
        return period.last + timedelta(days=int(rule["days"]))
    return _day_of(period.last.year + 1, rule["due"])


def _day_of(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")


def _notice(statutory: date) -> Version | None:
    return next((v for v in table(NOTICE) if v.end and v.start <= statutory < v.end), None)


def _notes(rule: Version, period: Period, notice: Version | None) -> tuple[str, ...]:
    notes = [rule["note"]] if "note" in rule.values else []
    if "days" in rule.values and period.cycle is Cycle.ONCE:
        notes.append("15日自书立的次日起算；当日是否计入各地口径不一，建议提前一日办理。")
    elif "days" in rule.values and notice is None:
        notes.append("当年的申报期限通知未收录，日期按顺延规则推算，以通知为准。")
    return tuple(notes)


def _cycles(rule: Version) -> str:
    return "、".join(Cycle[name.upper()] for name in rule["cycles"])
