"""Text to vectors: the protocol of an encoder, and the one that runs any encoder exported to ONNX."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

Matrix = NDArray[np.float32]

BUILT_IN = Path(__file__).parent / "encoder"
MODEL, TOKENIZER, CARD = "model.onnx", "tokenizer.json", "card.json"
TOGETHER = 64


class WrongEncoder(Exception):
    """An encoder that cannot be used; the text says why and what to do."""


class Encoder(Protocol):
    """Maps ``n`` texts to an ``(n, dimension)`` float32 matrix of rows of length one.

    ``digest`` tells encoders apart: vectors of different digests must not be compared. ``card`` is what is
    recorded of it: name and dimension, and where it was trained here recipe, data and scores.
    """

    name: str
    dimension: int

    @property
    def card(self) -> Mapping[str, Any]: ...

    @property
    def digest(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Matrix: ...


class OnnxEncoder:
    """A folder with ``model.onnx``, ``tokenizer.json`` and ``card.json``, run by onnxruntime on one thread.

    The model takes ``input_ids`` and ``attention_mask``, both ``(n, length)`` int64, and gives unit vectors.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `WrongEncoder` where a file is missing or damaged, or the model's shape is another."""
        self.folder = folder
        try:
            self.card: Mapping[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
            self.name, self.dimension = str(self.card["name"]), int(self.card["dimension"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._tokenizer.enable_truncation(int(self.card["longest"]))
            self._tokenizer.enable_padding(pad_id=int(self.card["padding"]))
            self._session = InferenceSession(str(folder / MODEL), _one_thread())
        except Exception as error:  # neither onnxruntime nor tokenizers raises anything narrower
            raise WrongEncoder(f"the encoder in {folder} cannot be read ({error}); choose another") from error
        if self._session.get_outputs()[0].shape[-1] != self.dimension:
            raise WrongEncoder(f"the encoder in {folder} does not have the dimension that its card says")

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the model and the tokenizer."""
        files = (self.folder / MODEL, self.folder / TOKENIZER)
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def encode(self, texts: Sequence[str]) -> Matrix:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(texts), TOGETHER):
            places = by_length[start : start + TOGETHER]
            vectors[places] = self._encoded([texts[place] for place in places])
        return vectors

    def _encoded(self, texts: list[str]) -> Matrix:
        read = self._tokenizer.encode_batch(texts)
        given = {
            "input_ids": np.array([one.ids for one in read], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in read], dtype=np.int64),
        }
        [vectors] = self._session.run(None, given)
        return np.asarray(vectors, dtype=np.float32)


def find_encoder(digest: str, folders: Sequence[Path]) -> OnnxEncoder:
    """The encoder with ``digest`` among ``folders``. Raises `WrongEncoder` where none has it."""
    for folder in folders:
        if (folder / CARD).exists() and (found := OnnxEncoder(folder)).digest == digest:
            return found
    raise WrongEncoder("the encoder that this release was built with is not here; publish again")


def _one_thread() -> SessionOptions:
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options
