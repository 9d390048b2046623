"""How a release did on the questions kept for testing: as a whole, by tax, by kind of question, by mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean
from typing import Any, TypeVar

from knowledge import evaluation
from knowledge.entries import Entry, Knowledge
from knowledge.evaluation import NotEvaluated
from knowledge.release import read_knowledge
from retrieval.calibrate import Bound
from retrieval.evaluate import Judged, Scores, scores
from retrieval.search import Calibration

EXAMPLES = 3

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Negatives:
    """``n`` questions that must not be answered: the share answered all the same, and the mean confidence."""

    n: int
    answered: float
    confidence: float


@dataclass(frozen=True)
class Confusion:
    """An entry that was put first where another one was right: ``n`` times, and a few of the questions."""

    right: Entry
    found: Entry
    n: int
    questions: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"right": self.right.id, "found": self.found.id, "n": self.n, "questions": self.questions}


@dataclass(frozen=True)
class Assessment:
    """What a release made of the questions for testing, with the promise that it gave."""

    judged: tuple[Judged, ...]
    bound: Bound
    knowledge: Knowledge

    @cached_property
    def scores(self) -> Scores:
        return scores(self.judged, self.bound)

    @cached_property
    def by_tax(self) -> dict[str, Scores]:
        """The scores of the answerable questions by 税种 of the right entry; an entry of two counts in both."""
        entries = self.knowledge.entry_by_id
        groups = _grouped(self._answerable, lambda one: entries[str(one.label)].tags.tax)
        return {tax: scores(those, self.bound) for tax, those in groups.items()}

    @cached_property
    def by_kind(self) -> dict[str, Scores]:
        """The scores of the answerable questions by how they are put."""
        groups = _grouped(self._answerable, lambda one: [one.kind])
        return {kind: scores(those, self.bound) for kind, those in groups.items()}

    @cached_property
    def negatives(self) -> dict[str, Negatives]:
        """What became of the questions that must not be answered, by why."""
        outside = (one for one in self.judged if one.label is None)
        groups = _grouped(outside, lambda one: [one.kind])
        return {kind: self._negatives(those) for kind, those in groups.items()}

    @cached_property
    def confused(self) -> tuple[Confusion, ...]:
        """Every pair of a right entry and a wrong one that was put first, the most frequent first."""
        mistaken = (one for one in self._answerable if not one.right and one.found)
        pairs = _grouped(mistaken, lambda one: [(str(one.label), one.found[0])])
        return tuple(self._confusion(right, found, those) for (right, found), those in pairs.items())

    def as_dict(self) -> dict[str, Any]:
        """The scores of the whole, the promise with the data that it rests on, and the parts."""
        return self.scores.as_dict() | {
            "promise": self.bound.as_dict(),
            "by_tax": {tax: part.as_dict() for tax, part in self.by_tax.items()},
            "by_kind": {kind: part.as_dict() for kind, part in self.by_kind.items()},
            "negatives": {kind: asdict(part) for kind, part in self.negatives.items()},
        }

    @property
    def _answerable(self) -> Iterable[Judged]:
        return (one for one in self.judged if one.label is not None)

    def _negatives(self, those: list[Judged]) -> Negatives:
        answered = mean(one.confidence >= self.bound.threshold for one in those)
        return Negatives(len(those), float(answered), mean(one.confidence for one in those))

    def _confusion(self, right: str, found: str, those: list[Judged]) -> Confusion:
        entries = self.knowledge.entry_by_id
        examples = tuple(one.text for one in those[:EXAMPLES])
        return Confusion(entries[right], entries[found], len(those), examples)


def assess(folder: Path) -> Assessment:
    """How the release in ``folder`` did. Raises `knowledge.evaluation.NotEvaluated`."""
    judged = evaluation.load(folder)
    try:
        knowledge, bound = read_knowledge(folder), Calibration.load(folder).bound
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotEvaluated(f"the release in {folder} cannot be read ({error}); publish again") from error
    named = {label for one in judged for label in (one.label, *one.found) if label is not None}
    if not judged or not named <= set(knowledge.entry_by_id):
        raise NotEvaluated(f"the evaluation in {folder} is not of that release; publish again")
    return Assessment(judged, bound, knowledge)


def _grouped(
    judged: Iterable[Judged], names_of: Callable[[Judged], Iterable[Name]]
) -> dict[Name, list[Judged]]:
    """What was judged under each of its names, the fullest first."""
    groups: defaultdict[Name, list[Judged]] = defaultdict(list)
    for one in judged:
        for name in names_of(one):
            groups[name].append(one)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))
