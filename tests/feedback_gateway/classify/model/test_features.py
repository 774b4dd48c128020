"""What a model sees of a text: the same twice, never too much, and nothing raises."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.model.features import LONGEST, SHORTEST, Seen, build_vocabulary, list_terms, make_vector
from feedback_gateway.classify.model.in_use import load_starter
from feedback_gateway.classify.model.seeing import match_entries, see, see_text

STARTER = load_starter()
TEXTS = [Seen("la pompe est en panne"), Seen("la pompe du quartier"), Seen("le riz", {"FSL.MIS": 2.0}, ["medium=sms"])]


@given(st.text(max_size=300), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_becomes_numbers_and_the_same_ones_twice(text: str, context: list[str]) -> None:
    seen = see_text(text, None, context)
    indices, values = make_vector(seen, STARTER.vocabulary, STARTER.rarity)
    assert (indices, values) == make_vector(see_text(text, None, context), STARTER.vocabulary, STARTER.rarity)
    assert len(indices) == len(values)
    assert all(math.isfinite(value) and value > 0 for value in values)
    assert all(0 <= at < len(STARTER.vocabulary) for at in indices)


def test_words_pairs_and_pieces_of_words() -> None:
    whole, pieces, extra = list_terms(Seen("la pompe la", {"EHA.EAU": 1.5}, ["medium=ussd"]))
    assert whole == {"w:la": 2, "w:pompe": 1, "w:la pompe": 1, "w:pompe la": 1}
    assert pieces["pom"] == 1
    assert pieces[" la "] == 2
    assert {len(piece) for piece in pieces} == set(range(SHORTEST, LONGEST + 1))
    assert set(extra) == {"h:EHA.EAU", "c:medium=ussd"}


@pytest.mark.parametrize(
    ("number", "seen"), [("70123456", False), ("+22670123456", False), ("2026", False), ("300", True)]
)
def test_a_long_number_is_nobodys_business(number: str, seen: bool) -> None:
    whole, pieces, _ = list_terms(Seen(fold(f"appelez le {number} vite")))
    assert any(any(map(str.isdigit, term)) for term in (*whole, *pieces)) == seen


def test_a_long_text_counts_no_more_than_a_short_one() -> None:
    vocabulary, rarity = build_vocabulary(TEXTS, least=1, most=1000)

    def length(text: str) -> float:
        return math.hypot(*make_vector(Seen(text), vocabulary, rarity)[1])

    assert length("pompe") == pytest.approx(length("la pompe est en panne du quartier le riz " * 20))


@pytest.mark.parametrize(("weight", "same_as"), [(50.0, 5.0), (0.5, 0.5)])
def test_what_the_lexicon_found_counts_up_to_a_limit(weight: float, same_as: float) -> None:
    assert list_terms(Seen("", {"EHA.EAU": weight}))[2] == list_terms(Seen("", {"EHA.EAU": same_as}))[2]


def words_of(vocabulary: dict[str, int]) -> set[str]:
    return {term[2:] for term in vocabulary if term.startswith("w:")}


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(2, 1000, {"la", "pompe", "la pompe"}), (3, 1000, set()), (2, 1, set())],
)
def test_rare_terms_are_left_out_and_what_the_lexicon_found_is_always_in(
    least: int, most: int, words: set[str]
) -> None:
    vocabulary, rarity = build_vocabulary(TEXTS, least=least, most=most)
    assert words_of(vocabulary) == words
    assert {"h:FSL.MIS", "c:medium=sms"} <= vocabulary.keys()
    assert sorted(vocabulary.values()) == list(range(len(rarity)))


def test_a_rare_term_counts_more_than_a_common_one() -> None:
    vocabulary, rarity = build_vocabulary(TEXTS, least=1, most=1000)
    assert rarity[vocabulary["w:riz"]] > rarity[vocabulary["w:pompe"]] > rarity[vocabulary["h:FSL.MIS"]]


@pytest.mark.parametrize(
    ("language", "share"), [(None, 1.0), ("fr", 1.0), ("mos", 1.0), ("en", 0.4)], ids=["unsure", "fr", "mos", "en"]
)
def test_a_french_word_is_a_stranger_in_english_only(language: str | None, share: float) -> None:
    folded = fold("la pompe est en panne")
    entries = [entry for entry in match_entries(folded) if entry.language == "fr"]
    at_home = see(folded, entries, "fr").hits["EHA.EAU"]
    assert see(folded, entries, language).hits["EHA.EAU"] == pytest.approx(share * at_home)
