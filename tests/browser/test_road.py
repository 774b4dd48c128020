"""The main road in a real browser: a phone complains, the focal point answers, the answer arrives on the phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import actors
from tests.factories import make_case
from tests.worker import work_off

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_phone_to_the_answer(open_browser: OpenBrowser, scripts: bool) -> None:
    actors.make("alice")
    phone, console = open_browser(scripts=scripts), open_browser(scripts=scripts)
    phone.goto("/console/simulator?tab=sms")
    phone.fill(".lcd textarea", "la pompe de Barsalogho est en panne")
    phone.click(".key-call")
    expect(phone.locator(".bubble-mine")).to_contain_text("la pompe")
    work_off()
    console.goto("/console/")
    console.fill("#login", "alice")
    console.fill("#password", actors.PASSWORD)
    console.click("form .btn-primary")
    console.click(".tabs >> text=À prendre")  # it may have been given to a colleague
    console.click(".case-link")
    console.click("text=Prendre en charge")
    expect(console.locator(".notice-success")).to_contain_text("pris en charge")
    console.fill("#answer-text", "Une equipe vient jeudi.")
    console.click("text=Envoyer la réponse")
    expect(console.locator(".notice-success")).to_contain_text("Réponse enregistrée")
    work_off()
    if not scripts:
        phone.click("text=Relire")
    # With scripts the phone looks by itself, every three seconds.
    expect(phone.locator(".bubble-line").last).to_contain_text("Une equipe vient jeudi.")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_a_focal_point_triages_ten_cases_by_keyboard(open_browser: OpenBrowser) -> None:
    for _ in range(10):
        make_case()
    page = open_browser("alice")
    page.goto("/console/?tab=take")
    page.locator(".case-link").first.focus()
    page.keyboard.press("Enter")
    for _ in range(10):
        page.locator("button", has_text="Prendre en charge").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".notice-success")).to_be_visible()
        following = page.locator("a[rel=next]")
        if following.count():
            following.focus()
            page.keyboard.press("Enter")
            expect(page.locator("button", has_text="Prendre en charge")).to_be_visible()
    page.goto("/console/?tab=active")
    expect(page.locator(".case-row")).to_have_count(10)


@pytest.mark.parametrize(
    ("typed", "counted"),
    [("a" * 10, "1 SMS"), ("a" * 160, "2 SMS"), ("ç" * 10, "1 SMS"), ("ض" * 70, "2 SMS (alphabet étendu)")],
)
def test_the_count_under_an_answer_is_what_the_preview_says(
    open_browser: OpenBrowser, typed: str, counted: str
) -> None:
    case = make_case()
    page = open_browser("alice")
    page.goto(f"/console/cases/{case.id}")
    page.click("text=Répondre à la personne")
    page.fill("#answer-text", typed)
    shown = page.locator("#answer-count").inner_text()
    assert shown.endswith(counted)
    page.click("text=Aperçu")
    preview = page.locator(".sms-preview").inner_text()
    assert f"{shown.split()[0]} caractères" in preview


def test_the_whole_page_weighs_little(open_browser: OpenBrowser) -> None:
    for _ in range(30):
        make_case()
    page = open_browser("alice")
    weights: list[int] = []
    page.on("response", lambda answer: weights.append(len(answer.body())))
    page.goto("/console/", wait_until="networkidle")
    assert len(weights) >= 4
    assert sum(weights) < 400_000  # about 60 kB on the wire once a front server compresses them
