"""PINs: who may set one, what opens a case, and how many may be tried."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import pins, work
from feedback_gateway.case_view import describe_case
from feedback_gateway.lib import clock
from feedback_gateway.pins import LOCKED_FOR, SETTABLE_FOR, WRONG_IN_A_ROW
from models import Case, Conversation, Event, Message
from tests.conftest import House
from tests.factories import make_case, make_contact
from tests.phone import Phone

PIN = "4321"


def make_with_pin() -> Case:
    case = make_case(sealed=True)
    set_pin(case, PIN)
    return case


def set_pin(case: Case, pin: str, *, contact_id: int | None = None) -> None:
    with work.unit_of_work() as db:
        pins.set_pin(db, db.get_one(Case, case.id), pin, contact_id=contact_id or case.contact_id)


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def try_wrong(case: Case, times: int) -> None:
    for _ in range(times):
        with work.unit_of_work() as db:
            pins.record_wrong_pin(db, db.get_one(Case, case.id))


def kinds(case: Case) -> list[str]:
    with work.reading() as db:
        return list(db.scalars(select(Event.kind).where(Event.case_id == case.id).order_by(Event.id)))


def test_only_its_own_pin_opens_a_case(house: House) -> None:
    case, other = make_with_pin(), make_with_pin()
    assert pins.opens(fresh(case), PIN)
    assert not any(pins.opens(fresh(case), pin) for pin in ("1234", "", "43210", "٤٣٢١"))
    assert fresh(case).pin_hash != fresh(other).pin_hash
    assert not pins.opens(fresh(make_case(sealed=True)), PIN)


def test_the_phone_that_opened_the_case_may_change_its_mind_for_a_while(house: House) -> None:
    case = make_with_pin()
    set_pin(case, "1111")
    assert pins.opens(fresh(case), "1111")
    with time_machine.travel(clock.now() + SETTABLE_FOR + timedelta(minutes=1)):
        set_pin(case, "2222")
    assert pins.opens(fresh(case), "1111")


@pytest.mark.parametrize("has_one", [True, False])
def test_nobody_else_gives_a_case_a_pin(house: House, has_one: bool) -> None:
    case = make_with_pin() if has_one else make_case(sealed=True)
    set_pin(case, "9999", contact_id=make_contact("+22676000000").id)
    assert not pins.opens(fresh(case), "9999")
    assert pins.opens(fresh(case), PIN) == has_one


def test_a_case_without_a_phone_gets_no_pin(house: House) -> None:
    case = make_case(sealed=True, contact_id=None)
    with work.unit_of_work() as db:
        pins.set_pin(db, db.get_one(Case, case.id), PIN, contact_id=None)
    assert fresh(case).pin_hash is None


def test_after_too_many_wrong_ones_nothing_opens_it_for_a_day(house: House) -> None:
    case = make_with_pin()
    try_wrong(case, WRONG_IN_A_ROW - 1)
    assert pins.opens(fresh(case), PIN)
    try_wrong(case, 1)
    assert not pins.opens(fresh(case), PIN)
    assert kinds(case).count("pin_locked") == 1
    with time_machine.travel(clock.now() + LOCKED_FOR + timedelta(minutes=1)):
        assert pins.opens(fresh(case), PIN)
        try_wrong(case, WRONG_IN_A_ROW - 1)
        assert pins.opens(fresh(case), PIN)


def test_trying_on_while_it_is_locked_does_not_lock_it_longer(house: House) -> None:
    case = make_with_pin()
    try_wrong(case, WRONG_IN_A_ROW)
    until = fresh(case).pin_locked_until
    try_wrong(case, WRONG_IN_A_ROW)
    assert fresh(case).pin_locked_until == until
    assert kinds(case).count("pin_locked") == 1


def test_a_right_pin_breaks_the_row(house: House) -> None:
    case = make_with_pin()
    for _ in range(3):
        try_wrong(case, WRONG_IN_A_ROW - 1)
        with work.unit_of_work() as db:
            pins.record_right_pin(db.get_one(Case, case.id))
    assert pins.opens(fresh(case), PIN)


def test_a_wrong_pin_for_a_case_that_has_none_is_nothing(house: House) -> None:
    case = make_case(sealed=True)
    try_wrong(case, WRONG_IN_A_ROW)
    assert fresh(case).pin_locked_until is None
    assert "pin_locked" not in kinds(case)


def test_neither_the_pin_nor_the_count_stands_in_events_or_exports(house: House) -> None:
    case = make_with_pin()
    try_wrong(case, WRONG_IN_A_ROW - 1)
    with work.reading() as db:
        described = describe_case(db, case.reference)
    assert described is not None
    assert [event for event in described["events"] if event["kind"] == "pin_set" and len(event) > 3] == []
    assert [name for name in described if "pin" in name] == []
    try_wrong(case, 1)
    with work.reading() as db:
        written = [(e.data, e.text) for e in db.scalars(select(Event).where(Event.kind.startswith("pin")))]
    assert written == [({}, None), ({}, None)]


def test_the_digits_are_stored_nowhere(house: House) -> None:
    phone = Phone()
    phone.dial()
    phone.press("1", "5", "1", "5", "7391")
    with work.reading() as db:
        assert "7391" not in list(db.scalars(select(Message.text)))
        assert [kept for kept in db.scalars(select(Conversation.transcript)) if kept] == []
    assert phone.again() == phone.screen
