from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.release import Release
from retrieval.index import WrongIndex
from retrieval.search import NO_MATCH, Searcher
from retrieval.words import Lexicon


def test_an_entrys_own_question_finds_it_first(release: Release) -> None:
    found = [
        release.searcher.search(release.normaliser(entry.question)).candidates[0].label == entry.id
        for entry in release.knowledge.entries
    ]
    assert sum(found) / len(found) > 0.97


def test_a_homophone_slip_and_traditional_characters_still_find_the_entry(release: Release) -> None:
    for typed in ("小归模一个季度30万以内免水吗", "小規模納稅人一個季度30萬以內免稅嗎"):
        labels = [c.label for c in release.searcher.search(release.normaliser(typed)).candidates[:3]]
        assert "vat-small-threshold" in labels


def test_confidence_is_a_probability_and_among_three_is_no_less_likely_on_average(release: Release) -> None:
    matches = [
        release.searcher.search(release.normaliser(e.similar_questions[0])) for e in release.knowledge.entries
    ]
    assert all(0 <= match.confidence <= 1 for match in matches)
    assert sum(m.among for m in matches) >= sum(m.confidence for m in matches) * 0.95


@pytest.mark.parametrize("text", ["今天天气怎么样", "asdfghjkl", "🙂🙂🙂", "给我写一首诗"])
def test_what_is_not_about_tax_is_not_answered(release: Release, text: str) -> None:
    match = release.searcher.search(release.normaliser(text))
    assert match.confidence < release.searcher.calibration.bound.threshold


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_a_match_or_none(release: Release, text: str) -> None:
    match = release.searcher.search(release.normaliser(text))
    assert 0 <= match.confidence <= 1


@pytest.mark.parametrize(
    "text",
    ["税" * 33_000, "9" * 100_000, "小规模 30w, " * 9_000, "税", "a", "🙂", "\x00\x07税\x1b", "ＶＡＴとは 세금 налог 稅"],
    ids=["100 kB of one character", "100 kB of digits", "100 kB", "one character", "one letter", "an emoji",
         "control characters", "mixed scripts"],
)  # fmt: skip
def test_a_strange_text_gets_a_match_or_none(release: Release, text: str) -> None:
    match = release.searcher.search(release.normaliser(text))
    assert 0 <= match.confidence <= 1


@pytest.mark.parametrize("text", ["", " \n\t", "\ud83d", "\x00", "\ud800\udfff"])
def test_a_text_of_nothing_matches_nothing(release: Release, text: str) -> None:
    assert release.searcher.search(release.normaliser(text)) == NO_MATCH


def test_half_an_emoji_does_not_disturb_the_words_beside_it(release: Release) -> None:
    whole, halved = (release.normaliser(text) for text in ("印花税怎么报", "印花税\ud83d怎么报"))
    assert release.searcher.search(halved) == release.searcher.search(whole)


def test_a_saved_searcher_finds_the_same(release: Release, tmp_path: Path) -> None:
    release.searcher.save(tmp_path)
    again = Searcher.load(tmp_path)
    for text in ("小规模季度30万免税吗", "印花税怎么报"):
        before, after = release.searcher.search(text), again.search(text)
        assert [c.label for c in before.candidates] == [c.label for c in after.candidates]
        assert before.confidence == pytest.approx(after.confidence, abs=1e-4)


def test_a_damaged_or_foreign_index_is_refused(release: Release, tmp_path: Path) -> None:
    release.searcher.save(tmp_path)
    (tmp_path / "vectors.faiss").write_bytes(b"not an index")
    with pytest.raises(WrongIndex, match="publish again"):
        Searcher.load(tmp_path)
    release.searcher.save(tmp_path)
    shape = json.loads((tmp_path / "index.json").read_text())
    (tmp_path / "index.json").write_text(json.dumps(shape | {"labels": shape["labels"][:-1]}))
    with pytest.raises(WrongIndex):
        Searcher.load(tmp_path)


def test_one_text_gets_the_same_features_alone_as_in_a_crowd(release: Release) -> None:
    lexicon = Lexicon.fit([entry.question for entry in release.knowledge.entries])
    texts = ["小规模季度30万免税吗", "🙂", "VAT 1% 1%"]
    crowd = lexicon.weights(texts).toarray()
    alone = np.vstack([lexicon.weights([text]).toarray() for text in texts])
    assert np.allclose(crowd, alone, atol=1e-6)
