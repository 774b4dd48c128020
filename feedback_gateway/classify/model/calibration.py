"""Making probabilities honest, and finding from which on a guess may go on by itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from feedback_gateway.classify.model.linear import as_chances

PRECISION = 0.95
"""The share of guesses that go on by themselves which must be right."""

_SHY = 4.0  # how much an offset has to earn; a class that a handful of texts speak of barely moves


def find_scaling(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> tuple[float, NDArray[np.float64]]:
    """(temperature, offset by class) at which the true classes (their columns) are likeliest.

    The temperature takes back what a model boasts. The offsets bring in how often each class really comes: seeds are
    written as often for a rare thing as for a common one. The fewer texts, the smaller the offsets. (1, zeros) without
    anything to measure on.
    """
    from scipy.optimize import minimize  # only a training needs it: reading stays small

    size = scores.shape[1]
    if not len(truth):
        return 1.0, np.zeros(size)
    rows = np.arange(len(truth))

    def cost(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        cold, offsets = np.exp(point[0]), point[1:]
        chances = as_chances(scores * cold + offsets)
        surprise = -np.log(np.maximum(chances[rows, truth], 1e-12)).mean() + _SHY * (offsets @ offsets) / len(truth)
        wrong = chances.copy()
        wrong[rows, truth] -= 1
        slope = np.append(
            (wrong * scores).sum() / len(truth) * cold, wrong.mean(axis=0) + 2 * _SHY * offsets / len(truth)
        )
        return float(surprise), slope

    found = minimize(cost, np.zeros(size + 1), jac=True, method="L-BFGS-B", bounds=[(-2, 2)] + [(-4, 4)] * size)
    return round(float(np.exp(-found.x[0])), 4), np.round(found.x[1:], 4)


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
