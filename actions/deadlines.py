"""When returns are due, asked in conversation: by kind of taxpayer, by tax, by month or by period. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from actions.calculator import Told, citation, cited
from actions.kinds import Choice
from actions.question import Figures, Question
from tax import duty as periods
from tax.agenda import OBLIGATIONS, Kind, Obligation, agenda
from tax.calculation import Basis
from tax.duty import Cycle, Duty, Period, WrongPeriod
from tax.filing import Deadline, Undetermined, deadline
from tax.period import as_of
from tax.table import NotInForce

Due = Deadline | Undetermined

KINDS = {
    Kind.SMALL.value: "小规模",
    Kind.GENERAL.value: "一般纳税人|一般人(?!员)",
    Kind.SOLE.value: "个体",
    Kind.PERSON.value: "取得综合所得的个人|自然人|我个人|工资个税|年度汇算|综合所得",
}
OF_TAXPAYER = {
    "小规模纳税人": Kind.SMALL,
    "一般纳税人": Kind.GENERAL,
    "个体工商户": Kind.SOLE,
    "自然人": Kind.PERSON,
}
WHO_OF = {kind.value: who for who, kind in OF_TAXPAYER.items()}
_DUTIES: tuple[tuple[str, Duty], ...] = (
    ("(?:企业所得税|企税).*汇算|汇算.*企业所得税", Duty.CORPORATE_SETTLEMENT),
    ("经营所得.*汇算|汇算.*经营所得", Duty.BUSINESS_SETTLEMENT),
    ("综合所得|个税.*汇算|个人所得税.*汇算|年度汇算|汇算.*(?:个税|个人所得税)|个税年报", Duty.COMPREHENSIVE_SETTLEMENT),
    ("经营所得", Duty.BUSINESS_PREPAYMENT),
    ("企业所得税|企税|所得税季报", Duty.CORPORATE_PREPAYMENT),
    ("个税|个人所得税|扣缴|代扣代缴", Duty.WITHHOLDING),
    ("城建税|附加税|教育费附加", Duty.SURCHARGES),
    ("增值税", Duty.VAT),
    ("消费税", Duty.EXCISE),
    ("印花税", Duty.STAMP),
    ("残保金|残疾人", Duty.DISABLED_FUND),
    ("房产税", Duty.PROPERTY),
    ("土地使用税", Duty.LAND_USE),
)  # fmt: skip
_CYCLES: dict[Duty, tuple[Cycle, ...]] = {
    Duty.CORPORATE_SETTLEMENT: (Cycle.YEAR,),
    Duty.BUSINESS_SETTLEMENT: (Cycle.YEAR,),
    Duty.COMPREHENSIVE_SETTLEMENT: (Cycle.YEAR,),
    Duty.CORPORATE_PREPAYMENT: (Cycle.QUARTER, Cycle.MONTH),
    Duty.BUSINESS_PREPAYMENT: (Cycle.QUARTER,),
    Duty.WITHHOLDING: (Cycle.MONTH,),
    Duty.EXCISE: (Cycle.MONTH, Cycle.QUARTER),
}
_WHEN = re.compile(
    r"截止|到几号|几号(?:之前|前|到|截)|最[晚迟后](?:什么时候|几号|哪天|一天)|什么时候(?:申报|报税|报完|截)|申报期|征期|期限|几时(?:截止|报)|deadline|due"
)
_OF_A_TIME = re.compile(
    r"这个?月|本月|下个?月|上个?月|今年|明年|去年|本季|这个?季|上个?季|下个?季|季度|\d{1,2}月|[一二三四五六七八九十]+月|20\d\d|汇算"
)
_OTHERWISE = re.compile(
    r"退税|补贴|优惠|政策|发票|备案|登记|认定|年报公示|注销|社保|公积金|执行到|有效期|工资|罚"
)
_MONTH = re.compile(r"(?<![\d])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!所属)")
_NUMBERS = {"十": 10, "十一": 11, "十二": 12} | {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_KIND_QUESTION = Question(
    "kind",
    "纳税人类型",
    "不同的纳税人申报期限不同。您是哪一类？",
    Choice(KINDS, {Kind.PERSON.value: "个人|上班"}),
)

_NAMES = {"kind": "纳税人类型", "duty": "税种", "month": "申报月份", "period": "所属期"}


def asks_for_a_day(text: str) -> bool:
    """Whether plain ``text`` asks by which day of some month, period or year to file."""
    return bool(_WHEN.search(text) and _OF_A_TIME.search(text) and not _OTHERWISE.search(text))


class Deadlines:
    """The task of telling when returns are due. Known: ``kind``, ``duty``, ``month`` (of filing) or ``period``."""

    id = "deadline"
    title = "申报期限"

    def opened(self, text: str, today: date) -> dict[str, str]:
        duty = next((duty for words, duty in _DUTIES if re.search(words, text)), None)
        found = {"kind": _KIND_QUESTION.kind.said(text, today), "duty": duty.name if duty else None}
        found |= _time(text, today)
        return {key: value for key, value in found.items() if value}

    def said(self, text: str, today: date) -> dict[str, str]:
        return {}

    def question(self, known: Figures, today: date) -> Question | None:
        """The kind of taxpayer, unless the duty and a period say enough."""
        return None if "kind" in known or _due_of(known) else _KIND_QUESTION

    def named(self, known: Figures) -> list[tuple[str, str]]:
        return [(name, known[key]) for key, name in _NAMES.items() if key in known]

    def told(self, known: Figures, today: date) -> Told:
        try:
            return _told(known, today)
        except (WrongPeriod, NotInForce) as unknown:
            return Told("declined", str(unknown), {"reason": "not_in_force"})


def ics_path(kind: Kind, year: int) -> str:
    """Where the calendar file of ``kind`` for ``year`` is served."""
    return f"/calendar/{kind.name.lower()}/{year}.ics"


def _time(text: str, today: date) -> dict[str, str | None]:
    """``period`` where a quarter, a year or 所属期 is named, else the ``month`` in which to file."""
    named = as_of(re.sub(r"(\d|[一二三四五六七八九十])月(?!份|薪)", r"\1月份", text), today).periods
    if not named:
        month = _MONTH.search(text)
        number = (int(month[1]) if month[1].isdigit() else _NUMBERS[month[1]]) if month else today.month
        return {"month": f"{today.year}-{number:02d}"}
    first = named[0]
    length = (first.end - first.start).days
    if length > 31 or "所属" in text:
        return {"period": f"{first.start.isoformat()}/{first.last_day.isoformat()}"}
    return {"month": f"{first.start.year}-{first.start.month:02d}"}


def _due_of(known: Figures) -> Due | None:
    """The one return that a duty and a period name; None where the taxpayer's kind still matters."""
    if "duty" not in known or "period" not in known:
        return None
    duty = Duty[known["duty"]]
    first, last = map(date.fromisoformat, known["period"].split("/"))
    period = _period(first, last)
    if period is None or not _files(known.get("kind"), duty, period.cycle):
        return None
    return deadline(duty, period)


