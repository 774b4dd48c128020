"""A draft is saved as it is, published only when the check finds nothing, and every edition can be gone back to."""

import logging
import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from feedback_gateway import editions, work
from feedback_gateway.editions import ChangedMeanwhileError, RefusedError, TextChange
from feedback_gateway.editions import books as edition_books
from feedback_gateway.lib.by_channel import ByChannel
from flows.book import open_book
from flows.overlay import Overlay, Wording
from models import Edition, EditionChange, User
from models.words import FlowChange
from tests import actors
from tests.conftest import House


@pytest.fixture
def ada(house: House) -> User:
    return actors.make("ada")


def read_draft() -> editions.Draft:
    with work.reading() as db:
        return editions.draft(db)


def save_text(by: User, words: str, key: str = "thanks.thanked", language: str = "fr", *, seen: str = "") -> None:
    mark = seen or editions.mark_of(editions.wording_of(read_draft().overlay, language, key))
    change = TextChange(language, key, Wording(words), mark)
    with work.unit_of_work() as db:
        editions.save_texts(db, [change], by=by, flow="thanks")


def save_source(by: User, source: str, flow: str = "thanks", *, seen: str | None = None) -> None:
    mark = editions.fingerprint(editions.source_of(read_draft().overlay, flow)) if seen is None else seen
    with work.unit_of_work() as db:
        editions.save_flow(db, flow, source, by=by, seen=mark)


def publish(by: User, note: str = "") -> Edition:
    version = read_draft().version
    with work.unit_of_work() as db:
        return editions.publish(db, note=note, by=by, version=version)


def restore(by: User, number: int) -> Edition:
    with work.unit_of_work() as db:
        return editions.restore(db, number, by=by)


def words_in(number: int, key: str = "thanks.thanked", language: str = "fr") -> str:
    with work.reading() as db:
        return editions.book(db, number).texts.get(language, key).words


def done() -> list[tuple[FlowChange, str]]:
    with work.reading() as db:
        return [(line.change, line.flow) for line in reversed(editions.history(db).changes)]


def test_nothing_is_changed_as_shipped(house: House) -> None:
    with work.reading() as db:
        assert editions.current(db) == 0
        assert editions.book(db, 0) is open_book()
    assert editions.book_in_force() is open_book()
    assert editions.draft_book() is None
    assert read_draft().differences == []


def test_a_text_is_drafted_tried_published_and_gone_back_from(ada: User) -> None:
    shipped = words_in(0)
    save_text(ada, "Merci beaucoup.")
    tried = editions.draft_book()
    assert tried is not None
    assert tried.texts.get("fr", "thanks.thanked").words == "Merci beaucoup."
    assert editions.book_in_force() is open_book()
    edition = publish(ada, "plus court")
    assert (edition.number, edition.note, edition.published_by_id) == (1, "plus court", ada.id)
    assert words_in(1) == "Merci beaucoup."
    assert read_draft().version == 0
    assert restore(ada, 0).number == 2
    assert words_in(2) == shipped
    assert words_in(1) == "Merci beaucoup.", "a conversation that began in it goes on in it"
    assert done() == [(FlowChange.SAVED, "thanks"), (FlowChange.PUBLISHED, ""), (FlowChange.RESTORED, "")]
    with work.reading() as db:
        newest = editions.history(db).editions[0]
        assert (newest.number, newest.restored_from) == (2, 0)
        assert newest.published_by is not None
        assert newest.published_by.login == "ada"
        lines = db.scalars(select(EditionChange)).all()
    assert {line.user_id for line in lines} == {ada.id}
    assert all(line.edition_id for line in lines), "what was saved belongs to the edition that came of it"


def test_the_newest_number_is_a_column_of_another_query(ada: User) -> None:
    save_text(ada, "Merci beaucoup.")
    publish(ada)
    with work.reading() as db:
        login, number = db.execute(select(User.login, editions.newest_number()).where(User.id == ada.id)).one()
    assert (login, number) == ("ada", 1)


