"""Which label a question belongs to: what speaks for each candidate, and how much each thing counts. Pure.

First a head of one linear support vector machine a label (one against the rest, as in Fan et al.,
"LIBLINEAR", 2008), which learns which characters tell neighbouring labels apart; then a linear re-ranking
of its best candidates by everything that is known of them (RankNet with a linear score, Burges et al.,
"Learning to rank using gradient descent", 2005), which learns how much the nearest question, the vectors
and the shared words should count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

Floats = NDArray[np.float32]
Integers = NDArray[np.intp]

PENALTY = 0.3
SEED = 7
RIVALS = 2_000
SMALLEST_WEIGHT = 0.02
FIRST_WEIGHTS = {"head": 1.0, "lexical": 0.15, "dense": 0.3}
SHARPNESS = 2.0
RUNNERS_UP = 3

# What is known of each candidate: the head's score; the similarity of its nearest question by words and by
# vectors; its share of the nearest questions; and, for each of the lexicon's views, how much of the
# question any of its questions holds, and how much its questions hold on average.
SIGNS: tuple[str, ...] = (
    "head",
    "lexical",
    "dense",
    "lexical_votes",
    "dense_votes",
    *(f"{how}_{view}" for how in ("held", "usual") for view in ("characters", "pairs", "words", "sounds")),
)
FEATURES = 2 * len(SIGNS) + 10


@dataclass(frozen=True)
class Head:
    """``weights`` is a sparse ``(features, labels)`` matrix, ``bias`` ``(labels,)``.

    Weights below `SMALLEST_WEIGHT` are dropped: 97% of them go and top-1 falls by less than a point.
    """

    weights: sparse.csr_matrix
    bias: Floats

    @classmethod
    def fit(cls, features: sparse.csr_matrix, owner: Integers) -> Head:
        """From ``(n, features)`` rows and the label of each, ``(n,)``; at least two labels.

        A label's machine learns from its own rows and the `RIVALS` rows of others that are most like them;
        all rows cost six times as much and win a point of top-1, which the re-ranking wins back.
        """
        likeness = _likeness(features, owner)
        machines = [_machine(features, owner == label, near) for label, near in enumerate(likeness.T)]
        weights = sparse.vstack([weights for weights, _ in machines], format="csr")
        return cls(sparse.csr_matrix(weights.T), np.array([bias for _, bias in machines], dtype=np.float32))

    def scores(self, row: sparse.csr_matrix) -> Floats:
        """The score of each label for one row of features, ``(labels,)``."""
        return np.asarray(self.weights[row.indices].T @ row.data + self.bias, dtype=np.float32)


def _likeness(features: sparse.csr_matrix, owner: Integers) -> Floats:
    """How much each row is like the mean row of each label, ``(n, labels)``."""
    n, labels = len(owner), int(owner.max()) + 1
    belongs = sparse.csr_matrix((np.ones(n, np.float32), (owner, np.arange(n))), shape=(labels, n))
    means = normalize(belongs @ features)
    return np.asarray((features @ means.T).toarray())


def _machine(
    features: sparse.csr_matrix, own: NDArray[np.bool_], likeness: Floats
) -> tuple[sparse.csr_matrix, float]:
    """The weights of one label, ``(1, features)``, and its bias."""
    others = min(RIVALS, int((~own).sum()))
    rivals = np.argpartition(np.where(own, 1.0, -likeness), others - 1)[:others]
    rows = np.sort(np.concatenate([np.flatnonzero(own), rivals]))
    near = features[rows]
    there = np.unique(near.indices)
    machine = LinearSVC(C=PENALTY, random_state=SEED).fit(near[:, there], own[rows])
    weights = machine.coef_[0]
    kept = np.abs(weights) >= SMALLEST_WEIGHT
    where = (np.zeros(int(kept.sum()), dtype=np.intp), there[kept])
    row = sparse.csr_matrix((weights[kept].astype(np.float32), where), shape=(1, features.shape[1]))
    return row, float(machine.intercept_[0])


@dataclass(frozen=True)
class Evidence:
    """What speaks for each candidate label of one question.

    ``labels`` is ``(k,)``, ``signs`` ``(k, len(SIGNS))``; ``unknown`` is the share of the question's
    character pairs that the knowledge does not hold, ``length`` its length in characters.
    """

    labels: Integers
    signs: Floats
    unknown: float
    length: int

    def by(self, weights: Floats) -> Ranking:
        """The candidates by falling weighted sum of their signs; ``weights`` is ``(len(SIGNS),)``."""
        scores = self.signs @ weights
        order = np.argsort(-scores, kind="stable")
        return Ranking(self.labels[order], scores[order], self.signs[order], self.unknown, self.length)


@dataclass(frozen=True)
class Ranking:
    """Candidates by falling ``scores``, with what speaks for each."""

    labels: Integers
    scores: Floats
    signs: Floats
    unknown: float
    length: int

    def features(self) -> NDArray[np.float64]:
        """``(FEATURES,)``: the first candidate's score and signs, its lead over the runners-up and their
        agreement, and how strange the text is."""
        scores = np.pad(self.scores, (0, RUNNERS_UP), mode="edge")
        others = self.signs[1:] if len(self.signs) > 1 else np.zeros_like(self.signs)
        share = 1.0 / np.exp(SHARPNESS * (self.scores - self.scores[0])).sum()
        best = self.signs[:, :3].argmax(axis=0)
        return np.concatenate(
            [
                self.signs[0],
                self.signs[0] - others[:RUNNERS_UP].max(axis=0),
                [scores[0], scores[0] - scores[1], scores[0] - scores[RUNNERS_UP], share],
                best == 0,
                [self.unknown, np.log1p(self.length), float((best == 0).all())],
            ]
        ).astype(np.float64)


def first_weights() -> Floats:
    """The weights before anything is learned: chosen on held-out questions, for finding candidates."""
    return np.array([FIRST_WEIGHTS.get(sign, 0.0) for sign in SIGNS], dtype=np.float32)


def learned_weights(examples: Sequence[tuple[Evidence, Integers]]) -> Floats:
    """Weights that put right candidates before wrong ones, ``(len(SIGNS),)``.

    ``examples`` hold the evidence of a question and its right labels. Learned from the differences of the
    first right candidate and each wrong one by logistic regression; the first weights where there is none.
    """
    differences = [_leads(evidence, right) for evidence, right in examples]
    rows = np.vstack([np.zeros((0, len(SIGNS))), *differences])
    if not len(rows):
        return first_weights()
    scale = rows.std(axis=0) + 1e-6
    both = np.vstack([rows, -rows]) / scale
    outcome = np.repeat([1, 0], len(rows))
    model = LogisticRegression(fit_intercept=False, C=0.1, max_iter=1000).fit(both, outcome)
    return np.asarray(model.coef_[0] / scale, dtype=np.float32)


def _leads(evidence: Evidence, right: Integers) -> NDArray[np.float64]:
    """Differences of the signs of a right candidate to those of the wrong ones, ``(wrong, len(SIGNS))``."""
    is_right = np.isin(evidence.labels, right)
    if not is_right.any():
        return np.zeros((0, len(SIGNS)))
    first = evidence.signs[np.flatnonzero(is_right)[0]]
    return np.asarray(first - evidence.signs[~is_right], dtype=np.float64)


def best_by_label(similarity: Floats, owner: Integers, labels: int) -> Floats:
    """The greatest similarity of a question of each label, ``(labels,)``."""
    best = np.zeros(labels, dtype=np.float32)
    np.maximum.at(best, owner, similarity)
    return best


def votes(nearest: Integers, owner: Integers, labels: int) -> Floats:
    """The share of each label among the owners of the ``nearest`` questions, ``(labels,)``."""
    counts = np.bincount(owner[nearest], minlength=labels)
    return np.asarray(counts / max(len(nearest), 1), dtype=np.float32)
