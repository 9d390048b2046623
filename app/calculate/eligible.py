"""``shuiwen eligible``: which preferences apply, asked on the terminal or told as facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from app.calculate.fact import expected, named, value
from app.calculate.option import JsonOption, OnOption, day_asked
from app.calculate.printed import cited, to_json
from app.refusal import one_sentence
from tax.calculation import WrongFigure
from tax.eligibility import Outcome, Verdict
from tax.facts import Fact, WrongFact, catalogue
from tax.interview import Interview
from tax.preferences import UnknownPreference, preference, preferences

DONE = ("结束", "q")
UNKNOWN = ("", "不知道", "不清楚")
MARKS = {
    Outcome.ENTITLED: "✓",
    Outcome.NOT_ENTITLED: "✗",
    Outcome.UNDECIDED: "？",
    Outcome.NOT_IN_FORCE: "－",
}


def eligible(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="优惠", help="问哪几项（--list 列出），默认全部", show_default=False),
    ] = None,
    fact: Annotated[
        list[str] | None, typer.Option(metavar="项目=值", help="已知的情况，可重复", show_default=False)
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="只列出全部优惠")] = False,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """能享受哪些优惠：逐项提问，最后逐项给出结论、依据和编号。

    回车表示不知道，输入“结束”提前看结果。加 --json 则不提问，只按 --fact 判断。
    """
    if listing:
        _list()
        return
    with one_sentence(WrongFact, WrongFigure, UnknownPreference):
        chosen = tuple(map(preference, dict.fromkeys(names or preferences())))
        interview = _told(Interview(chosen, day_asked(on)), fact or [])
        if as_json:
            typer.echo(to_json(_report(interview)))
        else:
            _print(_asked(interview).verdicts)


def _list() -> None:
    for each in preferences().values():
        typer.echo(f"{each.id}  {each.title}（{each.tax}）")


def _told(interview: Interview, facts: Sequence[str]) -> Interview:
    for fact, answer in map(named, facts):
        interview = interview.answered(fact.id, value(fact, answer))
    return interview


def _asked(interview: Interview) -> Interview:
    """The interview at its end, or where the person ended it."""
    while question := interview.question:
        reply = typer.prompt(
            f"{question.question}（{expected(question)}）", default="", show_default=False
        ).strip()
        if reply in DONE:
            break
        interview = _answered(interview, question, reply)
    return interview


def _answered(interview: Interview, question: Fact, reply: str) -> Interview:
    """The interview with the answer; the same, to be asked again, where the answer cannot be."""
    if reply in UNKNOWN:
        return interview.passed(question.id)
    try:
        return interview.answered(question.id, value(question, reply))
    except (WrongFact, WrongFigure) as wrong:
        typer.echo(f"✗ {wrong}", err=True)
        return interview


def _print(verdicts: Sequence[Verdict]) -> None:
    out = Console(highlight=False)
    for each in verdicts:
        out.print(Text(f"{MARKS[each.outcome]} {each.headline}"), soft_wrap=True)
        for line in (*(f"依据：{cited(basis)}" for basis in each.basis), *_notes(each), f"编号：{each.id}"):
            out.print(Text(f"  · {line}"), soft_wrap=True)


def _notes(each: Verdict) -> tuple[str, ...]:
    return each.terms.notes if each.terms and each.outcome is Outcome.ENTITLED else ()


def _report(interview: Interview) -> dict[str, Any]:
    question = interview.question
    return {
        "as_of": interview.day,
        "facts": interview.facts,
        "verdicts": [_verdict(each) for each in interview.verdicts],
        "next": _fact(question) if question else None,
    }


def _verdict(each: Verdict) -> dict[str, Any]:
    return {
        "id": each.id,
        "preference": each.preference.id,
        "title": each.preference.title,
        "tax": each.preference.tax,
        "outcome": each.outcome.name.lower(),
        "headline": each.headline,
        "conditions": each.conditions,
        "reasons": each.reasons,
        "missing": [_fact(catalogue().facts[name]) for name in each.missing],
        "basis": each.basis,
        "notes": _notes(each),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "name": fact.name,
        "question": fact.question,
        "type": fact.type,
        "unit": fact.unit,
        "choices": dict(fact.choices),
    }
