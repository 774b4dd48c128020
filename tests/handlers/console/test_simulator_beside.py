"""The simulator's phones without a database, the draft of the flows, the case next to a phone, and recording."""

import re
from collections.abc import Callable
from dataclasses import fields
from typing import get_args

import pytest

from feedback_gateway import editions, work
from feedback_gateway.editions import TextChange
from flows import events
from flows.book import open_book
from flows.dialogue import play, read_dialogue
from flows.overlay import Wording
from handlers.console import trial_panel
from models import Case, Contact, Conversation, Event, Message
from tests import actors
from tests.databases import ON_SQLITE
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.handset import LANGUAGES_SCREEN, Handset, count, take

SignIn = Callable[[str], Browser]


@pytest.fixture
def live(stranger: Browser) -> Handset:
    return take(stranger)


@pytest.fixture
def pure(stranger: Browser) -> Handset:
    return take(stranger, "?pure=1&language=fr")


# --- A phone without a database ---


@ON_SQLITE
def test_a_pure_phone_leaves_nothing_behind_and_says_what_was_decided(pure: Handset) -> None:
    pure.do("dial")
    said = pure.press("3", "1", "8", "la pompe est en panne", "1")
    assert "Session terminée" in said
    for word in ("Dossier ouvert", "000 000 0013", "plainte", "EHA.EAU", "la pompe est en panne", "par SMS"):
        assert word in said
    pure.do("sms", "la pompe est en panne")
    assert [count(table) for table in (Case, Contact, Conversation, Event, Message)] == [0] * 5


@ON_SQLITE
def test_a_pure_phone_has_its_sms_on_it(pure: Handset) -> None:
    said = pure.do("sms", "STOP")
    assert "STOP" in said
    assert "septets, 1 SMS" in said
    assert "Plus aucun envoi à ce téléphone" in said


@ON_SQLITE
def test_time_passes_on_a_pure_phone(pure: Handset) -> None:
    pure.do("dial")
    pure.press("3", "1", "8", "la pompe est en panne")
    assert "10 minutes ont passé" in pure.do("wait 600")
    assert "1 Continuer" in pure.do("dial")
    pure.press("1")
    assert "La ligne a envoyé un SMS" in pure.do("wait 3600")
    assert "Incomplet oui" in text_of(pure.page)
    assert "1 nouveau" in text_of(pure.page)


@ON_SQLITE
def test_a_pure_phone_begins_again_in_another_language(pure: Handset) -> None:
    pure.do("dial")
    pure.do("language", "en")
    assert "Hello" in pure.do("dial")
    pure.do("language", "")
    assert LANGUAGES_SCREEN in pure.do("dial")


def test_every_event_can_be_told_and_a_pin_is_not_shown() -> None:
    kinds = {kind.__name__: kind for kind in get_args(events.Event)}
    assert set(trial_panel.TITLES) == set(kinds)
    named = {field.name for kind in kinds.values() for field in fields(kind)}
    assert named == set(trial_panel._FIELDS) | {"pin"}
    assert set(trial_panel._PURPOSES) == set(get_args(events.Purpose))


# --- The draft of the flows ---


@ON_SQLITE
def test_only_an_administrator_tries_the_draft(sign_in: SignIn, stranger: Browser) -> None:
    assert stranger.get("/console/simulator", book="draft").status_code == 403
    assert sign_in("alice").get("/console/simulator", book="draft").status_code == 403
    phone = take(sign_in("ada"), "?book=draft")
    assert "Le brouillon manque" in text_of(phone.page)
    refused = stranger.post("/console/simulator/phone", phone=phone.token, action="dial")
    assert refused.status_code == 403


