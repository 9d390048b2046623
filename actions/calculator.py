"""A calculator as a dialogue sees it: the words that mean it, what it asks, and how its result is told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from actions.filling import said
from actions.question import Figures, Given, Question, next_question
from bot.conversation import Outcome
from tax.calculation import Basis, Calculation, Step, WrongFigure
from tax.deed import LocalRateNeeded
from tax.house_sale import CostNeeded
from tax.table import NotInForce
from tax.vat_small import LawChangedInside, NoThreshold

NOT_COVERED = (NotInForce, LawChangedInside, NoThreshold)
NEEDED = (WrongFigure, LocalRateNeeded, CostNeeded)


class WrongAnswer(Exception):
    """What was given last cannot be, or contradicts what was given before; the text says what is wrong."""


@dataclass(frozen=True)
class Told:
    """What is said when a task is done: text and the typed part beside ``outcome``."""

    outcome: Outcome
    text: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Calculator:
    """``words`` is the pattern by which a text means this calculation."""

    id: str
    title: str
    words: str
    questions: tuple[Question, ...]
    compute: Callable[[Given], Calculation]

    def opened(self, text: str, today: date) -> dict[str, str]:
        """The figures that plain ``text`` gives when it opens the calculation. Raises `reading.Unreadable`."""
        return said(self.questions, text, today, loose=True)

    def said(self, text: str, today: date) -> dict[str, str]:
        """The figures that plain ``text`` names in the middle of it. Raises `reading.Unreadable`."""
        return said(self.questions, text, today)

    def question(self, known: Figures, today: date) -> Question | None:
        return next_question(self.questions, known, today)

    def told(self, known: Figures, today: date) -> Told:
        """The result in words and figures. Raises `WrongAnswer`."""
        given = Given.of(self.questions, known, today)
        try:
            result = self.compute(given)
        except NEEDED as wrong:
            raise WrongAnswer(str(wrong)) from wrong
        except NOT_COVERED as unknown:
            return Told("declined", str(unknown), {"reason": "not_in_force", "calculation": self.id})
        assumptions = (*_assumed(self.questions, known, given), *result.assumptions)
        text = "\n".join(_lines(result, self._inputs(known), assumptions))
        return Told("calculated", text, self._details(result, known, assumptions))

    def named(self, known: Figures) -> list[tuple[str, str]]:
        """What was given, by the names of the figures and as they are shown."""
        return [(q.name, q.kind.shown(known[q.key])) for q in self.questions if q.key in known]

    def _inputs(self, known: Figures) -> str:
        return "，".join(f"{name}{value}" for name, value in self.named(known))

    def _details(self, result: Calculation, known: Figures, assumptions: tuple[str, ...]) -> dict[str, Any]:
        return {
            "calculation": self.id,
            "title": self.title,
            "headline": result.headline,
            "as_of": result.as_of.isoformat(),
            "inputs": dict(known),
            "figures": {key: f"{value:f}" for key, value in result.figures.items()},
            "steps": [_step(step) for step in result.steps],
            "assumptions": list(assumptions),
            "notes": list(result.notes),
            "citations": [citation(basis) for basis in dict.fromkeys(result.basis)],
        }


def citation(basis: Basis) -> dict[str, Any]:
    """The document as clients get it; ``effective_to`` is the last day in force."""
    last = basis.effective_to - timedelta(days=1) if basis.effective_to else None
    record = {
        "document_no": basis.document_no,
        "title": basis.title,
        "clause": basis.clause,
        "effective_from": basis.effective_from.isoformat(),
        "effective_to": last.isoformat() if last else None,
    }
    return {key: value for key, value in record.items() if value is not None}


def cited(basis: Basis) -> str:
    """The document in a line: title, 文号, clause and the days in force."""
    record = citation(basis)
    until = f"至{record['effective_to']}" if "effective_to" in record else "起"
    return f"《{basis.title}》{basis.document_no}{basis.clause or ''}（{record['effective_from']}{until}）"


def _assumed(questions: tuple[Question, ...], known: Figures, given: Given) -> Iterator[str]:
    """What the defaults take for granted."""
    for question in questions:
        if question.assumed and question.key not in known and question.when(given):
            yield question.assumed


def _lines(result: Calculation, inputs: str, assumptions: tuple[str, ...]) -> Iterator[str]:
    yield result.headline
    if inputs:
        yield f"按您说的计算：{inputs}。"
    yield "计算步骤："
    yield from (f"{number}. {step.label}：{step.formula}" for number, step in enumerate(result.steps, 1))
    if assumptions:
        yield "前提：" + "".join(assumptions)
    yield from (f"提示：{note}" for note in result.notes)
    yield from (f"依据：{cited(basis)}" for basis in dict.fromkeys(result.basis))


def _step(step: Step) -> dict[str, str]:
    return {"label": step.label, "formula": step.formula, "value": f"{step.value:f}", "unit": step.unit}
