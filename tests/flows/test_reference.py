"""References: the check digit catches what people mistype, and a reference is found however it is written."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows import reference

NINE = st.text("0123456789", min_size=9, max_size=9)


@given(NINE)
def test_what_is_made_is_valid(nine: str) -> None:
    made = reference.make(nine)
    assert len(made) == 10
    assert made.startswith(nine)
    assert reference.is_valid(made)


@given(NINE, st.integers(0, 9), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_caught(nine: str, position: int, digit: str) -> None:
    made = reference.make(nine)
    assume(made[position] != digit)
    assert not reference.is_valid(made[:position] + digit + made[position + 1 :])


@given(NINE, st.integers(0, 8))
def test_every_swap_of_neighbours_is_caught(nine: str, position: int) -> None:
    made = reference.make(nine)
    swapped = made[:position] + made[position + 1] + made[position] + made[position + 2 :]
    assume(swapped != made)
    assert not reference.is_valid(swapped)


def test_the_published_example_of_the_damm_algorithm() -> None:
    assert reference.make("000000572") == "0000005724"


@pytest.mark.parametrize("wrong", ["", "12345678", "1234567890", "12345678a", "١٢٣٤٥٦٧٨٩"])
def test_a_reference_is_made_of_nine_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="nine digits"):
        reference.make(wrong)


REF = reference.make("482193705")


def test_it_is_shown_in_three_groups() -> None:
    assert reference.show(REF) == f"482 193 705{REF[-1]}"
    assert reference.show("12") == "12"


@pytest.mark.parametrize(
    "text",
    [
        REF,
        reference.show(REF),
        f"48-21-93-70-5{REF[-1]}",
        f"Ref:{REF}",
        f"ma demande {reference.show(REF)}, toujours rien",
        f"482.193.705{REF[-1]}.",
        f"482\u00a0193\u202f705{REF[-1]}",
        f"le 12 {REF}",
        f"{REF} 20 familles",
        f"70123456 et {REF}",
    ],
)
def test_it_is_found_however_it_is_written(text: str) -> None:
    assert reference.find(text) == [REF]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+226 70123456",
        "+22670123456",
        "+226 70 12 34 56",
        "70 12 34 56",
        "0022670123456",
        f"{REF}9",
        f"1{REF}",
        f"a{REF}",
        f"{REF}b",
        f"482 193  -  705{REF[-1]}",
        "4821937050",
    ],
)
def test_other_numbers_are_not_references(text: str) -> None:
    assert reference.find(text) == []


@pytest.mark.parametrize("typed", [REF, reference.show(REF), f" {REF} .", f"482/193/705{REF[-1]}", f"#{REF}"])
def test_a_reference_alone_is_read(typed: str) -> None:
    assert reference.read(typed) == REF


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert reference.read("1O0 l93 7I54") == "1001937154"
    assert reference.read("lol il oil o") is None


@pytest.mark.parametrize("typed", ["", "482193705", "48219370544", "suivi 4821937054", "482193705x"])
def test_anything_else_is_not_read(typed: str) -> None:
    assert reference.read(typed) is None


@given(NINE, st.sampled_from([" ", "-", ".", "/", "\u00a0"]), st.lists(st.integers(1, 9), max_size=5))
def test_any_grouping_is_found(nine: str, separator: str, cuts: list[int]) -> None:
    made = reference.make(nine)
    edges = [0, *sorted(set(cuts)), 10]
    typed = separator.join(made[start:stop] for start, stop in pairwise(edges))
    assert made in reference.find(f"voir {typed} svp")
    assert reference.read(typed) == made
