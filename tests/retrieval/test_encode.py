from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.encode import BUILT_IN, CARD, MODEL, TOKENIZER, OnnxEncoder, WrongEncoder, find_encoder
from retrieval.encoders import Encoders

ENCODER = OnnxEncoder(BUILT_IN)
TEXTS = ("小规模季度30万免税吗", "印花税怎么报", "vat 1%", "年终奖单独计税怎么算" * 20, "🙂", "")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the built-in encoder, to be damaged."""
    return shutil.copytree(BUILT_IN, tmp_path / "copied")


def test_every_vector_has_length_one() -> None:
    vectors = ENCODER.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), ENCODER.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=100))
def test_any_text_has_a_vector_of_length_one(text: str) -> None:
    assert float(np.linalg.norm(ENCODER.encode([text]))) == pytest.approx(1, abs=1e-5)


def test_a_text_alone_means_the_same_as_in_a_crowd() -> None:
    crowd = ENCODER.encode(TEXTS * 30)[: len(TEXTS)]
    alone = np.vstack([ENCODER.encode([text]) for text in TEXTS])
    # Weights of 8 bits: activations are rounded by the widest of the batch, so not to the last digit.
    assert (crowd * alone).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_the_order_of_texts_is_the_order_of_vectors() -> None:
    forth, back = ENCODER.encode(TEXTS), ENCODER.encode(TEXTS[::-1])[::-1]
    assert (forth * back).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_no_texts_have_no_vectors() -> None:
    assert ENCODER.encode([]).shape == (0, ENCODER.dimension)


def test_the_digest_tells_models_apart_and_copies_not(copied: Path) -> None:
    assert OnnxEncoder(copied).digest == ENCODER.digest
    tokenizer = json.loads((copied / TOKENIZER).read_text(encoding="utf-8"))
    (copied / TOKENIZER).write_text(json.dumps(tokenizer), encoding="utf-8")
    assert OnnxEncoder(copied).digest != ENCODER.digest


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, CARD])
@pytest.mark.parametrize("content", [None, b"", b"\xff not a model", b"[]", b"{}"])
def test_a_folder_that_is_damaged_is_refused_with_what_to_do(
    copied: Path, name: str, content: bytes | None
) -> None:
    (copied / name).unlink()
    if content is not None:
        (copied / name).write_bytes(content)
    with pytest.raises(WrongEncoder, match="choose another"):
        OnnxEncoder(copied)


def test_half_a_model_is_refused(copied: Path) -> None:
    whole = (copied / MODEL).read_bytes()
    (copied / MODEL).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WrongEncoder, match="choose another"):
        OnnxEncoder(copied)


def test_a_missing_folder_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoder, match="choose another"):
        OnnxEncoder(tmp_path / "nowhere")


def test_a_card_that_gives_another_dimension_is_refused(copied: Path) -> None:
    card = json.loads((copied / CARD).read_text(encoding="utf-8"))
    (copied / CARD).write_text(json.dumps(card | {"dimension": 7}), encoding="utf-8")
    with pytest.raises(WrongEncoder, match="dimension"):
        OnnxEncoder(copied)


def test_an_encoder_is_found_by_its_digest_alone(tmp_path: Path, copied: Path) -> None:
    assert find_encoder(ENCODER.digest, [tmp_path, copied]).folder == copied
    with pytest.raises(WrongEncoder, match="publish again"):
        find_encoder("0" * 64, [tmp_path, copied, BUILT_IN])


def test_what_cannot_be_taken_in_leaves_nothing_behind(tmp_path: Path) -> None:
    encoders = Encoders(tmp_path / "encoders")
    with pytest.raises(WrongEncoder):
        encoders.take_in(lambda folder: (folder / CARD).write_text("{}", encoding="utf-8") and None)
    assert list((tmp_path / "encoders").iterdir()) == []
    assert encoders.chosen.folder == BUILT_IN


def test_an_encoder_taken_in_is_used_once_it_is_chosen(tmp_path: Path) -> None:
    encoders = Encoders(tmp_path)
    taken = encoders.take_in(lambda folder: shutil.copytree(BUILT_IN, folder, dirs_exist_ok=True) and None)
    assert encoders.chosen.folder == BUILT_IN
    encoders.choose(taken)
    assert encoders.chosen.folder == taken.folder
    assert taken.folder in encoders.folders
    encoders.choose(OnnxEncoder(BUILT_IN))
    assert encoders.chosen.folder == BUILT_IN


def test_taking_the_same_encoder_in_twice_keeps_one(tmp_path: Path) -> None:
    encoders = Encoders(tmp_path)
    for _ in range(2):
        encoders.take_in(lambda folder: shutil.copytree(BUILT_IN, folder, dirs_exist_ok=True) and None)
    assert len(encoders.folders) == 2
