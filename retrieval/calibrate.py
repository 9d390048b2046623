"""From evidence to a probability, and from labelled questions to a threshold with a bound. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

STARTS = (0.05, 0.1, 0.2, 0.35)
STEP = 0.005


@dataclass(frozen=True)
class Calibrator:
    """A logistic regression on standardised features (Platt, 1999): features in, probability out."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float

    @classmethod
    def fit(cls, features: Array, right: Flags, weights: Array | None = None) -> Self:
        """From ``(n, f)`` features and ``n`` outcomes. Raises `ValueError` where all outcomes agree."""
        if right.all() or not right.any():
            raise ValueError("calibration needs right and wrong examples; add golden questions of both kinds")
        scaler = StandardScaler().fit(features)
        model = LogisticRegression(C=1.0, max_iter=1000)
        model.fit(scaler.transform(features), right, sample_weight=weights)
        return cls(
            tuple(scaler.mean_.tolist()),
            tuple(scaler.scale_.tolist()),
            tuple(model.coef_[0].tolist()),
            float(model.intercept_[0]),
        )

    def __call__(self, features: Array) -> Array:
        """Probabilities ``(n,)`` for ``(n, f)`` features."""
        standardised = (features - np.array(self.mean)) / np.array(self.scale)
        logits = standardised @ np.array(self.coefficients) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))


@dataclass(frozen=True)
class Bound:
    """The share of wrong answers among those given at ``threshold`` is at most ``upper``.

    The claim holds with probability ``level`` over the choice of ``questions`` labelled questions.
    ``held`` is False where no threshold kept ``target``: then nothing is answered without asking back.
    """

    threshold: float
    target: float
    level: float
    upper: float
    questions: int
    answered: int
    wrong: int
    held: bool

    @property
    def coverage(self) -> float:
        return self.answered / self.questions if self.questions else 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"coverage": self.coverage}


def upper_limit(wrong: int, answered: int, level: float) -> float:
    """Clopper and Pearson's (1934) one-sided upper limit of a proportion; 1 where nothing was seen."""
    return 1.0 if wrong >= answered else float(beta.ppf(level, wrong + 1, answered - wrong))


def bound(confidence: Array, right: Flags, target: float = 0.02, level: float = 0.95) -> Bound:
    """The lowest threshold whose upper limit is at most ``target``, by fixed-sequence testing.

    Thresholds are tested from a start downwards until the first that fails, so that the tests of one
    sequence share its error (Bauer 1991; Angelopoulos et al., "Learn then test", 2021, section 4.2). There
    are several starts, fixed by the share answered alone, each with an equal part of the error: one start
    where few are answered would fail by a single early mistake.
    """
    each = 1 - (1 - level) / len(STARTS)
    falling = np.sort(confidence)[::-1]
    passed: list[Bound] = []
    for share in STARTS:
        start = falling[max(int(share * len(falling)) - 1, 0)] if len(falling) else 1.0
        for threshold in start - STEP * np.arange(int(start / STEP) + 1):
            tested = _tested(confidence, right, float(threshold), target, each)
            if not tested.held:
                break
            passed.append(tested)
    nothing = Bound(1.01, target, level, 1.0, len(confidence), 0, 0, held=False)
    return replace(min(passed, key=lambda b: b.threshold), level=level) if passed else nothing


def _tested(confidence: Array, right: Flags, threshold: float, target: float, level: float) -> Bound:
    kept = confidence >= threshold
    answered, wrong = int(kept.sum()), int((kept & ~right).sum())
    upper = upper_limit(wrong, answered, level)
    return Bound(threshold, target, level, upper, len(confidence), answered, wrong, held=upper <= target)


@dataclass(frozen=True)
class Bin:
    """Questions of like confidence: its mean, the share that came out right, and how many there are."""

    confidence: float
    right: float
    n: int


def reliability(confidence: Array, right: Flags, bins: int = 10) -> tuple[Bin, ...]:
    """The bins of equal width that hold any question, by rising confidence."""
    place = np.clip((confidence * bins).astype(int), 0, bins - 1)
    there = (place == b for b in np.unique(place))
    return tuple(Bin(float(confidence[b].mean()), float(right[b].mean()), int(b.sum())) for b in there)


def calibration_error(confidence: Array, right: Flags, bins: int = 10) -> float:
    """Expected calibration error over ``bins`` bins of equal width (Naeini et al., 2015)."""
    gaps = (abs(b.confidence - b.right) * b.n for b in reliability(confidence, right, bins))
    return sum(gaps) / max(len(confidence), 1)
