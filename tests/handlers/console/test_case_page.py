import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

import feedback_gateway
from feedback_gateway import cases, pins, work
from feedback_gateway.places import place_tree
from handlers.console.timeline import SENTENCES, Names, explain_route
from models import Agency, Case, Category, Event
from models.words import Outcome, Sensitivity
from tests import actors
from tests.databases import ON_SQLITE
from tests.factories import make_case, make_contact
from tests.handlers.console.browser import Browser, text_of
from tests.worker import work_off

SignIn = Callable[[str], Browser]


@ON_SQLITE
def test_the_page_says_what_the_person_said_and_hides_the_phone(sign_in: SignIn) -> None:
    case = make_case(text="la pompe est en panne", phone="+22670123456", language="fr")
    page = sign_in("alice").get(f"/console/cases/{case.id}")
    assert "la pompe est en panne" in text_of(page)
    assert 'lang="fr" dir="auto"' in page.text
    assert "+226 70 •• •• 56" in text_of(page)
    assert "70123456" not in page.text


@ON_SQLITE
def test_what_a_person_wrote_stays_text(sign_in: SignIn) -> None:
    case = make_case(text="<script>alert(1)</script> & eau")
    assert "<script>alert" not in sign_in("alice").get(f"/console/cases/{case.id}").text


def test_a_hidden_case_is_the_same_page_as_one_that_does_not_exist(sign_in: SignIn) -> None:
    other, sealed = make_case("FSL.MIS", text="vivres"), make_case(sealed=True)
    unread = make_case(classify=False)
    browser = sign_in("alice")
    pages = [browser.get(f"/console/cases/{case_id}") for case_id in (other.id, sealed.id, unread.id, uuid4())]
    assert {page.status_code for page in pages} == {404}
    bodies = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
    assert len(bodies) == 1


def test_every_reading_of_a_case_that_is_not_open_to_all_is_logged(sign_in: SignIn) -> None:
    normal, sealed = make_case(), make_case(text="ils nous menacent", sealed=True)
    sign_in("alice").get(f"/console/cases/{normal.id}")
    sign_in("alice").get(f"/console/cases/{sealed.id}")
    page = sign_in("dora").get(f"/console/cases/{sealed.id}")
    assert "1 consultation notée" in text_of(page)
    with work.reading() as db:
        readings = db.scalars(select(Event).where(Event.kind == "read")).all()
    assert [(reading.case_id, reading.user_id) for reading in readings] == [(sealed.id, actors.make("dora").id)]


def test_every_kind_of_event_that_a_verb_writes_has_a_sentence() -> None:
    source = "".join(path.read_text() for path in Path(feedback_gateway.__path__[0]).rglob("*.py"))
    written = set(re.findall(r'(?:record\(\s*db|event_values\(\s*case),\s*(?:case,\s*)?"(\w+)"', source)) | {"breached"}
    assert len(written) >= 15
    assert written <= set(SENTENCES)


def test_the_timeline_tells_a_whole_life_in_both_languages(sign_in: SignIn) -> None:
    alice, case = actors.make("alice"), make_case()
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.accept(db, stored, by=alice)
        cases.add_note(db, stored, "pièce commandée", by=alice)
        cases.respond(db, stored, "Une équipe vient jeudi.", by=alice)
    work_off()
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.close(db, stored, Outcome.RESOLVED, by=alice)
        cases.record_satisfaction(db, stored, helped=False)
        cases.ask_reopening(db, stored)
        cases.reopen(db, stored, by=alice)
    work_off()
    browser = sign_in("alice")
    told = text_of(browser.get(f"/console/cases/{case.id}"))
    for sentence in (
        "Dossier ouvert par SMS",
        "Confié à : [Exemple] Eau hygiène assainissement",
        "Dossier pris en charge",
        "Note interne",
        "pièce commandée",
        "Une équipe vient jeudi.",
        "SMS remis sur le téléphone",
        "Personne informée par SMS",
        "Dossier clos : résolu",
        "Cela a aidé : non",
        "La personne demande la réouverture",
        "Dossier rouvert",
    ):
        assert sentence in told, sentence
    browser.post("/console/language", language="en")
    english = text_of(browser.get(f"/console/cases/{case.id}"))
    for sentence in ("Case opened by SMS", "Person told by SMS", "SMS delivered to the phone", "Case closed: resolved"):
        assert sentence in english, sentence


@ON_SQLITE
@pytest.mark.parametrize(
    ("because", "sentence"),
    [
        ("EHA.EAU|*|*", "Par la règle : Point d'eau en panne, en tout lieu, toute sensibilité."),
        ("EHA|BF49|*", "Par la règle : Eau, hygiène, assainissement, Centre-Nord, toute sensibilité."),
        ("*|*|sealed", "Par la règle : toute catégorie, en tout lieu, scellé."),
        (None, "Confié par une personne."),
    ],
)
def test_why_a_case_stands_with_its_agency_is_said_in_words(app: Flask, because: str | None, sentence: str) -> None:
    with work.reading() as db, app.test_request_context(headers={"Accept-Language": "fr"}):
        agencies = {agency.id: agency for agency in db.scalars(select(Agency))}
        categories = {category.code: category for category in db.scalars(select(Category))}
        names = Names(agencies, categories, place_tree(db))
        case = Case(agency_id=next(iter(agencies)), routed_because=because)
        assert explain_route(case, names) == sentence
        assert "Aucune règle" in explain_route(Case(agency_id=None), names)


