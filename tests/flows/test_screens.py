"""Screens under both policies: folded to GSM-7, or kept as written and measured in UCS-2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.gsm7 import fits
from flows.screens import Limits, compose, shorten, split_pages

TEXTS = st.text(st.sampled_from("aé ê€{ɛ😭\n.?"), max_size=300)


@pytest.mark.parametrize(
    ("folds", "size", "words", "held"),
    [
        (True, 10, "ê" * 10, True),
        (True, 10, "ê" * 11, False),
        (False, 160, "ê" * 70, True),
        (False, 160, "ê" * 71, False),
        (False, 182, "ê" * 80, True),
        (False, 182, "ê" * 81, False),
        (False, 160, "é" * 160, True),
    ],
)
def test_a_screen_is_measured_as_it_is_encoded(folds: bool, size: int, words: str, held: bool) -> None:
    limits = Limits(size, folds)
    assert limits.holds(limits.dress(words)) is held


def test_letters_that_are_kept_take_more_pages() -> None:
    lines = [f"{key} Forêt de l'être" for key in range(1, 9)]
    folded, kept = (split_pages("Où ?", lines, ["0 Retour"], Limits(160, folds), 9) for folds in (True, False))
    assert len(folded) == 1
    assert len(kept) > 1
    assert [line for page in kept for line in page] == list(range(8))


@given(TEXTS, TEXTS, st.booleans(), st.integers(60, 182))
def test_a_screen_always_fits_and_keeps_its_keys(title: str, hint: str, folds: bool, size: int) -> None:
    limits = Limits(size, folds)
    screen = compose(title, ["1 Oui", "2 Non"], limits, hint)
    assert fits(screen, size)
    assert screen.endswith("1 Oui\n2 Non")


@given(TEXTS, st.booleans(), st.integers(30, 182))
def test_only_the_value_is_cut(value: str, folds: bool, size: int) -> None:
    limits = Limits(size, folds)
    screen = shorten("Voici : {value}.", "value", {"value": value}, limits)
    assert fits(screen, size)
    assert screen.startswith("Voici : ")
    assert screen.endswith(".")
