"""The keys of a proposal: one key a case, and no key while something is typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from feedback_gateway import work
from models import Case
from models.words import CategorySource
from tests.handlers.console.learnt import guess_case, label_case

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("db_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("size", ["desk"], indirect=True),
]
OpenBrowser = Callable[..., Page]


def category_of(case: Case) -> tuple[str | None, CategorySource | None]:
    with work.reading() as db:
        stored = db.get_one(Case, case.id)
        return stored.category_code, stored.category_source


@pytest.mark.parametrize(("key", "category"), [("1", "EHA.EAU"), ("2", "EHA.LAT")])
def test_one_key_picks_one_of_the_two(open_browser: OpenBrowser, key: str, category: str) -> None:
    case, page = guess_case(), open_browser("alice")
    page.goto(f"/console/cases/{case.id}")
    page.keyboard.press(key)
    expect(page.locator(".notice-success")).to_contain_text("Catégorie confirmée")
    assert category_of(case) == (category, CategorySource.PERSON)


def test_the_third_key_opens_the_list_and_then_digits_are_letters(open_browser: OpenBrowser) -> None:
    case, page = guess_case(), open_browser("alice")
    page.goto(f"/console/cases/{case.id}")
    page.keyboard.press("3")
    expect(page.locator("#category")).to_be_focused()
    page.keyboard.press("1")
    page.click("text=Ajouter une note interne")
    page.fill("#note-text", "rappeler à ")
    page.locator("#note-text").press("2")
    expect(page.locator("#note-text")).to_have_value("rappeler à 2")
    page.keyboard.press("Control+1")
    assert category_of(case)[1] == CategorySource.MACHINE


def test_a_round_of_reading_again_is_one_key_a_case(open_browser: OpenBrowser) -> None:
    made = [guess_case(best=("EHA.EAU", 0.4 + number / 10)) for number in range(3)]
    page = open_browser("alice")
    page.goto("/console/coding")
    for place in range(1, 4):
        expect(page.locator(".coding-head")).to_contain_text(f"{place} sur 3")
        page.wait_for_load_state()  # the keys are those of the new page
        page.keyboard.press("2")
    expect(page.locator(".empty")).to_contain_text("3 messages relus.")
    assert {category_of(case) for case in made} == {("EHA.LAT", CategorySource.PERSON)}


@pytest.mark.parametrize("scripts", [True, False])
def test_reading_again_works_with_and_without_scripts(open_browser: OpenBrowser, scripts: bool) -> None:
    doubtful, second = guess_case(), guess_case(best=("EHA.EAU", 0.97))
    label_case(second, "bob")
    page = open_browser("alice", scripts=scripts)
    page.goto(f"/console/cases/{doubtful.id}")
    page.click("text=Autre…")
    page.select_option("#category", "EHA.LAT")
    page.click("button:text-is('Changer')")
    expect(page.locator("h1")).to_have_text("Latrines, hygiène, déchets")
    page.goto("/console/coding?part=second")
    page.select_option("#category", "EHA.EAU")
    page.click("button:has-text('Non')")
    expect(page.locator(".empty")).to_contain_text("1 message relu.")
