import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from feedback_gateway import cases, work
from feedback_gateway.case_states import NotAllowedError
from handlers.console.case_verbs import VERBS
from handlers.console.possible import possible_verbs
from models import Case, Event, Message
from models.words import CaseState, Outcome, Sensitivity
from tests import actors
from tests.databases import ON_SQLITE
from tests.factories import agency_id, make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.test_queue import change, shown
from tests.phone import Phone
from tests.worker import work_off

SignIn = Callable[[str], Browser]


def stored(case_id: UUID) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case_id)


def test_a_case_goes_from_the_queue_to_told_and_closed(sign_in: SignIn) -> None:
    phone = Phone()
    phone.sms("la pompe de Barsalogho est en panne")
    work_off()
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
    alice = sign_in("alice")
    assert "Dossier pris en charge." in text_of(alice.act(case.id, "accept"))
    assert "Réponse enregistrée." in text_of(alice.act(case.id, "answer", text="Une équipe vient jeudi."))
    work_off()
    assert "Une équipe vient jeudi." in phone.inbox()[-1]
    assert stored(case.id).state == CaseState.PERSON_INFORMED
    assert "Dossier clos." in text_of(alice.act(case.id, "close", outcome="resolved"))
    assert stored(case.id).outcome == Outcome.RESOLVED


@pytest.mark.parametrize(
    ("verb", "form", "state"),
    [
        ("accept", {}, CaseState.ACCEPTED),
        ("answer", {"text": "Bonjour"}, CaseState.AGENCY_RESPONDED),
        ("start", {}, CaseState.IN_ACTION),
        ("close", {"outcome": "out_of_scope"}, CaseState.CLOSED),
        ("note", {"text": "vu"}, CaseState.REFERRED),
        ("recategorise", {"category": "EHA.LAT"}, CaseState.REFERRED),
    ],
)
def test_each_verb_has_a_form_and_one_event_by_its_user(
    sign_in: SignIn, verb: str, form: dict[str, str], state: CaseState
) -> None:
    case = make_case()
    page = sign_in("alice").act(case.id, verb, **form)
    assert page.request.path == f"/console/cases/{case.id}"
    assert stored(case.id).state == state
    with work.reading() as db:
        by = select(Event.kind).where(Event.case_id == case.id, Event.user_id == actors.make("alice").id)
        assert db.scalars(by).all()


def test_a_case_that_is_handed_over_leaves_with_a_notice(sign_in: SignIn) -> None:
    referred, rejected = make_case(), make_case()
    alice = sign_in("alice")
    page = alice.act(referred.id, "refer", agency=str(agency_id("VIVRES")), text="c'est pour vous")
    assert page.request.path == "/console/"
    assert "confié à une autre agence" in text_of(page)
    assert shown(sign_in("charlie").get("/console/", tab="take")) == [str(referred.id)]
    page = alice.act(rejected.id, "reject", reason="not_responsible")
    assert "attend un autre responsable" in text_of(page)
    assert shown(sign_in("marc").get("/console/", tab="unowned")) == [str(rejected.id)]


@ON_SQLITE
@pytest.mark.parametrize(
    ("verb", "form", "says"),
    [
        ("answer", {"text": "  "}, "Écrivez d'abord le texte."),
        ("note", {"text": ""}, "Écrivez d'abord le texte."),
        ("reveal", {"text": ""}, "Écrivez d'abord le texte."),
        ("answer", {"text": "a" * 1001}, "Le texte est trop long."),
        ("close", {"outcome": "resolved", "text": "gardez ceci"}, "n'est vrai que si la personne le sait"),
        ("close", {"outcome": "nonsense"}, "Faites d'abord un choix"),
        ("close", {}, "Faites d'abord un choix"),
        ("reject", {"reason": "nonsense"}, "Faites d'abord un choix"),
        ("refer", {"agency": "999999"}, "Faites d'abord un choix"),
        ("refer", {"agency": "own"}, "déjà chez cette agence"),
        ("recategorise", {"category": "XXX"}, "Faites d'abord un choix"),
        ("reopen", {}, "pas possible dans l'état actuel"),
        ("told", {"how": "call"}, "pas possible dans l'état actuel"),
    ],
)
def test_a_refusal_says_why_keeps_the_text_and_changes_nothing(
    sign_in: SignIn, verb: str, form: dict[str, str], says: str
) -> None:
    case = make_case()
    if form.get("agency") == "own":
        form = {"agency": str(agency_id("EHA"))}
    before = stored(case.id)
    page = sign_in("alice").act(case.id, verb, **form)
    assert page.status_code == 422
    assert says in text_of(page)
    if form.get("text", "").strip():
        assert form["text"] in page.text
    assert (stored(case.id).state, stored(case.id).version) == (before.state, before.version)


def test_whoever_saves_second_is_told_and_loses_no_word(sign_in: SignIn) -> None:
    case = make_case()
    alice, bob = sign_in("alice"), sign_in("bob")
    opened = re.search(r'name="version" value="(\d+)"', bob.get(f"/console/cases/{case.id}").text)
    assert opened
    alice.act(case.id, "accept")
    page = bob.post(f"/console/cases/{case.id}/answer", version=opened[1], text="Nous venons demain")
    assert page.status_code == 409
    assert "changé entre-temps" in text_of(page)
    assert "Nous venons demain" in page.text
    assert stored(case.id).state == CaseState.ACCEPTED
    assert stored(case.id).focal_point_id == actors.make("alice").id


