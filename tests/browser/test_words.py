"""The pages of the lexicon and the languages, the alarms and the likenesses: accessible, fitting, and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Alarm, Likeness
from models.words import LikenessKind
from tests.browser.axe import look_closely
from tests.browser.test_pages import visit
from tests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]

PAGES = (
    "/console/lexicon",
    "/console/lexicon?language=gux",
    "/console/lexicon?category=sensitive",
    "/console/lexicon/fr/entry",
    "/console/lexicon/fr/entry?id=water",
    "/console/lexicon/mos/file",
    "/console/languages",
    "/console/admin",
)


def check(page: Page, path: str) -> None:
    visit(page, path)
    look_over(page)


def look_over(page: Page) -> None:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the screen"
    look_closely(page)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_words_is_accessible_and_fits(open_browser: OpenBrowser, language: str) -> None:
    page = open_browser("ada")
    if language == "en":
        page.goto("/console/")
        page.click(".languages button")
    for path in PAGES if language == "fr" else PAGES[:3]:
        visit(page, path)
        if language == "fr":
            look_closely(page)


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_a_text_is_tried_a_slip_is_explained_and_an_edition_is_shown(open_browser: OpenBrowser) -> None:
    page = open_browser("ada")
    page.goto("/console/lexicon")
    page.fill("#tried", "la pompe est en panne")
    page.click(".trial-form button")
    page.wait_for_selector(".trial-result")
    look_over(page)
    page.goto("/console/lexicon/fr/entry?id=water")
    page.fill("#note", "entendu à Kaya " * 8)
    page.fill("#patterns", page.input_value("#patterns") + "\n" + "|".join(["zorglub"] * 40))
    page.press("#note", "Enter")
    page.wait_for_selector(".notice-success")
    look_over(page)
    page.click(".word-editions a >> nth=0")
    page.wait_for_selector(".diff")
    look_over(page)


def test_alarms_and_likenesses_are_accessible_and_fit(open_browser: OpenBrowser) -> None:
    older, newer = make_case(), make_case("EHA.LAT", phone="+22670999999", text="latrines pleines", place="BF56")
    now = clock.now()
    with work.unit_of_work() as db:
        for code in ("EHA.EAU", "EHA.LAT"):
            db.add(Alarm(category=code, place_code="BF490304", day=now.date(), count=14, usual=1.0, at=now))
        kind = LikenessKind.SAME_PERSON
        db.add(Likeness(case_id=newer.id, other_id=older.id, kind=kind, score=0.7, at=now))
    check(open_browser("marc"), "/console/")
    page = open_browser("alice")
    check(page, f"/console/cases/{newer.id}")
    page.focus(".alike button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice-success")
    look_over(page)
