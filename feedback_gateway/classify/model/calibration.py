"""Making probabilities honest, and finding from which on a guess may go on by itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from feedback_gateway.classify.model.linear import as_chances

PRECISION = 0.95
"""The share of guesses that go on by themselves which must be right."""

_TEMPERATURES = np.geomspace(0.15, 6.0, 120)


def find_temperature(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The temperature at which the true classes (their columns) are likeliest. 1 without anything to measure on."""
    if not len(truth):
        return 1.0
    best = min(_TEMPERATURES, key=lambda t: _surprise(scores / t, truth))
    return round(float(best), 3)


def _surprise(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    chances = as_chances(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chances, 1e-12)).mean())


def find_threshold(
    chances: Sequence[float], right: Sequence[bool], *, precision: float = PRECISION, least: int = 20
) -> tuple[float, float, float] | None:
    """(threshold, precision there, share at or above it): the lowest probability from which on enough are right.

    None when no threshold with at least `least` guesses above it holds the precision.
    """
    order = np.argsort(-np.asarray(chances, dtype=float), kind="stable")
    sorted_chances = np.asarray(chances, dtype=float)[order]
    hits = np.cumsum(np.asarray(right, dtype=float)[order])
    best: tuple[float, float, float] | None = None
    for at in range(len(order)):
        if at + 1 < len(order) and sorted_chances[at + 1] == sorted_chances[at]:
            continue  # those of the same probability stand or fall together
        share = hits[at] / (at + 1)
        if at + 1 >= least and share >= precision:
            best = (float(sorted_chances[at]), float(share), (at + 1) / len(order))
    return best


def calibration_error(chances: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: how far, on average, a stated probability is from the share that was right."""
    total = len(chances)
    if not total:
        return 0.0
    stated, hit = np.asarray(chances, dtype=float), np.asarray(right, dtype=float)
    slots = np.minimum((stated * bins).astype(int), bins - 1)
    return float(
        sum(
            (slots == slot).sum() / total * abs(stated[slots == slot].mean() - hit[slots == slot].mean())
            for slot in set(slots.tolist())
        )
    )
