"""PINs of commands by SMS: made once, stored nowhere in clear, counted, and locked with an alarm."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, inspect, select, text

from feedback_gateway import desk_sms, work
from feedback_gateway.desk_sms import LOCKED_FOR, TRAILING_TRIES, WRONG_IN_A_ROW
from feedback_gateway.lib.desk_command import HIDDEN
from models import Base, Case, Event, Message, Notice, User, vault
from models.words import CaseState, NoticeKind
from tests import actors
from tests.conftest import House
from tests.desk import Desk, open_desk
from tests.factories import make_case
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


def state(case: Case) -> CaseState:
    with work.reading() as db:
        return db.get_one(Case, case.id).state


def wrong(desk: Desk) -> str:
    """Digits that are not the PIN."""
    return f"{(int(desk.pin) + 1) % 10**5:05d}"


def everything_stored() -> str:
    """Every row of every table, decrypted."""
    with work.reading() as db:
        rows = [db.scalars(select(each.class_)).all() for each in Base.registry.mappers]
        return json.dumps(
            [
                {column.key: str(getattr(row, column.key)) for column in inspect(type(row)).column_attrs}
                for found in rows
                for row in found
            ],
            ensure_ascii=False,
        )


def test_a_pin_is_five_digits_and_another_one_each_time(house: House) -> None:
    alice = open_desk()
    pins = {alice.pin}
    for _ in range(20):
        with work.unit_of_work() as db:
            pins.add(desk_sms.set_pin(db, db.get_one(User, alice.user.id), by=None))
    assert len(pins) > 15
    assert all(len(pin) == 5 and pin.isdigit() and len(set(pin)) >= 3 for pin in pins)


def test_only_a_keyed_hash_is_kept_and_the_log_names_ids_only(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    ada, alice = actors.make("ada"), open_desk()
    with work.unit_of_work() as db:
        pin = desk_sms.set_pin(db, db.get_one(User, alice.user.id), by=ada)
    assert alice.fresh().sms_pin_hash == vault.lookup("desk pin", str(alice.user.id), pin)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("feedback_gateway")]
    assert f"user {ada.id} gave user {alice.user.id} a PIN for commands by SMS" in said
    assert not any(pin in line for line in said)


def test_the_pin_of_one_is_not_the_pin_of_another(house: House) -> None:
    alice, bob, case = open_desk(), open_desk("bob", "+22676333444"), make_case()
    assert "faux" in bob.send(f"OK {case.reference} {alice.pin}")


@pytest.mark.parametrize(
    "written",
    [
        "OK {ref} {pin}",
        "{pin} FAIT {ref} pompe réparée",
        "FAIT {ref} pompe {pin} réparée {pin}",
        "FAIT {ref} {pin} pompe {pin}",
        "NON {ref} pas notre zone, code PIN {pin}",
        "LISTE {pin}",
    ],
)
def test_the_digits_stand_nowhere(
    house: House, written: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_sms, "_draw", lambda: "90817")  # in no identifier or phone of this house
    caplog.set_level("DEBUG")
    alice, case = open_desk(), make_case()
    alice.send(written.format(ref=case.reference, pin=alice.pin))
    work_off()
    assert HIDDEN in alice.stored()[-1]
    assert alice.pin not in everything_stored()
    assert not any(alice.pin in record.getMessage() for record in caplog.records)


def test_nor_when_they_come_alone_or_while_locked_or_for_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_sms, "_draw", lambda: "90817")
    alice, case = open_desk(), make_case()
    alice.send("90817")
    alice.send(f"OK {case.reference}")
    alice.send("9 08 17")
    with work.unit_of_work() as db:
        db.get_one(User, alice.user.id).sms_locked_until = datetime.fromisoformat("2099-01-01T00:00:00+00:00")
    alice.send(f"FAIT {case.reference} pompe réparée 90817")
    alice.send("90817")
    stored = everything_stored()
    assert "90817" not in stored
    assert "9 08 17" not in stored


def test_a_mistyped_pin_alone_is_kept_out_of_the_messages_too(house: House) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"OK {case.reference}")
    assert "faux" in alice.send(alice.pin[:4])
    assert alice.stored()[-1] == HIDDEN


@pytest.mark.parametrize("written", ["OK {ref} {wrong}", "{wrong} OK {ref}", "FAIT {ref} {wrong} pompe réparée"])
def test_a_wrong_pin_where_a_pin_stands_is_counted_and_does_nothing(house: House, written: str) -> None:
    alice, case = open_desk(), make_case()
    said = alice.send(written.format(ref=case.reference, wrong=wrong(alice)))
    assert f"essai 1 sur {WRONG_IN_A_ROW}" in said
    assert state(case) == CaseState.REFERRED
    assert alice.fresh().wrong_sms_pins == 1
    alice.send(alice.pin)
    assert state(case) != CaseState.REFERRED, "the command has waited for the right one"
    assert alice.fresh().wrong_sms_pins == 0


def test_a_number_at_the_end_of_the_words_is_text_and_no_wrong_pin(house: House) -> None:
    alice, case = open_desk(), make_case()
    assert alice.send(f"FAIT {case.reference} forage numéro {wrong(alice)}").startswith("Envoyez")
    assert alice.fresh().wrong_sms_pins == 0
    alice.send(alice.pin)
    with work.reading() as db:
        assert db.scalars(select(Event.text).where(Event.kind == "responded")).one() == f"forage numéro {wrong(alice)}"


def test_a_number_before_the_words_is_text_when_the_pin_stands_elsewhere(house: House) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"FAIT {case.reference} {wrong(alice)} litres livrés {alice.pin}")
    with work.reading() as db:
        assert db.scalars(select(Event.text).where(Event.kind == "responded")).one() == f"{wrong(alice)} litres livrés"
    assert alice.fresh().wrong_sms_pins == 0


def test_numbers_at_the_end_are_no_way_to_guess_for_ever(house: House) -> None:
    alice, case = open_desk(), make_case()
    for _ in range(TRAILING_TRIES):
        alice.send(f"FAIT {case.reference} forage {wrong(alice)}")
    assert alice.send(f"FAIT {case.reference} pompe réparée {alice.pin}").startswith("Envoyez"), "it was not tried"
    assert state(case) == CaseState.REFERRED
    assert alice.pin not in alice.stored()[-1]
    alice.send(alice.pin)
    with work.reading() as db:
        assert db.scalars(select(Event.text).where(Event.kind == "responded")).one() == "pompe réparée"
    other = make_case(phone="+22670000009")
    assert "noté" in alice.send(f"FAIT {other.reference} pompe réparée {alice.pin}"), "a right PIN ends the row"


def test_the_limit_on_numbers_outlives_the_quarter_of_an_hour(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        alice, case = open_desk(), make_case()
        for _ in range(TRAILING_TRIES):
            alice.send(f"FAIT {case.reference} forage {wrong(alice)}")
            traveller.shift(timedelta(minutes=20))
        alice.send(wrong(alice))
        assert alice.send(f"FAIT {case.reference} pompe {alice.pin}").startswith("Envoyez")


def lock(desk: Desk, case: Case) -> str:
    said = ""
    for _ in range(WRONG_IN_A_ROW):
        said = desk.send(f"OK {case.reference} {wrong(desk)}")
    return said


def test_five_in_a_row_lock_for_a_day_and_nothing_is_tried_meanwhile(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        alice, case = open_desk(), make_case()
        assert "jusqu'au 02/12 09:00" in lock(alice, case)
        for text_ in (f"OK {case.reference} {alice.pin}", alice.pin, f"FAIT {case.reference} pompe {alice.pin}"):
            if text_ != alice.pin:
                assert "fermées" in alice.send(text_)
        assert state(case) == CaseState.REFERRED
        assert alice.fresh().wrong_sms_pins == 0, "what is tried while it is locked does not count"
        traveller.shift(LOCKED_FOR)
        assert "pris en charge" in alice.send(f"OK {case.reference} {alice.pin}")


def test_wrong_ones_that_are_not_in_a_row_do_not_lock(house: House) -> None:
    alice, case = open_desk(), make_case()
    for _ in range(WRONG_IN_A_ROW - 1):
        alice.send(f"OK {case.reference} {wrong(alice)}")
    alice.send(f"OK {case.reference} {alice.pin}")
    assert f"essai 1 sur {WRONG_IN_A_ROW}" in alice.send(f"FAIT {case.reference} {wrong(alice)} voilà")


def test_wrong_pins_alone_count_too(house: House) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"OK {case.reference}")
    for _ in range(WRONG_IN_A_ROW):
        said = alice.send(wrong(alice))
    assert "fermées" in said
    assert state(case) == CaseState.REFERRED


def test_a_new_pin_ends_the_lock(house: House) -> None:
    alice, case = open_desk(), make_case()
    lock(alice, case)
    with work.unit_of_work() as db:
        alice.pin = desk_sms.set_pin(db, db.get_one(User, alice.user.id), by=None)
    assert "pris en charge" in alice.send(f"OK {case.reference} {alice.pin}")


def test_a_lock_is_told_to_coordination_and_the_agency_but_not_to_that_phone(house: House) -> None:
    alice, case = open_desk(), make_case()
    bob, charlie, marc, tina = (actors.make(name) for name in ("bob", "charlie", "marc", "tina"))
    lock(alice, case)
    with work.reading() as db:
        told = set(db.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.WRONG_PINS)))
        eau = db.scalars(select(User.id).where(User.login == "eau")).one()
    assert {bob.id, marc.id, tina.id, eau} <= told
    assert told.isdisjoint({alice.user.id, charlie.id})


def test_the_alarm_goes_out(house: House) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        alice, bob = open_desk(), open_desk("bob", "+22676333444")
        lock(alice, make_case())
        work_off()
    assert any("codes PIN faux" in said for said in bob.answers())


def test_a_lock_stands_in_the_log_by_its_id(house: House, caplog: pytest.LogCaptureFixture) -> None:
    alice, case = open_desk(), make_case()
    lock(alice, case)
    assert f"user {alice.user.id}: too many wrong PINs by SMS" in caplog.text
    assert wrong(alice) not in caplog.text


def test_a_command_that_waits_is_encrypted(house: House) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"FAIT {case.reference} motsecret")
    with house.engine.connect() as connection:
        kept = connection.execute(text("SELECT sms_waiting FROM users WHERE login = 'alice'")).scalar_one()
    assert b"motsecret" not in bytes(kept)
    assert "motsecret" in json.dumps(alice.fresh().sms_waiting)


def test_it_is_stored_as_the_user_s_message_and_not_as_a_person_s(house: House) -> None:
    alice, case = open_desk(), make_case()
    alice.send(f"OK {case.reference} {alice.pin}")
    with work.reading() as db:
        assert (
            db.scalar(select(func.count()).where(Message.user_id == alice.user.id, Message.contact_id.is_(None))) == 2
        )
