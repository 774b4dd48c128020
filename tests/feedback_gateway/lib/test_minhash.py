"""Fingerprints: how much two texts share can be told from them, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib.minhash import SLOTS, fingerprint, resemblance

KEY = b"a key of the house"
WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=8), max_size=40)


def alike(a: str, b: str) -> float:
    return resemblance(fingerprint(a, KEY), fingerprint(b, KEY))


def share(a: str, b: str) -> float:
    """What resemblance estimates: the share of the groups of three letters that both texts have."""
    first, second = ({f" {word} "[at : at + 3] for word in text.split() for at in range(len(word))} for text in (a, b))
    return len(first & second) / len(first | second) if first | second else 0.0


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_it_is_near_the_share_of_letter_groups(a: str, b: str) -> None:
    assert abs(alike(a, b) - share(a[:480], b[:480])) < 0.16  # five standard deviations


@given(WORDS)
def test_the_order_of_the_words_is_nothing(words: list[str]) -> None:
    assert fingerprint(" ".join(words), KEY) == fingerprint(" ".join(sorted(words)), KEY)


@given(WORDS.map(" ".join))
def test_a_text_is_wholly_like_itself_and_a_print_has_one_size(text: str) -> None:
    made = fingerprint(text, KEY)
    assert len(made) == (SLOTS if text else 0)
    assert resemblance(made, made) == (1.0 if text else 0.0)


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_both_ways_are_the_same(a: str, b: str) -> None:
    assert alike(a, b) == alike(b, a)
    assert 0 <= alike(a, b) <= 1


def test_a_slip_of_the_keypad_is_the_same_text_and_another_thing_is_not() -> None:
    said = "le forage du site de barsalogho est gate il n y a pas d eau"
    assert alike(said, "le forage du site barsalogho es gate ya pas deau") > 0.5
    assert alike(said, "les latrines du secteur 6 sont pleines") < 0.3


def test_without_the_key_the_print_of_a_known_text_is_not_found() -> None:
    said = "la pompe est en panne depuis lundi"
    assert resemblance(fingerprint(said, KEY), fingerprint(said, b"another key")) < 0.1


def test_what_comes_after_the_first_three_sms_is_not_read() -> None:
    assert fingerprint("eau " * 120 + "latrine", KEY) == fingerprint("eau " * 120, KEY)


def test_prints_of_another_size_are_not_compared() -> None:
    made = fingerprint("la pompe", KEY)
    assert resemblance(made, made[:64]) == 0.0


def test_prints_that_were_stored_stay_good() -> None:
    """A change of the permutations would make strangers of all that is stored: it needs a migration."""
    assert fingerprint("la pompe est en panne", KEY)[:8].hex() == "c79a11512b23759a"
