"""Keywords: whole messages, however they are typed; a complaint that holds one stays a complaint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.book import open_book
from flows.fold import fold_words
from flows.keywords import is_slip


@pytest.mark.parametrize(
    ("typed", "keyword"),
    [
        *((word, "stop") for word in ("STOP", "stop.", "Arrêt", "ARRETE", "Arrêter !", "DÉSABONNER", "StopAll")),
        *((word, "stop") for word in ("UNSUBSCRIBE", "revoke", "OPTOUT", "Stop all")),
        *((word, "leave") for word in ("END", "quit", "Cancel", "fin")),
        *((word, "start") for word in ("START", "Unstop", "YES", "oui")),
        *((word, "help") for word in ("HELP", "Info", "Aide", "menu", "Bonjour")),
        *((word, "status") for word in ("statut", "STATUS", "Suivi")),
        *((word, "language") for word in ("LANGUE", "language")),
    ],
)
def test_keywords(typed: str, keyword: str) -> None:
    assert open_book().keywords.flows[fold_words(typed)] == keyword


@pytest.mark.parametrize(
    "typed",
    ["stop violence", "Stop please", "ils veulent arrêter l'aide", "aidez-nous", "au secours", "non", "fin de mois"],
)
def test_more_words_are_no_keyword(typed: str) -> None:
    assert fold_words(typed) not in open_book().keywords.flows


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Français", "fr"),
        ("English", "en"),
        ("MOORE", "mos"),
        ("Dioula", "dyu"),
        ("fulfuldé", "ff"),
        ("gulmancema", "gux"),
    ],
)
def test_a_language_is_chosen_by_its_name(typed: str, language: str) -> None:
    assert open_book().keywords.languages[fold_words(typed)] == language


@pytest.mark.parametrize(
    ("typed", "keyword"),
    [
        *((word, "stop") for word in ("arrett", "Arreet", "stopp", "STPO", "Arête", "unsuscribe", "désaboner")),
        *((word, "help") for word in ("aidee", "ADIE", "hepl", "bonjou", "infp", "informatoin")),
        *((word, "status") for word in ("suvi", "suivii", "staatus", "statuts")),
        *((word, "language") for word in ("lanque", "langage", "languge")),
    ],
)
def test_one_slip_is_understood(typed: str, keyword: str) -> None:
    keywords = open_book().keywords
    assert keywords.flows[keywords.correct(fold_words(typed))] == keyword


@pytest.mark.parametrize(
    ("typed", "language"), [("francai", "fr"), ("Englsh", "en"), ("fulfude", "ff"), ("diula", "dyu")]
)
def test_one_slip_in_the_name_of_a_language_is_understood(typed: str, language: str) -> None:
    keywords = open_book().keywords
    assert keywords.languages[keywords.correct(fold_words(typed))] == language


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "vide",
            "nuit",
            "fuit",
            "huit",
            "aides",
            "aidez",
            "step",
            "shop",
            "arrest",
            "mangue",
            "sang",
            "longue",
            "venu",
        ),
        *("stp", "mort", "peur", "wula", "meme", "poore"),  # too short, or near a word of a national language
        *("satut"),  # two keywords are as near
        *("ztup", "arrrett", "aide moi", "stop viol", "arrett la violence", "ouf", "numero"),
        *("yes", "est", "non", "kaya", "😭", ""),
    ],
)
def test_words_of_their_own_are_not_corrected(typed: str) -> None:
    assert open_book().keywords.correct(fold_words(typed)) == fold_words(typed)


def test_a_lookalike_is_one_letter_away_or_it_needs_no_place_in_the_list() -> None:
    keywords = open_book().keywords
    for word in keywords.lookalikes:
        assert any(is_slip(word, keyword) for keyword in keywords.tolerant), word


@pytest.mark.parametrize(
    ("typed", "after"),
    [("suivi 482", "482"), ("suvi 482", "482"), ("statt 1", "1"), ("ref 4", "4"), ("rfe 4", None), ("pompe 4", None)],
)
def test_what_follows_a_word_before_a_reference(typed: str, after: str | None) -> None:
    assert open_book().keywords.without_keyword(typed) == after


@pytest.mark.parametrize(
    ("typed", "word", "slip"),
    [
        ("sto", "stop", True),
        ("stopp", "stop", True),
        ("stup", "stop", True),
        ("tsop", "stop", True),
        ("stop", "stop", False),
        ("tspo", "stop", False),
        ("sp", "stop", False),
        ("opst", "stop", False),
        ("", "a", True),
        ("a", "", True),
        ("ab", "ba", True),
    ],
)
def test_slips(typed: str, word: str, slip: bool) -> None:
    assert is_slip(typed, word) is slip


def distance(left: str, right: str) -> int:
    """Damerau-Levenshtein, optimal string alignment, by the textbook table."""
    table = [[max(i, j) if not i or not j else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            same = left[i - 1] == right[j - 1]
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_slip_is_a_distance_of_one(typed: str, word: str) -> None:
    assert is_slip(typed, word) == (distance(typed, word) == 1)
