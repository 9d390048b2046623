from __future__ import annotations

import numpy as np
import pytest

from bench.exam import coverage, marks
from knowledge.publishing import NEAR
from retrieval.evaluate import Labelled


def flags(text: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([letter == "1" for letter in text])


def test_coverage_goes_down_to_the_last_threshold_where_enough_is_right() -> None:
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    assert coverage(score, flags("11011"), flags("11111"), precision=0.8) == 1.0
    assert coverage(score, flags("11011"), flags("11111"), precision=0.9) == 0.4


def test_answers_of_one_score_are_given_together_or_not_at_all() -> None:
    score = np.array([0.9, 0.8, 0.8])
    assert coverage(score, flags("110"), flags("111"), precision=1.0) == pytest.approx(1 / 3)


def test_an_answer_to_what_nothing_answers_counts_as_wrong_and_not_as_covered() -> None:
    score = np.array([0.9, 0.8])
    assert coverage(score, flags("01"), flags("01"), precision=1.0) == 0.0
    assert coverage(score, flags("01"), flags("01"), precision=0.5) == 1.0


def test_nothing_is_covered_where_no_threshold_keeps_the_precision() -> None:
    assert coverage(np.array([0.9, 0.8]), flags("00"), flags("11"), precision=0.98) == 0.0


def test_a_further_right_entry_is_as_right_and_any_of_five_is_recalled() -> None:
    asked = [
        Labelled("a", "x", frozenset({"y"})),
        Labelled("b", "x"),
        Labelled("c", None, kind="foreign"),
        Labelled("d", None, kind=NEAR),
    ]
    found = marks(asked, [(["y"], 0.9), (["z", "x"], 0.5), (["x"], 0.1), (["x"], 0.7)])
    assert (found.top1, found.recall_at_5) == (0.5, 1.0)
    assert (found.auroc_far, found.auroc_near, found.auroc) == (1.0, 0.5, 0.75)
