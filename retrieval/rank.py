"""Which label a question belongs to: a discriminative head over lexical features. Pure.

The head is one linear support vector machine a label (Crammer & Singer's one-versus-rest variant as in
Fan et al., "LIBLINEAR", 2008). It learns which characters tell neighbouring labels apart, which nearest
neighbour cannot; what the nearest known question says is added with a small weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

Floats = NDArray[np.float32]
Integers = NDArray[np.intp]

PENALTY = 0.3
SMALLEST_WEIGHT = 0.02
LEXICAL_WEIGHT = 0.15
DENSE_WEIGHT = 0.3
SHARPNESS = 8.0
FEATURES = 13


@dataclass(frozen=True)
class Head:
    """``weights`` is a sparse ``(features, labels)`` matrix, ``bias`` ``(labels,)``.

    Weights below `SMALLEST_WEIGHT` are dropped: 97% of them go and top-1 falls by less than a point.
    """

    weights: sparse.csr_matrix
    bias: Floats

    @classmethod
    def fit(cls, features: sparse.csr_matrix, owner: Integers) -> Head:
        """From ``(n, features)`` rows and the label of each, ``(n,)``; at least two labels."""
        machine = LinearSVC(C=PENALTY).fit(features, owner)
        weights, bias = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        kept = np.where(np.abs(weights) < SMALLEST_WEIGHT, 0.0, weights).astype(np.float32)
        return cls(sparse.csr_matrix(kept.T), bias.astype(np.float32))

    def scores(self, row: sparse.csr_matrix) -> Floats:
        """The score of each label for one row of features, ``(labels,)``."""
        return np.asarray((row @ self.weights).toarray()[0] + self.bias, dtype=np.float32)


def best_by_label(similarity: Floats, owner: Integers, labels: int) -> Floats:
    """The greatest similarity of a question of each label, ``(labels,)``."""
    best = np.zeros(labels, dtype=np.float32)
    np.maximum.at(best, owner, similarity)
    return best


@dataclass(frozen=True)
class Evidence:
    """What speaks for each candidate label of one question, candidates by falling ``scores``.

    ``labels``, ``scores``, ``lexical`` and ``dense`` are ``(k,)``; ``unknown`` is the share of the
    question's character pairs that the knowledge does not hold.
    """

    labels: Integers
    scores: Floats
    lexical: Floats
    dense: Floats
    unknown: float
    length: int

    def features(self) -> NDArray[np.float64]:
        """``(FEATURES,)``: the top score, margins, agreement of the views, strangeness of the text."""
        scores = np.pad(self.scores[:4], (0, max(0, 4 - len(self.scores))))
        odds = np.exp(SHARPNESS * (scores - scores[0]))
        lexical_top, dense_top = int(np.argmax(self.lexical)), int(np.argmax(self.dense))
        others = np.delete(self.lexical, 0)
        return np.array(
            [
                scores[0],
                scores[0] - scores[1],
                scores[0] - scores[3],
                1.0 / odds.sum(),
                self.lexical[0],
                self.lexical[0] - (others.max() if len(others) else 0.0),
                self.dense[0],
                float(lexical_top == 0),
                float(dense_top == 0),
                self.unknown,
                np.log1p(self.length),
                scores[1] - scores[2],
                self.dense[0] - float(self.dense.max()),
            ]
        )


def gather(
    scores: Floats, lexical: Floats, dense: Floats, candidates: Integers, unknown: float, length: int
) -> Evidence:
    """The evidence for ``candidates`` from values per label, in falling order of score."""
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    return Evidence(order, scores[order], lexical[order], dense[order], unknown, length)