def test_every_process_takes_up_the_new_edition(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edition_books, "FRESH_SECONDS", 3600)
    assert editions.book_in_force() is open_book()
    save_text(ada, "Merci beaucoup.")
    publish(ada)
    assert editions.book_in_force() is open_book(), "asked a moment ago"
    monkeypatch.setattr(edition_books, "FRESH_SECONDS", 0)
    assert editions.book_in_force().texts.get("fr", "thanks.thanked").words == "Merci beaucoup."
    assert editions.book_in_force().edition == 1


def test_only_so_many_books_are_kept(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edition_books, "MOST_KEPT", 2)
    for number in range(1, 4):
        save_text(ada, f"Merci {number}.")
        publish(ada)
    assert [words_in(number) for number in (1, 2, 3, 1)] == ["Merci 1.", "Merci 2.", "Merci 3.", "Merci 1."]
    assert len(edition_books._Memory.books) == 2


BROKEN = "flow: thanks\nversion: 1\nabout: x\nstart: which\nnodes:\n  which: {say: thanks.thanked, menu: home}\n"


@pytest.mark.parametrize("source", [BROKEN, "nodes: [", "{{{", "- a\n- b", "flow: other", "? [a]\n: b", "é" * 9])
def test_a_broken_flow_is_kept_and_found_and_not_published(ada: User, source: str) -> None:
    save_source(ada, source)
    draft = read_draft()
    assert editions.source_of(draft.overlay, "thanks") == f"{source.rstrip()}\n"
    assert [found.flow for found in draft.differences] == ["thanks"]
    checked = editions.check_overlay(draft.overlay)
    assert checked.book is None
    assert "thanks.yaml" in checked.problems[0].what
    assert editions.draft_book() is None
    with pytest.raises(RefusedError) as refused:
        publish(ada)
    assert refused.value.code == "problems"
    assert refused.value.problems == checked.problems
    assert read_draft().version == 1, "the draft is still there"


def test_what_the_check_finds_stands_against_publishing(ada: User) -> None:
    shipped = editions.shipped_sources()["thanks"]
    save_source(ada, f"{shipped}  lost:\n    say: thanks.thanked\n")
    with pytest.raises(RefusedError) as refused:
        publish(ada)
    assert ("thanks", "lost") in {(problem.flow, problem.node) for problem in refused.value.problems}


