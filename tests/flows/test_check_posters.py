"""The check looks at what is printed on posters too."""

from dataclasses import replace

import pytest

from flows.book import PRINTED, Book, open_book
from flows.check import check
from flows.texts import Text

KEY = f"{PRINTED}tell"


def book_saying(language: str, key: str, words: str) -> Book:
    book = open_book()
    texts = {code: dict(own) for code, own in book.texts.words.items()}
    texts[language][key] = Text(words, language)
    return replace(book, texts=replace(book.texts, words=texts))


@pytest.mark.parametrize(
    ("language", "words", "what"),
    [
        ("fr", "Contre la fraude", "a poster would show 'fraude' to everybody"),
        ("mos", "Gomd ne VBG yelle", "a poster would show 'vbg' to everybody"),
        ("fr", "Votre numéro : {reference}", "nothing is filled in on a poster"),
    ],
)
def test_what_may_not_stand_on_a_poster_is_found(language: str, words: str, what: str) -> None:
    (problem,) = [problem for problem in check(book_saying(language, KEY, words)) if problem.node == KEY]
    assert (problem.language, problem.what) == (language, what)


def test_texts_for_posters_are_used_though_no_screen_shows_them() -> None:
    assert not [problem for problem in check(open_book()) if problem.node.startswith(PRINTED)]
