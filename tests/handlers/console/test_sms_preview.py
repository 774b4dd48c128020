"""The preview of an answer: what the person's channel makes of its letters and length, and what else it would cost."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from feedback_gateway import work
from flows import gsm7
from models import Message
from models.words import Purpose
from tests.factories import make_case, make_contact
from tests.handlers.console.browser import Browser, text_of

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SMS_LETTERS": "fold,twilio=keep", "LONG_SMS": "split,africastalking=shorten:1"}


def preview(sign_in: SignIn, channel: str, text: str) -> str:
    case = make_case()
    make_contact(channel=channel)
    return " ".join(text_of(sign_in("alice").act(case.id, "answer", text=text, preview="1")).split())


def test_letters_that_change_are_named_with_the_price_of_keeping_them(sign_in: SignIn) -> None:
    page = preview(sign_in, "simulator", "L’équipe a reçu la pompe. " * 3)
    assert "L'équipe a recu la pompe." in page
    assert "Lettres changées : ’ → ', ç → c. Les garder coûterait 2 SMS." in page


def test_letters_that_are_kept_are_named_with_the_price_of_folding_them(sign_in: SignIn) -> None:
    page = preview(sign_in, "twilio", "L’équipe a reçu la pompe. " * 3)
    assert "2 SMS (alphabet étendu)" in page
    assert "Lettres gardées. Sans elles (’ → ', ç → c) : 1 SMS." in page


def test_nothing_is_said_of_letters_that_every_phone_shows(sign_in: SignIn) -> None:
    assert "Lettres" not in preview(sign_in, "simulator", "Une équipe vient jeudi.")


def test_another_script_is_kept_and_its_price_shown(sign_in: SignIn) -> None:
    page = preview(sign_in, "simulator", "الماء")
    assert "الماء" in page
    assert "1 SMS (alphabet étendu)" in page
    assert "Lettres" not in page


def test_an_end_that_would_not_leave_is_told(sign_in: SignIn) -> None:
    page = preview(sign_in, "africastalking", "Une équipe vient jeudi. " * 10)
    assert "Une équipe vient..." in page or "Une équipe..." in page
    assert "ce canal paie au plus 1 SMS et l'opérateur en compterait 2" in page


def test_what_was_shown_is_what_is_sent(sign_in: SignIn) -> None:
    text = "Reçu :\r\n- l’eau\r\n- le riz"
    case = make_case()
    page = sign_in("alice").act(case.id, "answer", text=text, preview="1").text
    shown = unescape(re.search(r'<p class="sms">(.*?)</p>', page, re.DOTALL)[1])  # type: ignore[index]
    sign_in("alice").act(case.id, "answer", text=text)
    with work.reading() as db:
        sent = db.scalars(select(Message).where(Message.purpose == Purpose.ANSWER)).one()
    assert sent.text == shown
    assert sent.text.endswith("Recu :\n- l'eau\n- le riz")
    assert sent.parts == gsm7.parts(shown)


def test_the_page_gives_the_browser_what_it_counts_with(sign_in: SignIn) -> None:
    case = make_case()
    page = sign_in("alice").get(f"/console/cases/{case.id}").text
    given = json.loads(unescape(re.search(r'data-sms="([^"]*)"', page)[1]))  # type: ignore[index]
    assert given["frame"].endswith(" : {}")
    assert (given["folds"], given["most"]) == (True, None)
    assert set(given["basic"]) == gsm7.BASIC
    assert set(given["extended"]) == gsm7.EXTENDED
    assert given["plain"]["ɛ"] == "e"
