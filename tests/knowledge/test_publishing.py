from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from knowledge import release
from knowledge.entries import Knowledge
from knowledge.files import read_content
from knowledge.golden import Golden, GoldenEntry, Phrasing
from knowledge.lessons import Lessons
from knowledge.publishing import (
    SPLITS,
    CannotPublish,
    Split,
    Target,
    build,
    is_left_out,
    questions_for,
    split_of,
)
from retrieval.encode import BUILT_IN, OnnxEncoder
from retrieval.evaluate import Labelled
from retrieval.normalise import Normaliser
from tests.conftest import CONTENT, few_subjects

PINNED = ["calibrate", "calibrate", "calibrate", "train"]
LEARNED = ("weights.npy", "head.npz", "bias.npy")


@cache
def shipped() -> tuple[Knowledge, Golden, Normaliser]:
    content = read_content(CONTENT)
    return content.knowledge, content.golden, Normaliser(content.knowledge.synonyms)


@cache
def shipped_sets() -> dict[Split, list[Labelled]]:
    _, golden, normaliser = shipped()
    return {split: list(questions_for(split, golden, normaliser)) for split in SPLITS}


def test_no_question_is_in_two_sets_nor_twice_in_one() -> None:
    asked = Counter(question.text for questions in shipped_sets().values() for question in questions)
    assert [text for text, times in asked.items() if times > 1] == []


def test_questions_of_one_entry_put_in_one_manner_are_all_in_one_set() -> None:
    sets_of: dict[tuple[str | None, str], set[Split]] = {}
    for split, questions in shipped_sets().items():
        for question in questions:
            if question.label:
                sets_of.setdefault((question.label, question.kind), set()).add(split)
    assert len(sets_of) > 2_000
    assert {family: sets for family, sets in sets_of.items() if len(sets) > 1} == {}


def test_every_golden_question_is_in_a_set() -> None:
    _, golden, _ = shipped()
    answerable = sum(
        question.label is not None for questions in shipped_sets().values() for question in questions
    )
    assert answerable == sum(len(item.ask) for item in golden.questions)


def test_no_golden_question_is_a_question_that_an_entry_learns_from() -> None:
    knowledge, _, normaliser = shipped()
    own = {normaliser(question) for entry in knowledge.entries for question in entry.questions}
    golden = {question.text for questions in shipped_sets().values() for question in questions}
    assert golden & own == set()


def test_a_family_stays_in_its_set_for_good() -> None:
    kinds = ("short", "story", "elliptical", "wrong_word")
    assert [split_of(f"vat-small-threshold/{kind}") for kind in kinds] == PINNED
    shares = Counter(split_of(f"entry-{number}/short") for number in range(10_000))
    assert shares["train"] == pytest.approx(3_000, abs=200)
    assert shares["calibrate"] == pytest.approx(4_500, abs=200)


def test_the_encoder_never_learns_an_entry_whose_questions_serve_as_strange_ones() -> None:
    knowledge, _, normaliser = shipped()
    taught = {label for _, label in Lessons.of(knowledge, normaliser).examples}
    left_out = {entry.id for entry in knowledge.entries if is_left_out(entry.id)}
    assert len(left_out) > 30
    assert taught & left_out == set()


def garbled(golden: Golden) -> Golden:
    """The same, but the questions of entries that are not for training are written backwards."""

    def rewritten(item: GoldenEntry, phrasing: Phrasing) -> Phrasing:
        taught = split_of(f"{item.entry}/{phrasing.kind}") == "train"
        return phrasing if taught else phrasing.model_copy(update={"text": phrasing.text[::-1]})

    questions = (
        item.model_copy(update={"ask": tuple(rewritten(item, phrasing) for phrasing in item.ask)})
        for item in golden.questions
    )
    return golden.model_copy(update={"questions": tuple(questions)})


def test_only_the_questions_for_training_teach_the_ranker_and_the_calibrators(
    published: Path, tmp_path: Path
) -> None:
    knowledge, golden = few_subjects()
    built = build(knowledge, garbled(golden), OnnxEncoder(BUILT_IN), Target(0.001, 0.99))
    release.save(tmp_path, knowledge, built.searcher)
    before = published / "releases" / "0001"
    for name in LEARNED:
        assert (tmp_path / name).read_bytes() == (before / name).read_bytes(), name
    then, now = (json.loads((folder / "calibration.json").read_text()) for folder in (before, tmp_path))
    assert (now["first"], now["among"]) == (then["first"], then["among"])
    assert then["bound"]["held"]
    assert not now["bound"]["held"]
    assert not built.report["bound"]["held"]
    assert built.report["test"]["coverage"] == 0
    assert built.report["encoder"]["recipe"]


def test_publishing_without_enough_golden_questions_is_refused_before_anything_is_built() -> None:
    knowledge, golden = few_subjects()
    with pytest.raises(CannotPublish, match="golden questions of 50 entries"):
        build(knowledge, Golden(negatives=golden.negatives), OnnxEncoder(BUILT_IN))
    with pytest.raises(CannotPublish, match="some negatives"):
        build(knowledge, Golden(questions=golden.questions), OnnxEncoder(BUILT_IN))
    with pytest.raises(CannotPublish, match="import the knowledge first"):
        build(Knowledge(policies=(), entries=()), golden, OnnxEncoder(BUILT_IN))
