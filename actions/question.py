"""A question that a task asks, how a reply is read, and the figures that have been given so far. Pure.

A figure is kept as the text that says it best: an amount or count ``"20000"``, a rate ``"0.03"``, a choice its
label, a day or the last day of a period ``"2026-03-31"``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

YES, NO, UNKNOWN = "是", "否", "不清楚"
Figures = Mapping[str, str]


class Kind(Protocol):
    """How a figure is read: from a ``reply`` to the question, or as ``said`` unasked in a sentence."""

    @property
    def buttons(self) -> tuple[str, ...]: ...

    def reply(self, text: str, today: date) -> str | None:
        """The figure that plain ``text`` gives, None where it is no reply. Raises `reading.Unreadable`."""
        ...

    def said(self, text: str, today: date) -> str | None:
        """The figure that a sentence names without having been asked."""
        ...

    def shown(self, value: str) -> str: ...


@dataclass(frozen=True)
class Question:
    """``name`` is what the figure is called; ``default`` the figure where the law or common sense has one.

    ``assumed`` says so in the result. A question is asked where it has no default and ``when`` holds.
    """

    key: str
    name: str
    text: str
    kind: Kind
    default: str | Callable[[date], str] | None = None
    assumed: str = ""
    when: Callable[[Given], bool] = field(default=lambda _: True)

    def usual(self, today: date) -> str | None:
        return self.default(today) if callable(self.default) else self.default


@dataclass(frozen=True)
class Given:
    """The figures of a task with the defaults of what was not given."""

    figures: Figures

    @classmethod
    def of(cls, questions: Sequence[Question], known: Figures, today: date) -> Given:
        usual = {q.key: value for q in questions if (value := q.usual(today)) is not None}
        return cls(usual | dict(known))

    def __contains__(self, key: object) -> bool:
        return key in self.figures

    def __getitem__(self, key: str) -> str:
        return self.figures[key]

    def get(self, key: str) -> str | None:
        return self.figures.get(key)

    def amount(self, key: str) -> Decimal:
        """The amount, count or rate of ``key``; 0 where it was not asked."""
        return Decimal(self.figures.get(key, "0"))

    def optional(self, key: str) -> Decimal | None:
        return Decimal(self.figures[key]) if key in self.figures else None

    def day(self, key: str = "day") -> date:
        return date.fromisoformat(self.figures[key])

    def yes(self, key: str) -> bool:
        return self.figures.get(key) == YES


def unasked(_: Given) -> bool:
    """``when`` of a figure that is taken where it is named and never asked for."""
    return False


def next_question(questions: Sequence[Question], known: Figures, today: date) -> Question | None:
    """The first question that has no figure yet and matters to those that are known."""
    given = Given.of(questions, known, today)
    return next((q for q in questions if q.key not in given and q.when(given)), None)
