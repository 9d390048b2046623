"""What a query of ours costs in indexes of other sizes, step by step, and where exact search stops paying.

All sizes share the lexicon, the head and the labels of one release. Up to its own size an index holds a
part of its questions; beyond, *synthetic* ones are added: the first half of one question with the second
half of another, its features their sum and its vector the direction of the sum of theirs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import faiss
import numpy as np
from scipy import sparse

from bench.exam import Rows
from retrieval.encode import Matrix
from retrieval.index import LINKS, NEIGHBOURS, WIDTH, QuestionIndex
from retrieval.rank import Head
from retrieval.search import Calibration, Ranker, Searcher

QUERIES = 200
SEED = 7

T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """Medians of processor time a query in milliseconds, memory in MiB; ``query_ms`` is all of a search, by
    exact search of the vectors. ``graph_`` is HNSW instead."""

    questions: int
    synthetic: int
    features_ms: float
    lexical_ms: float
    encode_ms: float
    exact_ms: float
    graph_ms: float
    head_ms: float
    held_ms: float
    query_ms: float
    query_with_graph_ms: float
    graph_recall_at_10: float
    graph_build_s: float
    words_mb: float
    exact_mb: float
    graph_mb: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measured(release: Path, rows: Rows, texts: Sequence[str], sizes: Sequence[int]) -> list[Size]:
    """Of the release in ``release``, built from ``rows``; ``texts`` are asked."""
    stock = _Stock(QuestionIndex.load(release), [text for text, _ in rows])
    head = Head(sparse.load_npz(release / "head.npz"), np.load(release / "bias.npy"))
    ranked = (head, np.load(release / "weights.npy"), Calibration.load(release))
    return [_size(stock.index(n), stock, *ranked, texts[:QUERIES]) for n in sizes]


class _Stock:
    """The questions of a release in a random order, and as many recombined ones as are wanted."""

    def __init__(self, release: QuestionIndex, texts: Sequence[str]) -> None:
        self.release = release
        self.vectors = release.vectors.reconstruct_n(0, release.vectors.ntotal)
        self.order = np.random.default_rng(SEED).permutation(len(texts))
        self._firsts = [text[: len(text) // 2] for text in texts]
        self._seconds = [text[len(text) // 2 :] for text in texts]
        self._halves: tuple[tuple[Matrix, Matrix], tuple[sparse.csr_matrix, sparse.csr_matrix]] | None = None

    @property
    def shipped(self) -> int:
        return len(self.order)

    def index(self, n: int) -> QuestionIndex:
        real = self.order[:n]
        words, vectors, owner = self.release.words[real], self.vectors[real], self.release.owner[real]
        if n > self.shipped:
            more_words, more_vectors, more_owner = self._recombined(n - self.shipped)
            words = sparse.vstack([words, more_words], format="csr")
            vectors, owner = np.vstack([vectors, more_vectors]), np.concatenate([owner, more_owner])
        exact = faiss.IndexFlatIP(vectors.shape[1])
        exact.add(np.ascontiguousarray(vectors))
        return replace(self.release, owner=owner, words=words, vectors=exact)

    def _recombined(self, n: int) -> tuple[sparse.csr_matrix, Matrix, Any]:
        if self._halves is None:
            encode, weights = self.release.encoder.encode, self.release.lexicon.weights
            halves = self._firsts, self._seconds
            self._halves = (encode(halves[0]), encode(halves[1])), (weights(halves[0]), weights(halves[1]))
        (first, second), (first_words, second_words) = self._halves
        chance = np.random.default_rng(SEED + n)
        a, b = chance.integers(self.shipped, size=n), chance.integers(self.shipped, size=n)
        vectors = first[a] + second[b]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        words = (first_words[a] + second_words[b]) * np.float32(np.sqrt(0.5))
        return words, vectors, self.release.owner[a]


def _size(
    index: QuestionIndex,
    stock: _Stock,
    head: Head,
    weights: Matrix,
    calibration: Calibration,
    texts: Sequence[str],
) -> Size:
    graph, build_s = _graph(index.vectors)
    encoded = [index.encoder.encode([text]) for text in texts]
    rows = [index.lexicon.weights([text]) for text in texts]
    exact = Searcher(Ranker(index, head, weights), calibration)
    by_graph = Searcher(Ranker(replace(index, vectors=graph), head, weights), calibration)
    return Size(
        questions=len(index.owner),
        synthetic=max(len(index.owner) - stock.shipped, 0),
        features_ms=_p50(lambda text: index.lexicon.weights([text]), texts),
        lexical_ms=_p50(index.lexical, rows),
        encode_ms=_p50(lambda text: index.encoder.encode([text]), texts),
        exact_ms=_p50(lambda vector: index.vectors.search(vector, NEIGHBOURS), encoded),
        graph_ms=_p50(lambda vector: graph.search(vector, NEIGHBOURS), encoded),
        head_ms=_p50(head.scores, rows),
        held_ms=_p50(index.held, rows),
        query_ms=_p50(exact.search, texts),
        query_with_graph_ms=_p50(by_graph.search, texts),
        graph_recall_at_10=_recall(index.vectors, graph, np.vstack(encoded)),
        graph_build_s=build_s,
        words_mb=2 * _bytes(index.words) / 2**20,  # the rows and their postings
        exact_mb=index.vectors.ntotal * index.vectors.d * 4 / 2**20,
        graph_mb=len(faiss.serialize_index(graph)) / 2**20,
    )


def _graph(vectors: faiss.Index) -> tuple[faiss.Index, float]:
    graph = faiss.IndexHNSWFlat(vectors.d, LINKS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efSearch = WIDTH
    began = time.process_time()
    graph.add(vectors.reconstruct_n(0, vectors.ntotal))
    return graph, time.process_time() - began


def _p50(deed: Callable[[T], Any], items: Sequence[T]) -> float:
    deed(items[0])
    taken = []
    for item in items:
        began = time.process_time()
        deed(item)
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def _recall(exact: faiss.Index, graph: faiss.Index, vectors: Matrix) -> float:
    _, wanted = exact.search(vectors, 10)
    _, found = graph.search(vectors, 10)
    return float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(wanted, found, strict=True)]))


def _bytes(rows: sparse.csr_matrix) -> int:
    return int(rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes)