def test_a_check_that_falls_over_leaves_the_draft_open(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(*_: object, **_more: object) -> None:
        raise KeyError("thanks")

    monkeypatch.setattr("feedback_gateway.editions.checked.report", fall_over)
    save_text(ada, "Un texte que personne n'a vu.")
    assert "KeyError" in editions.check_overlay(read_draft().overlay).problems[0].what


def test_publishing_raises_the_version_of_the_flows_that_have_changed(ada: User) -> None:
    sources = editions.shipped_sources()
    version = int(re.findall(r"^version: (\d+)", sources["thanks"], re.M)[0])
    save_source(ada, re.sub("^about: .*", "about: Merci", sources["thanks"], flags=re.M))
    save_source(ada, re.sub("^version: .*", "version: 40", sources["leave"], flags=re.M), "leave")
    publish(ada)
    with work.reading() as db:
        book = editions.book(db, 1)
    assert book.flows["thanks"].version == version + 1
    assert book.flows["leave"].version == 40
    assert {name: flow.version for name, flow in book.flows.items() if name not in ("thanks", "leave")} == {
        name: flow.version for name, flow in open_book().flows.items() if name not in ("thanks", "leave")
    }
    save_source(ada, editions.source_of(read_draft().overlay, "thanks").replace("Merci", "Merci !"))
    publish(ada)
    with work.reading() as db:
        assert editions.book(db, 2).flows["thanks"].version == version + 2


def test_a_text_that_is_mended_back_is_no_change(ada: User) -> None:
    shipped = words_in(0)
    save_text(ada, "Autre chose.")
    save_text(ada, shipped)
    assert read_draft().overlay == Overlay()
    with pytest.raises(RefusedError) as refused:
        publish(ada)
    assert refused.value.code == "nothing_changed"


def test_empty_gives_the_shipped_one_back_or_takes_an_own_one_away(ada: User) -> None:
    save_text(ada, "Autre chose.")
    save_text(ada, "")
    save_source(ada, "nodes: [")
    save_source(ada, "")
    save_source(ada, "flow: own", "own")
    assert [found.flow for found in read_draft().differences] == ["own"]
    save_source(ada, "", "own")
    assert read_draft().overlay == Overlay()


def test_confirming_a_draft_translation_is_a_change(ada: User) -> None:
    drafts = (key for key, text in open_book().texts.words["mos"].items() if text.draft)
    key = next(drafts)
    save_text(ada, open_book().texts.words["mos"][key].words, key, "mos")
    publish(ada)
    with work.reading() as db:
        text = editions.book(db, 1).texts.get("mos", key)
    assert (text.words, text.draft) == (open_book().texts.words["mos"][key].words, False)


def test_two_who_change_the_same_thing_are_told(ada: User) -> None:
    marc = actors.make("marc")
    before = editions.mark_of(editions.wording_of(Overlay(), "fr", "thanks.thanked"))
    source = editions.shipped_sources()["thanks"]
    save_text(ada, "De l'une.", seen=before)
    with pytest.raises(ChangedMeanwhileError) as told:
        save_text(marc, "De l'autre.", seen=before)
    assert told.value.theirs == {("fr", "thanks.thanked"): "De l'une."}
    save_source(ada, "one", seen=editions.fingerprint(source))
    with pytest.raises(ChangedMeanwhileError) as told:
        save_source(marc, "two", seen=editions.fingerprint(source))
    assert told.value.theirs == {("", "thanks"): "one\n"}
    draft = read_draft()
    assert editions.source_of(draft.overlay, "thanks") == "one\n"
    assert editions.wording_of(draft.overlay, "fr", "thanks.thanked") == Wording("De l'une.")


def test_two_who_change_different_things_do_not_meet(ada: User) -> None:
    marc = actors.make("marc")
    mine, other = (
        (key, editions.wording_of(Overlay(), "fr", key), editions.mark_of(editions.wording_of(Overlay(), "fr", key)))
        for key in ("thanks.thanked", "home")
    )
    save_text(ada, "De l'une.", seen=mine[2])
    with work.unit_of_work() as db:  # the same form, opened before: the first text is as it was shown, untouched
        changes = [TextChange("fr", mine[0], mine[1], mine[2]), TextChange("fr", other[0], Wording("Oui"), other[2])]
        editions.save_texts(db, changes, by=marc)
    draft = read_draft()
    assert editions.wording_of(draft.overlay, "fr", "thanks.thanked").words == "De l'une."
    assert editions.wording_of(draft.overlay, "fr", "home").words == "Oui"
    assert list(draft.authors) == ["Ada", "Marc"]


def test_what_was_not_looked_at_is_neither_published_nor_thrown_away(ada: User) -> None:
    save_text(ada, "Une fois.")
    version = read_draft().version
    save_text(ada, "Deux fois.")
    with pytest.raises(RefusedError) as refused, work.unit_of_work() as db:
        editions.publish(db, note="", by=ada, version=version)
    assert refused.value.code == "changed"
    with pytest.raises(RefusedError), work.unit_of_work() as db:
        editions.discard(db, by=ada, version=version)
    with work.unit_of_work() as db:
        editions.discard(db, by=ada, version=read_draft().version)
    assert read_draft().version == 0
    assert done()[-1] == (FlowChange.DISCARDED, "")


def test_there_is_one_draft_and_one_edition_of_a_number(ada: User) -> None:
    save_text(ada, "Une fois.")
    with pytest.raises(IntegrityError), work.unit_of_work() as db:
        db.add(Edition(id=edition_books.DRAFT, content={}, changed_at=ada.created_at))
    publish(ada)
    with pytest.raises(IntegrityError), work.unit_of_work() as db:
        db.add(Edition(number=1, content={}, changed_at=ada.created_at))


def test_going_back_keeps_what_the_draft_has_changed(ada: User) -> None:
    save_text(ada, "Mauvais.")
    publish(ada)
    save_text(ada, "Oui", "home")
    restore(ada, 0)
    draft = read_draft()
    assert [(found.language, found.key) for found in draft.differences] == [("fr", "home")]
    assert editions.wording_of(draft.overlay, "fr", "thanks.thanked").words == words_in(0)
    with pytest.raises(RefusedError) as refused:
        restore(ada, 0)
    assert refused.value.code == "nothing_changed"
    with pytest.raises(RefusedError) as refused:
        restore(ada, 99)
    assert refused.value.code == "gone"


def break_edition(number: int) -> None:
    with work.unit_of_work() as db:
        content = {"flows": {"thanks": "{{{"}, "texts": {}}
        db.execute(update(Edition).where(Edition.number == number).values(content=content))
    editions.forget_books()


def test_an_edition_that_this_release_cannot_read_does_not_stop_the_line(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    save_text(ada, "Une fois.")
    publish(ada)
    break_edition(1)
    with caplog.at_level(logging.ERROR), work.reading() as db:
        books = [editions.book(db, 1) for _ in range(3)]
    assert all(book.edition == 1 and book.flows == open_book().flows for book in books)
    assert len([line for line in caplog.records if "edition 1 is NOT in force" in line.message]) == 1
    with pytest.raises(RefusedError) as refused:
        restore(ada, 1)
    assert refused.value.code == "nothing_changed"
    restore(ada, 0)
    with pytest.raises(RefusedError) as refused:
        restore(ada, 1)
    assert refused.value.code == "unreadable"


def test_an_edition_that_never_was_gives_the_shipped_book(house: House) -> None:
    with work.reading() as db:
        assert editions.book(db, 7) is open_book()


@pytest.mark.parametrize(
    ("flow", "source", "code"),
    [
        ("thanks", "x" * 65_537, "source_too_long"),
        ("Thanks", "x", "flow_name"),
        ("a" * 41, "x", "flow_name"),
        ("import-floip", "x", "flow_name"),
    ],
)
def test_a_source_that_is_no_flow_file_is_refused(ada: User, flow: str, source: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        save_source(ada, source, flow)
    assert refused.value.code == code
    assert read_draft().version == 0


@pytest.mark.parametrize(
    ("language", "key", "words", "code"),
    [
        ("fr", "home", "x" * 1001, "text_too_long"),
        ("tlh", "home", "x", "language"),
        ("fr", "no key", "x", "text_key"),
    ],
)
def test_a_text_that_cannot_be_one_is_refused(ada: User, language: str, key: str, words: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        save_text(ada, words, key, language, seen="x")
    assert refused.value.code == code


def test_imported_flows_come_into_the_draft(ada: User) -> None:
    flows = {"water": "flow: water\r\n", "thanks": "flow: thanks"}
    with work.unit_of_work() as db:
        replaced = editions.import_flows(db, flows, {"fr": {"water.ask": Wording(" Oui\r\n", draft=True)}}, by=ada)
    assert replaced == ["thanks"]
    draft = read_draft()
    assert editions.source_of(draft.overlay, "water") == "flow: water\n"
    assert editions.wording_of(draft.overlay, "fr", "water.ask") == Wording("Oui", draft=True)
    assert done() == [(FlowChange.IMPORTED, "thanks"), (FlowChange.IMPORTED, "water")]


def test_the_check_measures_an_sms_with_the_letters_that_the_channels_send(
    ada: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_text(ada, "ç" * 140, "help")
    overlay = read_draft().overlay

    def costs() -> set[str]:
        return {each.what for each in editions.check_overlay(overlay).problems if each.what.startswith("costs")}

    assert costs() == set()
    kept = replace(house.settings.carriage, sms_letters=ByChannel("fold", {"twilio": "keep"}))
    monkeypatch.setattr(work, "settings", lambda: replace(house.settings, carriage=kept))
    assert costs() == {"costs 3 SMS"}
