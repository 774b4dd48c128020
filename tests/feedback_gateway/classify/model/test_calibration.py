"""Probabilities made honest, and the threshold that holds what it promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from feedback_gateway.classify.model.calibration import (
    PRECISION,
    Scaling,
    calibration_error,
    find_scaling,
    find_threshold,
)
from feedback_gateway.classify.model.linear import as_chances

# Few different values, so that many guesses share one.
GUESSES = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), max_size=60)


def precision_from(guesses: list[tuple[float, bool]], threshold: float) -> tuple[int, float]:
    above = [right for chance, right in guesses if chance >= threshold]
    return len(above), sum(above) / len(above) if above else 0.0


@given(GUESSES, st.integers(1, 25), st.sampled_from([0.5, 0.8, PRECISION]))
def test_a_threshold_is_the_lowest_that_holds_the_precision(
    guesses: list[tuple[float, bool]], least: int, wanted: float
) -> None:
    found = find_threshold([c for c, _ in guesses], [r for _, r in guesses], precision=wanted, least=least)
    holding = []
    for threshold in {chance for chance, _ in guesses}:
        count, precision = precision_from(guesses, threshold)
        if count >= least and precision >= wanted:
            holding.append(threshold)
    if found is None:
        assert not holding
        return
    threshold, precision, share = found
    assert threshold == min(holding)
    assert precision == pytest.approx(precision_from(guesses, threshold)[1])
    assert precision >= wanted
    assert share == pytest.approx(precision_from(guesses, threshold)[0] / len(guesses))


@pytest.mark.parametrize(
    ("right", "found"),
    [
        ([True] * 20, (0.5, 1.0, 1.0)),
        ([True] * 19, None),  # too few to say
        ([True] * 19 + [False], (0.5, 0.95, 1.0)),
        ([True] * 18 + [False] * 2, None),
        ([], None),
    ],
)
def test_twenty_guesses_are_needed_to_promise_anything(
    right: list[bool], found: tuple[float, float, float] | None
) -> None:
    assert find_threshold([0.5] * len(right), right) == found


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_the_calibration_error_is_a_share(guesses: list[tuple[float, bool]]) -> None:
    assert 0 <= calibration_error([c for c, _ in guesses], [r for _, r in guesses]) <= 1


@pytest.mark.parametrize(
    ("chances", "right", "error"),
    [
        ([], [], 0.0),
        ([1.0] * 4, [True] * 4, 0.0),
        ([1.0] * 4, [False] * 4, 1.0),
        ([0.75] * 4, [True, True, True, False], 0.0),
        ([0.95] * 2 + [0.25] * 2, [True, False, False, False], 0.35),  # half of 0.45 and half of 0.25
    ],
)
def test_the_calibration_error_of_what_is_known(chances: list[float], right: list[bool], error: float) -> None:
    assert calibration_error(chances, right) == pytest.approx(error)


def draw_truth(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    chance = np.random.default_rng(2)
    return np.asarray([chance.choice(len(each), p=each) for each in as_chances(scores)])


def scale(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> Scaling:
    return find_scaling(scores, np.zeros_like(scores), truth, 2.0)


HONEST = np.random.default_rng(1).normal(scale=2.0, size=(2000, 4))


@pytest.mark.parametrize("boast", [0.25, 1.0, 4.0])
def test_the_temperature_takes_back_what_scores_boast(boast: float) -> None:
    found = scale(HONEST * boast, draw_truth(HONEST))
    assert found.temperature == pytest.approx(boast, rel=0.1)
    assert np.abs(found.offsets).max() < 0.3


def test_what_helps_counts_and_what_does_not_is_left_out() -> None:
    truth, chance = draw_truth(HONEST), np.random.default_rng(3)
    shown = chance.normal(size=HONEST.shape)
    helping = find_scaling(shown, HONEST - shown, truth, 0.2)
    assert helping.kinship == pytest.approx(1.0, abs=0.15)
    assert helping.temperature == pytest.approx(1.0, abs=0.15)
    assert find_scaling(HONEST, shown, truth, 2.0).kinship < 0.2


def test_of_few_texts_the_temperature_alone_may_be_asked() -> None:
    truth = draw_truth(HONEST + np.asarray([2.0, 0.0, 0.0, -2.0]))
    found = find_scaling(HONEST * 3, np.zeros_like(HONEST), truth, 2.0, only_temperature=True)
    assert (found.kinship, found.offsets.tolist()) == (2.0, [0.0] * 4)
    assert found.temperature > 2


def test_offsets_bring_in_how_often_each_class_comes() -> None:
    often = np.asarray([2.0, 0.0, 0.0, -2.0])
    truth = draw_truth(HONEST + often)
    found = scale(HONEST, truth)
    assert list(np.argsort(-found.offsets)[[0, -1]]) == [0, 3]
    stated = found.chances(HONEST, np.zeros_like(HONEST)).mean(axis=0)
    assert stated == pytest.approx(np.bincount(truth) / len(truth), abs=0.03)


def test_a_handful_of_texts_moves_the_offsets_less_than_many() -> None:
    truth = draw_truth(HONEST + np.asarray([3.0, 0.0, 0.0, -3.0]))
    few, many = (np.abs(scale(HONEST[:size], truth[:size]).offsets).max() for size in (15, 2000))
    assert few < many / 2


ROWS = st.tuples(st.integers(0, 2), st.lists(st.floats(-30, 30), min_size=3, max_size=3))


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=20))
def test_whatever_the_scores_what_is_found_is_usable(rows: list[tuple[int, list[float]]]) -> None:
    scores = np.asarray([each for _, each in rows])
    found = find_scaling(scores, -scores, np.asarray([label for label, _ in rows]), 2.0)
    assert 0.1 < found.temperature < 25
    assert 0 <= found.kinship <= 6
    assert np.isfinite(found.offsets).all()


def test_without_anything_to_measure_on_nothing_is_changed() -> None:
    found = scale(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
    assert (found.temperature, found.kinship, found.offsets.tolist()) == (1.0, 2.0, [0.0, 0.0, 0.0])
