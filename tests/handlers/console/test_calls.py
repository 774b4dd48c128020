"""The call-back list in the console: the number is for whoever calls, and every look at it is logged."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, work
from models import Callback, Case, Event
from models.words import CallOutcome, CaseState
from tests import actors
from tests.factories import make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.learnt import change_case

SignIn = Callable[[str], Browser]
PHONE = "+22670123456"
TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


@pytest.fixture
def environment() -> dict[str, str]:
    return {"QUIET_HOURS": "21-6"}


@pytest.fixture(autouse=True)
def at_nine() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=False):
        yield


def entry_of(case: Case) -> Callback:
    with work.reading() as db:
        return db.scalars(select(Callback).where(Callback.case_id == case.id)).one()


def path_of(case: Case, what: str) -> str:
    return f"/console/calls/{entry_of(case).id}/{what}"


def seen_numbers(case: Case) -> list[int | None]:
    """Who has seen the number, by the log of the case."""
    with work.reading() as db:
        seen = select(Event.user_id).where(Event.case_id == case.id, Event.kind == "phone_revealed")
        return list(db.scalars(seen))


def answer(case: Case, text: str) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), text, by=alice)


def test_the_list_says_who_when_and_what_and_never_the_number(sign_in: SignIn) -> None:
    case = make_case(contact_by="call", safe_time="evening", phone=PHONE)
    answer(case, "Une équipe vient jeudi.")
    page = sign_in("alice").get("/console/calls")
    text = text_of(page)
    for said in ("Point d'eau en panne", "le soir", "Pas maintenant", "Une équipe vient jeudi.", "pas encore appelée"):
        assert said in text, said
    assert "70123456" not in page.text
    assert seen_numbers(case) == []


def test_a_call_from_the_list_to_the_loop_that_is_closed(sign_in: SignIn) -> None:
    case = make_case(contact_by="call", phone=PHONE)
    answer(case, "Une équipe vient jeudi.")
    alice = sign_in("alice")
    page = alice.post(path_of(case, "call"))
    assert "tel:+22670123456" in page.text
    assert "ni l'agence, ni le sujet" in text_of(page)
    assert seen_numbers(case) == [actors.make("alice").id]
    done = alice.post(path_of(case, "outcome"), outcome="told", note="a compris")
    assert "Appel noté." in text_of(done)
    with work.reading() as db:
        assert db.get_one(Case, case.id).state == CaseState.PERSON_INFORMED
    told = text_of(alice.get(f"/console/cases/{case.id}"))
    assert "Appel : informée" in told
    assert "a compris" in told
    assert "Personne informée par téléphone" in told


def test_the_number_is_not_on_a_page_that_can_be_opened_again(sign_in: SignIn) -> None:
    case, alice = make_case(contact_by="call", phone=PHONE), sign_in("alice")
    alice.post(path_of(case, "call"))
    assert alice.get(path_of(case, "call")).status_code == 405
    assert "70123456" not in alice.get("/console/calls").text
    refused = alice.post(path_of(case, "outcome"), note="quelque chose", outcome="")
    assert refused.status_code == 422
    assert "quelque chose" in refused.text, "what was typed is kept"
    assert "70123456" not in refused.text


def test_two_people_never_call_at_once(sign_in: SignIn) -> None:
    case = make_case(contact_by="call")
    sign_in("alice").post(path_of(case, "call"))
    bob = sign_in("bob")
    assert "Alice appelle en ce moment." in text_of(bob.get("/console/calls"))
    page = bob.post(path_of(case, "call"))
    assert "Quelqu'un d'autre est en train d'appeler" in text_of(page)
    assert len(seen_numbers(case)) == 1
    sign_in("alice").post(path_of(case, "release"))
    assert "tel:" in bob.post(path_of(case, "call")).text


def test_an_operator_calls_and_does_no_more(sign_in: SignIn) -> None:
    case, other = make_case(contact_by="call", phone=PHONE), make_case(phone="+22670000002")
    oscar = sign_in("oscar")
    assert oscar.get(f"/console/cases/{other.id}").status_code == 404
    page = oscar.get(f"/console/cases/{case.id}")
    for verb in ("close", "refer", "answer", "accept", "reject", "recategorise", "concerns", "assign"):
        assert f"/{verb}?" not in page.text, verb
        assert f'/{verb}"' not in page.text, verb
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert version
    oscar.post(f"/console/cases/{case.id}/close", version=version[1], outcome="withdrawn")
    oscar.post(f"/console/cases/{case.id}/refer", version=version[1], agency="1")
    with work.reading() as db:
        assert db.get_one(Case, case.id).state == CaseState.REFERRED
    assert "tel:+22670123456" in oscar.post(path_of(case, "call")).text
    oscar.post(path_of(case, "outcome"), outcome="reached", note="veut un forage")
    assert oscar.get(f"/console/cases/{case.id}").status_code == 404


@pytest.mark.parametrize("name", ["charlie", "oscar", "alice", "marc"])
def test_a_sealed_entry_is_for_named_readers_only(sign_in: SignIn, name: str) -> None:
    case = make_case("PRO.VIE", text="on nous menace", contact_by="call", sealed=True, phone=PHONE)
    stranger = sign_in(name)
    page = stranger.get("/console/calls")
    assert case.reference not in page.text.replace(" ", "")
    assert stranger.post(path_of(case, "call")).status_code == 404
    assert stranger.post(path_of(case, "outcome"), outcome="reached").status_code == 404
    assert seen_numbers(case) == []
    dora = sign_in("dora")
    assert "Scellé" in text_of(dora.get("/console/calls"))
    assert "tel:+22670123456" in dora.post(path_of(case, "call")).text
    with work.reading() as db:
        kinds = set(db.scalars(select(Event.kind).where(Event.case_id == case.id)))
    assert {"phone_revealed", "read"} <= kinds


def test_after_the_last_word_the_line_calls_and_not_the_agency(sign_in: SignIn) -> None:
    case = make_case(contact_by="call", phone=PHONE)
    change_case(case, helped=False)
    alice = sign_in("alice")
    assert "La ligne d'appel s'en charge" in text_of(alice.get("/console/calls"))
    assert "70123456" not in alice.post(path_of(case, "call")).text
    assert entry_of(case).caller_id is None, "a refusal holds nobody up"
    assert "tel:+22670123456" in sign_in("oscar").post(path_of(case, "call")).text


def test_the_sheet_has_numbers_only_when_asked_and_logs_each(sign_in: SignIn) -> None:
    case, second = make_case(contact_by="call", phone=PHONE), make_case(contact_by="call", phone="+22670000002")
    make_case("PRO.VIE", text="on nous menace", contact_by="call", sealed=True, phone="+22670000003")
    change_case(second, helped=True)
    alice = sign_in("alice")
    assert "70123456" not in alice.get("/console/calls/sheet").text
    assert seen_numbers(case) == []
    sheet = alice.post("/console/calls/sheet").text
    assert PHONE in sheet
    assert "+22670000002" not in sheet
    assert seen_numbers(case) == [actors.make("alice").id]
    assert seen_numbers(second) == []
    dora = sign_in("dora").post("/console/calls/sheet")
    assert "70000003" not in dora.text
    assert "1 dossier sensible n'est pas sur la feuille." in text_of(dora)


def test_later_is_at_a_time(sign_in: SignIn) -> None:
    case, alice = make_case(contact_by="call"), sign_in("alice")
    alice.post(path_of(case, "call"))
    refused = alice.post(path_of(case, "outcome"), outcome="later", later="hier")
    assert "Dites quand rappeler" in text_of(refused)
    alice.post(path_of(case, "outcome"), outcome="later", later="2026-12-03T17:30")
    assert entry_of(case).after == datetime.fromisoformat("2026-12-03T17:30:00+00:00")
    assert entry_of(case).outcome == CallOutcome.LATER
    assert "Plus tard" in text_of(alice.get("/console/calls"))


def test_the_list_is_narrowed(sign_in: SignIn) -> None:
    case, alice = make_case(contact_by="call"), sign_in("alice")
    change_case(case, focal_point_id=actors.make("bob").id)
    assert case.reference not in alice.get("/console/calls", mine="1").text.replace(" ", "")
    assert "Personne à appeler ici" in text_of(alice.get("/console/calls", language="mos"))


def test_a_focal_point_puts_a_person_on_the_list_and_notes_what_they_wish(sign_in: SignIn) -> None:
    case, alice = make_case(phone=PHONE), sign_in("alice")
    alice.act(case.id, "callback")
    assert "Sur la liste d'appels : pas de SMS possible" in text_of(alice.get(f"/console/cases/{case.id}"))
    page = alice.act(case.id, "wishes", contact_by="sms", safe_time="noon", pace="answer_only")
    assert "La personne souhaite : par SMS, à midi, seulement la réponse" in text_of(page)
    refused = alice.act(case.id, "wishes", contact_by="pigeon", safe_time="", pace="answer_only")
    assert refused.status_code == 422
