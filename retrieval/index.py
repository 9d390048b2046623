"""The questions of a release, searchable by words and by vectors."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import faiss
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.encode import BUILT_IN, Encoder, Matrix, WrongEncoder, find_encoder
from retrieval.words import Lexicon

Floats = NDArray[np.float32]
Integers = NDArray[np.intp]

NEIGHBOURS = 50
EXACT_UP_TO = (
    10_000  # beyond, exact search costs a tenth of a whole query and more; see `make bench-retrieval`
)
LINKS, WIDTH = 32, 64

faiss.omp_set_num_threads(1)  # questions are answered side by side; threads for one would only compete


class WrongIndex(Exception):
    """An index folder that cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class QuestionIndex:
    """``n`` questions of ``labels``; ``owner[i]`` is the place in ``labels`` of question ``i``."""

    labels: tuple[str, ...]
    owner: Integers
    lexicon: Lexicon
    encoder: Encoder
    words: sparse.csr_matrix
    vectors: faiss.Index

    @classmethod
    def build(cls, questions: Sequence[str], labels_of: Sequence[str], encoder: Encoder) -> QuestionIndex:
        """From normalised questions and the label of each. Raises `WrongIndex` on fewer than two labels."""
        labels = tuple(dict.fromkeys(labels_of))
        if len(labels) < 2:
            raise WrongIndex("an index needs at least two entries; import the knowledge first")
        place = {label: i for i, label in enumerate(labels)}
        lexicon = Lexicon.fit(questions)
        vectors = searchable(encoder.encode(questions))
        owner = np.array([place[label] for label in labels_of], dtype=np.intp)
        return cls(labels, owner, lexicon, encoder, lexicon.weights(questions), vectors)

    def without(self, labels: Collection[str]) -> QuestionIndex:
        """The same index, lexicon and encoder but for the questions of ``labels``."""
        left = tuple(label for label in self.labels if label not in labels)
        place = {self.labels.index(label): i for i, label in enumerate(left)}
        kept = np.flatnonzero(np.isin(self.owner, list(place)))
        vectors = searchable(self.vectors.reconstruct_n(0, self.vectors.ntotal)[kept])
        owner = np.array([place[int(label)] for label in self.owner[kept]], dtype=np.intp)
        return QuestionIndex(left, owner, self.lexicon, self.encoder, self.words[kept], vectors)

    @cached_property
    def _holding(self) -> sparse.csr_matrix:
        """``(features, labels)``: the share of each label's questions that hold a feature."""
        shape = (len(self.labels), len(self.owner))
        share = 1.0 / np.bincount(self.owner, minlength=len(self.labels))[self.owner]
        belongs = sparse.csr_matrix((share, (self.owner, np.arange(len(self.owner)))), shape=shape)
        there = self.words.copy()
        there.data = np.ones_like(there.data)
        return sparse.csr_matrix((belongs @ there).T, dtype=np.float32)

    def held(self, row: sparse.csr_matrix) -> Floats:
        """How much of one row of features each label's questions hold, ``(2 × views, labels)``, 0 to 1.

        First, for each view of the lexicon, the share (weighted by rarity) of the row's features that any
        question of the label holds; then the same for its questions on average.
        """
        place = row.indices
        usual = self._holding[place].toarray()
        weights = self.lexicon.rarity_by_view(place)
        return np.asarray(np.vstack([weights @ (usual > 0), weights @ usual]), dtype=np.float32)

    @cached_property
    def _postings(self) -> sparse.csr_matrix:
        """``(features, n)``: for each feature the questions that hold it, so a search reads few of them."""
        return sparse.csr_matrix(self.words.T)

    def lexical(self, row: sparse.csr_matrix) -> Floats:
        """The weighted sum of TF-IDF cosines of one row of features to each question, ``(n,)``."""
        return np.asarray(self._postings[row.indices].T @ row.data, dtype=np.float32)

    def dense(self, text: str) -> tuple[Floats, Integers]:
        """The cosine of the vectors to the nearest questions, 0 for the others, ``(n,)``; and their places."""
        cosines, nearest = self.vectors.search(self.encoder.encode([text]), min(NEIGHBOURS, len(self.owner)))
        similarity = np.zeros(len(self.owner), dtype=np.float32)
        similarity[nearest[0]] = cosines[0]
        return similarity, nearest[0].astype(np.intp)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lexicon.save(folder)
        sparse.save_npz(folder / "words.npz", self.words)
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        np.save(folder / "owner.npy", self.owner)
        shape = {"labels": self.labels, "encoder": self.encoder.digest, "name": self.encoder.name}
        (folder / "index.json").write_text(json.dumps(shape, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, encoders: Sequence[Path] = (BUILT_IN,)) -> QuestionIndex:
        """An index with its encoder from among ``encoders``, read by memory map.

        Raises `WrongIndex` where files are missing, damaged or do not fit together.
        """
        try:
            shape = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            lexicon = Lexicon.load(folder)
            index = cls(
                tuple(shape["labels"]),
                np.load(folder / "owner.npy"),
                lexicon,
                find_encoder(shape["encoder"], encoders),
                sparse.load_npz(folder / "words.npz"),
                faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC),
            )
        except (OSError, ValueError, KeyError, RuntimeError, BadZipFile, WrongEncoder) as error:
            raise WrongIndex(f"the index in {folder.name} cannot be read ({error}); publish again") from error
        if not index.vectors.ntotal == len(index.owner) == index.words.shape[0]:
            raise WrongIndex(f"the parts of the index in {folder.name} do not fit together; publish again")
        if index.vectors.d != index.encoder.dimension:
            raise WrongIndex(f"the encoder does not fit the vectors in {folder.name}; publish again")
        return index


def searchable(vectors: Matrix, exact_up_to: int = EXACT_UP_TO) -> faiss.Index:
    """Vectors to search by inner product: exactly, or by HNSW (Malkov and Yashunin, 2018) where there are many."""
    exact = len(vectors) <= exact_up_to
    index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1]) if exact else _graph(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def _graph(dimension: int) -> faiss.Index:
    graph = faiss.IndexHNSWFlat(dimension, LINKS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efSearch = WIDTH
    return graph
