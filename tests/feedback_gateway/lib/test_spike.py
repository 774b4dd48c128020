"""A day that stands out: real jumps are found, ordinary and bursty days are not, and an old spike hides no new one."""

from bisect import bisect_left
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib.spike import LEAST, is_spike, usual

PAST = st.lists(st.integers(0, 30), max_size=28)


def first_spike(past: list[int]) -> int | None:
    """The smallest count that is a spike after such days."""
    first = bisect_left(range(501), True, key=lambda today: is_spike(today, past))
    return first if first < 501 else None


@pytest.mark.parametrize(
    ("past", "today", "found"),
    [
        ([0] * 28, 3, False),
        ([0] * 28, 4, True),
        ([1] * 28, 14, True),
        ([0, 1, 2, 1] * 7, 14, True),
        ([0, 1, 2, 1] * 7, 5, False),
        ([10] * 28, 16, False),
        ([10] * 28, 40, True),
        ([1] * 20 + [14] * 4 + [1] * 4, 14, True),  # four bad days three weeks ago
        ([14] * 14 + [1] * 14, 14, False),  # for half of the time it was so
        ([0] * 3, 14, False),  # three days are not much of a past
        ([], 500, False),
    ],
)
def test_jumps(past: list[int], today: int, found: bool) -> None:
    assert is_spike(today, past) is found


@given(PAST, st.integers(0, 600))
def test_one_case_more_never_ends_an_alarm(past: list[int], today: int) -> None:
    assert is_spike(today + 1, past) or not is_spike(today, past)


@given(PAST, st.randoms())
def test_the_order_of_the_days_is_nothing(past: list[int], random: Random) -> None:
    mixed = list(past)
    random.shuffle(mixed)
    assert first_spike(mixed) == first_spike(past)


@given(st.lists(st.integers(0, 6), min_size=28, max_size=28), st.integers(0, 1000))
def test_how_high_an_old_spike_was_is_nothing(days: list[int], higher: int) -> None:
    *ordinary, highest = sorted(days)
    assert first_spike([*ordinary, highest + higher]) == first_spike(days)


@given(PAST)
def test_few_cases_are_never_a_spike(past: list[int]) -> None:
    first = first_spike(past)
    assert first is None or first >= LEAST


@given(st.integers(0, 8), st.integers(1, 8))
def test_a_busier_place_needs_more(count: int, more: int) -> None:
    quiet, busy = first_spike([count] * 28), first_spike([count + more] * 28)
    assert quiet is not None
    assert busy is not None
    assert quiet < busy or quiet == LEAST


@pytest.mark.parametrize("bursts", [None, 5.0, 2.0, 1.0], ids=["poisson", "shape 5", "shape 2", "shape 1"])
def test_at_most_one_day_in_two_hundred_on_which_nothing_happened_gives_an_alarm(bursts: float | None) -> None:
    """Poisson days, and negative binomial ones whose variance is the mean and its square by the shape."""
    random = np.random.default_rng(20)
    rates = {}
    for mean in (0.05, 0.2, 0.5, 1, 3, 8, 20):
        rate = mean if bursts is None else random.gamma(bursts, mean / bursts, (1500, 29))
        days = random.poisson(rate, (1500, 29)).tolist()
        rates[mean] = sum(is_spike(today, past) for today, *past in days) / 1500
    assert max(rates.values()) <= 1 / 200


@pytest.mark.parametrize(("past", "median"), [([], 0.0), ([0, 0, 1], 0.0), ([1] * 20 + [14] * 8, 1.0), ([1, 2], 1.5)])
def test_the_usual_day(past: list[int], median: float) -> None:
    assert usual(past) == median
