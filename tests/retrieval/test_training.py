"""Needs the extra ``encoder``: skipped where torch is not installed, as it is not for running or testing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'encoder' is not installed")

from sentence_transformers import SentenceTransformer

from retrieval.encode import BUILT_IN, CARD, OnnxEncoder, WrongEncoder
from retrieval.export import LEAST_AGREEMENT, agrees, export, fetch, record
from retrieval.training import Recipe, batches, train, untrained

TINY = Recipe(dimension=32, layers=1, heads=2, longest=24, epochs=4, batch=8, rate=1e-2)
WHAT = {
    "stamp": ("印花税", "贴花", "合同税"),
    "bonus": ("年终奖", "奖金个税", "全年一次性奖金"),
    "small": ("小规模", "季度三十万", "免增值税"),
    "house": ("卖房", "二手房", "房子过户"),
}
ASKED = ("怎么报", "税率多少", "什么时候交", "要什么材料")
EXAMPLES = tuple((what + asked, label) for label, words in WHAT.items() for what in words for asked in ASKED)
TEXTS = [text for text, _ in EXAMPLES]


@pytest.fixture(scope="module")
def trained() -> SentenceTransformer:
    return train(EXAMPLES, TINY)


@pytest.fixture(scope="module")
def exported(trained: SentenceTransformer, tmp_path_factory: pytest.TempPathFactory) -> OnnxEncoder:
    folder = tmp_path_factory.mktemp("encoder")
    export(trained, "tiny", folder, TEXTS, {"recipe": "tiny"})
    return OnnxEncoder(folder)


def test_every_stretch_of_a_batch_holds_each_label_twice() -> None:
    rows = list(batches(EXAMPLES, TINY))
    for start in range(0, len(rows) - TINY.batch + 1, TINY.batch):
        labels = [label for _, label in rows[start : start + TINY.batch]]
        assert {labels.count(label) for label in WHAT} == {2}


def test_unblurred_questions_are_the_examples_themselves() -> None:
    sharp = Recipe(dimension=32, layers=1, heads=2, epochs=2, blurred=0.0)
    assert set(batches(EXAMPLES, sharp)) <= set(EXAMPLES)


def test_a_blurred_question_is_never_empty() -> None:
    blurred = Recipe(dimension=32, layers=1, heads=2, epochs=20, blurred=1.0)
    assert all(text for text, _ in batches([("税", "a"), ("票", "a"), ("印花", "b"), ("房", "b")], blurred))


def test_the_same_seed_gives_the_same_vectors(trained: SentenceTransformer) -> None:
    again = train(EXAMPLES, TINY)
    before, after = (model.encode(TEXTS, show_progress_bar=False) for model in (trained, again))
    assert np.array_equal(before, after)


def test_progress_rises_to_the_whole() -> None:
    told: list[float] = []
    train(EXAMPLES, Recipe(dimension=32, layers=1, heads=2, epochs=1, batch=8), told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_an_exported_encoder_gives_the_vectors_of_the_original(
    trained: SentenceTransformer, exported: OnnxEncoder
) -> None:
    assert exported.dimension == TINY.dimension
    assert agrees(trained, exported, [*TEXTS, "从没见过的问题🙂"]) >= LEAST_AGREEMENT


def test_what_is_recorded_stays_beside_the_encoder(exported: OnnxEncoder) -> None:
    record(exported.folder, {"scores": {"top1": 0.5}})
    card = json.loads((exported.folder / CARD).read_text(encoding="utf-8"))
    assert card["recipe"] == "tiny"
    assert card["scores"] == {"top1": 0.5}
    assert OnnxEncoder(exported.folder).card == card


def test_an_untrained_encoder_reads_single_characters(tmp_path: Path) -> None:
    tokenizer = untrained(TEXTS, TINY, tmp_path).tokenizer
    assert tokenizer.tokenize("印花 税🙂") == ["印", "花", "税", "[UNK]"]


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoder, match="is no folder with a model"):
        fetch(str(tmp_path))


def test_the_built_in_encoder_follows_the_recipe_of_the_code() -> None:
    card = OnnxEncoder(BUILT_IN).card
    assert card["recipe"] == vars(Recipe())
