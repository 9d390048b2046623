"""A question in, ranked candidates with a calibrated confidence out: normalise, find, rank, calibrate."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from retrieval.calibrate import Bound, Calibrator
from retrieval.index import QuestionIndex, WrongIndex
from retrieval.rank import DENSE_WEIGHT, LEXICAL_WEIGHT, Evidence, Head, best_by_label, gather

OFFERED = 3
CANDIDATES = 20


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
    """An index with its head: evidence for the candidates of a question, not yet calibrated."""

    def __init__(self, index: QuestionIndex, head: Head) -> None:
        self.index = index
        self._head = head

    @classmethod
    def fit(cls, questions: Sequence[str], labels_of: Sequence[str]) -> Ranker:
        return cls._on(QuestionIndex.build(questions, labels_of))

    def without(self, labels: Collection[str]) -> Ranker:
        """The ranker as it would be if ``labels`` were unknown: for questions from the same domain that
        have no answer."""
        return self._on(self.index.without(labels))

    @classmethod
    def _on(cls, index: QuestionIndex) -> Ranker:
        return cls(index, Head.fit(index.words, index.owner))

    def evidence(self, text: str) -> Evidence | None:
        """The evidence for normalised ``text``; None where it shares nothing with the knowledge."""
        row = self.index.lexicon.weights([text])
        if not row.nnz:
            return None
        labels = len(self.index.labels)
        lexical = best_by_label(self.index.lexical(row), self.index.owner, labels)
        similarity, nearest = self.index.dense(text)
        dense = best_by_label(similarity, self.index.owner, labels)
        scores = self._head.scores(row) + LEXICAL_WEIGHT * lexical + DENSE_WEIGHT * dense
        best = np.argpartition(-scores, min(CANDIDATES, labels - 1))[:CANDIDATES]
        candidates = np.unique(np.concatenate([best, self.index.owner[nearest]]))
        unknown = self.index.lexicon.unknown_share(text)
        return gather(scores, lexical, dense, candidates, unknown, len(text))

    def save(self, folder: Path) -> None:
        self.index.save(folder)
        sparse.save_npz(folder / "head.npz", self._head.weights)
        np.save(folder / "bias.npy", self._head.bias)

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        index = QuestionIndex.load(folder)
        try:
            head = Head(sparse.load_npz(folder / "head.npz"), np.load(folder / "bias.npy"))
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise WrongIndex(f"the head in {folder.name} cannot be read ({error}); publish again") from error
        if head.weights.shape[1] != len(index.labels):
            raise WrongIndex(f"the head in {folder.name} does not fit the index; publish again")
        return cls(index, head)


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

    @property
    def labels(self) -> tuple[str, ...]:
        return self._ranker.index.labels

    def search(self, text: str, only: Collection[str] | None = None) -> Match:
        """The candidates for normalised ``text``; ``only`` keeps those labels where any is among them."""
        evidence = self._ranker.evidence(text) if text else None
        return NO_MATCH if evidence is None else self._match(evidence, only)

    def _match(self, evidence: Evidence, only: Collection[str] | None) -> Match:
        features = evidence.features()[None, :]
        names = [self._ranker.index.labels[label] for label in evidence.labels]
        candidates = [Candidate(name, float(s)) for name, s in zip(names, evidence.scores, strict=True)]
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
    def load(cls, folder: Path) -> Searcher:
        return cls(Ranker.load(folder), Calibration.load(folder))
