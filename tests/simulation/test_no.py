"""Agencies and people who say no: lessons for the rules, the road back, and what only coordination may decide."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback_gateway import cases, routing, work
from feedback_gateway.case_states import NotAllowedError
from models import Agency, Case, Referral, RouteLesson
from models.words import CaseState, Outcome, ReferralState, Rejection
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import agency, do, fresh, log_of, newest, user


def complain(story: Simulation) -> Case:
    Phone().sms("la pompe est en panne à Kaya, pas d'eau depuis 3 jours")
    story.run_for(minutes=1)
    return newest()


def refer(case: Case, code: str, by: str) -> None:
    with work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency(code)), by=user(by))


def reject(case: Case, by: str, but: str | None = None) -> None:
    with work.unit_of_work() as db:
        named = db.get_one(Agency, agency(but)) if but else None
        cases.reject(db, db.get_one(Case, case.id), Rejection.NOT_RESPONSIBLE, by=user(by), but=named)


def next_owners(case: Case) -> list[int]:
    with work.reading() as db:
        return routing.next_owners(db, db.get_one(Case, case.id))


def test_whoever_gets_it_gives_it_back_and_each_no_is_a_lesson(story: Simulation) -> None:
    case = complain(story)
    reject(case, "eau", but="GSAT")
    story.run_for(hours=1)
    assert (fresh(case.id).agency_id, fresh(case.id).state) == (None, CaseState.REJECTED)
    assert any("sans responsable" in heard.text for heard in story.hears("manager"))
    assert next_owners(case) == [agency("GSAT")]
    refer(case, "GSAT", "manager")
    story.run_for(hours=1)
    reject(case, "sites", but="EHA")
    story.run_for(hours=1)
    assert next_owners(case) == [], "never again who has said no, even when another names them"
    with work.reading() as db:
        lessons = db.scalars(select(RouteLesson).order_by(RouteLesson.id)).all()
        states = db.scalars(select(Referral.state).order_by(Referral.id)).all()
    assert [(lesson.not_agency_id, lesson.but_agency_id) for lesson in lessons] == [
        (agency("EHA"), agency("GSAT")),
        (agency("GSAT"), agency("EHA")),
    ]
    assert states == [ReferralState.REJECTED, ReferralState.REJECTED]
    refer(case, "ACTION", "manager")
    assert fresh(case.id).state == CaseState.REFERRED


def test_a_no_without_a_name_learns_it_from_who_sends_it_on(story: Simulation) -> None:
    case = complain(story)
    reject(case, "eau")
    refer(case, "GSAT", "manager")
    with work.reading() as db:
        assert db.scalars(select(RouteLesson.but_agency_id)).one() == agency("GSAT")
    other = complain_elsewhere(story)
    reject(other, "eau")
    assert next_owners(other) == [agency("GSAT")], "as for the one before it"


def complain_elsewhere(story: Simulation) -> Case:
    Phone("+22670999999").sms("la pompe est en panne à Kaya, pas d'eau")
    story.run_for(minutes=1)
    return newest()


def test_what_was_sent_on_comes_back_into_the_senders_queue(story: Simulation) -> None:
    case = complain(story)
    refer(case, "GSAT", "eau")
    story.run_for(hours=1)
    reject(case, "sites")
    story.run_for(hours=1)
    back = fresh(case.id)
    assert (back.agency_id, back.focal_point_id, back.next_step) == (agency("EHA"), user("eau").id, "refer")
    assert any("revenu" in heard.text for heard in story.hears("eau"))
    do(case.id, cases.accept, by=user("eau"))
    assert fresh(case.id).state == CaseState.ACCEPTED, "they may keep it after all"


def answer_and_close(case: Case, by: str, story: Simulation) -> None:
    do(case.id, cases.respond, "La pompe est réparée.", by=user(by))
    story.run_for(minutes=5)
    assert fresh(case.id).state == CaseState.PERSON_INFORMED, "the simulator delivers at once"
    do(case.id, cases.close, Outcome.RESOLVED, by=user(by))


def say_no(story: Simulation, phone: Phone) -> None:
    """Waits for the question whether it helped, says no and then the first of the reasons."""
    story.run_for(days=2)
    phone.sms("2")
    phone.sms("1")
    story.run_for(minutes=5)


def test_who_says_no_twice_is_heard_above_the_agency(story: Simulation) -> None:
    phone, case = Phone(), complain(story)
    answer_and_close(case, "eau", story)
    say_no(story, phone)
    once = fresh(case.id)
    assert (once.helped, once.times_unhelped, once.above_agency) == (False, 1, False)
    assert once.reopening_asked_at is not None
    assert once.next_step == "reopen"
    story.run_for(days=1)
    assert any("réouverture" in heard.text for heard in story.hears("eau"))
    do(case.id, cases.reopen, by=user("eau"))
    story.run_for(minutes=1)
    assert fresh(case.id).next_step == "accept"
    answer_and_close(case, "eau", story)
    say_no(story, phone)
    twice = fresh(case.id)
    assert (twice.times_unhelped, twice.above_agency) == (2, True)
    with pytest.raises(NotAllowedError, match="above"):
        do(case.id, cases.reopen, by=user("eau"))
    with pytest.raises(NotAllowedError, match="above"):
        do(case.id, cases.decline_reopening, by=user("eau"), note="rien à faire")
    story.run_for(days=4)
    assert any("au-dessus" in heard.text for heard in story.hears("manager"))
    assert [event.data["above"] for event in log_of(case.id, "reopening_asked")] == [False, True]
    reminded = [event.data for event in log_of(case.id, "reminded") if event.data["step"] == "reopen"]
    of_second = {each for data in reminded if data["round"] == 1 for each in data["users"]}
    assert of_second == {user("manager").id, user("tri").id}
    do(case.id, cases.reopen, by=user("manager"))
    story.run_for(minutes=1)
    assert fresh(case.id).state == CaseState.REOPENED


def test_a_request_that_nobody_decides_is_never_forgotten(story: Simulation) -> None:
    phone, case = Phone(), complain(story)
    answer_and_close(case, "eau", story)
    say_no(story, phone)
    story.run_for(days=60)
    shares = [event.data["share"] for event in log_of(case.id, "reminded") if event.data["step"] == "reopen"]
    assert max(shares) > 10
    assert fresh(case.id).follow_at is not None
    assert fresh(case.id).next_due_at == fresh(case.id).reopening_asked_at + timedelta(hours=72)