@ON_SQLITE
def test_the_page_says_when_no_sms_can_leave(sign_in: SignIn) -> None:
    browser = sign_in("alice")
    silent = make_case(may_contact=False, phone="+22670000001")
    stopped = make_case(phone="+22670000002")
    make_contact("+22670000002", opted_out_at=stopped.opened_at)
    assert "ne veut pas être contactée" in text_of(browser.get(f"/console/cases/{silent.id}"))
    assert "a envoyé STOP" in text_of(browser.get(f"/console/cases/{stopped.id}"))


@ON_SQLITE
def test_the_answer_to_a_sensitive_case_is_not_promised_by_its_reference(sign_in: SignIn) -> None:
    sealed = make_case("PRO.VIE", text="on nous menace", may_contact=False)
    normal = make_case(may_contact=False)
    assert "ne se donne pas par la référence" in text_of(sign_in("dora").get(f"/console/cases/{sealed.id}"))
    assert "en suivant son dossier par sa référence" in text_of(sign_in("alice").get(f"/console/cases/{normal.id}"))


@ON_SQLITE
def test_outcomes_that_need_telling_are_closed_until_the_person_knows(sign_in: SignIn) -> None:
    alice, case = actors.make("alice"), make_case()
    browser = sign_in("alice")
    assert re.search(r'value="resolved" disabled', browser.get(f"/console/cases/{case.id}").text)
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.respond(db, stored, "Bonjour", by=alice)
        cases.mark_told(db, stored, "visit", by=alice)
    assert not re.search(r'value="resolved"\s+disabled', browser.get(f"/console/cases/{case.id}").text)


@ON_SQLITE
def test_a_sensitive_case_carries_its_badge_and_a_warning(sign_in: SignIn) -> None:
    case = make_case("PRO.VIE", text="on nous menace")
    assert case.sensitivity == Sensitivity.SEALED
    page = text_of(sign_in("dora").get(f"/console/cases/{case.id}"))
    assert "Scellé" in page
    assert "n'écrivez rien qui dise de quoi il s'agit" in page


@ON_SQLITE
def test_nothing_personal_stands_in_titles(sign_in: SignIn) -> None:
    case = make_case(text="la pompe est en panne")
    title = re.search(r"<title>(.*?)</title>", sign_in("alice").get(f"/console/cases/{case.id}").text, re.S)
    assert title
    assert "pompe" not in title[1]


@ON_SQLITE
def test_a_case_from_a_session_that_broke_off_says_so(sign_in: SignIn) -> None:
    broken, whole = make_case(incomplete=True), make_case()
    alice = sign_in("alice")
    assert "coupée avant la fin" in alice.get(f"/console/cases/{broken.id}").text
    assert "coupée avant la fin" not in alice.get(f"/console/cases/{whole.id}").text


@ON_SQLITE
def test_a_case_that_wants_a_call_says_when_and_warns(sign_in: SignIn) -> None:
    case = make_case("PAR.RAP", text="", sealed=True, contact_by="call", safe_time="afternoon", phone="+22670123456")
    browser = sign_in("dora")
    page = text_of(browser.get(f"/console/cases/{case.id}"))
    assert "par un appel Appeler : l'après-midi" in page
    assert "ni l'agence, ni le sujet" in page
    assert "Aucun SMS ne partira : la personne a demandé un appel." in page
    assert "ne se donne pas par la référence" not in page
    browser.post("/console/language", language="en")
    english = text_of(browser.get(f"/console/cases/{case.id}"))
    assert "Call: in the afternoon" in english
    assert "neither the agency nor the subject" in english


@ON_SQLITE
def test_a_call_without_a_safe_time_says_that_it_was_not_said(sign_in: SignIn) -> None:
    case = make_case(contact_by="call")
    assert "n'a pas été dit" in text_of(sign_in("alice").get(f"/console/cases/{case.id}"))


@ON_SQLITE
def test_who_does_not_want_to_be_contacted_is_not_called(sign_in: SignIn) -> None:
    case, alice = make_case(contact_by="call", may_contact=False), sign_in("alice")
    page = text_of(alice.get(f"/console/cases/{case.id}"))
    assert "ne veut pas être contactée" in page
    assert "a demandé un appel" not in page
    assert "À appeler" not in text_of(alice.get("/console/"))


@ON_SQLITE
def test_an_ordinary_case_warns_once_its_number_is_shown(sign_in: SignIn) -> None:
    case, alice = make_case(contact_by="sms"), sign_in("alice")
    page = text_of(alice.get(f"/console/cases/{case.id}"))
    assert "Réponse par SMS" in page
    assert "Téléphone peut-être partagé" not in page
    assert "Téléphone peut-être partagé" in text_of(alice.act(case.id, "reveal", text="rappel"))


@ON_SQLITE
def test_somebody_guessing_the_pin_is_seen(sign_in: SignIn) -> None:
    case = make_case(sealed=True, contact_by="call")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.set_safe_time(db, stored, "morning")
        pins.set_pin(db, stored, "4321", contact_id=case.contact_id)
        for _ in range(pins.WRONG_IN_A_ROW):
            pins.record_wrong_pin(db, stored)
    page = text_of(sign_in("dora").get(f"/console/cases/{case.id}"))
    for sentence in (
        "Quand appeler : le matin",
        "Code choisi pour suivre le dossier",
        "Trop de codes faux : le suivi est fermé pour 24 heures",
        "Quelqu'un qui a la référence ne connaît pas le code.",
    ):
        assert sentence in page, sentence


@ON_SQLITE
def test_the_services_of_the_place_are_one_click_away(sign_in: SignIn) -> None:
    case = make_case(place="BF490304")
    page = sign_in("alice").get(f"/console/cases/{case.id}")
    assert "/console/directory?place=BF490304" in page.text
