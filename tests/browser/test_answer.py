"""What is counted in the browser while an answer is typed is what leaves: the same arithmetic as flows.gsm7."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from flows import gsm7
from tests.factories import make_case, make_contact

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]

TEXTS = [
    "",
    "Une équipe vient jeudi.",
    "Ça va ? L’équipe « vient » à cœur ouvert…",
    "dɛmɛ ɲɛnɛma ŋ ɓ ƴ ʋ ɩ " * 6,
    "Prix : 5 € [tarif] {a} ^ ~ \\ |" * 9,
    "a" * 152 + "€" + "a" * 152,
    "😭" * 36 + "ç",
    "الماء ça",
    "e\u0301cole e\u0303 zéro\u200bjoint\u00ad",
    "½ ² ﬁn № ™ \t tab",
    "ligne\nligne\n" * 20,
    "ç" * 70,
    "ç" * 71,
]


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SMS_LETTERS": "fold,twilio=keep", "LONG_SMS": "split,twilio=shorten:2"}


def open_case(open_browser: OpenBrowser, channel: str = "simulator") -> Page:
    case = make_case()
    make_contact(channel=channel)
    page = open_browser("alice")
    page.goto(f"/console/cases/{case.id}")
    page.click("text=Répondre à la personne")
    return page


@pytest.mark.parametrize("size", [(1280, 900)])
def test_the_browser_counts_as_the_engine_does(open_browser: OpenBrowser, size: tuple[int, int]) -> None:
    page = open_case(open_browser)
    counted = page.evaluate(
        """async (texts) => {
          const { look } = await import(document.querySelector('script[src*="answer"]').src);
          const tables = JSON.parse(document.getElementById("answer-text").dataset.sms);
          return texts.map((text) => look(text, tables));
        }""",
        TEXTS,
    )
    for text, seen in zip(TEXTS, counted, strict=True):
        expected = gsm7.preview(text)
        assert seen["kept"] == {
            "size": gsm7.size(expected.kept),
            "parts": expected.parts_kept,
            "wide": expected.ucs2,
        }, text
        assert seen["folded"]["size"] == gsm7.size(expected.folded), text
        assert seen["folded"]["parts"] == expected.parts_folded, text
        assert seen["changed"] == [list(pair) for pair in expected.changed], text


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_the_letters_that_change_are_named_while_typing_and_in_the_preview(open_browser: OpenBrowser) -> None:
    page = open_case(open_browser)
    page.fill("#answer-text", "L’équipe a reçu la pompe. " * 3)
    line = "Lettres changées : ’ → ', ç → c. Les garder coûterait 2 SMS."
    expect(page.locator("#answer-letters")).to_have_text(line)
    page.click("text=Aperçu")
    expect(page.locator(".sms-preview")).to_contain_text(line)
    expect(page.locator(".sms-preview .sms")).to_contain_text("L'équipe a recu la pompe.")
    expect(page.locator("#answer-letters")).to_have_text(line)  # what was typed is still there


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_without_a_script_the_preview_says_it_all(open_browser: OpenBrowser) -> None:
    case = make_case()
    page = open_browser("alice", scripts=False)
    page.goto(f"/console/cases/{case.id}")
    page.click("text=Répondre à la personne")
    page.fill("#answer-text", "reçu")
    page.click("text=Aperçu")
    expect(page.locator(".sms-preview")).to_contain_text("ç → c")
    expect(page.locator("#answer-letters")).to_have_text("")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_a_channel_that_keeps_letters_and_shortens_says_so(open_browser: OpenBrowser) -> None:
    page = open_case(open_browser, channel="twilio")
    page.fill("#answer-text", "ça " * 60)
    expect(page.locator("#answer-count")).to_contain_text("4 SMS : trop long, au plus 2 SMS partiront")
    expect(page.locator("#answer-letters")).to_have_text("Lettres gardées. Sans elles (ç → c) : 2 SMS.")
    page.click("text=Aperçu")
    expect(page.locator(".sms-preview .sms")).to_contain_text("ça...")
    expect(page.locator(".sms-preview")).to_contain_text("ce canal paie au plus 2 SMS et l'opérateur en compterait 4")
