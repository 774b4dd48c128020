"""Whether a day stands out from its own recent past, judged for small counts that come in bursts.

The days of a place are taken as negative binomial. Its mean and its burstiness are not known: every pair of a grid is
weighed by how well it explains the past, and the day stands out when the pairs together give it less than RARE.
The busiest days of the past only count as "at least as many as an ordinary day", so an earlier spike hides no later
one, however high it was.
"""

from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST = 4
"""Fewer cases than this are never a spike, nor shown as a number: a smaller count points at people."""

RARE = 0.001
"""How often a day like the past ones may reach the count by chance. Of simulated days that nothing happened on, even
bursty ones, fewer than 1 in 200 then give an alarm (tests/feedback_gateway/lib/test_spike.py)."""

BUSY_SHARE = 7
"""One day in this many may have been out of the ordinary: four of four weeks."""

MOST = 500
"""Higher counts are taken as this many."""

_MEANS = np.geomspace(0.02, 250, 36)
_SHAPES = np.array([100, 10, 5, 2.5, 1.2, 0.6])  # of the negative binomial: 100 is Poisson's, 0.6 bursts
_PRIOR = 0.5  # Jeffreys' for a mean: its density falls with the root


class _Grid(NamedTuple):
    """One row for each pair of mean and shape; the columns are counts from 0 to MOST. All are logarithms."""

    exactly: NDArray[np.float64]
    at_least: NDArray[np.float64]
    prior: NDArray[np.float64]


def usual(past: Sequence[int]) -> float:
    """What is said to be usual: the median day; 0 without a past."""
    return float(median(past)) if past else 0.0


def is_spike(today: int, past: Sequence[int]) -> bool:
    """Whether `today` is at least LEAST and more than the days of `past` (cases a day, in any order) explain.

    A day that is not over yet is compared with whole ones: the answer may only go from no to yes as its count rises.
    A past of fewer than some days explains nearly everything.
    """
    if today < LEAST:
        return False
    grid = _grid()
    days = np.sort(np.minimum(np.array(past, np.int64), MOST))
    busy = days.size // BUSY_SHARE
    ordinary = days[: days.size - busy]
    weights = grid.prior + grid.exactly[:, ordinary].sum(axis=1)
    if busy:
        weights += busy * grid.at_least[:, ordinary[-1]]
    weights = np.exp(weights - weights.max())
    chance = weights @ np.exp(grid.at_least[:, min(today, MOST)]) / weights.sum()
    return bool(chance < RARE)


@cache
def _grid() -> _Grid:
    """1.7 MB, made in milliseconds and only where somebody asks."""
    means, shapes = (axis.reshape(-1, 1) for axis in np.meshgrid(_MEANS, _SHAPES))
    counts = np.arange(MOST)
    steps = np.log((counts + shapes) / (counts + 1) * means / (shapes + means))
    none = shapes * np.log(shapes / (shapes + means))
    exactly = none + np.hstack([np.zeros_like(means), np.cumsum(steps, axis=1)])
    fewer = np.hstack([np.zeros_like(means), np.cumsum(np.exp(exactly), axis=1)[:, :-1]])
    at_least = np.log(np.clip(1 - fewer, 1e-12, 1))
    return _Grid(exactly, at_least, _PRIOR * np.log(means).ravel())
