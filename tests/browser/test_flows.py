"""The pages of the flows in a real browser, on a phone and on a desk, with a script and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from feedback_gateway import editions, work
from feedback_gateway.editions import TextChange
from flows.overlay import Wording
from tests import actors
from tests.browser.axe import look_closely
from tests.browser.test_pages import visit

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]

THANKS = "/console/flows/thanks"
PAGES = [
    "/console/flows",
    THANKS,
    f"{THANKS}?part=nodes",
    f"{THANKS}?part=picture",
    f"{THANKS}?part=changes",
    "/console/flows/home",
    "/console/flows/other-texts",
    "/console/flows/import-floip",
    "/console/flows/export-floip",
]


@pytest.fixture
def edited(open_browser: OpenBrowser) -> Page:
    """A house with two editions, and a draft with changes and findings; Ada is looking."""
    ada = actors.make("ada")
    for words in ("Merci.", "Grand merci. " + "é" * 90):
        seen = editions.mark_of(editions.wording_of(_draft().overlay, "fr", "thanks.thanked"))
        with work.unit_of_work() as db:
            change = TextChange("fr", "thanks.thanked", Wording(words), seen)
            editions.save_texts(db, [change], by=ada, flow="thanks")
        if words == "Merci.":
            version = _draft().version
            with work.unit_of_work() as db:
                editions.publish(db, note="Plus court, " + "x" * 120, by=ada, version=version)
    shipped = editions.shipped_sources()["thanks"]
    with work.unit_of_work() as db:
        source = f"{shipped}  lost: # {'x' * 120}\n    say: thanks.thanked\n"
        editions.save_flow(db, "thanks", source, by=ada, seen=editions.fingerprint(shipped))
    return open_browser("ada")


def _draft() -> editions.Draft:
    with work.reading() as db:
        return editions.draft(db)


def test_every_page_is_accessible_and_fits(edited: Page) -> None:
    for path in PAGES:
        visit(edited, path)
        look_closely(edited)


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_a_text_is_measured_saved_and_published(edited: Page) -> None:
    edited.goto(f"{THANKS}?part=nodes")
    edited.get_by_label("Les étapes, en YAML").fill(editions.shipped_sources()["thanks"])
    edited.get_by_role("button", name="Enregistrer dans le brouillon").click()
    expect(edited.get_by_text("Rien à corriger.")).to_be_visible()
    edited.get_by_role("link", name="Textes", exact=True).click()
    area = edited.locator('[name="words:fr:thanks.thanked"]')
    area.fill("Merci, c'est reçu.")
    expect(edited.locator('[id="count:fr:thanks.thanked"]')).to_have_text(
        "plié : 18 septets, 1 SMS · tel quel : 18 unités UCS-2, 1 SMS"
    )
    edited.get_by_role("button", name="Enregistrer dans le brouillon").click()
    edited.get_by_role("link", name="Tous les parcours").click()
    edited.get_by_label("Pourquoi ce changement").fill("plus court")
    edited.get_by_role("button", name="Publier").click()
    expect(edited.get_by_text("L'édition 2 est en vigueur.")).to_be_visible()


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_leaving_with_unsaved_texts_is_asked_about(edited: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    edited.on("dialog", stay)
    edited.goto(THANKS)
    edited.locator('[name="words:fr:thanks.thanked"]').press_sequentially("x")
    edited.get_by_role("link", name="Tous les parcours").click()
    edited.wait_for_url(re.compile("/console/flows$"))
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_the_line_of_the_caret_is_told(edited: Page) -> None:
    edited.goto(f"{THANKS}?part=nodes")
    area = edited.get_by_label("Les étapes, en YAML")
    area.focus()
    area.press("Control+Home")
    area.press("ArrowDown")
    expect(edited.locator("#source-line")).to_have_text("ligne 2")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_without_a_script_texts_are_saved_all_the_same(open_browser: OpenBrowser) -> None:
    page = open_browser("ada", scripts=False)
    page.goto(THANKS)
    page.locator('[name="words:fr:thanks.thanked"]').fill("Merci.")
    page.get_by_role("button", name="Enregistrer dans le brouillon").click()
    expect(page.locator('[id="count:fr:thanks.thanked"]')).to_have_text("6 septets, 1 SMS")
