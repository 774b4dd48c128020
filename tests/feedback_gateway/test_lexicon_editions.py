"""Editions of the lexicon: the newest is in force everywhere, nothing is lost, and a wrong one changes nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from feedback_gateway import lexicon_editions, work
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicon_text import begin, drop_row, put_row
from feedback_gateway.classify.lexicons import (
    Lexicon,
    fingerprint,
    load_lexicons,
    shipped_lexicons,
    shipped_sources,
    use_lexicons,
)
from models import LexiconEdition, User
from tests import actors
from tests.conftest import House

FRENCH = shipped_sources()["fr"]
NEW = {"id": "neuf", "category": "EHA.EAU", "patterns": ["zorglub"]}


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    use_lexicons(tuple(shipped_lexicons().values()))


@pytest.fixture
def ada(house: House) -> User:
    return actors.make("ada")


def save(source: str, by: User, language: str = "fr", note: str = "", seen: int | None = None) -> list[str]:
    with work.unit_of_work() as db:
        return [found.code for found in lexicon_editions.save(db, language, source, note, by=by, seen=seen)]


def restore(number: int | None, by: User, language: str = "fr") -> list[str]:
    with work.unit_of_work() as db:
        return [found.code for found in lexicon_editions.restore(db, language, number, by=by)]


def current(language: str = "fr") -> lexicon_editions.Edited:
    with work.reading() as db:
        return lexicon_editions.current(db, language)


def notes(language: str = "fr") -> list[str]:
    with work.reading() as db:
        return [edition.note for edition in lexicon_editions.editions(db, language)]


def refresh() -> bool:
    with work.reading() as db:
        return lexicon_editions.refresh(db)


def hits(text: str) -> set[str]:
    return {entry.id for lexicon in load_lexicons() for entry in lexicon.match(fold(text))}


def of(language: str, lexicons: tuple[Lexicon, ...]) -> Lexicon:
    return next(lexicon for lexicon in lexicons if lexicon.language == language)


def test_before_anybody_edits_the_shipped_files_are_in_force(house: House) -> None:
    assert current().source == FRENCH
    assert current().shipped
    assert current("gux") == lexicon_editions.Edited("")
    with work.reading() as db:
        assert lexicon_editions.languages(db) == sorted(shipped_sources())
        assert lexicon_editions.load_in_use(db) == tuple(shipped_lexicons().values())


def test_what_is_saved_is_read_with_after_a_refresh(ada: User) -> None:
    refresh()
    before = fingerprint(load_lexicons())
    assert save(put_row(FRENCH, NEW), ada, note="entendu  à Kaya") == []
    assert hits("zorglub") == set()
    assert refresh()
    assert not refresh()
    assert hits("zorglub") == {"fr.neuf"}
    assert fingerprint(load_lexicons()) != before
    edited = current()
    assert (edited.by, edited.shipped) == ("Ada", False)
    assert notes() == ["+ neuf · entendu à Kaya"]
    assert of("fr", load_lexicons()).version == shipped_lexicons()["fr"].version + 1


def test_a_refresh_that_finds_nothing_new_is_one_statement(house: House, ada: User) -> None:
    save(put_row(FRENCH, NEW), ada)
    refresh()
    asked: list[str] = []
    with work.reading() as db:
        db.connection()
        event.listen(house.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        assert not lexicon_editions.refresh(db)
    assert len(asked) == 1


def test_another_database_under_the_same_process_is_noticed(ada: User) -> None:
    save(put_row(FRENCH, NEW), ada)
    refresh()
    with work.unit_of_work() as db:
        stored = db.get_one(LexiconEdition, current().number)
        stored.source, stored.at = None, stored.at.replace(year=2020)
    assert refresh()
    assert hits("zorglub") == set()


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        (FRENCH.replace("language: fr", "language: mos"), ["language"]),
        (put_row(FRENCH, {"id": "x", "patterns": ["a*"]}), ["stem"]),
        ("entries: [", ["yaml"]),
    ],
)
def test_a_wrong_file_changes_nothing(ada: User, source: str, problems: list[str]) -> None:
    assert save(source, ada) == problems
    assert notes() == []


def test_who_was_slower_is_told_and_overwrites_nothing(ada: User) -> None:
    assert save(put_row(FRENCH, NEW), ada, seen=0) == []
    assert save(put_row(FRENCH, {**NEW, "id": "late"}), ada, seen=0) == ["changed"]
    assert save(put_row(current().source, {**NEW, "id": "late"}), ada, seen=current().number) == []
    assert notes() == ["+ late", "+ neuf"]


def test_what_says_the_same_is_no_edition(ada: User) -> None:
    assert save(FRENCH.replace("\n", "\r\n"), ada) == []
    assert notes() == []
    assert restore(None, ada) == []
    assert notes() == []


def test_every_state_can_be_had_back(ada: User) -> None:
    save(put_row(FRENCH, NEW), ada)
    first = current()
    save(drop_row(first.source, "neuf"), ada)
    assert restore(first.number, ada) == []
    assert current().source == first.source
    assert restore(None, ada) == []
    assert current().source == FRENCH
    assert notes() == ["- neuf", "+ neuf", "- neuf", "+ neuf"]
    refresh()
    assert hits("zorglub") == set()


def test_only_an_edition_of_that_language_can_be_had_back(ada: User) -> None:
    save(put_row(FRENCH, NEW), ada)
    assert restore(current().number, ada, "mos") == ["gone"]
    assert restore(99999, ada) == ["gone"]


def test_a_language_without_a_file_can_be_begun_and_taken_back(ada: User) -> None:
    assert save(put_row(begin("gux"), NEW), ada, "gux") == []
    refresh()
    assert "gux.neuf" in hits("zorglub")
    with work.reading() as db:
        assert "gux" in lexicon_editions.languages(db)
    assert restore(None, ada, "gux") == []
    refresh()
    assert hits("zorglub") == set()
    with work.reading() as db:
        assert "gux" not in lexicon_editions.languages(db)


def test_an_edition_that_cannot_be_read_any_more_leaves_the_shipped_one(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    save(put_row(FRENCH, NEW), ada)
    with work.unit_of_work() as db:
        db.get_one(LexiconEdition, current().number).source = FRENCH.replace("EHA.EAU", "EHA.OLD")
    with work.reading() as db:
        assert of("fr", lexicon_editions.load_in_use(db)) is shipped_lexicons()["fr"]
    assert "NOT in force" in caplog.text
    assert restore(current().number, ada) == ["category"] * FRENCH.count("category: EHA.EAU")


def test_a_long_note_names_what_fits_and_counts_the_rest(ada: User) -> None:
    source = begin("gux")
    for number in range(30):
        source = put_row(source, {**NEW, "id": f"entry-{number:02d}"})
    save(source, ada, "gux", note="w" * 500)
    (note,) = notes("gux")
    assert note.startswith("+ entry-00, + entry-01")
    assert " … +2" in note
    assert len(note) == 200


def test_what_an_edition_changed_can_be_looked_at(ada: User) -> None:
    save(put_row(FRENCH, NEW), ada)
    first = current().source
    restore(None, ada)
    with work.reading() as db:
        newest, oldest = lexicon_editions.editions(db, "fr")
        assert lexicon_editions.before_and_after(db, newest) == (first, FRENCH)
        assert lexicon_editions.before_and_after(db, oldest) == (FRENCH, first)
