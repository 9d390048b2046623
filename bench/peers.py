"""Other ways to match a question to an entry, each taught the same rows of question and entry."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, Self

import bm25s
import faiss
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

from bench.asking import Answer
from bench.exam import Rows
from retrieval.encode import BUILT_IN, OnnxEncoder
from retrieval.evaluate import SHOWN
from retrieval.words import Lexicon, pairs, words

NEAREST = 50
SEED = 7


class Peer(Protocol):
    """Taught once, stored in a folder, and loaded from there to answer."""

    name: ClassVar[str]
    what: ClassVar[str]

    @classmethod
    def fit(cls, rows: Rows) -> Self: ...

    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> Self: ...

    def __call__(self, text: str) -> Answer: ...


class Pickled:
    def save(self, folder: Path) -> None:
        (folder / "peer.pickle").write_bytes(pickle.dumps(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        peer = pickle.loads((folder / "peer.pickle").read_bytes())  # noqa: S301 - written by `save`
        assert isinstance(peer, cls)
        return peer


@dataclass(frozen=True)
class Bm25(Pickled):
    name: ClassVar[str] = "BM25"
    what: ClassVar[str] = "bm25s over jieba words and character pairs; the entry of the best question"

    labels: list[str]
    index: bm25s.BM25

    @classmethod
    def fit(cls, rows: Rows) -> Self:
        index = bm25s.BM25()
        index.index([_terms(text) for text, _ in rows], show_progress=False)
        return cls([label for _, label in rows], index)

    def __call__(self, text: str) -> Answer:
        terms = _terms(text)
        return _best(self.index.get_scores(terms), self.labels) if terms else ([], 0.0)


@dataclass(frozen=True)
class Linear(Pickled):
    name: ClassVar[str] = "TF-IDF + logistic regression"
    what: ClassVar[str] = (
        "our lexicon's features that 3 questions hold at least; one against the rest, by stochastic gradients"
    )
    LEAST: ClassVar[int] = 3
    # The best of 1e-4 to 1e-7 on the labelled questions for training of 200 entries; 20 rounds gave no more.
    PENALTY: ClassVar[float] = 1e-5
    ROUNDS: ClassVar[int] = 10

    lexicon: Lexicon
    kept: NDArray[np.intp]
    model: SGDClassifier

    @classmethod
    def fit(cls, rows: Rows) -> Self:
        texts, labels = zip(*rows, strict=True)
        lexicon = Lexicon.fit(texts)
        features = lexicon.weights(texts)
        kept = np.flatnonzero(np.bincount(features.indices, minlength=features.shape[1]) >= cls.LEAST)
        model = SGDClassifier(
            loss="log_loss", alpha=cls.PENALTY, max_iter=cls.ROUNDS, tol=None, random_state=SEED
        )
        return cls(lexicon, kept, model.fit(features[:, kept], labels))

    def __call__(self, text: str) -> Answer:
        chances = self.model.predict_proba(self.lexicon.weights([text])[:, self.kept])[0]
        best = np.argsort(-chances)[:SHOWN]
        return self.model.classes_[best].tolist(), float(chances[best[0]])


@dataclass(frozen=True)
class Dense:
    name: ClassVar[str] = "dense alone"
    what: ClassVar[str] = (
        "the built-in encoder, trained on these rows, FAISS exact; the entry of the nearest question"
    )

    labels: list[str]
    vectors: faiss.Index
    encoder: OnnxEncoder

    @classmethod
    def fit(cls, rows: Rows) -> Self:
        encoder = OnnxEncoder(BUILT_IN)
        vectors = faiss.IndexFlatIP(encoder.dimension)
        vectors.add(encoder.encode([text for text, _ in rows]))
        return cls([label for _, label in rows], vectors, encoder)

    def save(self, folder: Path) -> None:
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        (folder / "labels.txt").write_text("\n".join(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        labels = (folder / "labels.txt").read_text(encoding="utf-8").split("\n")
        return cls(labels, faiss.read_index(str(folder / "vectors.faiss")), OnnxEncoder(BUILT_IN))

    def __call__(self, text: str) -> Answer:
        cosines, places = self.vectors.search(self.encoder.encode([text]), NEAREST)
        found = [self.labels[place] for place in places[0] if place >= 0]
        return list(dict.fromkeys(found))[:SHOWN], float(cosines[0][0])


PEERS: tuple[type[Bm25 | Linear | Dense], ...] = (Bm25, Linear, Dense)


def _terms(text: str) -> list[str]:
    return [*words(text), *pairs(text)]


def _best(scores: NDArray[np.float32], labels: Sequence[str]) -> Answer:
    top = np.argpartition(-scores, NEAREST)[:NEAREST]
    top = top[np.argsort(-scores[top], kind="stable")]
    found = [labels[place] for place in top if scores[place] > 0]
    return list(dict.fromkeys(found))[:SHOWN], float(scores[top[0]])
