"""The project's own book may be published, and the check finds what would fail in the field."""

import shutil
from pathlib import Path

import pytest

from flows.book import HERE, load_book, open_book
from flows.check import Problem, check, check_folder, report
from flows.screens import Limits


@pytest.fixture
def book_folder(tmp_path: Path) -> Path:
    for name in ("definitions", "texts"):
        shutil.copytree(HERE / name, tmp_path / name)
    shutil.copy(HERE / "keywords.yaml", tmp_path)
    return tmp_path


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


def test_our_own_book_has_no_problems() -> None:
    assert check(open_book()) == []


def test_every_node_that_shows_something_is_in_the_table_in_every_language() -> None:
    table = report(open_book()).screens
    nodes = {(shown.flow, shown.node) for shown in table}
    assert {("home", "menu"), ("tell", "where"), ("status", "answered"), ("intake", "where")} <= nodes
    for language in open_book().languages:
        assert {(shown.flow, shown.node) for shown in table if shown.language == language} == nodes


def test_french_and_english_are_complete_and_the_rest_is_counted() -> None:
    coverage = {line.language: line for line in report(open_book()).languages}
    assert coverage["fr"].missing == coverage["en"].missing == 0
    assert all(coverage[language].drafts == coverage[language].texts for language in ("mos", "dyu", "ff", "gux"))
    assert coverage["gux"].missing == coverage["fr"].texts


def test_a_screen_is_measured_by_the_medium_that_shows_it() -> None:
    media = {(shown.flow, shown.node, shown.medium) for shown in report(open_book()).screens}
    assert {("home", "menu", "ussd"), ("status", "closed", "ussd"), ("status", "closed", "sms")} <= media
    assert {("intake", "done", "sms"), ("engine", "sms.answer", "sms")} <= media
    assert not {("home", "menu", "sms"), ("speak", "said", "ussd"), ("intake", "done", "ussd")} & media


def test_an_sms_is_priced_folded_and_unfolded() -> None:
    (shown,) = [s for s in report(open_book()).screens if (s.flow, s.node, s.language) == ("intake", "done", "fr")]
    assert (shown.size, shown.parts) == (103, 1)
    assert (shown.kept_size, shown.kept_parts, shown.ucs2) == (103, 2, True)


def test_a_channel_that_does_not_fold_holds_less() -> None:
    assert any(
        found.flow == "tell" and found.language == "mos" for found in check(open_book(), Limits(156, folds=False))
    )


def test_how_much_an_sms_may_cost_can_be_told() -> None:
    assert {found.what for found in check(open_book(), most_parts=0)} == {"costs 1 SMS"}


def test_a_book_that_cannot_be_read_is_one_problem(book_folder: Path) -> None:
    edit(book_folder / "definitions/home.yaml", "3: {then: flow services}", "9: {then: flow services}")
    found = check_folder(book_folder)
    assert [str(problem) for problem in found.problems] == ["home.yaml: node menu: option '9' is not one of 0 to 8"]
    assert found.screens == ()
    assert check_folder().problems == ()


def test_a_screen_that_does_not_fit_is_found() -> None:
    assert {problem.flow for problem in check(open_book(), Limits(70))} >= {"callback", "follow", "status"}


@pytest.mark.parametrize(
    ("file", "before", "after", "problem"),
    [
        (
            "texts/en.yaml",
            "tell.what: Say in a few words what is happening.",
            "tell.what: " + "Say in a few words what is happening. " * 5,
            "does not fit",
        ),
        ("texts/fr.yaml", "  stop: |\n    C'est noté", "  stop: |\n    " + "Bien. " * 20 + "C'est noté", "costs 2 SMS"),
        ("definitions/home.yaml", "7: {then: flow thanks}", "7: {then: flow site}", "nothing leads here"),
        (
            "definitions/tell.yaml",
            "  done:\n    say: tell.done",
            "  done:\n    menu: loop\n    options: {1: {then: done}}\n",
            "a loop without exit",
        ),
        (
            "texts/fr.yaml",
            "    3 Services disponibles",
            "    3 Violences et abus",
            "shared phone would show 'violences'",
        ),
        ("texts/en.yaml", "  leave: All right.", "  leave: Abuse.", "shared phone would show 'abuse'"),
        ("texts/fr.yaml", "  leave: D'accord.", "  unused: Rien\n  leave: D'accord.", "no screen uses this text"),
    ],
)
def test_what_would_fail_is_found(book_folder: Path, file: str, before: str, after: str, problem: str) -> None:
    edit(book_folder / file, before, after)
    if "loop" in after:
        for language in ("fr", "en"):
            edit(book_folder / f"texts/{language}.yaml", "  back:", "  loop: |\n    Ici\n    1 Encore\n  back:")
    assert any(problem in found.what for found in check(load_book(book_folder)))


def test_a_problem_names_flow_node_and_language() -> None:
    assert str(Problem("tell", "what", "en", "is wrong")) == "tell/what [en]: is wrong"
    assert str(Problem("tell", "", "", "is wrong")) == "tell: is wrong"
