"""Lexical features of a text: characters, pairs, words and sounds, weighted by TF-IDF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray
from pypinyin import lazy_pinyin
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer


def characters(text: str) -> list[str]:
    """Single characters, blanks and punctuation left out."""
    return [character for run in _runs(text) for character in run]


def pairs(text: str) -> list[str]:
    """Neighbouring characters."""
    return [run[i : i + 2] for run in _runs(text) for i in range(len(run) - 1)]


def words(text: str) -> list[str]:
    """Words as jieba cuts them, single characters left out."""
    return [word for word in rjieba.cut(text) if len(word) > 1 and word.isalnum()]


def sounds(text: str) -> list[str]:
    """Syllables in pinyin, so that a homophone slip still matches."""
    return [sound for run in _runs(text) for sound in lazy_pinyin(run)]


# The weights were chosen on held-out similar questions; see docs/decisions/0003-retrieval-head.md.
VIEWS: tuple[tuple[str, Callable[[str], list[str]], float], ...] = (
    ("characters", characters, 1.0),
    ("pairs", pairs, 0.5),
    ("words", words, 0.3),
    ("sounds", sounds, 0.3),
)


class Lexicon:
    """The vocabulary of a release and the weight of each feature in it.

    A row of `weights` is the views side by side, each of length one and scaled by the square root of its
    weight, so that a dot product of two rows is the weighted sum of their TF-IDF cosines.
    """

    def __init__(self, views: Sequence[TfidfVectorizer]) -> None:
        self._views = tuple(views)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Lexicon:
        return cls([_vectorizer(analyse).fit(texts) for _, analyse, _ in VIEWS])

    def weights(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """An ``(n, features)`` sparse matrix."""
        if len(texts) == 1:
            return self._row(texts[0])
        blocks = [
            view.transform(texts) * np.sqrt(weight)
            for view, (_, _, weight) in zip(self._views, VIEWS, strict=True)
        ]
        joined: sparse.csr_matrix = sparse.csr_matrix(sparse.hstack(blocks, format="csr"), dtype=np.float32)
        return joined

    def _row(self, text: str) -> sparse.csr_matrix:
        """`weights` of one text, without the checks that cost ten times the work."""
        places: list[int] = []
        values: list[NDArray[np.float32]] = []
        offset = 0
        for view, (_, analyse, weight) in zip(self._views, VIEWS, strict=True):
            vocabulary = view.vocabulary_
            counts = sorted((vocabulary[f], n) for f, n in Counter(analyse(text)).items() if f in vocabulary)
            if counts:
                columns, numbers = np.array(counts).T
                raw = (1 + np.log(numbers)) * view.idf_[columns]
                places += (columns + offset).tolist()
                values.append((raw * np.sqrt(weight) / np.linalg.norm(raw)).astype(np.float32))
            offset += len(vocabulary)
        data = np.concatenate(values) if values else np.zeros(0, np.float32)
        return sparse.csr_matrix((data, places, [0, len(places)]), shape=(1, offset))

    @cached_property
    def _rarity(self) -> NDArray[np.float64]:
        return np.concatenate([view.idf_**2 for view in self._views])

    @cached_property
    def _view_of(self) -> NDArray[np.intp]:
        return np.repeat(np.arange(len(self._views)), [len(view.vocabulary_) for view in self._views])

    def rarity_by_view(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """The weights of the features at ``places``, a row a view, ``(views, n)``; a row sums to 1 or is 0."""
        rows = (self._view_of[places] == np.arange(len(self._views))[:, None]) * self._rarity[places]
        return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-9))

    def unknown_share(self, text: str) -> float:
        """The share of the text's character pairs that no known text holds, 0 to 1."""
        found = pairs(text)
        known = self._views[1].vocabulary_
        return sum(pair not in known for pair in found) / len(found) if found else 1.0

    def save(self, folder: Path) -> None:
        for (name, _, _), view in zip(VIEWS, self._views, strict=True):
            terms = sorted(view.vocabulary_, key=view.vocabulary_.__getitem__)
            (folder / f"{name}.json").write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
            np.save(folder / f"{name}.npy", view.idf_)

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        return cls([_loaded(folder, name, analyse) for name, analyse, _ in VIEWS])


def _vectorizer(
    analyse: Callable[[str], list[str]], vocabulary: dict[str, int] | None = None
) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyse, sublinear_tf=True, dtype=np.float32, vocabulary=vocabulary)


def _loaded(folder: Path, name: str, analyse: Callable[[str], list[str]]) -> TfidfVectorizer:
    terms = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    vectorizer = _vectorizer(analyse, {term: index for index, term in enumerate(terms)})
    idf: NDArray[np.float32] = np.load(folder / f"{name}.npy")
    vectorizer.idf_ = idf
    return vectorizer


def _runs(text: str) -> Iterator[str]:
    return iter("".join(c if c.isalnum() or c == "%" else " " for c in text).split())
