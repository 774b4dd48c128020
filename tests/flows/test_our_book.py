"""The project's own book may be published on every kind of channel, and all of it is measured."""

import pytest

from flows import gsm7
from flows.book import open_book
from flows.check import check, check_folder, report
from flows.costs import complaint_cost
from flows.definition import Ask, Menu, Say
from flows.graph import reach_by
from flows.screens import Limits
from flows.survey import survey

REPORT = report(open_book())


@pytest.mark.parametrize("size", [156, 160, 182])
def test_it_has_no_problems(size: int) -> None:
    assert check(open_book(), Limits(size)) == []


def test_nor_have_its_files() -> None:
    assert check_folder().problems == ()


@pytest.mark.parametrize("size", [156, 182])
def test_french_and_english_fit_with_their_letters_kept_too(size: int) -> None:
    found = report(open_book(), Limits(size, folds=False), languages=["fr", "en"])
    assert found.problems == ()


def test_every_node_that_says_something_is_measured_by_each_medium_in_every_language() -> None:
    book = open_book()
    for medium in ("ussd", "sms"):
        nodes = {
            (at.flow, at.node)
            for at in reach_by(book, medium)
            if isinstance(node := book.node(at), Menu | Ask | Say) and book.texts.words["fr"].get(node.text)
        }
        for language in book.languages:
            measured = {
                (shown.flow, shown.node)
                for shown in REPORT.screens
                if (shown.medium, shown.language) == (medium, language) and shown.flow != "engine"
            }
            assert measured == nodes


def test_a_screen_is_measured_by_the_medium_that_shows_it() -> None:
    media = {(shown.flow, shown.node, shown.medium) for shown in REPORT.screens}
    assert {("home", "menu", "ussd"), ("status", "closed", "ussd"), ("status", "closed", "sms")} <= media
    assert {("intake", "done", "sms"), ("engine", "sms.answer", "sms"), ("engine", "give_up", "ussd")} <= media
    assert not {("home", "menu", "sms"), ("speak", "said", "ussd"), ("intake", "done", "ussd")} & media


def test_french_and_english_are_complete_and_the_rest_is_counted() -> None:
    coverage = {line.language: line for line in REPORT.languages}
    assert coverage["fr"].missing == coverage["en"].missing == 0
    assert coverage["fr"].drafts == coverage["en"].drafts == 0
    for language in ("mos", "dyu", "ff", "gux"):
        line = coverage[language]
        assert line.drafts == line.texts == len(line.draft_texts)
        assert line.texts + line.missing == coverage["fr"].texts


def test_every_screen_fits_as_it_is_encoded() -> None:
    for limits in (Limits(156), Limits(182, folds=False)):
        for shown in survey(open_book(), limits, ["fr", "mos", "ff"]):
            if shown.medium == "ussd":
                assert gsm7.fits(shown.text, limits.size)
                assert (gsm7.septets(shown.text) is None) == (shown.ucs2 and not limits.folds)


def test_an_sms_is_priced_folded_and_unfolded() -> None:
    for shown in REPORT.screens:
        if shown.medium == "sms":
            assert shown.parts == gsm7.parts(shown.text) <= shown.kept_parts
            assert (shown.size, shown.kept_size >= 1) == (gsm7.size(shown.text), True)


def test_a_complaint_is_the_messages_that_the_person_gets() -> None:
    cost = complaint_cost(open_book(), "fr")
    texts = open_book().texts.words["fr"]
    said = [texts[key].words for key in ("intake.where", "intake.placed", "sms.answer", "satisfaction.helped")]
    assert len(cost.messages) == 5
    for message, words in zip(cost.messages, said, strict=False):
        assert message.startswith(words.partition("{")[0])
    assert cost.folded == sum(gsm7.parts(gsm7.fold(message)) for message in cost.messages)
    assert cost.kept == sum(gsm7.parts(message) for message in cost.messages)
    assert cost.folded == 5
