"""The page of a case on its road: what is asked of the person, handed on, given back, assigned, decided, and hidden."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, work
from feedback_gateway.lib import clock
from models import Agency, Case, Clock, Concern, Event, Likeness, Message, Notice, Referral, RouteLesson
from models.words import (
    CaseState,
    Direction,
    LikenessKind,
    Needed,
    NoticeKind,
    Outcome,
    Purpose,
    Rejection,
    Role,
    Sensitivity,
    Step,
    WhyNot,
)
from tests import actors
from tests.databases import ON_SQLITE
from tests.factories import agency_id, make_case
from tests.handlers.console.browser import Browser, text_of
from tests.handlers.console.test_queue import change, shown

SignIn = Callable[[str], Browser]
PHONE = "+22670123456"


def stored(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def page_of(browser: Browser, case: Case, **query: str) -> str:
    return text_of(browser.get(f"/console/cases/{case.id}", **query))


def taken_case(name: str = "alice", **values: object) -> Case:
    user, case = actors.make(name), make_case(**values)
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, case.id), by=user)
    return stored(case)


def closed_with_a_word(*, helped: bool, why: WhyNot | None = None, noes: int = 0) -> Case:
    alice, case = actors.make("alice"), taken_case(phone=PHONE)
    with work.unit_of_work() as db:
        it = db.get_one(Case, case.id)
        cases.close(db, it, Outcome.WITHDRAWN, by=alice)
        it.times_unhelped = noes
        cases.record_satisfaction(db, it, helped=helped, why=why)
    return stored(case)


def refer(case: Case, code: str, *, by: str = "alice", note: str = "") -> None:
    user, agency = actors.make(by), agency_id(code)
    with work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency), by=user, note=note)


def reject(case: Case, *, by: str, but: str | None = None, note: str = "") -> None:
    user, named = actors.make(by), agency_id(but) if but else None
    with work.unit_of_work() as db:
        it, owner = db.get_one(Case, case.id), db.get(Agency, named) if named else None
        cases.reject(db, it, Rejection.NOT_RESPONSIBLE, by=user, note=note, but=owner)


# --- asking the person ---


def test_a_question_is_shown_with_its_price_then_sent_and_waited_for(sign_in: SignIn) -> None:
    case, alice = taken_case(), sign_in("alice")
    preview = alice.act(case.id, "ask", text="Depuis quand la pompe est-elle en panne ?", preview="1")
    assert "Depuis quand la pompe est-elle en panne ? Répondez à ce SMS." in text_of(preview)
    assert "1 SMS" in text_of(preview)
    assert stored(case).waiting_since is None
    page = text_of(alice.act(case.id, "ask", text="Depuis quand la pompe est-elle en panne ?"))
    assert "Question posée : les délais sont en pause." in page
    assert "La personne est attendue" in page
    assert "en pause, à" in page
    with work.reading() as db:
        sent = select(Message).where(Message.case_id == case.id, Message.direction == Direction.OUT)
        assert db.scalars(sent).one().purpose == Purpose.QUESTION
    assert "Les délais courent de nouveau." in text_of(alice.act(case.id, "resume"))
    assert "La personne est attendue" not in page_of(alice, case)
    assert stored(case).waiting_since is None


def test_a_question_without_words_is_refused_and_nothing_waits(sign_in: SignIn) -> None:
    case = taken_case()
    page = sign_in("alice").act(case.id, "ask", text="  ")
    assert page.status_code == 422
    assert stored(case).waiting_since is None


# --- handing on ---


def test_a_referral_asks_for_a_service_and_carries_its_note(sign_in: SignIn) -> None:
    case = taken_case()
    sign_in("alice").act(
        case.id, "refer", agency=str(agency_id("VIVRES")), service="food_service", text="une distribution a lieu lundi"
    )
    with work.reading() as db:
        last = db.scalars(select(Referral).where(Referral.case_id == case.id).order_by(Referral.id.desc())).first()
        assert last is not None
        assert last.service == Needed.FOOD
    page = page_of(sign_in("charlie"), case)
    assert "une distribution a lieu lundi" in page
    assert "demandé : Vivres" in page
    assert "[Exemple] Eau hygiène assainissement → [Exemple] Sécurité alimentaire" in page


def test_a_sensitive_case_is_referred_only_with_the_persons_consent(sign_in: SignIn) -> None:
    case = taken_case("tina")
    change(case.id, sensitivity=Sensitivity.RESTRICTED)
    tina, to = sign_in("tina"), str(agency_id("VIVRES"))
    assert "il faut d'abord l'accord de la personne" in page_of(tina, case)
    refused = tina.act(case.id, "refer", agency=to, text="note qui reste")
    assert refused.status_code == 422
    assert "notez d'abord que la personne accepte" in text_of(refused)
    assert "note qui reste" in refused.text
    tina.act(case.id, "consent", given="no", how="call")
    assert "refuse que son dossier soit partagé" in page_of(tina, case)
    assert tina.act(case.id, "refer", agency=to).status_code == 422
    tina.act(case.id, "consent", given="yes", how="visit")
    assert "il faut d'abord" not in page_of(tina, case)
    tina.act(case.id, "refer", agency=to)
    assert stored(case).agency_id == agency_id("VIVRES")


@pytest.mark.parametrize(
    "form", [{}, {"given": "yes"}, {"given": "perhaps", "how": "call"}, {"given": "no", "how": "x"}]
)
def test_consent_needs_an_answer_and_how_it_was_given(sign_in: SignIn, form: dict[str, str]) -> None:
    case = taken_case()
    assert sign_in("alice").act(case.id, "consent", **form).status_code == 422
    assert stored(case).consent_to_share is None


def test_an_agency_that_the_complaint_is_about_is_not_offered_and_refused(sign_in: SignIn) -> None:
    case, food = taken_case(), agency_id("VIVRES")
    with work.unit_of_work() as db:
        db.add(Concern(case_id=case.id, agency_id=food, at=clock.now()))
    alice = sign_in("alice")
    page = alice.get(f"/console/cases/{case.id}").text
    assert f'value="{food}"' not in page.split('id="refer-agency"')[1].split("</select>")[0]
    assert "elle ne peut pas la recevoir" in text_of(alice.act(case.id, "refer", agency=str(food)))


def test_what_came_back_says_why_suggests_the_next_and_goes_there_at_once(sign_in: SignIn) -> None:
    case = make_case()
    refer(case, "VIVRES")
    reject(case, by="charlie", but="GSAT", note="voir la gestion du site")
    alice = sign_in("alice")
    page = page_of(alice, case)
    assert "[Exemple] Sécurité alimentaire a rendu ce dossier : ce n'est pas à nous." in page
    assert "voir la gestion du site" in page
    assert "Confier à [Exemple] Gestion des sites (GSAT)" in page
    alice.act(case.id, "refer", agency=str(agency_id("GSAT")))
    assert stored(case).agency_id == agency_id("GSAT")


def test_saying_whose_it_is_teaches_the_rules_only_where_it_is_not_ours(sign_in: SignIn) -> None:
    ours, poor = make_case(), make_case()
    for case, reason in ((ours, "not_responsible"), (poor, "no_capacity")):
        sign_in("alice").act(case.id, "reject", reason=reason, but=str(agency_id("GSAT")))
    with work.reading() as db:
        lessons = db.scalars(select(RouteLesson)).all()
    assert [(lesson.case_id, lesson.but_agency_id) for lesson in lessons] == [(ours.id, agency_id("GSAT"))]


def test_a_silent_referral_is_told_as_such(sign_in: SignIn) -> None:
    case = make_case()
    refer(case, "VIVRES")
    with work.unit_of_work() as db:
        cases.bring_back(db, db.get_one(Case, case.id))
    page = page_of(sign_in("alice"), case)
    assert "n'a pas répondu dans le délai : le dossier vous revient." in page
    assert "revenu : aucune réponse dans le délai" in page


# --- minimum data ---


def test_what_an_agency_wrote_for_itself_does_not_travel_with_the_case(sign_in: SignIn) -> None:
    case, alice, charlie = taken_case(), actors.make("alice"), actors.make("charlie")
    with work.unit_of_work() as db:
        cases.add_note(db, db.get_one(Case, case.id), "elle exagère toujours", by=alice)
        cases.reveal_phone(db, db.get_one(Case, case.id), "motif interne", by=alice)
    refer(case, "VIVRES", note="pour la distribution")
    seen = page_of(sign_in("charlie"), case)
    assert "pour la distribution" in seen
    assert "elle exagère toujours" not in seen
    assert "motif interne" not in seen
    with work.unit_of_work() as db:
        cases.add_note(db, db.get_one(Case, case.id), "note de charlie", by=charlie)
    everything = page_of(sign_in("marc"), case)
    assert "elle exagère toujours" in everything
    assert "note de charlie" in everything
    assert "note de charlie" in page_of(sign_in("charlie"), case)


def test_a_third_agency_reads_neither_the_note_of_a_referral_nor_why_it_was_given_back(sign_in: SignIn) -> None:
    case, dora = make_case(), actors.make("dora")
    refer(case, "VIVRES", note="entre nous deux")
    reject(case, by="charlie", note="motif du refus")
    assert "motif du refus" in page_of(sign_in("alice"), case)
    refer(case, "PROTEC", note="pour vous")
    with work.reading() as db:
        assert dora.agency_id == db.get_one(Case, case.id).agency_id
    page = page_of(sign_in("dora"), case)
    assert "pour vous" in page
    assert "entre nous deux" not in page
    assert "motif du refus" not in page


# --- whom it is about ---


def test_who_a_complaint_is_about_loses_sight_of_it_everywhere(sign_in: SignIn) -> None:
    case, bob = taken_case(), actors.make("bob")
    marc, seen_by_bob = sign_in("marc"), sign_in("bob")
    assert shown(seen_by_bob.get("/console/", tab="all")) == [str(case.id)]
    preview = text_of(marc.act(case.id, "concerns", about_user=str(bob.id), preview="1"))
    assert "1 personne le perdra de vue : Bob" in preview
    assert stored(case).version == case.version
    marc.act(case.id, "concerns", about_user=str(bob.id))
    assert shown(seen_by_bob.get("/console/", tab="all")) == []
    assert seen_by_bob.get(f"/console/cases/{case.id}").status_code == 404
    assert "Aucun dossier de cette référence" in text_of(seen_by_bob.get("/console/", ref=case.reference))
    for verb in ("note", "accept", "refer", "concerns", "consent"):
        hidden = seen_by_bob.post(f"/console/cases/{case.id}/{verb}", version=str(case.version), text="x")
        assert hidden.status_code == 404, verb
    assert page_of(sign_in("alice"), case)


def test_an_agency_that_it_is_about_gives_it_up_and_its_people_are_named_before(sign_in: SignIn) -> None:
    case, marc = taken_case(), sign_in("marc")
    actors.make("bob")
    preview = text_of(marc.act(case.id, "concerns", about_agency=str(agency_id("EHA")), preview="1"))
    assert "Alice" in preview
    assert "Bob" in preview
    page = marc.act(case.id, "concerns", about_agency=str(agency_id("EHA")))
    assert "ne voient plus le dossier" in text_of(page)
    assert stored(case).agency_id is None
    assert sign_in("alice").get(f"/console/cases/{case.id}").status_code == 404


def test_a_plain_focal_point_does_not_say_whom_it_is_about(sign_in: SignIn) -> None:
    case, alice = taken_case(), sign_in("alice")
    assert "Dire sur qui porte la plainte" not in page_of(alice, case)
    page = alice.act(case.id, "concerns", about_agency=str(agency_id("VIVRES")))
    assert page.status_code == 422
    assert "Votre compte ne permet pas" in text_of(page)
    with work.reading() as db:
        assert db.scalars(select(Concern)).all() == []


# --- who has it ---


def test_a_colleague_takes_a_case_over_and_a_manager_gives_it(sign_in: SignIn) -> None:
    case, bob, alice = taken_case(), actors.make("bob"), actors.make("alice")
    page = page_of(sign_in("bob"), case)
    assert "Attribué à Alice." in page
    assert "Reprendre ce dossier" in page
    assert "Attribuer à quelqu'un" not in page
    sign_in("bob").act(case.id, "take")
    assert stored(case).focal_point_id == bob.id
    sign_in("marc").act(case.id, "assign", user=str(alice.id))
    assert stored(case).focal_point_id == alice.id
    told = page_of(sign_in("alice"), case)
    assert "Répond maintenant du dossier : Bob" in told
    assert "Répond maintenant du dossier : Alice" in told
    with work.reading() as db:
        notice = db.scalars(select(Notice).where(Notice.kind == NoticeKind.ASSIGNED)).one()
    assert (notice.user_id, notice.case_id) == (alice.id, case.id)


@pytest.mark.parametrize("name", ["charlie", "dora", "marc"])
def test_a_case_is_given_to_nobody_who_does_not_answer_for_it(sign_in: SignIn, name: str) -> None:
    case = taken_case()
    page = sign_in("marc").act(case.id, "assign", user=str(actors.make(name).id))
    assert page.status_code == 422
    assert "Choisissez un point focal de cette agence" in text_of(page)
    assert stored(case).focal_point_id == actors.make("alice").id


def test_a_manager_assigns_in_their_own_agency_only(sign_in: SignIn) -> None:
    water, food = taken_case(), taken_case("charlie", category="FSL.MIS", text="vivres non recus")
    bob = actors.make("bob")
    with work.unit_of_work() as db:
        db.merge(bob).role = Role.MANAGER
    browser = sign_in("bob")
    assert "Attribuer à quelqu'un de l'agence" in page_of(browser, water)
    assert browser.get(f"/console/cases/{food.id}").status_code == 404


# --- the last word ---


@pytest.mark.parametrize("helped", [True, False])
def test_after_the_last_word_the_agency_reads_the_verdict_and_has_no_number(sign_in: SignIn, helped: bool) -> None:
    case = closed_with_a_word(helped=helped, why=None if helped else WhyNot.NOT_UNDERSTOOD)
    for name in ("alice", "bob"):
        page = sign_in(name).get(f"/console/cases/{case.id}")
        assert ("Cela a aidé oui" if helped else "Cela a aidé non, réponse pas comprise") in text_of(page)
        assert "••" not in page.text
        assert "Afficher le numéro" not in page.text
        refused = sign_in(name).act(case.id, "reveal", text="je veux l'appeler")
        assert refused.status_code == 422
        assert "son numéro n'est plus montré" in text_of(refused)
        assert "70123456" not in refused.text.replace(" ", "")
    marc = sign_in("marc")
    assert "+226 70 •• •• 56" in page_of(marc, case)
    assert PHONE in marc.act(case.id, "reveal", text="appeler").text


def test_another_case_of_the_same_person_does_not_give_the_number_away(sign_in: SignIn) -> None:
    said, other = closed_with_a_word(helped=False), make_case("EHA.LAT", text="latrines pleines", phone=PHONE)
    first, second = sorted([said.id, other.id], key=str)
    with work.unit_of_work() as db:
        for row in db.scalars(select(Likeness)):
            db.delete(row)
        db.flush()
        db.add(Likeness(case_id=first, other_id=second, kind=LikenessKind.SAME_PERSON, score=0.9, at=clock.now()))
    for case in (said, other):
        assert "la même personne" not in page_of(sign_in("alice"), case)
        assert "la même personne" in page_of(sign_in("marc"), case)


def test_a_number_in_the_persons_own_words_is_hidden_with_it(sign_in: SignIn) -> None:
    alice, case = (
        actors.make("alice"),
        taken_case(text="la pompe est en panne, appelez moi au 76 11 22 33", phone=PHONE),
    )
    assert "76 11 22 33" in page_of(sign_in("alice"), case)
    with work.unit_of_work() as db:
        it = db.get_one(Case, case.id)
        cases.close(db, it, Outcome.WITHDRAWN, by=alice)
        cases.record_satisfaction(db, it, helped=False)
        cases.add_message(db, it, "rien, et mon autre numéro est 76112234")
    for page in (page_of(sign_in("alice"), case), text_of(sign_in("alice").get("/console/", tab="all"))):
        assert "7611223" not in page.replace(" ", "")
    assert "la pompe est en panne, appelez moi au •••" in page_of(sign_in("alice"), case)
    assert "76 11 22 33" in page_of(sign_in("marc"), case)


def test_the_agency_decides_on_a_first_no_with_a_reason(sign_in: SignIn) -> None:
    case, alice = closed_with_a_word(helped=False, why=WhyNot.NOTHING_CHANGED), sign_in("alice")
    page = page_of(alice, case)
    assert "La personne demande que ce dossier soit repris" in page
    assert "Pourquoi : rien n'a changé" in page
    assert alice.act(case.id, "decline", text=" ").status_code == 422
    assert "Réouverture refusée" in text_of(alice.act(case.id, "decline", text="La pompe marche, vérifié ce matin."))
    assert stored(case).reopening_asked_at is None
    assert stored(case).state == CaseState.CLOSED


def test_a_second_no_is_decided_above_the_agency(sign_in: SignIn) -> None:
    case, alice = closed_with_a_word(helped=False, noes=1), sign_in("alice")
    page = page_of(alice, case)
    assert "Au-dessus de l'agence" in page
    assert "Rouvrir le dossier" not in page
    for verb in ("reopen", "decline"):
        refused = alice.act(case.id, verb, text="non")
        assert refused.status_code == 422
        assert "c'est la coordination qui décide" in text_of(refused)
    marc = sign_in("marc")
    assert "Rouvrir le dossier" in page_of(marc, case)
    marc.act(case.id, "reopen")
    assert stored(case).state == CaseState.REOPENED


# --- clocks ---


def test_the_clocks_say_what_is_due_late_paused_and_done(sign_in: SignIn) -> None:
    with time_machine.travel("2026-11-09 09:00:00+00:00", tick=False):
        case = taken_case()
        now = clock.now()
    rows: list[dict[str, object]] = [
        {"step": Step.ANSWER, "round": 1, "due_at": now - timedelta(days=2), "breached_at": now - timedelta(days=2)},
        {"step": Step.CLOSE, "round": 0, "due_at": None, "share": 0.4},
        {"step": Step.REFER, "round": 0, "breached_at": now - timedelta(days=3), "stopped_at": now - timedelta(days=1)},
        {"step": Step.TRIAGE, "round": 0, "due_at": now, "stopped_at": now - timedelta(days=1)},
    ]
    with work.unit_of_work() as db:
        for row in db.scalars(select(Clock).where(Clock.case_id == case.id)):
            db.delete(row)
        db.flush()
        for values in rows:
            db.add(Clock(case_id=case.id, started_at=now, wound_at=now, **{"share": 1.0, **values}))
    with time_machine.travel("2026-11-09 09:00:00+00:00", tick=False):
        page = page_of(sign_in("alice"), case)
    said = page[page.index("Échéances") :]
    for words in (
        "Réponse ( 2e tour ) en retard de 2 j",
        "Clôture en pause, à 40 % du délai",
        "Orientation ✓ 2 j après l'échéance",
        "Tri ✓ à temps",
    ):
        assert words in " ".join(said.replace("(", "( ").replace(")", " )").split()).replace("\xa0", " "), words
    assert said.index("Réponse") < said.index("Clôture") < said.index("Tri") < said.index("Orientation")


@ON_SQLITE
def test_all_of_it_is_said_in_english_too(sign_in: SignIn) -> None:
    made: list[UUID] = [closed_with_a_word(helped=False).id, taken_case().id]
    browser = sign_in("marc")
    browser.get("/console/")
    browser.post("/console/language", language="en")
    reopening, taken = (text_of(browser.get(f"/console/cases/{case_id}")) for case_id in made)
    assert "The person asks that this case be taken up again" in reopening
    for words in ("Ask the person something", "Assign to somebody of the agency", "From hand to hand"):
        assert words in taken


def test_a_log_of_the_assignment_holds_ids_only(sign_in: SignIn) -> None:
    case, bob = taken_case(), actors.make("bob")
    sign_in("bob").act(case.id, "take")
    with work.reading() as db:
        event = db.scalars(select(Event).where(Event.kind == "assigned")).one()
    assert event.data == {"user": bob.id, "before": actors.make("alice").id}
    assert event.text is None
