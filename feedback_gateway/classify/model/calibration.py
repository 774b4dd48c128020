"""Making probabilities honest, and finding from which on a guess may go on by itself."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_gateway.classify.model.linear import as_chances

PRECISION = 0.95
"""The share of guesses that go on by themselves which must be right."""

_MOST_KIN = 6.0
_SHY = 4.0  # how much an offset has to earn; a class that a handful of texts speak of barely moves


class Scaling(NamedTuple):
    """How scores become probabilities: (plain + kinship * kin) / temperature + offsets, then as_chances()."""

    temperature: float
    kinship: float
    offsets: NDArray[np.float64]

    def chances(self, plain: NDArray[np.float64], kin: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities of each class, by row."""
        return as_chances((plain + self.kinship * kin) / self.temperature + self.offsets)


def find_scaling(
    plain: NDArray[np.float64],
    kin: NDArray[np.float64],
    truth: NDArray[np.int64],
    kinship: float,
    *,
    temperature: float = 1.0,
    only_temperature: bool = False,
) -> Scaling:
    """The scaling at which the true classes (their columns) are likeliest. `kinship` and `temperature` are what holds
    until enough texts say otherwise.

    The temperature takes back what a model boasts. The offsets bring in how often each class really comes: seeds are
    written as often for a rare thing as for a common one. The fewer texts, the smaller the offsets. Without anything
    to measure on, those two stay.
    """
    from scipy.optimize import minimize  # only a training needs it: reading stays small

    size = plain.shape[1]
    if not len(truth):
        return Scaling(temperature, kinship, np.zeros(size))
    rows, shy, usual = np.arange(len(truth)), _SHY / len(truth), -np.log(temperature)

    def cost(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        cold, share, offsets = np.exp(point[0]), point[1], point[2:]
        scores = plain + share * kin
        chances = as_chances(scores * cold + offsets)
        held = shy * (offsets @ offsets + (share - kinship) ** 2 + (point[0] - usual) ** 2)
        surprise = -np.log(np.maximum(chances[rows, truth], 1e-12)).mean() + held
        wrong = chances.copy()
        wrong[rows, truth] -= 1
        wrong /= len(truth)
        slope = np.asarray([(wrong * scores).sum() * cold, (wrong * kin).sum() * cold])
        slope += 2 * shy * (point[:2] - (usual, kinship))
        return float(surprise), np.append(slope, wrong.sum(axis=0) + 2 * shy * offsets)

    start = np.append([usual, kinship], np.zeros(size))
    free = [(kinship, kinship)] + [(0, 0)] * size if only_temperature else [(0, _MOST_KIN)] + [(-4, 4)] * size
    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(-3, 2), *free])
    return Scaling(round(float(np.exp(-found.x[0])), 4), round(float(found.x[1]), 4), np.round(found.x[2:], 4))


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
