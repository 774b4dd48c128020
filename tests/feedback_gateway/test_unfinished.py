"""USSD sessions that break off: taken up again within half an hour, and after that what was written is a case."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway import schedule, unfinished, work
from feedback_gateway.channels.contract import SessionEnd
from feedback_gateway.lib import clock
from models import Case, Conversation, Event
from tests.conftest import House
from tests.phone import Phone
from tests.worker import work_off

WRITTEN = ("1", "3", "1", "8", "la pompe est en panne")
"""French; water, health, shelter; water; no place; what happens. Consent is still to be asked."""


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(minutes=minutes))


def drop(phone: Phone, *keys: str) -> None:
    phone.dial()
    phone.press(*keys)
    with work.unit_of_work() as db:
        unfinished.end_session(db, SessionEnd(phone.channel, phone.session, phone.number, completed=False))


def cases() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Case)) or 0


def test_a_dropped_session_is_offered_again_with_its_answers(house: House) -> None:
    phone = Phone()
    drop(phone, *WRITTEN)
    with later(10):
        assert "1 Continuer" in phone.dial()
        assert "1 Par SMS" in phone.press("1")
        phone.press("1")
    assert phone.ended
    assert cases() == 1
    with work.reading() as db:
        assert db.scalars(select(Event.text).where(Event.kind == "opened")).one() == WRITTEN[-1]
        assert db.scalars(select(Case.incomplete)).one() is False


def test_within_the_window_the_sweeper_leaves_it_alone(house: House) -> None:
    drop(Phone(), *WRITTEN)
    with later(10):
        assert schedule.keep_unfinished() == 0
    assert cases() == 0


def test_after_the_window_the_words_are_a_case_and_one_gentle_sms_goes_out(house: House) -> None:
    phone = Phone()
    drop(phone, *WRITTEN)
    with later(31):
        assert schedule.keep_unfinished() == 1
        assert schedule.keep_unfinished() == 0
        work_off()
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
    assert case.incomplete
    assert case.category_code == "EHA.EAU"
    assert not case.may_contact
    assert len(phone.inbox()) == 1
    assert case.reference[:3] in phone.inbox()[0]


def test_no_sms_goes_out_on_a_sensitive_topic(house: House) -> None:
    phone = Phone()
    drop(phone, *WRITTEN[:-1], "lagent veut coucher avec moi pour l'eau")
    with later(31):
        schedule.keep_unfinished()
        work_off()
    assert cases() == 1
    assert phone.inbox() == []


def test_nothing_written_is_no_case(house: House) -> None:
    drop(Phone(), *WRITTEN[:-1])
    with later(31):
        schedule.keep_unfinished()
    assert cases() == 0
    with work.reading() as db:
        assert db.scalars(select(Conversation.abandoned_after)).one() is None


def test_words_are_not_lost_when_the_person_dials_anew_after_the_window(house: House) -> None:
    phone = Phone()
    drop(phone, *WRITTEN)
    with later(45):
        assert "Continuer" not in phone.dial()
    assert cases() == 1


@pytest.mark.parametrize(("keys", "cases_opened"), [(WRITTEN, 0), ((*WRITTEN, "1"), 1)])
def test_a_finished_session_leaves_nothing_to_sweep(house: House, keys: tuple[str, ...], cases_opened: int) -> None:
    phone = Phone()
    drop(phone, *keys)
    with work.reading() as db:
        open_until = db.scalars(select(Conversation.abandoned_after)).one()
    assert (open_until is None) == bool(cases_opened)
    assert cases() == cases_opened


def test_near_the_end_of_a_session_nobody_is_asked_to_write(house: House) -> None:
    phone = Phone()
    phone.dial()
    phone.press("1", "3", "1")
    with later(2.6):
        screen = phone.press("8")
    assert "SMS" in screen
    assert "Dites en quelques mots" not in screen


def test_one_that_fails_keeps_neither_the_others_nor_the_dispatcher(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(Phone("+22670000001"), *WRITTEN)
    drop(Phone("+22670000002"), *WRITTEN)
    keep, calls = unfinished.keep_unfinished, []

    def first_fails(db: Session, conversation_id: int) -> None:
        calls.append(conversation_id)
        if len(calls) == 1:
            raise ValueError("a fault in a flow")
        keep(db, conversation_id)

    monkeypatch.setattr(unfinished, "keep_unfinished", first_fails)
    with later(31):
        schedule.keep_unfinished()
        assert cases() == 1
        assert schedule.keep_unfinished() == 0
    with later(95):
        schedule.keep_unfinished()
    assert cases() == 2
