"""Sending through the real SDKs against a fake of each provider's wire: what each kind of failure leads to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import delivery, places, sending, work
from feedback_gateway.channels.contract import Report
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import queue_message
from feedback_gateway.settings import AfricasTalking
from models import Contact, Message, OutboxRow, PausedChannel
from models.words import Delivery, OutboxState, Purpose
from tests.conftest import House
from tests.factories import make_contact
from tests.fakes.africastalking import API_KEY, FakeAfricasTalking
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio
from tests.worker import work_off

PHONE = "+22670123456"


@pytest.fixture
def provider() -> Iterator[FakeAfricasTalking]:
    with FakeAfricasTalking() as fake:
        yield fake


@pytest.fixture
def environment(provider: FakeAfricasTalking) -> dict[str, str]:
    return {"AT_API_KEY": API_KEY, "AT_BASE_URL": provider.url, "AT_SENDER": "PLAINTE"}


def write(purpose: Purpose = Purpose.REPLY, channel: str = "africastalking") -> int:
    contact = make_contact(PHONE, channel=channel)
    with work.unit_of_work() as db:
        return queue_message(db, "Bonjour, bien recu.", purpose, contact=contact, language="fr").id


def stored(message_id: int) -> Message:
    with work.reading() as db:
        return db.get_one(Message, message_id)


def duty(message_id: int) -> OutboxRow:
    with work.reading() as db:
        return db.scalars(select(OutboxRow).where(OutboxRow.message_id == message_id)).one()


def later(house: House, minutes: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(minutes=minutes))


def test_a_message_is_sent_once(house: House, provider: FakeAfricasTalking) -> None:
    message_id = write()
    work_off()
    with later(house, 600):
        work_off()
    assert [sent["to"] for sent in provider.sent] == [PHONE]
    assert provider.sent[0]["message"] == "Bonjour, bien recu."
    message = stored(message_id)
    assert (message.delivery, message.provider_id) == (Delivery.SENT, provider.sent[0]["id"])
    assert duty(message_id).state == OutboxState.DONE


def test_a_permanent_refusal_is_not_repeated(house: House, provider: FakeAfricasTalking) -> None:
    provider.script(provider.refuse(403, "InvalidPhoneNumber"))
    message_id = write()
    work_off()
    with later(house, 600):
        work_off()
    assert len(provider.requests) == 1
    assert stored(message_id).delivery == Delivery.FAILED
    assert duty(message_id).state == OutboxState.FAILED


def test_a_blacklisted_phone_is_remembered_as_stopped(house: House, provider: FakeAfricasTalking) -> None:
    provider.script(provider.refuse(406, "UserInBlacklist"))
    write()
    work_off()
    with work.reading() as db:
        assert db.scalars(select(Contact.opted_out_at)).one() is not None


def test_a_passing_fault_is_tried_again_after_a_while(house: House, provider: FakeAfricasTalking) -> None:
    provider.script(provider.refuse(500, "InternalServerError"))
    message_id = write()
    work_off()
    assert duty(message_id).state == OutboxState.PENDING
    assert provider.sent == []
    with later(house, 1):
        work_off()
    assert len(provider.sent) == 1
    assert stored(message_id).delivery == Delivery.SENT


def test_a_fault_that_seldom_mends_is_tried_three_times(house: House, provider: FakeAfricasTalking) -> None:
    provider.script(*[provider.refuse(407, "CouldNotRoute")] * 9)
    message_id = write()
    for hours in range(9):
        with later(house, 60 * hours):
            work_off()
    assert len(provider.requests) == 3
    assert stored(message_id).delivery == Delivery.FAILED


def test_an_account_without_credit_pauses_the_channel_and_loses_nothing(
    house: House, provider: FakeAfricasTalking
) -> None:
    provider.script(provider.refuse(405, "InsufficientBalance"))
    first, second = write(), write()
    work_off()
    assert len(provider.requests) == 1
    with work.reading() as db:
        assert db.scalars(select(PausedChannel.channel)).all() == ["africastalking"]
    for hours in range(1, 30):
        with later(house, 60 * hours):
            work_off()
    assert len(provider.requests) == 1, "nothing is tried while the channel is paused"
    with work.unit_of_work() as db:
        db.delete(db.get_one(PausedChannel, "africastalking"))
    with later(house, 60 * 31):
        work_off()
    assert stored(first).delivery == stored(second).delivery == Delivery.SENT
    assert len(provider.sent) == 2


def test_a_lost_answer_is_settled_by_the_report(house: House, provider: FakeAfricasTalking) -> None:
    provider.script(provider.drop)
    message_id = write()
    work_off()
    assert stored(message_id).delivery == Delivery.UNKNOWN
    with work.unit_of_work() as db:
        report = Report("africastalking", provider.sent[0]["id"], Delivery.DELIVERED, "Success", recipient=PHONE)
        delivery.record_report(db, report)
    with later(house, 600):
        work_off()
    assert stored(message_id).delivery == Delivery.DELIVERED
    assert len(provider.requests) == 1


def test_a_lost_answer_without_report_is_tried_once_more_and_late(house: House, provider: FakeAfricasTalking) -> None:
    provider.script(provider.drop, provider.drop)
    message_id = write()
    work_off()
    with later(house, 5):
        work_off()
    assert len(provider.requests) == 1, "not before SETTLE_MINUTES"
    for hours in (1, 24, 48):
        with later(house, 60 * hours):
            work_off()
    assert len(provider.requests) == 2, "one late retry, then never again"
    assert stored(message_id).delivery == Delivery.UNKNOWN
    assert duty(message_id).state == OutboxState.FAILED


def test_a_message_whose_worker_died_in_the_middle_is_not_sent_again_at_once(
    house: House, provider: FakeAfricasTalking
) -> None:
    message_id = write()
    with work.unit_of_work() as db:
        message = db.get_one(Message, message_id)
        message.delivery = Delivery.SENDING
        row = db.scalars(select(OutboxRow)).one()
        row.state, row.attempts = OutboxState.RUNNING, 1
        row.lease_until = clock.now() - timedelta(seconds=1)
    work_off()
    assert provider.requests == []
    assert stored(message_id).delivery == Delivery.UNKNOWN


def test_stop_holds_back_what_was_already_written(house: House, provider: FakeAfricasTalking) -> None:
    message_id = write(Purpose.ANSWER)
    make_contact(PHONE, opted_out_at=clock.now())
    work_off()
    assert provider.requests == []
    assert stored(message_id).failure == "opted_out"


def test_the_confirmation_of_stop_itself_goes_out(house: House, provider: FakeAfricasTalking) -> None:
    write(Purpose.REPLY)
    make_contact(PHONE, opted_out_at=clock.now())
    work_off()
    assert len(provider.sent) == 1


def test_without_credentials_nothing_is_tried(house: House, provider: FakeAfricasTalking) -> None:
    work.bind(replace(house.settings, africastalking=AfricasTalking(webhook_token="x")), house.engine)
    sending.forget_channels()
    places.forget_places()
    message_id = write()
    work_off()
    assert provider.requests == []
    assert stored(message_id).delivery == Delivery.QUEUED
    assert duty(message_id).state == OutboxState.PENDING


class TestTwilio:
    """The same through Twilio, with our id in the address of the report."""

    @pytest.fixture
    def twilio(self) -> Iterator[FakeTwilio]:
        with FakeTwilio() as fake:
            yield fake

    @pytest.fixture
    def environment(self, twilio: FakeTwilio) -> dict[str, str]:
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_SENDER": "+12028831111",
            "TWILIO_BASE_URL": twilio.url,
        }

    def test_a_message_is_sent_with_our_id_in_the_report_address(self, house: House, twilio: FakeTwilio) -> None:
        message_id = write(channel="twilio")
        work_off()
        assert stored(message_id).delivery == Delivery.SENT
        assert twilio.sent[0]["StatusCallback"].endswith(f"/webhooks/twilio/status?m={message_id}")

    def test_a_lost_answer_is_settled_by_our_id(self, house: House, twilio: FakeTwilio) -> None:
        twilio.script(twilio.drop)
        message_id = write(channel="twilio")
        work_off()
        assert stored(message_id).delivery == Delivery.UNKNOWN
        with work.unit_of_work() as db:
            report = Report("twilio", twilio.sent[0]["id"], Delivery.DELIVERED, "delivered", message_id=message_id)
            delivery.record_report(db, report)
        assert stored(message_id).delivery == Delivery.DELIVERED

    def test_a_stopped_phone_is_remembered(self, house: House, twilio: FakeTwilio) -> None:
        twilio.script(twilio.refuse(21610))
        write(channel="twilio")
        work_off()
        with work.reading() as db:
            assert db.scalars(select(Contact.opted_out_at)).one() is not None

    def test_a_wrong_key_pauses_the_channel(self, house: House, twilio: FakeTwilio) -> None:
        twilio.script(twilio.refuse(20003, 401))
        write(channel="twilio")
        work_off()
        with work.reading() as db:
            assert db.scalars(select(PausedChannel.channel)).all() == ["twilio"]
