"""From evidence to a probability, and from labelled questions to a threshold with a bound. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


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

    The sequence of thresholds is fixed beforehand, from the strictest down, and testing stops at the first
    that fails, so that each test keeps the full ``level`` (Bauer 1991; Angelopoulos et al., "Learn then
    test", 2021). It begins where enough questions are answered for the limit to be reachable at all.
    """
    passed: Bound | None = None
    needed = int(np.ceil(np.log(1 - level) / np.log(1 - target)))
    start = np.sort(confidence)[::-1][min(needed, len(confidence)) - 1] if len(confidence) else 1.0
    sequence = [step for step in np.arange(0.995, 0.30, -0.005) if step <= start]
    for threshold in sequence:
        kept = confidence >= threshold
        answered, wrong = int(kept.sum()), int((kept & ~right).sum())
        upper = upper_limit(wrong, answered, level)
        if upper > target:
            break
        passed = Bound(float(threshold), target, level, upper, len(confidence), answered, wrong, held=True)
    return passed or Bound(1.01, target, level, 1.0, len(confidence), 0, 0, held=False)


def calibration_error(confidence: Array, right: Flags, bins: int = 10) -> float:
    """Expected calibration error over ``bins`` bins of equal width (Naeini et al., 2015)."""
    place = np.clip((confidence * bins).astype(int), 0, bins - 1)
    gaps = [
        abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))
