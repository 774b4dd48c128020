"""The verbs on a case: what they change, what they write down, what they refuse."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import cases, work
from feedback_gateway.case_states import NotAllowedError
from models import Agency, Case, Event, Message, OutboxRow, User
from models.words import (
    Actor,
    CaseState,
    ContactBy,
    Duty,
    Medium,
    Outcome,
    Purpose,
    Rejection,
    SafeTime,
)
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case, make_contact


def kinds(case: Case) -> list[str]:
    with work.reading() as db:
        return list(db.scalars(select(Event.kind).where(Event.case_id == case.id).order_by(Event.id)))


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def waiting(duty: Duty) -> int:
    with work.reading() as db:
        return len(db.scalars(select(OutboxRow).where(OutboxRow.duty == duty)).all())


def respond(case: Case, by: User, text: str = "La pompe sera réparée demain.") -> None:
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), text, by=by)


def test_a_case_is_acknowledged_when_it_is_opened(house: House) -> None:
    case = make_case(classify=False)
    assert case.state == CaseState.ACKNOWLEDGED
    assert kinds(case) == ["opened", "acknowledged"]
    assert waiting(Duty.CLASSIFY_CASE) == 1


def test_answering_sends_an_sms_and_takes_the_case(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    respond(case, alice)
    assert fresh(case).state == CaseState.AGENCY_RESPONDED
    assert fresh(case).focal_point_id == alice.id
    assert kinds(case)[-2:] == ["accepted", "responded"]
    with work.reading() as db:
        message = db.scalars(select(Message).where(Message.purpose == Purpose.ANSWER)).one()
    assert "La pompe sera" in message.text
    assert waiting(Duty.SEND_MESSAGE) == 1


@pytest.mark.parametrize("why", ["no consent", "stopped"])
def test_no_sms_goes_to_somebody_who_does_not_want_one(house: House, why: str) -> None:
    alice = actors.make("alice")
    case = make_case(may_contact=why != "no consent")
    if why == "stopped":
        make_contact(opted_out_at=case.opened_at)
    respond(case, alice)
    assert fresh(case).state == CaseState.AGENCY_RESPONDED
    assert waiting(Duty.SEND_MESSAGE) == 0


def test_no_sms_goes_to_somebody_who_asked_to_be_called(house: House) -> None:
    alice = actors.make("alice")
    case = make_case(contact_by="call", safe_time="evening")
    assert (case.contact_by, case.safe_time) == (ContactBy.CALL, SafeTime.EVENING)
    respond(case, alice)
    assert fresh(case).state == CaseState.AGENCY_RESPONDED
    assert waiting(Duty.SEND_MESSAGE) == 0
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, case.id), "call", by=alice)
    assert fresh(case).told_at is not None


def test_a_person_says_when_a_call_is_safe(house: House) -> None:
    case = make_case()
    with work.unit_of_work() as db:
        cases.set_safe_time(db, db.get_one(Case, case.id), "noon")
    assert fresh(case).safe_time == SafeTime.NOON
    with work.reading() as db:
        event = db.scalars(select(Event).where(Event.kind == "safe_time_set")).one()
    assert (event.actor, event.data, event.text) == (Actor.PERSON, {"safe_time": "noon"}, None)


def test_an_empty_answer_is_refused(house: House) -> None:
    with pytest.raises(NotAllowedError, match="empty"):
        respond(make_case(), actors.make("alice"), "  ")


@pytest.mark.parametrize("outcome", [Outcome.RESOLVED, Outcome.PARTLY, Outcome.NOT_POSSIBLE_EXPLAINED])
def test_a_case_cannot_be_closed_as_settled_before_the_person_was_told(house: House, outcome: Outcome) -> None:
    alice, case = actors.make("alice"), make_case()
    respond(case, alice)
    with pytest.raises(NotAllowedError, match="not_told"), work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), outcome, by=alice)
    assert fresh(case).state == CaseState.AGENCY_RESPONDED


@pytest.mark.parametrize(
    "outcome",
    [Outcome.DUPLICATE, Outcome.OUT_OF_SCOPE, Outcome.UNREACHABLE, Outcome.WITHDRAWN, Outcome.ANONYMOUS_NO_CONTACT],
)
def test_a_coded_reason_closes_without_telling_and_asks_nothing(house: House, outcome: Outcome) -> None:
    alice, case = actors.make("alice"), make_case()
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), outcome, by=alice)
    assert (fresh(case).state, fresh(case).outcome) == (CaseState.CLOSED, outcome)
    assert waiting(Duty.ASK_SATISFACTION) == 0


def test_after_telling_and_closing_the_person_is_asked(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    respond(case, alice)
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, case.id), "call", by=alice)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.RESOLVED, by=alice)
    assert waiting(Duty.ASK_SATISFACTION) == 1


def test_nobody_is_asked_about_a_sealed_case(house: House) -> None:
    dora, case = actors.make("dora"), make_case("CON.EAS")
    respond(case, dora)
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, case.id), "visit", by=dora)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.RESOLVED, by=dora)
    assert waiting(Duty.ASK_SATISFACTION) == 0


def test_a_rejected_case_goes_back_to_the_queue_without_owner(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    with work.unit_of_work() as db:
        cases.reject(db, db.get_one(Case, case.id), Rejection.NOT_RESPONSIBLE, by=alice, note="voir la mairie")
    assert (fresh(case).state, fresh(case).agency_id) == (CaseState.REJECTED, None)


def test_referring_tells_the_other_agency(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    with work.reading() as db:
        theirs = db.scalars(select(User.id).where(User.agency_id == agency_id("GSAT"))).one()
    before = waiting(Duty.NOTIFY_FOCAL_POINTS)
    with work.unit_of_work() as db:
        other = db.get_one(Agency, agency_id("GSAT"))
        cases.refer(db, db.get_one(Case, case.id), other, by=alice)
    assert fresh(case).agency_id == agency_id("GSAT")
    assert (fresh(case).focal_point_id, fresh(case).accepted_at) == (theirs, None)
    assert waiting(Duty.NOTIFY_FOCAL_POINTS) == before + 1
    with pytest.raises(NotAllowedError, match="same_agency"), work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency_id("GSAT")), by=alice)


def test_reopening_sets_new_due_times(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.OUT_OF_SCOPE, by=alice)
    with time_machine.travel(case.opened_at + timedelta(days=30), tick=False), work.unit_of_work() as db:
        cases.reopen(db, db.get_one(Case, case.id), by=alice)
    assert fresh(case).state == CaseState.REOPENED
    assert fresh(case).answer_due_at == case.opened_at + timedelta(days=37)
    assert fresh(case).outcome is None


def test_two_who_save_at_once_are_not_both_believed(house: House) -> None:
    alice, bob, case = actors.make("alice"), actors.make("bob"), make_case()
    with work.reading() as db:
        stale = db.get_one(Case, case.id)
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, case.id), by=alice)
    with pytest.raises(StaleDataError), work.unit_of_work() as db:
        cases.accept(db, db.merge(stale, load=False), by=bob)
    assert fresh(case).focal_point_id == alice.id


def test_every_reading_of_a_restricted_case_is_written_down(house: House) -> None:
    dora, sealed, normal = actors.make("dora"), make_case("CON.EAS"), make_case("EHA.EAU")
    with work.unit_of_work() as db:
        cases.record_reading(db, db.get_one(Case, sealed.id), by=dora)
        cases.record_reading(db, db.get_one(Case, normal.id), by=dora)
    assert kinds(sealed)[-1] == "read"
    assert "read" not in kinds(normal)


def test_a_number_is_shown_only_for_a_reason(house: House) -> None:
    alice, case = actors.make("alice"), make_case()
    with pytest.raises(NotAllowedError, match="empty"), work.unit_of_work() as db:
        cases.reveal_phone(db, db.get_one(Case, case.id), " ", by=alice)
    with work.unit_of_work() as db:
        cases.reveal_phone(db, db.get_one(Case, case.id), "rappel demandé", by=alice)
    assert kinds(case)[-1] == "phone_revealed"


def test_a_ussd_case_is_confirmed_by_sms_once(house: House) -> None:
    case = make_case(medium=Medium.USSD)
    assert waiting(Duty.SEND_MESSAGE) == 1
    with work.reading() as db:
        assert case.reference[:3] in db.scalars(select(Message.text)).one()
