from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from retrieval.encode import BUILT_IN, Matrix, OnnxEncoder
from retrieval.index import QuestionIndex, WrongIndex, searchable

QUESTIONS = (
    "小规模免税吗",
    "小规模季度30万免税吗",
    "印花税怎么报",
    "印花税税率多少",
    "年终奖怎么算",
    "年终奖单独计税",
)
LABELS = ("vat", "vat", "stamp", "stamp", "bonus", "bonus")


@dataclass
class FakeEncoder:
    """Plays an encoder: a random vector for each text, the same each time."""

    dimension: int = 16
    digest: str = "another"
    name: str = "fake"
    card: dict[str, Any] = field(default_factory=dict)

    def encode(self, texts: Sequence[str]) -> Matrix:
        rows = [np.random.default_rng([*map(ord, text)]).normal(size=self.dimension) for text in texts]
        return unit(np.array(rows))


def unit(rows: np.ndarray[Any, Any]) -> Matrix:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def index() -> QuestionIndex:
    return QuestionIndex.build(QUESTIONS, LABELS, OnnxEncoder(BUILT_IN))


def test_a_graph_and_an_exact_search_agree_on_the_nearest() -> None:
    draw = np.random.default_rng(7)
    vectors, asked = unit(draw.normal(size=(4_000, 32))), unit(draw.normal(size=(300, 32)))
    graph, exact = searchable(vectors, exact_up_to=1_000), searchable(vectors)
    assert isinstance(graph, faiss.IndexHNSWFlat)
    assert isinstance(exact, faiss.IndexFlatIP)
    same = graph.search(asked, 1)[1] == exact.search(asked, 1)[1]
    assert same.mean() >= 0.95


def test_a_graph_finds_the_same_once_saved_and_mapped_into_memory(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    vectors, asked = unit(draw.normal(size=(2_000, 32))), unit(draw.normal(size=(50, 32)))
    graph = searchable(vectors, exact_up_to=1_000)
    faiss.write_index(graph, str(tmp_path / "graph"))
    again = faiss.read_index(str(tmp_path / "graph"), faiss.IO_FLAG_MMAP_IFC)
    assert (again.search(asked, 5)[1] == graph.search(asked, 5)[1]).all()


def test_an_index_finds_the_same_once_saved_and_mapped_into_memory(
    index: QuestionIndex, tmp_path: Path
) -> None:
    index.save(tmp_path)
    again = QuestionIndex.load(tmp_path)
    assert again.labels == index.labels
    for text in (*QUESTIONS, "小规模30万", "🙂"):
        assert np.allclose(again.dense(text)[0], index.dense(text)[0])
        row = index.lexicon.weights([text])
        assert np.allclose(again.lexical(row), index.lexical(row))
        assert np.allclose(again.held(row), index.held(row))


def test_without_a_label_none_of_its_questions_is_found(index: QuestionIndex) -> None:
    left = index.without({"stamp"})
    assert left.labels == ("vat", "bonus")
    assert [left.labels[owner] for owner in left.owner] == ["vat", "vat", "bonus", "bonus"]
    nearest = left.dense("印花税怎么报")[1]
    assert len(nearest) == 4
    rest = [0, 1, 4, 5]
    assert np.allclose(left.dense("小规模")[0], index.dense("小规模")[0][rest], atol=1e-6)
    row = index.lexicon.weights(["小规模"])
    assert np.allclose(left.lexical(row), index.lexical(row)[rest])


def test_without_nothing_an_index_stays_as_it_is(index: QuestionIndex) -> None:
    left = index.without(())
    assert left.labels == index.labels
    assert (left.owner == index.owner).all()


def test_an_index_built_with_another_encoder_is_refused(tmp_path: Path) -> None:
    QuestionIndex.build(QUESTIONS, LABELS, FakeEncoder()).save(tmp_path)
    with pytest.raises(WrongIndex, match="publish again"):
        QuestionIndex.load(tmp_path)


def test_vectors_of_another_dimension_than_the_encoders_are_refused(tmp_path: Path) -> None:
    QuestionIndex.build(QUESTIONS, LABELS, FakeEncoder(digest=OnnxEncoder(BUILT_IN).digest)).save(tmp_path)
    with pytest.raises(WrongIndex, match="does not fit the vectors"):
        QuestionIndex.load(tmp_path)


def test_an_index_of_one_label_is_refused() -> None:
    with pytest.raises(WrongIndex, match="two entries"):
        QuestionIndex.build(["小规模免税吗", "印花税"], ["vat", "vat"], FakeEncoder())
