"""How good a searcher is on labelled questions that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from retrieval.calibrate import calibration_error
from retrieval.search import Match, Searcher


@dataclass(frozen=True)
class Labelled:
    """A normalised question with its right label, None where it must not be answered.

    ``also`` are further labels that are as right; ``kind`` is how the question is put.
    """

    text: str
    label: str | None
    also: frozenset[str] = frozenset()
    kind: str = ""

    @property
    def right(self) -> frozenset[str]:
        return self.also | {self.label} if self.label else frozenset()


@dataclass(frozen=True)
class Scores:
    """Shares are 0 to 1. ``risk`` is the share of wrong answers among those given on these questions,
    ``bound`` what the release promised, ``coverage`` the share of answerable questions answered."""

    n: int
    top1: float
    recall_at_5: float
    mrr: float
    coverage: float
    risk: float
    bound: float
    ece: float
    oos_auroc: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(searcher: Searcher, questions: Sequence[Labelled]) -> Scores:
    """Raises `ValueError` where there is no answerable question."""
    if not any(question.label for question in questions):
        raise ValueError("there is nothing to evaluate on; add golden questions")
    matches = [searcher.search(question.text) for question in questions]
    ranks = np.array([_rank(m, q.right) for m, q in zip(matches, questions, strict=True)])
    confidence = np.array([match.confidence for match in matches])
    inside = np.array([question.label is not None for question in questions])
    right = inside & (ranks == 1)
    given = confidence >= searcher.calibration.bound.threshold
    found = ranks[inside]
    return Scores(
        n=len(questions),
        top1=float((found == 1).mean()),
        recall_at_5=float(((found >= 1) & (found <= 5)).mean()),
        mrr=float(np.where(found > 0, 1.0 / np.maximum(found, 1), 0.0).mean()),
        coverage=float(given[inside].mean()),
        risk=float((given & ~right).sum() / max(int(given.sum()), 1)),
        bound=searcher.calibration.bound.upper,
        ece=calibration_error(confidence, right),
        oos_auroc=float(roc_auc_score(inside, confidence)) if not inside.all() else float("nan"),
    )


def _rank(match: Match, right: frozenset[str]) -> int:
    """The place of the first right candidate from 1; 0 where there is none."""
    return next((i for i, c in enumerate(match.candidates, 1) if c.label in right), 0)
