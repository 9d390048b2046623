from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.calibrate import Calibrator, bound, calibration_error, upper_limit


def test_the_upper_limit_is_clopper_and_pearsons() -> None:
    # The rule of three: none wrong of 300 leaves at most 1 − 0.05^(1/300) ≈ 0.994%.
    assert upper_limit(0, 300, 0.95) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert upper_limit(0, 0, 0.95) == 1.0


@given(st.integers(0, 50), st.integers(51, 500))
def test_the_upper_limit_lies_above_what_was_seen(wrong: int, answered: int) -> None:
    assert wrong / answered < upper_limit(wrong, answered, 0.95) <= 1


def test_a_bound_is_kept_where_the_data_support_it() -> None:
    confidence = np.linspace(0.5, 1, 2_000)
    right = np.random.default_rng(1).random(2_000) < 0.6 + 0.4 * (confidence > 0.7)
    kept = bound(confidence, right, target=0.02)
    assert kept.held
    assert kept.upper <= 0.02
    assert 0.65 < kept.threshold < 0.75


def test_without_enough_data_nothing_is_promised_and_nothing_answered() -> None:
    few = bound(np.array([0.99, 0.98]), np.array([True, True]), target=0.02)
    assert not few.held
    assert few.threshold > 1
    assert few.coverage == 0


def test_a_promise_of_two_percent_is_broken_in_few_of_many_draws() -> None:
    draw = np.random.default_rng(7)
    broken = 0
    for _ in range(100):
        confidence = draw.random(800)
        kept = bound(confidence, draw.random(800) < confidence**0.15, target=0.10)
        truth = 1 - ((1 - kept.threshold**1.15) / 1.15) / max(1 - kept.threshold, 1e-9)
        broken += kept.held and truth > 0.10
    assert broken <= 12  # 5 expected at 95%; 13 or more would be seen once in a thousand times


def test_calibrated_probabilities_match_what_happens() -> None:
    draw = np.random.default_rng(3)
    features = draw.normal(size=(4_000, 3))
    right = draw.random(4_000) < 1 / (1 + np.exp(-2 * features[:, 0]))
    calibrator = Calibrator.fit(features[:2_000], right[:2_000])
    assert calibration_error(calibrator(features[2_000:]), right[2_000:]) < 0.05


def test_calibration_refuses_examples_of_one_kind() -> None:
    with pytest.raises(ValueError, match="right and wrong"):
        Calibrator.fit(np.zeros((3, 2)), np.array([True, True, True]))