def _files(kind: str | None, duty: Duty, cycle: Cycle) -> bool:
    """Whether ``duty`` comes round like that, for ``kind`` where it is known."""
    if kind:
        return (duty, cycle) in OBLIGATIONS[Kind(kind)]
    return duty not in _CYCLES or cycle in _CYCLES[duty]


def _period(first: date, last: date) -> Period | None:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    made: dict[int, Callable[[], Period]] = {
        1: lambda: periods.month(first.year, first.month),
        3: lambda: periods.quarter(first.year, (first.month + 2) // 3),
        12: lambda: periods.year(first.year),
    }
    return made[months]() if months in made else None


def _told(known: Figures, today: date) -> Told:
    one = _due_of(known)
    if one:
        return _said([], [one], known, today)
    kind = Kind(known["kind"])
    obligations = _wanted(kind, known)
    if "period" in known:
        first = date.fromisoformat(known["period"][:10])
        last = date.fromisoformat(known["period"][-10:])
        found = list(_of_year(obligations, first.year, first, last))
        heading = f"{kind}，所属期{first.isoformat()}至{last.isoformat()}的申报："
        return _said([heading if found else f"{heading}没有要申报的。"], found, known, today)
    year, month = (int(part) for part in known["month"].split("-"))
    heading = f"{kind}，{year}年{month}月的申报："
    found = _due_in(obligations, year, month)
    if found:
        return _said([heading], found, known, today)
    later = _next(obligations, year, month)
    return _said([f"{heading}没有要申报的。", *(["接下来要申报的："] if later else [])], later, known, today)


def _due_in(obligations: tuple[Obligation, ...], year: int, month: int | None = None) -> list[Due]:
    made = agenda(obligations, year, month)
    return [*made.deadlines, *made.undetermined]


def _next(obligations: tuple[Obligation, ...], year: int, month: int) -> list[Due]:
    """What is due in the first month after ``month`` in which anything is; what has no day at all as well."""
    found = [due for each in (year, year + 1) for due in _due_in(obligations, each)]
    dated = [(day, due) for due in found if (day := _day(due)) and (day.year, day.month) > (year, month)]
    if not dated:
        return [due for due in found if _day(due) is None and due.period.first.year == year]
    first = min(day for day, _ in dated)
    return [due for day, due in dated if (day.year, day.month) == (first.year, first.month)]


def _day(due: Due) -> date | None:
    return due.day if isinstance(due, Deadline) else due.statutory_day


def _wanted(kind: Kind, known: Figures) -> tuple[Obligation, ...]:
    wanted = tuple(each for each in OBLIGATIONS[kind] if each[0].name == known.get("duty"))
    return wanted or OBLIGATIONS[kind]


def _of_year(obligations: tuple[Obligation, ...], year: int, first: date, last: date) -> Iterator[Due]:
    """What is to be filed for the periods that end within ``[first, last]``."""
    found = [due for each in (year, year + 1) for due in _due_in(obligations, each)]
    unique = {(due.duty, due.period): due for due in found}
    yield from (due for due in unique.values() if first <= due.period.last <= last)


def _said(heading: list[str], found: list[Due], known: Figures, today: date) -> Told:
    lines = [*heading, *(_line(due) for due in found)]
    basis: dict[Basis, None] = dict.fromkeys(each for due in found for each in due.basis)
    lines += [f"依据：{cited(each)}" for each in basis]
    details: dict[str, Any] = {
        "deadlines": [_record(due) for due in found],
        "citations": [citation(each) for each in basis],
        "as_of": today.isoformat(),
    }
    if "kind" in known:
        details["calendar"] = ics_path(Kind(known["kind"]), today.year)
        lines.append(f"全年日历（可导入手机或电脑日历）：{details['calendar']}")
    return Told("calculated", "\n".join(lines), details)


def _line(due: Due) -> str:
    if isinstance(due, Undetermined):
        return f"· {due.duty}（{due.period}）：{due.text}"
    moved = f"（{due.postponement.reason}）" if due.postponement.reason else ""
    opens = f"{due.opens.isoformat()}起，" if due.opens else ""
    return f"· {due.duty}（{due.period}）：{opens}截止{due.day.isoformat()}{moved}，来自{due.source}{''.join(f'。{note}' for note in due.notes)}"


def _record(due: Due) -> dict[str, Any]:
    record = {
        "duty": due.duty.value,
        "period": str(due.period),
        "opens": due.opens.isoformat() if isinstance(due, Deadline) and due.opens else None,
        "day": due.day.isoformat() if isinstance(due, Deadline) else None,
        "statutory_day": due.statutory_day.isoformat() if due.statutory_day else None,
        "why": due.why.value if isinstance(due, Undetermined) else None,
        "note": due.text if isinstance(due, Undetermined) else due.postponement.reason or None,
    }
    return {key: value for key, value in record.items() if value is not None}
