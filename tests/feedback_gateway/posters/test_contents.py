"""What stands on a poster."""

from dataclasses import replace

import pytest

from feedback_gateway.posters import Line, compose
from feedback_gateway.posters.contents import TALK_KEY
from flows.book import FALLBACK, PRINTED, Book, open_book
from flows.definition import Menu
from flows.sensitive import find_sensitive, read_sensitive
from flows.texts import Text, Texts
from tests.feedback_gateway.posters.samples import BOTH, CODE, SMS, poster_of, sample_tree

LANGUAGES = ("fr", "en", "mos", "dyu", "ff")


@pytest.fixture
def book() -> Book:
    return open_book()


def test_the_steps_are_counted_and_what_is_always_true_is_not() -> None:
    rows = poster_of("KY12").rows
    assert [(row.pictogram, row.number) for row in rows] == [
        ("speak", 1),
        ("number", 2),
        ("clock", 3),
        ("answer", 4),
        ("person", None),
        ("lock", None),
        ("free", None),
        ("aid", None),
    ]
    assert {len(row.words) for row in rows} == {3}


def test_a_line_that_costs_something_does_not_say_it_is_free_but_aid_is() -> None:
    shown = [row.pictogram for row in poster_of("KY12", Line(CODE, SMS, free=False)).rows]
    assert "free" not in shown
    assert "aid" in shown


def test_the_key_for_a_person_is_that_of_the_first_screen(book: Book) -> None:
    home = book.node(book.start("home"))
    assert isinstance(home, Menu)
    assert home.options[TALK_KEY].then == book.start("callback")
    for language in LANGUAGES:
        assert TALK_KEY in book.texts.words[language][f"{PRINTED}person"].words
    (row,) = [row for row in poster_of("KY12").rows if row.press]
    assert (row.pictogram, row.press) == ("person", TALK_KEY)


def test_a_line_without_a_code_names_no_key() -> None:
    rows = poster_of("KY12", Line("", SMS)).rows
    assert not any(row.press or TALK_KEY in " ".join(row.words) for row in rows)
    assert "person" in [row.pictogram for row in rows]


def test_every_language_has_every_text(book: Book) -> None:
    keys = {key for key in book.texts.words[FALLBACK] if key.startswith(PRINTED)} - {f"{PRINTED}proof"}
    for language in LANGUAGES:
        assert keys <= set(book.texts.words[language]), language


def test_every_text_is_used(book: Book) -> None:
    asked: set[str] = set()

    class Listening(Texts):
        def get(self, language: str | None, key: str) -> Text:
            asked.add(key)
            return book.texts.get(language, key)

    tree, texts = sample_tree(), Listening(book.texts.names, book.texts.words)
    for line in (BOTH, Line("", SMS)):
        compose(tree.by_code["KY12"], tree, texts, line, ["mos"])
    assert asked == {key for key in book.texts.words[FALLBACK] if key.startswith(PRINTED)}


def test_no_word_that_may_not_be_seen_by_everybody(book: Book) -> None:
    words = read_sensitive()
    for language in book.languages:
        for key, text in book.texts.words[language].items():
            if key.startswith(PRINTED):
                assert find_sensitive(words, language, text.words) is None, (language, key)


def changed(texts: Texts, language: str, key: str, text: Text | None) -> Texts:
    words = {code: dict(own) for code, own in texts.words.items()}
    if text is None:
        del words[language][key]
    else:
        words[language][key] = text
    return replace(texts, words=words)


def test_languages_with_drafts_are_named_until_the_last_is_confirmed(book: Book) -> None:
    assert poster_of("KY12").drafts == ("Mooré", "Fulfulde")
    assert poster_of("KY12", BOTH, "en").drafts == ()
    tree, texts = sample_tree(), book.texts
    for key, text in book.texts.words["mos"].items():
        texts = changed(texts, "mos", key, replace(text, draft=False))
    assert compose(tree.by_code["KY12"], tree, texts, BOTH, ["mos"]).drafts == ()
    texts = changed(texts, "mos", f"{PRINTED}tell", Text("...", "mos", draft=True))
    assert compose(tree.by_code["KY12"], tree, texts, BOTH, ["mos"]).drafts == ("Mooré",)


def test_what_a_language_lacks_stands_there_in_french(book: Book) -> None:
    tree = sample_tree()
    texts = changed(book.texts, "mos", f"{PRINTED}tell", None)
    row = compose(tree.by_code["KY12"], tree, texts, BOTH, ["mos"]).rows[0]
    assert row.words[0] == row.words[1]


def test_names_and_words_are_composed_and_held_together() -> None:
    tree = sample_tree()
    tree.by_code["KY12"].name = "Cite\u0301  du  \n 6"
    poster = compose(tree.by_code["KY12"], tree, open_book().texts, BOTH, [])
    assert poster.place_name == "Cité du 6"
    assert poster.inside == ("Kaya", "Centre-Nord")
    assert poster.title[0].startswith("Une question\u00a0?")
