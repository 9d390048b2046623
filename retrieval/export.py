"""A Sentence-Transformers model to a folder that `retrieval.encode` runs: ONNX with 8-bit weights.

Needs the extra ``encoder`` (torch, sentence-transformers, onnx).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

from retrieval.encode import CARD, MODEL, TOKENIZER, OnnxEncoder, WrongEncoder

LEAST_AGREEMENT = 0.98
LONGEST = 128


def fetch(name: str) -> SentenceTransformer:
    """The model called ``name``: a folder here, or one on the model hub. Raises `WrongEncoder`."""
    try:
        return SentenceTransformer(name, device="cpu")
    except Exception as error:  # a dozen libraries meet here, each with errors of its own
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise WrongEncoder(f"{name} is no folder with a model and cannot be fetched ({first})") from error


def export(
    model: SentenceTransformer, name: str, folder: Path, texts: Sequence[str], card: dict[str, Any]
) -> None:
    """Write ``model`` into ``folder`` and check it against itself on ``texts``; ``card`` is kept beside it.

    Raises `WrongEncoder` where the model has no fast tokenizer, cannot be exported, or gives other vectors
    afterwards (cosine below `LEAST_AGREEMENT` on average).
    """
    folder.mkdir(parents=True, exist_ok=True)
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise WrongEncoder(f"{name} has no fast tokenizer, which is needed to run it without torch")
    backend.no_padding()
    backend.save(str(folder / TOKENIZER))
    _write_graph(model, folder / MODEL)
    longest = min(int(model.max_seq_length or LONGEST), LONGEST)
    described = {
        "name": name,
        "dimension": int(model.get_embedding_dimension() or 0),
        "longest": longest,
        "padding": int(model.tokenizer.pad_token_id or 0),
        **card,
    }
    (folder / CARD).write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    agreement = agrees(model, OnnxEncoder(folder), texts)
    if agreement < LEAST_AGREEMENT:
        raise WrongEncoder(
            f"{name} gives other vectors once exported (cosine {agreement:.3f}); choose another"
        )


def record(folder: Path, more: dict[str, Any]) -> None:
    """Add ``more`` to the card of the encoder in ``folder``."""
    card = json.loads((folder / CARD).read_text(encoding="utf-8")) | more
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def agrees(model: SentenceTransformer, exported: OnnxEncoder, texts: Sequence[str]) -> float:
    """The mean cosine of the vectors of ``model`` and ``exported`` on ``texts``, -1 to 1."""
    before = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return float(np.mean(np.sum(np.asarray(before) * exported.encode(texts), axis=1)))


class _Graph(nn.Module):
    """Token ids to unit vectors, as one graph."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        given = {"input_ids": input_ids, "attention_mask": attention_mask}
        vectors: Tensor = self.model(given)["sentence_embedding"]
        return nn.functional.normalize(vectors, dim=-1)


def _write_graph(model: SentenceTransformer, target: Path) -> None:
    ids = torch.ones((2, 8), dtype=torch.long)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own ways
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _Graph(model).eval(),
            (ids, ids.clone()),
            str(whole),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={name: {0: "n", 1: "length"} for name in ("input_ids", "attention_mask")},
            dynamo=False,
        )
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8)