@ON_SQLITE
def test_a_text_is_kept_even_when_its_form_is_gone(sign_in: SignIn) -> None:
    case = make_case()
    bob = sign_in("bob")
    opened = re.search(r'name="version" value="(\d+)"', bob.get(f"/console/cases/{case.id}").text)
    assert opened
    sign_in("alice").act(case.id, "close", outcome="out_of_scope")
    page = bob.post(f"/console/cases/{case.id}/answer", version=opened[1], text="Nous venons demain")
    assert page.status_code == 409
    assert "Nous venons demain" in page.text


@ON_SQLITE
def test_a_form_of_an_expired_session_gives_the_text_back(sign_in: SignIn) -> None:
    case = make_case()
    alice = sign_in("alice")
    alice.get(f"/console/cases/{case.id}")
    alice.client.delete_cookie("feedback_session")
    page = alice.post(f"/console/cases/{case.id}/answer", version="1", text="Nous venons demain")
    assert page.status_code == 400
    assert "Votre session a expiré" in text_of(page)
    assert "Nous venons demain" in page.text
    assert stored(case.id).state == CaseState.REFERRED


@ON_SQLITE
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_nobody_acts_on_a_case_that_they_may_not_see(sign_in: SignIn, verb: str) -> None:
    case = make_case()
    charlie = sign_in("charlie")
    form: dict[str, Any] = {"version": str(case.version), "text": "x", "outcome": "out_of_scope", "how": "call"}
    hidden = charlie.post(f"/console/cases/{case.id}/{verb}", **form)
    missing = charlie.post(f"/console/cases/{uuid4()}/{verb}", **form)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert text_of(hidden) == text_of(missing)
    assert stored(case.id).version == case.version
    with work.reading() as db:
        assert db.scalar(select(func.count()).where(Event.user_id.is_not(None))) == 0


@ON_SQLITE
def test_an_unknown_verb_is_an_unknown_page(sign_in: SignIn) -> None:
    case = make_case()
    assert sign_in("alice").act(case.id, "destroy").status_code == 404


@ON_SQLITE
def test_the_phone_is_shown_once_for_a_reason_that_is_kept(sign_in: SignIn) -> None:
    case = make_case(phone="+22670123456")
    alice = sign_in("alice")
    page = alice.act(case.id, "reveal", text="rappeler la personne")
    assert "+22670123456" in page.text
    assert "rappeler la personne" in text_of(page)
    assert "+22670123456" not in alice.get(f"/console/cases/{case.id}").text


@ON_SQLITE
def test_a_preview_shows_the_sms_and_sends_nothing(sign_in: SignIn) -> None:
    case = make_case()
    page = sign_in("alice").act(case.id, "answer", text="Une équipe vient jeudi.", preview="1")
    assert "Tel qu'il partira" in text_of(page)
    assert re.search(r"\d+ caractères, 1 SMS", text_of(page))
    assert stored(case.id).state == CaseState.REFERRED
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message).where(Message.case_id == case.id)) == 0


def test_the_next_case_keeps_the_list_when_a_verb_takes_a_case_out_of_it(sign_in: SignIn) -> None:
    for _ in range(4):
        make_case(place="BF490304")
    make_case(place=None)
    alice = sign_in("alice")
    worked = []
    listed = shown(alice.get("/console/", region="BF49"))
    path = re.search(r'class="case-link" href="([^"]+)"', alice.get("/console/", region="BF49").text)
    while path:
        page = alice.get(path[1].replace("&amp;", "&"))
        version = re.search(r'name="version" value="(\d+)"', page.text)
        action = re.search(r'action="(/console/cases/[^"]+/accept[^"]*)"', page.text)
        assert version
        assert action
        worked.append(page.request.path.rsplit("/", 1)[-1])
        after = alice.post(action[1].replace("&amp;", "&"), version=version[1])
        path = re.search(r'rel="next" href="([^"]+)"', after.text)
        assert path is None or "region=BF49" in path[1]
    assert worked == listed


BY_ITS_STATE = frozenset(VERBS) - {"confirm", "recategorise", "noise", "consent", "concerns", "resume", "take"}
"""The verbs that a case refuses by itself. The others are offered where they make sense, or to whom they are for."""


def _perform(case_id: UUID, verb: str) -> None:
    alice, other = actors.make("alice"), str(agency_id("VIVRES"))
    form = {
        "text": "texte",
        "outcome": "out_of_scope",
        "reason": "no_capacity",
        "agency": other,
        "category": "EHA.LAT",
        "how": "visit",
        "given": "yes",
        "noise": "spam",
    }
    with work.unit_of_work() as db:
        VERBS[verb].perform(db, db.get_one(Case, case_id), alice, form)


@ON_SQLITE
@pytest.mark.parametrize("state", list(CaseState))
def test_what_is_offered_works_and_what_is_not_offered_does_not(house: object, state: CaseState) -> None:
    alice = actors.make("alice")
    for verb in VERBS:
        case = make_case()
        change(case.id, state=state)
        offered = verb in possible_verbs(stored(case.id), alice)
        if offered:
            _perform(case.id, verb)
        elif verb in BY_ITS_STATE:
            with pytest.raises(NotAllowedError):
                _perform(case.id, verb)


def test_a_case_without_a_phone_has_no_number_to_show(house: object) -> None:
    case = Case(state=CaseState.REFERRED, contact_id=None, sensitivity=Sensitivity.NORMAL, above_agency=False)
    assert "reveal" not in possible_verbs(case, actors.make("alice"))


def test_a_message_that_arrives_meanwhile_counts_as_a_change(sign_in: SignIn) -> None:
    case = make_case()
    alice = sign_in("alice")
    opened = re.search(r'name="version" value="(\d+)"', alice.get(f"/console/cases/{case.id}").text)
    assert opened
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), "c'est réparé")
    page = alice.post(f"/console/cases/{case.id}/answer", version=opened[1], text="Nous venons")
    assert page.status_code == 409
    assert "c'est réparé" in text_of(page)
