"""The last word: asked once by SMS and at the code while nobody has answered; a no asks for reopening, a second one
goes above the agency."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, triage, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Case, Category, Event, Message, Notice, OutboxRow, User
from models.words import ContactBy, Duty, NoticeKind, Outcome, Purpose, Sensitivity, Step, WhyNot
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact
from tests.feedback_gateway.test_receive import USSD_BUDGET, statements
from tests.phone import Phone
from tests.worker import work_off

NUMBER = "+22670123456"
QUESTION = "Votre demande : la réponse vous a-t-elle aidé ?"
WHY = "Pourquoi ?"
HOME = "1 Question"


@contextmanager
def stored(case: Case) -> Iterator[Case]:
    with work.unit_of_work() as db:
        yield db.get_one(Case, case.id)


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def answer_and_close(case: Case, outcome: Outcome = Outcome.RESOLVED) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), "La pompe marche.", by=alice)
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, case.id), "visit", by=alice)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), outcome, by=alice)


def closed_case(**values: object) -> Case:
    """A case of NUMBER that was answered and closed, and of which its person has been asked whether it helped."""
    make_contact(NUMBER, language="fr")
    case = make_case("EHA.EAU", phone=NUMBER, **values)
    answer_and_close(case)
    ask(case)
    return case


def ask(case: Case) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=work.settings().satisfaction_delay_minutes + 1)):
        work_off()


def dial() -> Phone:
    phone = Phone(NUMBER)
    phone.dial()
    return phone


def events(case: Case, *kinds: str) -> list[tuple[str, dict[str, object]]]:
    with work.reading() as db:
        rows = select(Event).where(Event.case_id == case.id, Event.kind.in_(kinds)).order_by(Event.id)
        return [(event.kind, event.data) for event in db.scalars(rows)]


def questions_sent(case: Case) -> int:
    with work.reading() as db:
        asked = select(Message).where(Message.case_id == case.id, Message.purpose == Purpose.SATISFACTION)
        return len(db.scalars(asked).all())


def test_the_next_dial_asks_and_yes_ends_it(house: House) -> None:
    case = closed_case()
    phone = dial()
    assert phone.screen.startswith(QUESTION)
    assert case.reference not in phone.screen.replace(" ", "")
    phone.press("1")
    assert phone.ended
    assert (fresh(case).helped, fresh(case).reopening_asked_at) == (True, None)
    assert HOME in dial().screen


def test_it_is_skipped_with_one_key_and_asked_twice_at_most(house: House) -> None:
    case = closed_case()
    phone = dial()
    assert HOME in phone.press("0")
    assert dial().screen.startswith(QUESTION)
    assert HOME in dial().screen
    assert fresh(case).helped is None
    assert [data.get("screen") for _, data in events(case, "satisfaction_asked")] == [None, 1, 2]


def test_no_asks_for_reopening_at_once_and_then_why(house: House) -> None:
    case = closed_case()
    phone = dial()
    assert WHY in phone.press("2")
    asked = fresh(case)
    assert asked.helped is False
    assert asked.reopening_asked_at is not None
    phone.press("3")
    assert phone.ended
    assert fresh(case).why_not == WhyNot.OTHER_NEED
    assert fresh(case).times_unhelped == 1
    kinds = [kind for kind, _ in events(case, "satisfaction", "unhelped_because", "reopening_asked")]
    assert kinds == ["satisfaction", "reopening_asked", "unhelped_because"]


def test_hanging_up_on_the_why_loses_nothing_and_asks_no_more(house: House) -> None:
    case = closed_case()
    dial().press("2")
    assert HOME in dial().screen
    assert fresh(case).reopening_asked_at is not None
    assert fresh(case).why_not is None


def test_the_other_reason_may_be_told_in_words_which_stay_with_the_case(house: House) -> None:
    case = closed_case()
    phone = dial()
    phone.press("2")
    phone.press("4")
    phone.press("le comité a tout pris")
    with work.reading() as db:
        assert "le comité a tout pris" in cases.words_of(db, db.get_one(Case, case.id))
    assert fresh(case).why_not == WhyNot.OTHER
    assert len(events(case, "reopening_asked")) == 1


@pytest.mark.parametrize("keys", [["1"], ["2", "1"], ["2", "4", "rien n'est venu"], ["2", "4", "0"], ["0", "3"]])
def test_every_turn_of_the_question_stays_within_its_statements(house: House, keys: list[str]) -> None:
    Phone("+22676000001").dial()  # fills the caches of places and flows
    closed_case(channel="twilio")
    make_contact(NUMBER, channel="twilio")  # last heard on another channel: that is noted too
    phone = Phone(NUMBER)
    for turn in [phone.dial, *[lambda key=key: phone.press(key) for key in keys]]:
        with statements(house.engine) as seen:
            turn()
        assert len(seen) <= USSD_BUDGET, "\n".join(seen)


def test_the_sms_is_asked_once_and_answered_at_the_code_it_does_not_count_again(house: House) -> None:
    case = closed_case()
    assert questions_sent(case) == 1
    dial().press("2")
    Phone(NUMBER).sms("2")
    assert fresh(case).times_unhelped == 1
    assert not fresh(case).above_agency
    Phone(NUMBER).sms("2")  # now it answers why
    assert fresh(case).why_not == WhyNot.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "values", [{"may_contact": False}, {"contact_by": ContactBy.CALL}], ids=["no SMS wanted", "wants a call"]
)
def test_who_may_not_be_written_to_is_asked_at_the_code_only(house: House, values: dict[str, object]) -> None:
    case = closed_case(**values)
    assert questions_sent(case) == 0
    assert fresh(case).satisfaction_asked_at is None
    assert dial().screen.startswith(QUESTION)
    assert fresh(case).satisfaction_asked_at is not None


def test_after_stop_no_sms_asks_but_the_code_does(house: House) -> None:
    make_contact(NUMBER, language="fr", opted_out_at=clock.now())
    case = make_case("EHA.EAU", phone=NUMBER)
    answer_and_close(case)
    ask(case)
    assert questions_sent(case) == 0
    assert dial().screen.startswith(QUESTION)


@pytest.mark.parametrize("sensitivity", [Sensitivity.RESTRICTED, Sensitivity.SEALED])
def test_the_code_never_asks_about_a_case_that_is_not_open_to_all(house: House, sensitivity: Sensitivity) -> None:
    make_contact(NUMBER, language="fr")
    case = make_case("EHA.EAU", phone=NUMBER)
    with stored(case) as it:
        it.sensitivity = sensitivity
    answer_and_close(case)
    ask(case)
    assert HOME in dial().screen
    assert questions_sent(case) == (1 if sensitivity == Sensitivity.RESTRICTED else 0)


def test_a_case_that_is_sealed_after_it_was_asked_about_is_asked_about_no_more(house: House) -> None:
    case = closed_case()
    with stored(case) as it:
        it.sensitivity = Sensitivity.SEALED
    assert HOME in dial().screen


def test_nothing_is_asked_once_the_case_was_taken_up_again(house: House) -> None:
    case, alice = closed_case(), actors.make("alice")
    with work.unit_of_work() as db:
        cases.reopen(db, db.get_one(Case, case.id), by=alice)
    assert HOME in dial().screen


def test_nothing_is_asked_for_an_outcome_that_the_person_was_never_told(house: House) -> None:
    alice = actors.make("alice")
    make_contact(NUMBER, language="fr")
    case = make_case("EHA.EAU", phone=NUMBER)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case.id), Outcome.OUT_OF_SCOPE, by=alice)
    ask(case)
    assert HOME in dial().screen


def test_the_next_closing_asks_anew_and_a_second_no_goes_above_the_agency(house: House) -> None:
    alice, marc = actors.make("alice"), actors.make("marc")
    case = closed_case()
    dial().press("2")
    with work.unit_of_work() as db:
        cases.reopen(db, db.get_one(Case, case.id), by=alice)
    answer_and_close(case)
    ask(case)
    assert questions_sent(case) == 2
    phone = dial()
    assert phone.screen.startswith(QUESTION)
    phone.press("2")
    assert fresh(case).above_agency
    work_off()
    with work.reading() as db:
        told = db.scalars(select(Notice).where(Notice.case_id == case.id, Notice.kind == NoticeKind.ABOVE)).all()
        assert {notice.user_id for notice in told} >= {marc.id}
        assert all(db.get_one(User, notice.user_id).agency_id is None for notice in told)
    with pytest.raises(NotAllowedError, match="above"), work.unit_of_work() as db:
        cases.reopen(db, db.get_one(Case, case.id), by=alice)
    with pytest.raises(NotAllowedError, match="above"), work.unit_of_work() as db:
        cases.decline_reopening(db, db.get_one(Case, case.id), by=alice, note="déjà fait")
    with work.unit_of_work() as db:
        cases.decline_reopening(db, db.get_one(Case, case.id), by=marc, note="Visite faite, la pompe marche.")
    assert fresh(case).reopening_asked_at is None


def test_who_asks_again_after_it_was_declined_is_not_left_to_the_agency_that_declined(house: House) -> None:
    alice = actors.make("alice")
    case = closed_case()
    dial().press("2")
    with work.unit_of_work() as db:
        cases.decline_reopening(db, db.get_one(Case, case.id), by=alice, note="La pompe marche.")
    assert not fresh(case).above_agency
    Phone(NUMBER).sms(f"{case.reference} la pompe ne marche toujours pas")
    assert fresh(case).reopening_asked_at is not None
    assert fresh(case).above_agency


def test_the_request_has_a_clock_of_its_own(house: House) -> None:
    case = closed_case()
    dial().press("2")
    work_off()
    assert fresh(case).next_step == Step.REOPEN
    assert fresh(case).next_due_at is not None
    with work.reading() as db:
        duties = db.scalars(select(OutboxRow.duty).where(OutboxRow.case_id == case.id)).all()
    assert Duty.NOTIFY_FOCAL_POINTS in duties


def test_a_late_no_about_an_answer_of_before_does_not_count(house: House) -> None:
    alice = actors.make("alice")
    case = closed_case()
    with work.unit_of_work() as db:
        cases.reopen(db, db.get_one(Case, case.id), by=alice)
    Phone(NUMBER).sms("2")
    assert fresh(case).times_unhelped == 0
    assert fresh(case).reopening_asked_at is None


def test_what_is_raised_to_restricted_by_a_person_is_not_asked_about(house: House) -> None:
    marc = actors.make("marc")
    case = closed_case()
    with work.unit_of_work() as db:
        category = db.get_one(Category, "SAN.ACC")
        triage.recategorise(db, db.get_one(Case, case.id), category, by=marc)
    assert HOME in dial().screen
