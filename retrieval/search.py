"""A question in, ranked candidates with a calibrated confidence out: normalise, find, rank, calibrate."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from retrieval.calibrate import Bound, Calibrator
from retrieval.encode import BUILT_IN
from retrieval.index import QuestionIndex, WrongIndex
from retrieval.rank import (
    Evidence,
    Floats,
    Head,
    Ranking,
    best_by_label,
    first_weights,
    learned_weights,
    votes,
)

OFFERED = 3
CANDIDATES = 20
VOTERS = 12
RANKINGS_KEPT = 4096


@dataclass(frozen=True)
class Candidate:
    """A label that may be meant, with its raw score."""

    label: str
    score: float


@dataclass(frozen=True)
class Match:
    """Candidates by falling score; ``confidence`` that the first is right, ``among`` that it is one of three."""

    candidates: tuple[Candidate, ...]
    confidence: float
    among: float

    @property
    def top(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


NO_MATCH = Match((), 0.0, 0.0)


class Ranker:
    """An index with its head and weights: a ranking of candidates for a question, not yet calibrated."""

    def __init__(self, index: QuestionIndex, head: Head, weights: Floats) -> None:
        self.index = index
        self._head = head
        self.weights = weights

    @classmethod
    def fit_each(cls, indexes: Sequence[QuestionIndex]) -> list[Ranker]:
        """A ranker on each index, side by side: the heads are by far the longest part of publishing."""
        with ProcessPoolExecutor(len(indexes), mp_context=get_context("spawn")) as pool:
            fitting = [pool.submit(Head.fit, index.words, index.owner) for index in indexes]
            return [
                cls(index, head.result(), first_weights())
                for index, head in zip(indexes, fitting, strict=True)
            ]

    def taught(self, examples: Sequence[tuple[str, Collection[str]]]) -> Ranker:
        """The same with weights learned from normalised questions and their right labels."""
        place = {label: i for i, label in enumerate(self.index.labels)}
        known = [
            (evidence, np.array([place[label] for label in right if label in place], dtype=np.intp))
            for text, right in examples
            if (evidence := self.evidence(text)) is not None
        ]
        return self.weighing(learned_weights(known))

    def weighing(self, weights: Floats) -> Ranker:
        """The same with ``weights``, ``(len(SIGNS),)``."""
        return Ranker(self.index, self._head, weights)

    def rank(self, text: str) -> Ranking | None:
        """The candidates for normalised ``text``; None where it shares nothing with the knowledge."""
        evidence = self.evidence(text)
        return evidence.by(self.weights) if evidence else None

    def evidence(self, text: str) -> Evidence | None:
        """The evidence for normalised ``text``; None where it shares nothing with the knowledge."""
        row = self.index.lexicon.weights([text])
        if not row.nnz:
            return None
        owner, labels = self.index.owner, len(self.index.labels)
        lexical = self.index.lexical(row)
        dense, nearest = self.index.dense(text)
        voters = np.argpartition(-lexical, min(VOTERS, len(owner) - 1))[:VOTERS]
        signs = np.vstack(
            [
                self._head.scores(row),
                best_by_label(lexical, owner, labels),
                best_by_label(dense, owner, labels),
                votes(voters, owner, labels),
                votes(nearest[:VOTERS], owner, labels),
                self.index.held(row),
            ]
        ).T
        best = np.argsort(-(signs @ first_weights()), kind="stable")[:CANDIDATES]
        unknown = self.index.lexicon.unknown_share(text)
        return Evidence(best, signs[best], unknown, len(text))

    def save(self, folder: Path) -> None:
        self.index.save(folder)
        sparse.save_npz(folder / "head.npz", self._head.weights)
        np.save(folder / "bias.npy", self._head.bias)
        np.save(folder / "weights.npy", self.weights)

    @classmethod
    def load(cls, folder: Path, encoders: Sequence[Path] = (BUILT_IN,)) -> Ranker:
        index = QuestionIndex.load(folder, encoders)
        try:
            head = Head(sparse.load_npz(folder / "head.npz"), np.load(folder / "bias.npy"))
            weights = np.load(folder / "weights.npy")
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise WrongIndex(f"the head in {folder.name} cannot be read ({error}); publish again") from error
        if head.weights.shape[1] != len(index.labels) or weights.shape != first_weights().shape:
            raise WrongIndex(f"the head in {folder.name} does not fit the index; publish again")
        return cls(index, head, weights)


@dataclass(frozen=True)
class Calibration:
    """How sure a ranker may be: two calibrators and the bound that the thresholds keep."""

    first: Calibrator
    among: Calibrator
    bound: Bound
    offer_threshold: float

    def save(self, folder: Path) -> None:
        (folder / "calibration.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Calibration:
        data = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
        return cls(
            Calibrator(**data["first"]),
            Calibrator(**data["among"]),
            Bound(**data["bound"]),
            data["offer_threshold"],
        )


class Searcher:
    """The retrieval of one release. Immutable once built, so it can be swapped while in use."""

    def __init__(self, ranker: Ranker, calibration: Calibration) -> None:
        self._ranker = ranker
        self.calibration = calibration
        # Many people ask the same in the same days; a ranking is immutable and small.
        self._ranking = lru_cache(RANKINGS_KEPT)(ranker.rank)

    @property
    def labels(self) -> tuple[str, ...]:
        return self._ranker.index.labels

    def search(self, text: str, only: Collection[str] | None = None) -> Match:
        """The candidates for normalised ``text``; ``only`` keeps those labels where any is among them."""
        ranking = self._ranking(text) if text else None
        return NO_MATCH if ranking is None else self._match(ranking, only)

    def _match(self, ranking: Ranking, only: Collection[str] | None) -> Match:
        features = ranking.features()[None, :]
        names = [self._ranker.index.labels[label] for label in ranking.labels]
        candidates = [Candidate(name, float(s)) for name, s in zip(names, ranking.scores, strict=True)]
        kept = [candidate for candidate in candidates if only is None or candidate.label in only]
        return Match(
            tuple((kept or candidates)[:10]),
            float(self.calibration.first(features)[0]),
            float(self.calibration.among(features)[0]),
        )

    def save(self, folder: Path) -> None:
        self._ranker.save(folder)
        self.calibration.save(folder)

    @classmethod
    def load(cls, folder: Path, encoders: Sequence[Path] = (BUILT_IN,)) -> Searcher:
        """Raises `retrieval.index.WrongIndex`."""
        return cls(Ranker.load(folder, encoders), Calibration.load(folder))
