"""The answers to commands by SMS: the same in both languages, and one paid part each, whatever is filled in."""

from string import Formatter

import pytest

from feedback_gateway.lib.desk_texts import ENGLISH, FRENCH, say
from flows.gsm7 import parts, septets
from models.words import CaseState, Rejection

LONGEST = {
    "ref": "4821937058",
    "due": "31/12",
    "until": "31/12 23:59",
    "minutes": 15,
    "tried": 5,
    "most": 5,
    "word": "QUESTION",
    "n": 9999,
    "refs": ", ".join(["4821937058"] * 5),
}


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    assert list(FRENCH) == list(ENGLISH)
    assert {key: holes(text) for key, text in FRENCH.items()} == {key: holes(text) for key, text in ENGLISH.items()}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_answer_is_one_part_in_plain_letters(language: str) -> None:
    state = max((say(language, f"state_{each}") for each in CaseState), key=len)
    reason = max((say(language, each) for each in Rejection), key=len)
    for key in FRENCH:
        said = say(language, key, **LONGEST, state=state, reason=reason)
        assert septets(said) is not None, said
        assert parts(said) == 1, f"{septets(said)}: {said}"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_longest_list_is_one_part(language: str) -> None:
    three, two = ", ".join(["4821937058"] * 3), ", ".join(["4821937058"] * 2)
    said = " ".join(
        [say(language, "to_take", refs=three), say(language, "in_hand", refs=two), say(language, "more", n=9999)]
    )
    assert parts(said) == 1


def test_a_language_that_has_none_is_answered_in_french() -> None:
    assert say("mos", "closed") == FRENCH["closed"]
