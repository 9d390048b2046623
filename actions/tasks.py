"""What takes more than one message: a calculation, the filing calendar, an interview; all alike to the form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from actions.calculator import Told
from actions.calculators import CALCULATORS, which
from actions.deadlines import Deadlines
from actions.eligibility import Eligibility
from actions.kinds import Choice
from actions.question import Figures, Question


class Task(Protocol):
    """Asks until it can tell its result. ``opened`` and ``said`` read plain text."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    def opened(self, text: str, today: date) -> dict[str, str]:
        """The figures in the sentence that opens the task. Raises `reading.Unreadable`."""
        ...

    def said(self, text: str, today: date) -> dict[str, str]:
        """The figures that a sentence in the middle of the task names. Raises `reading.Unreadable`."""
        ...

    def question(self, known: Figures, today: date) -> Question | None:
        """What to ask next, None where all is known. Raises `WrongAnswer`."""
        ...

    def named(self, known: Figures) -> list[tuple[str, str]]:
        """What is known so far, by names and in words that staff understand."""
        ...

    def told(self, known: Figures, today: date) -> Told:
        """The result. Raises `WrongAnswer` where the figures cannot be."""
        ...


_COMMON = (
    "salary", "settlement", "bonus", "remuneration", "business", "vat_small", "vat_general", "corporate",
    "surcharges", "stamp", "deed", "house_sale", "rent", "vehicle", "late", "disabled_fund",
)  # fmt: skip
TITLES = {CALCULATORS[name].title: CALCULATORS[name] for name in _COMMON}


class WhichOne(Choice):
    """The titles of the calculators; any words that mean one are a reply."""

    def said(self, text: str, today: date) -> str | None:
        found = which(text)
        return found.title if found else None


WHICH = Question("which", "计算", "您想算哪一项？", WhichOne(dict.fromkeys(TITLES, "")))


class WhichCalculation:
    """Asks which calculation is meant; the form then goes on with that one."""

    id = "calculation"
    title = "测算"

    def opened(self, text: str, today: date) -> dict[str, str]:
        return {}

    def said(self, text: str, today: date) -> dict[str, str]:
        return {}

    def question(self, known: Figures, today: date) -> Question | None:
        return None if "which" in known else WHICH

    def named(self, known: Figures) -> list[tuple[str, str]]:
        return []

    def told(self, known: Figures, today: date) -> Told:
        raise AssertionError("the form goes on with the calculation that was chosen")


TASKS: Mapping[str, Task] = {
    **CALCULATORS,
    "calculation": WhichCalculation(),
    "deadline": Deadlines(),
    "eligibility": Eligibility(),
}
