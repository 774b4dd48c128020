"""Delivery reports: early, late, twice, out of order, in unknown words. A status never goes backwards."""

from itertools import permutations

import pytest
from sqlalchemy import select

from feedback_gateway import cases, delivery, work
from feedback_gateway.channels.contract import Report
from feedback_gateway.lib import clock
from models import Case, Contact, Message
from models.words import CaseState, Delivery, Direction, Medium, Purpose
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact

PHONE = "+22670123456"
CHANNEL = "africastalking"


def write(provider_id: str | None = "ATX1", status: Delivery = Delivery.SENT) -> int:
    contact = make_contact(PHONE)
    with work.unit_of_work() as db:
        message = Message(
            channel=CHANNEL,
            direction=Direction.OUT,
            medium=Medium.SMS,
            provider_id=provider_id,
            contact_id=contact.id,
            text="x",
            purpose=Purpose.REPLY,
            delivery=status,
            at=clock.now(),
        )
        db.add(message)
        db.flush()
        return message.id


def report(status: Delivery | None, provider_id: str = "ATX1", **more: object) -> None:
    with work.unit_of_work() as db:
        values = {"recipient": PHONE, **more}
        delivery.record_report(db, Report(CHANNEL, provider_id, status, str(status), **values))  # type: ignore[arg-type]


def status(message_id: int) -> Delivery | None:
    with work.reading() as db:
        return db.get_one(Message, message_id).delivery


@pytest.mark.parametrize("order", list(permutations([Delivery.SENT, Delivery.SENT, Delivery.DELIVERED])))
def test_in_whatever_order_they_come_it_is_delivered(house: House, order: tuple[Delivery, ...]) -> None:
    message_id = write(status=Delivery.SENDING)
    for word in order:
        report(word)
    assert status(message_id) == Delivery.DELIVERED


@pytest.mark.parametrize("final", sorted(delivery.FINAL))
@pytest.mark.parametrize("after", list(Delivery))
def test_a_final_status_is_never_left(house: House, final: Delivery, after: Delivery) -> None:
    message_id = write()
    report(final)
    report(after)
    late = (final, after) == (Delivery.UNDELIVERED, Delivery.DELIVERED)
    assert status(message_id) == (Delivery.DELIVERED if late else final), "what was given up may arrive after all"


def test_an_unknown_word_changes_nothing_and_is_kept(house: House) -> None:
    message_id = write()
    report(None)
    assert status(message_id) == Delivery.SENT
    with work.reading() as db:
        assert db.scalars(select(delivery.DeliveryReport.provider_id)).all() == ["ATX1"]


@pytest.mark.parametrize("order", [("sent", "delivered"), ("delivered", "sent"), ("delivered", "delivered")])
def test_a_report_that_comes_before_the_send_is_recorded_waits_for_it(house: House, order: tuple[str, ...]) -> None:
    for word in order:
        report(Delivery(word), "ATX9")
    message_id = write(provider_id=None, status=Delivery.SENDING)
    with work.unit_of_work() as db:
        message = db.get_one(Message, message_id)
        message.provider_id = "ATX9"
        delivery.advance(db, message, Delivery.SENT)
        delivery.meet_reports(db, message)
    assert status(message_id) == Delivery.DELIVERED


def test_a_report_for_a_phone_with_two_lost_sends_settles_neither(house: House) -> None:
    first, second = write(None, Delivery.UNKNOWN), write(None, Delivery.UNKNOWN)
    report(Delivery.DELIVERED, "ATX7")
    assert status(first) == status(second) == Delivery.UNKNOWN


def test_a_report_does_not_settle_another_phones_lost_send(house: House) -> None:
    message_id = write(None, Delivery.UNKNOWN)
    report(Delivery.DELIVERED, "ATX7", recipient="+22676000000")
    assert status(message_id) == Delivery.UNKNOWN


def test_a_report_that_comes_before_the_loss_is_noticed_settles_it(house: House) -> None:
    message_id = write(None, Delivery.SENDING)
    report(Delivery.DELIVERED, "ATX5")
    with work.unit_of_work() as db:
        message = db.get_one(Message, message_id)
        message.delivery = Delivery.UNKNOWN
        delivery.meet_reports(db, message)
    assert status(message_id) == Delivery.DELIVERED


def test_a_blacklisted_phone_is_stopped(house: House) -> None:
    write()
    report(Delivery.FAILED, opted_out=True)
    with work.reading() as db:
        assert db.scalars(select(Contact.opted_out_at)).one() is not None


def test_when_the_answer_arrives_the_person_has_been_told(house: House) -> None:
    alice, case = actors.make("alice"), make_case(phone=PHONE)
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), "Demain.", by=alice)
    with work.unit_of_work() as db:
        message = db.scalars(select(Message).where(Message.purpose == Purpose.ANSWER)).one()
        message.channel, message.provider_id = CHANNEL, "ATX3"
    report(Delivery.SENT, "ATX3")
    with work.reading() as db:
        assert db.get_one(Case, case.id).state == CaseState.AGENCY_RESPONDED, "sent is not told"
    report(Delivery.DELIVERED, "ATX3")
    with work.reading() as db:
        told = db.get_one(Case, case.id)
    assert told.state == CaseState.PERSON_INFORMED
    assert told.told_at is not None