@ON_SQLITE
def test_the_draft_is_spoken(sign_in: SignIn) -> None:
    before = open_book().texts.words["fr"]["home"]
    words = before.words.replace("Bonjour", "Bonsoir")
    with work.unit_of_work() as db:
        change = TextChange("fr", "home", Wording(words), editions.mark_of(Wording(before.words, before.draft)))
        editions.save_texts(db, [change], by=actors.make("ada"))
    ada = sign_in("ada")
    assert "Bonsoir" in take(ada, "?book=draft&language=fr").do("dial")
    assert "Bonsoir" not in take(ada, "?pure=1&language=fr").do("dial")


# --- The case next to it ---


def test_the_case_opens_next_to_the_phone(sign_in: SignIn) -> None:
    case = make_case("EHA.EAU", phone="+22670000042")
    phone = take(sign_in("alice"), "?number=%2B22670000042")
    assert f"/console/cases/{case.id}" in phone.page.text
    assert "À prendre" in phone.look()
    assert "Dossier trié" in phone.look()


@ON_SQLITE
@pytest.mark.parametrize(("name", "sees"), [("alice", True), ("bob", True), ("charlie", False), ("ada", False)])
def test_a_case_is_shown_to_whoever_may_read_it(sign_in: SignIn, name: str, sees: bool) -> None:
    case = make_case("EHA.EAU", phone="+22670000042")
    page = take(sign_in(name), "?number=%2B22670000042").page
    assert (str(case.id) in page.text) is sees
    assert ("Aucun dossier" in text_of(page)) is not sees


@ON_SQLITE
def test_a_stranger_is_asked_to_sign_in(stranger: Browser) -> None:
    case = make_case("EHA.EAU", phone="+22670000042")
    page = take(stranger, "?number=%2B22670000042").page
    assert str(case.id) not in page.text
    assert "Connectez-vous" in text_of(page)


@ON_SQLITE
def test_a_sealed_case_shows_its_state_to_its_readers_only_and_no_more(sign_in: SignIn) -> None:
    case = make_case("PRO.VIE", text="on nous menace", phone="+22670000042", sealed=True)
    assert str(case.id) not in take(sign_in("alice"), "?number=%2B22670000042").page.text
    page = take(sign_in("dora"), "?number=%2B22670000042").page
    assert str(case.id) in page.text
    assert "Accusé de réception" not in text_of(page)


@ON_SQLITE
def test_a_number_does_not_lead_to_the_cases_of_a_real_line(sign_in: SignIn) -> None:
    case = make_case("EHA.EAU", phone="+22670000042", channel="africastalking")
    assert str(case.id) not in take(sign_in("alice"), "?number=%2B22670000042").page.text


# --- Recording ---


@ON_SQLITE
def test_a_pure_phone_is_recorded_as_a_dialogue_file(pure: Handset) -> None:
    pure.do("dial")
    pure.press("3", "1")
    pure.do("drop")
    pure.do("dial")
    pure.do("sms", "SUIVI 1234567890")
    file = pure.record("  Coupée\n et reprise ")
    assert re.fullmatch(r'attachment; filename="dialogue-\d{8}-\d{6}.yaml"', file.headers["Content-Disposition"])
    dialogue = read_dialogue(file.text)
    assert dialogue.about == "Coupée et reprise"
    assert [turn.kind for turn in dialogue.turns] == ["dial", "press", "press", "drop", "dial", "sms"]
    assert play(open_book(), dialogue) == []


@ON_SQLITE
def test_a_live_phone_is_recorded_by_doing_it_again_without_the_database(live: Handset) -> None:
    live.do("dial")
    live.press("1", "3", "1")
    live.do("again")
    live.do("end")
    live.do("sms", "la pompe est en panne")
    before = count(Message)
    dialogue = read_dialogue(live.record().text)
    done = [(turn.kind, turn.said) for turn in dialogue.turns]
    assert done == [
        *[("dial", ""), ("press", "1"), ("press", "3"), ("press", "1")],
        *[("again", ""), ("drop", ""), ("sms", "la pompe est en panne")],
    ]
    assert dialogue.about
    assert play(open_book(), dialogue) == []
    assert count(Message) == before
