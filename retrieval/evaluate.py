"""How good a searcher is on labelled questions that it never saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from retrieval.calibrate import Bin, Bound, calibration_error, reliability
from retrieval.search import Searcher

SHOWN = 5


@dataclass(frozen=True)
class Labelled:
    """A normalised question with its right label, None where it must not be answered.

    ``also`` are further labels that are as right; ``kind`` is how the question is put, or why it must not
    be answered.
    """

    text: str
    label: str | None
    also: frozenset[str] = frozenset()
    kind: str = ""

    @property
    def right(self) -> frozenset[str]:
        return self.also | {self.label} if self.label else frozenset()


@dataclass(frozen=True)
class Judged:
    """A labelled question and what a searcher made of it: its best labels, how sure it was, and the place
    of the first right one from 1 (0 where there is none among ten)."""

    text: str
    kind: str
    label: str | None
    found: tuple[str, ...]
    confidence: float
    rank: int

    @property
    def right(self) -> bool:
        return self.rank == 1

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Scores:
    """Shares are 0 to 1. ``risk`` is the share of wrong answers among those given on these questions,
    ``bound`` what the release promised, ``coverage`` the share of answerable questions answered;
    ``oos_auroc`` is None where no question must stay unanswered."""

    n: int
    top1: float
    recall_at_5: float
    mrr: float
    coverage: float
    risk: float
    bound: float
    ece: float
    oos_auroc: float | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def judge(searcher: Searcher, questions: Sequence[Labelled]) -> Iterator[Judged]:
    for question in questions:
        match = searcher.search(question.text)
        labels = tuple(candidate.label for candidate in match.candidates)
        rank = next((place for place, label in enumerate(labels, 1) if label in question.right), 0)
        yield Judged(
            question.text, question.kind, question.label, labels[:SHOWN], round(match.confidence, 4), rank
        )


def scores(judged: Sequence[Judged], bound: Bound) -> Scores:
    """Raises `ValueError` where there is no answerable question."""
    inside = np.array([one.label is not None for one in judged])
    if not inside.any():
        raise ValueError("there is nothing to evaluate on; add golden questions")
    confidence = np.array([one.confidence for one in judged])
    right = np.array([one.right for one in judged])
    given = confidence >= bound.threshold
    found = np.array([one.rank for one in judged])[inside]
    return Scores(
        n=len(judged),
        top1=float((found == 1).mean()),
        recall_at_5=float(((found >= 1) & (found <= SHOWN)).mean()),
        mrr=float(np.where(found > 0, 1.0 / np.maximum(found, 1), 0.0).mean()),
        coverage=float(given[inside].mean()),
        risk=float((given & ~right).sum() / max(int(given.sum()), 1)),
        bound=bound.upper,
        ece=calibration_error(confidence, right),
        oos_auroc=None if inside.all() else float(roc_auc_score(inside, confidence)),
    )


def reliability_of(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    """How often questions of like confidence came out right."""
    return reliability(np.array([one.confidence for one in judged]), np.array([one.right for one in judged]))


def risk_by_coverage(judged: Sequence[Judged]) -> tuple[tuple[float, float], ...]:
    """Coverage and risk, as `Scores` has them, were the surest one, two, three … questions answered."""
    surest = sorted(judged, key=lambda one: -one.confidence)
    inside = np.array([one.label is not None for one in surest])
    wrong = np.array([not one.right for one in surest])
    coverage = np.cumsum(inside) / max(int(inside.sum()), 1)
    risk = np.cumsum(wrong) / np.arange(1, len(surest) + 1)
    return tuple(zip(coverage.tolist(), risk.tolist(), strict=True))
