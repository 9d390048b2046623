"""Text to vectors: the protocol of an encoder, and the first one, latent semantic analysis."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD

from retrieval.words import Lexicon

Matrix = NDArray[np.float32]


class Encoder(Protocol):
    """Maps ``n`` texts to an ``(n, dimension)`` float32 matrix of rows of length one."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Matrix: ...

    def save(self, folder: Path) -> None: ...


class LatentSemantics:
    """Latent semantic analysis: TF-IDF of characters, words and pinyin, projected by a truncated SVD.

    Deerwester et al., "Indexing by latent semantic analysis" (1990). It knows only the texts that it was
    fitted on, needs no model file and answers in well under a millisecond.
    """

    name = "lsa"

    def __init__(self, lexicon: Lexicon, projection: Matrix) -> None:
        self._lexicon = lexicon
        self._projection = projection
        self.dimension = int(projection.shape[1])

    @classmethod
    def fit(
        cls, lexicon: Lexicon, texts: Sequence[str], dimension: int = 256, seed: int = 7
    ) -> LatentSemantics:
        weights = lexicon.weights(texts)
        wanted = min(dimension, min(weights.shape) - 1)
        svd = TruncatedSVD(n_components=max(wanted, 1), n_iter=2, random_state=seed).fit(weights)
        return cls(lexicon, np.ascontiguousarray(svd.components_.T, dtype=np.float32))

    def encode(self, texts: Sequence[str]) -> Matrix:
        vectors = np.asarray(self._lexicon.weights(texts) @ self._projection, dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Matrix = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return unit

    def save(self, folder: Path) -> None:
        np.save(folder / "projection.npy", self._projection)

    @classmethod
    def load(cls, folder: Path, lexicon: Lexicon) -> LatentSemantics:
        return cls(lexicon, np.load(folder / "projection.npy", mmap_mode="r"))
