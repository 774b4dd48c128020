"""The light page in a real browser: accessible, no wider than a phone, and of use without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from feedback_gateway import work
from models import Case
from models.words import CaseState, Sensitivity
from tests.browser.axe import look_closely
from tests.browser.test_pages import LONG, UNBROKEN, visit
from tests.conftest import House
from tests.desk import open_desk
from tests.factories import make_case
from tests.handlers.console.learnt import change_case
from tests.handlers.desk.conftest import path_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]


def test_every_page_is_accessible_and_fits(house: House, open_browser: OpenBrowser) -> None:
    alice, found = open_desk(), [make_case(text=text) for text in (LONG, UNBROKEN)]
    change_case(found[1], hold=None, sensitivity=Sensitivity.NORMAL)  # held: it is in no language
    paths = [path_of(alice.user, case) for case in found]
    page = open_browser()
    for path in (paths[0], f"{paths[0]}?lang=en", paths[1]):
        visit(page, path)
        look_closely(page)


def test_a_case_is_taken_and_answered_without_a_script(house: House, open_browser: OpenBrowser) -> None:
    case = make_case()
    page = open_browser(scripts=False)
    page.goto(path_of(open_desk().user, case))
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c'est noté")
    page.get_by_role("link", name="Revenir au dossier").click()
    page.get_by_label("Réponse à la personne").fill("La pompe est réparée.")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_text("part par SMS")).to_be_visible()
    with work.reading() as db:
        assert db.get_one(Case, case.id).state == CaseState.AGENCY_RESPONDED
