"""``shuiwen deadlines``: what a kind of taxpayer has to file, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.assembly import now
from app.calculate.option import JsonOption, day_asked
from app.calculate.printed import cited, columns, print_section, to_json
from app.calculate.typed import choice, whole
from app.refusal import one_sentence
from tax.agenda import OBLIGATIONS, Agenda, Kind, agenda
from tax.calculation import WrongFigure
from tax.duty import WrongPeriod
from tax.filing import Deadline
from tax.ical import ical
from tax.table import NotInForce

SHORT = {
    "小规模": Kind.SMALL,
    "小规模纳税人": Kind.SMALL,
    "一般纳税人": Kind.GENERAL,
    "个体户": Kind.SOLE,
    "个人": Kind.PERSON,
}


class CannotWrite(Exception):
    """The calendar file cannot be written; the text says why."""


def deadlines(
    kind: Annotated[
        str, typer.Option(metavar="类型", help="小规模、一般纳税人、个体户、个人（取得综合所得的个人）")
    ],
    year: Annotated[
        str | None, typer.Option(metavar="年份", help="到期的年份，默认今年", show_default=False)
    ] = None,
    month: Annotated[str | None, typer.Option(metavar="月份", help="只看这个月到期的，1到12")] = None,
    calendar: Annotated[
        Path | None, typer.Option("--ical", metavar="文件", help="另存为日历文件（.ics）")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """申报期限：一年或一个月内要申报什么，最迟哪天。"""
    with one_sentence(WrongFigure, WrongPeriod, NotInForce, CannotWrite):
        who = SHORT.get(kind.strip()) or choice(Kind, kind)
        in_year = day_asked(None).year if year is None else whole(year)
        in_month = None if month is None else whole(month)
        due = agenda(OBLIGATIONS[who], in_year, in_month)
        if calendar:
            _write(calendar, ical(due, f"{who}{in_year}年申报期限", now()))
    if as_json:
        typer.echo(to_json({"kind": who, "year": in_year, "month": in_month, **vars(due)}))
    else:
        _print(due)


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise CannotWrite(f"日历文件{target}写不进去（{error.strerror}），请换一个文件。") from None
    typer.echo(f"已存为{target}", err=True)


def _print(due: Agenda) -> None:
    out = Console(highlight=False)
    if due.deadlines:
        out.print(_table(due.deadlines))
    for each in due.undetermined:
        out.print(Text(f"· {each.duty}（{each.period}）：{each.text}"), soft_wrap=True)
    if not (due.deadlines or due.undetermined):
        out.print("这段时间没有要申报的。")
    print_section(out, "依据", _sources(due))


def _sources(due: Agenda) -> list[str]:
    """The rules of all that is due, each once."""
    found = [each.basis for each in due.deadlines] + [each.basis for each in due.undetermined]
    return list(dict.fromkeys(map(cited, chain.from_iterable(found))))


def _table(due: Sequence[Deadline]) -> Table:
    table = columns("最迟", "申报", "所属期", "说明")
    for each in due:
        why = "；".join(text for text in (each.postponement.reason, *each.notes) if text)
        table.add_row(each.day.isoformat(), each.duty, str(each.period), Text(why or each.source))
    return table
