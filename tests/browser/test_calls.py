"""A call on a phone, with a thumb: accessible, no wider than the screen; and a ready answer put in at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from feedback_gateway import wording, work
from models.words import Purpose
from tests import actors
from tests.browser.axe import look_closely
from tests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_call_from_the_list_to_its_outcome(open_browser: OpenBrowser, scripts: bool) -> None:
    make_case(contact_by="call", safe_time="any", phone="+22670123456")
    page = open_browser("alice", scripts=scripts)
    page.goto("/console/calls")
    assert "70123456" not in page.content()
    button = page.locator(".call-act button")
    size = button.bounding_box()
    assert size is not None
    assert size["height"] >= 44, "a thumb must hit it"
    button.click()
    expect(page.locator("a[href='tel:+22670123456']")).to_be_visible()
    if scripts:
        look_closely(page)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_label("Je lui ai parlé").check()
    page.get_by_role("button", name="Noter l'appel").click()
    expect(page.get_by_text("Appel noté.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_ready_answer_is_put_around_what_was_typed(open_browser: OpenBrowser, scripts: bool) -> None:
    case, ada = make_case(place="BF490304"), actors.make("ada")
    with work.unit_of_work() as db:
        wording.save_template(
            db,
            None,
            purpose=Purpose.ANSWER,
            category="EHA",
            language="fr",
            name="Pompe",
            text="À {place} : {answer} Merci.",
            by=ada,
        )
    page = open_browser("alice", scripts=scripts)
    page.goto(f"/console/cases/{case.id}")
    if not page.locator("#answer-text").is_visible():
        page.get_by_text("Répondre à la personne").click()
    page.fill("#answer-text", "Jeudi.")
    page.select_option("#template", label="Pompe")
    page.get_by_role("button", name="Insérer").click()
    assert page.input_value("#answer-text") == "À Kaya : Jeudi. Merci."
    assert page.locator("input[name=used]").input_value() != ""
