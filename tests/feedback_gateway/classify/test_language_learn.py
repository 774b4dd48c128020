"""Learning a language from pasted lines, and using it."""

import random
from collections.abc import Iterator

import pytest

from feedback_gateway.classify import detect_language
from feedback_gateway.classify.language import load_detector, read_confidence, read_shipped, use_added_languages
from feedback_gateway.classify.language_learn import LEAST_LINES, Learnt, learn_language

CODE = "qaa"  # reserved by ISO 639-2 for local use


def speak(lines: int, seed: int) -> list[str]:
    """Lines in a language that nobody speaks, so that no text of anybody is needed."""
    chance = random.Random(0)
    words = ["".join(chance.choices(["zuv", "xol", "qip", "vyx", "jeq", "wuz", "ox"], k=k)) for k in (1, 2, 3) * 40]
    draw = random.Random(seed)
    return [" ".join(draw.choices(words, k=8)) for _ in range(lines)]


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn_language(CODE, speak(80, seed=1), read_shipped(), read_confidence())


@pytest.fixture
def added(learnt: Learnt) -> Iterator[None]:
    use_added_languages([learnt])
    yield
    use_added_languages([])


def test_a_score_comes_with_it(learnt: Learnt) -> None:
    assert (learnt.code, learnt.lines) == (CODE, 80)
    assert learnt.recognised > 0.9
    assert learnt.wrongly_taken < 0.05


@pytest.mark.usefixtures("added")
def test_an_added_language_is_told_and_the_others_still_are() -> None:
    assert all(detect_language(line).code == CODE for line in speak(10, seed=2))
    assert detect_language("le forage est en panne depuis hier").code == "fr"
    assert load_detector().detector.codes[-1] == CODE


def test_a_language_that_is_taken_away_is_unknown_again(learnt: Learnt) -> None:
    use_added_languages([learnt])
    use_added_languages([])
    assert all(detect_language(line).code != CODE for line in speak(10, seed=2))


def test_a_background_language_of_the_same_code_gives_way() -> None:
    tables = read_shipped()
    assert "wol" in tables.background
    found = learn_language("wol", speak(60, seed=3), tables, read_confidence())
    assert "wol" in found.replaces


@pytest.mark.parametrize(
    ("code", "lines", "said"),
    [
        (CODE, speak(LEAST_LINES - 1, seed=1), "59 different lines"),
        (CODE, speak(1, seed=1) * 100, "1 different lines"),
        (CODE, ["abc"] * 100, "0 different lines"),
        (CODE, ["ждать и догонять"] * 100, "0 different lines"),
        ("mos", speak(80, seed=1), "known already"),
        ("ar", speak(80, seed=1), "known already"),
        ("Dagbani", speak(80, seed=1), "a code has"),
        ("", speak(80, seed=1), "a code has"),
    ],
)
def test_what_cannot_be_learnt_is_said(code: str, lines: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        learn_language(code, lines, read_shipped(), read_confidence())
