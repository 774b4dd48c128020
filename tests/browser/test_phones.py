"""The phones of the simulator in a real browser: keys, several side by side, a slow network and a lost one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from feedback_gateway.lib import clock
from flows.book import open_book
from flows.dialogue import play, read_dialogue
from tests.factories import make_case
from tests.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]
PURE = "/console/simulator?pure=1&language=fr"
HOME = "1 Question"


@pytest.fixture
def page(open_browser: OpenBrowser) -> Page:
    page = open_browser()
    page.goto(PURE)
    return page


def screen(within: Page | Locator) -> Locator:
    return within.locator(".ussd-screen")


def dial(within: Page | Locator) -> None:
    within.locator(".key-call").click()
    expect(screen(within)).to_contain_text(HOME)


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_with_the_keyboard_alone(page: Page) -> None:
    page.locator(".lcd-code").focus()
    page.keyboard.press("Enter")
    expect(screen(page)).to_contain_text(HOME)
    for typed, shown in [
        ("3", "1 Eau"),
        ("1", "région"),
        ("8", "quelques mots"),
        ("la pompe", "répondre"),
        ("1", "numéro"),
    ]:
        page.keyboard.type(typed)  # the field has the focus after every screen
        page.keyboard.press("Enter")
        expect(screen(page)).to_contain_text(shown)
    page.keyboard.press("Enter")
    expect(page.locator(".lcd-code")).to_be_focused()


def test_with_the_keys_of_the_phone(page: Page) -> None:
    dial(page)
    page.click("[data-key='3']")
    page.click("[data-key='1']")
    page.click("[data-clear]")
    page.click(".key-call")
    expect(screen(page)).to_contain_text("1 Eau")
    page.click(".key-end")
    expect(page.locator(".lcd-code")).to_be_visible()


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_letters_by_pressing_a_key_again(page: Page) -> None:
    page.locator(".lcd-soft button", has_text="SMS").click()
    field = page.locator(".lcd textarea")
    expect(field).to_be_focused()
    page.evaluate("""() => {
      const press = (keys) => [...keys].forEach((key) => document.querySelector(`[data-key="${key}"]`).click());
      press("222"); press("0"); press("3"); press("#"); press("42");
    }""")
    expect(field).to_have_value("c d42")


def test_a_screen_is_read_out_and_what_is_left_is_counted(page: Page) -> None:
    dial(page)
    expect(page.locator("[data-said]")).to_contain_text(HOME)
    left = page.locator("[data-room]")
    page.fill(".lcd [name=text]", "abc")
    expect(left).to_have_text("reste 179 caractères")
    page.fill(".lcd [name=text]", "[a]")
    expect(left).to_have_text("reste 177 caractères")
    page.fill(".lcd [name=text]", "yɛla")
    expect(left).to_have_text("reste 76 caractères")
    page.click(".key-end")
    page.locator(".lcd-soft button", has_text="SMS").click()
    page.fill(".lcd textarea", "a" * 161)
    expect(left).to_have_text("145 · 2 SMS")


def test_several_phones_side_by_side_and_back_after_another_page(page: Page, size: tuple[int, int]) -> None:
    dial(page)
    for kind in ("relié", "sans base"):
        page.get_by_role("button", name=kind, exact=True).click()
    slots = page.locator("[data-slot]")
    expect(slots).to_have_count(3)
    tops = slots.evaluate_all("slots => slots.map((slot) => slot.getBoundingClientRect().top)")
    assert len(set(tops)) == (1 if size[0] > 1000 else 3)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    slots.nth(2).locator(".key-call").click()
    expect(screen(slots.nth(2))).to_contain_text("1 Francais")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.goto("/console/login")
    page.goto("/console/simulator")
    expect(slots).to_have_count(3)
    expect(screen(slots.first)).to_contain_text(HOME)
    slots.nth(1).locator("[data-remove]").click()
    expect(slots).to_have_count(2)
    expect(screen(slots.nth(1))).to_contain_text("1 Francais")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_a_drop_while_a_slow_network_is_on_its_way(page: Page) -> None:
    dial(page)
    for key, shown in [("3", "1 Eau"), ("1", "région")]:
        page.fill(".lcd [name=text]", key)
        page.click(".key-call")
        expect(screen(page)).to_contain_text(shown)
    page.clock.install()
    page.clock.pause_at(clock.now() + timedelta(hours=1))  # what is on its way stays on its way
    page.click("[data-brake]")
    page.fill(".lcd [name=text]", "8")
    page.click(".key-call")
    expect(page.locator("[data-wait]")).to_contain_text("Réseau lent")
    page.click("[data-drop]")
    expect(page.locator(".lcd")).to_contain_text("Connexion perdue")
    expect(page.locator("[data-brake]")).to_have_attribute("aria-pressed", "true")
    page.click("[data-brake]")
    page.click(".key-call")
    expect(screen(page)).to_contain_text("1 Continuer")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_a_drop_after_the_line_has_heard_loses_only_the_answer(page: Page) -> None:
    dial(page)
    held: list[Route] = []
    page.route("**/simulator/phone", lambda route: route.continue_() if held else held.append(route))
    page.fill(".lcd [name=text]", "3")
    page.click(".key-call")
    expect(page.locator("[data-wait]")).to_be_visible()
    page.click("[data-drop]")
    expect(page.locator("[data-wait]")).to_contain_text("Connexion perdue")
    held[0].continue_()
    expect(page.locator(".lcd-middle-words")).to_contain_text("La ligne n'en sait rien")
    expect(page.locator(".phone-more").first).to_contain_text("3 gestes retenus")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_an_sms_comes_by_itself_and_is_counted(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.goto("/console/simulator?number=%2B22670000042")
    Phone("+22670000042").sms("AIDE")
    expect(page.locator(".lcd-count")).to_contain_text("1 nouveau")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_the_case_opens_next_to_the_phone(open_browser: OpenBrowser) -> None:
    page = open_browser("alice")
    page.goto("/console/simulator?number=%2B22670000042")
    expect(page.locator("[data-part=cases]")).to_contain_text("Aucun dossier")
    case = make_case("EHA.EAU", phone="+22670000042")
    expect(page.locator("[data-part=cases]")).to_contain_text("À prendre")
    page.click(".watched a")
    page.wait_for_url(f"**/console/cases/{case.id}*")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_done_is_downloaded(open_browser: OpenBrowser, tmp_path: Path, scripts: bool) -> None:
    page = open_browser(scripts=scripts)
    page.goto(PURE)
    dial(page)
    page.fill(".lcd [name=text]", "3")
    page.click(".key-call")
    expect(screen(page)).to_contain_text("1 Eau")
    page.click("text=Enregistrer comme test")
    page.get_by_label("Ce que cette conversation montre").fill("Deux écrans")
    with page.expect_download() as download:
        page.click("text=Télécharger")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    dialogue = read_dialogue(file)
    assert dialogue.about == "Deux écrans"
    assert play(open_book(), dialogue) == []


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_without_scripts_the_whole_phone_works(open_browser: OpenBrowser) -> None:
    page = open_browser(scripts=False)
    page.goto(PURE)
    dial(page)
    page.fill(".lcd [name=text]", "3")
    page.locator(".lcd [name=text]").press("Enter")
    expect(screen(page)).to_contain_text("1 Eau")
    page.click("text=Couper")
    expect(page.locator(".lcd")).to_contain_text("Connexion perdue")
    page.click("text=Attendre 10 min")
    page.locator(".lcd-soft button", has_text="SMS").click()
    page.fill(".lcd textarea", "AIDE")
    page.click(".key-call")
    expect(page.locator(".bubble-line")).to_be_visible()
