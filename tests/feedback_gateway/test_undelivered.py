"""An answer that does not arrive: another channel once, then a call. Undelivered is never told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, delivery, schedule, undelivered, work
from feedback_gateway.channels.contract import Report
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import queue_message
from models import Callback, Case, Event, Message, Notice, PausedChannel
from models.words import CallReason, CaseState, Delivery, NoticeKind, Purpose
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact
from tests.fakes.africastalking import API_KEY, FakeAfricasTalking
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio
from tests.worker import work_off

PHONE = "+22670123456"
TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


@pytest.fixture
def africastalking() -> Iterator[FakeAfricasTalking]:
    with FakeAfricasTalking() as fake:
        yield fake


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def environment(africastalking: FakeAfricasTalking) -> dict[str, str]:
    return {"AT_API_KEY": API_KEY, "AT_BASE_URL": africastalking.url, "AT_SENDER": "PLAINTE"}


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def answered(text: str = "Une équipe vient jeudi.") -> Case:
    """A case whose answer has left by Africa's Talking."""
    alice, case = actors.make("alice"), make_case(phone=PHONE)
    make_contact(PHONE, channel="africastalking")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case.id), text, by=alice)
    work_off()
    return case


def messages(case: Case, purpose: Purpose = Purpose.ANSWER) -> list[Message]:
    with work.reading() as db:
        wanted = select(Message).where(Message.case_id == case.id, Message.purpose == purpose)
        return list(db.scalars(wanted.order_by(Message.id)))


def report(message: Message, status: Delivery, reason: str | None = None) -> None:
    with work.unit_of_work() as db:
        assert message.provider_id
        found = Report(message.channel, message.provider_id, status, str(status), reason, recipient=PHONE)
        delivery.record_report(db, found)


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def entries(case: Case) -> list[Callback]:
    with work.reading() as db:
        return list(db.scalars(select(Callback).where(Callback.case_id == case.id).order_by(Callback.id)))


def kinds(case: Case) -> list[str]:
    with work.reading() as db:
        return list(db.scalars(select(Event.kind).where(Event.case_id == case.id).order_by(Event.id)))


class TestOneChannel:
    """Where there is no other channel, somebody calls."""

    def test_a_phone_that_is_off_for_three_days(self, house: House, now: time_machine.Traveller) -> None:
        case = answered()
        (message,) = messages(case)
        report(message, Delivery.SENT)
        now.shift(timedelta(days=2))
        report(message, Delivery.UNDELIVERED, "AbsentSubscriber")
        stored = fresh(case)
        assert (stored.state, stored.told_at) == (CaseState.AGENCY_RESPONDED, None), "undelivered is not told"
        (entry,) = entries(case)
        assert (entry.reason, entry.ended_at) == (CallReason.UNDELIVERED, None)
        with work.reading() as db:
            told = db.scalars(select(Notice.kind).where(Notice.user_id == actors.make("alice").id)).all()
        assert NoticeKind.UNDELIVERED in told
        now.shift(timedelta(days=1))
        report(message, Delivery.DELIVERED)
        assert fresh(case).state == CaseState.PERSON_INFORMED, "it has arrived after all"
        assert entries(case)[0].ended_at is not None, "nobody need call any more"
        assert kinds(case)[-4:] == ["undelivered", "callback_listed", "told", "callback_ended"]

    def test_a_number_that_takes_no_sms_is_called(self, house: House, africastalking: FakeAfricasTalking) -> None:
        africastalking.script(africastalking.refuse(404, "UnsupportedNumberType"))
        (entry,) = entries(answered())
        assert entry.reason == CallReason.NO_SMS

    def test_an_earlier_answer_that_arrives_is_not_the_last_one(self, house: House) -> None:
        alice, case = actors.make("alice"), answered("Demain.")
        with work.unit_of_work() as db:
            cases.respond(db, db.get_one(Case, case.id), "Non : la semaine prochaine.", by=alice)
        work_off()
        first, second = messages(case)
        report(first, Delivery.DELIVERED)
        assert fresh(case).state == CaseState.AGENCY_RESPONDED
        report(first, Delivery.DELIVERED)
        report(second, Delivery.DELIVERED)
        assert fresh(case).state == CaseState.PERSON_INFORMED

    def test_the_report_of_a_reply_is_not_taken_for_that_of_a_lost_answer(
        self, house: House, africastalking: FakeAfricasTalking
    ) -> None:
        africastalking.script(africastalking.drop)
        case = answered()
        (answer,) = messages(case)
        assert answer.delivery == Delivery.UNKNOWN
        contact = make_contact(PHONE)
        with work.unit_of_work() as db:
            reply = queue_message(db, "Bien reçu.", Purpose.REPLY, contact=contact, language="fr")
            reply.delivery = Delivery.SENDING  # its provider's id is not known yet
        with work.unit_of_work() as db:
            early = Report("africastalking", "ATX77", Delivery.DELIVERED, "Success", recipient=PHONE)
            delivery.record_report(db, early)
        assert messages(case)[0].delivery == Delivery.UNKNOWN
        assert fresh(case).state == CaseState.AGENCY_RESPONDED

    def test_a_gateway_without_reports_does_not_leave_anybody_waiting(
        self, house: House, now: time_machine.Traveller
    ) -> None:
        case = answered()
        now.shift(timedelta(days=2))
        assert schedule.mind_unreported() == 0
        now.shift(timedelta(days=2))
        assert [schedule.mind_unreported() for _ in range(3)] == [1, 0, 0]
        assert "unreported" in kinds(case)
        assert [entry.reason for entry in entries(case)] == [CallReason.UNDELIVERED]
        assert messages(case)[0].delivery == Delivery.SENT, "its report may still come"
        report(messages(case)[0], Delivery.DELIVERED)
        assert fresh(case).state == CaseState.PERSON_INFORMED
        assert entries(case)[0].ended_at is not None

    def test_a_paused_channel_does_not_leave_anybody_waiting(self, house: House, now: time_machine.Traveller) -> None:
        with work.unit_of_work() as db:
            db.add(PausedChannel(channel="africastalking", reason="RiskHold", at=clock.now()))
        case = answered()
        now.shift(timedelta(days=4))
        assert schedule.mind_unreported() == 1
        assert messages(case)[0].delivery == Delivery.QUEUED

    def test_after_stop_nobody_calls(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(phone=PHONE)
        make_contact(PHONE, channel="africastalking")
        with work.unit_of_work() as db:
            cases.respond(db, db.get_one(Case, case.id), "Jeudi.", by=alice)
        make_contact(PHONE, opted_out_at=clock.now())
        work_off()
        assert messages(case)[0].failure == "opted_out"
        assert entries(case) == []

    def test_news_that_is_lost_is_shown_and_no_more(self, house: House, now: time_machine.Traveller) -> None:
        case = make_case(phone=PHONE)
        make_contact(PHONE, channel="africastalking")
        now.shift(timedelta(hours=3))
        work_off()
        (news,) = messages(case, Purpose.REFERRED)
        report(news, Delivery.UNDELIVERED)
        assert entries(case) == []

    def test_a_question_that_does_not_arrive_is_asked_by_a_call(self, house: House) -> None:
        alice, case = actors.make("alice"), make_case(phone=PHONE)
        make_contact(PHONE, channel="africastalking")
        with work.unit_of_work() as db:
            stored = db.get_one(Case, case.id)
            cases.accept(db, stored, by=alice)
            cases.wait_for_person(db, stored, "Quel forage ?", by=alice)
        work_off()
        report(messages(case, Purpose.QUESTION)[0], Delivery.FAILED)
        assert len(entries(case)) == 1
        with work.unit_of_work() as db:
            cases.add_message(db, db.get_one(Case, case.id), "celui du marché")
        assert entries(case)[0].ended_at is not None, "they have answered by themselves"


class TestTwoChannels:
    """Another channel that can send is tried, once."""

    @pytest.fixture
    def environment(self, africastalking: FakeAfricasTalking, twilio: FakeTwilio) -> dict[str, str]:
        return {
            "AT_API_KEY": API_KEY,
            "AT_BASE_URL": africastalking.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_SENDER": "+12028831111",
            "TWILIO_BASE_URL": twilio.url,
            "SIMULATOR": "1",
        }

    def test_it_is_sent_again_by_the_other_one_and_then_called(
        self, house: House, africastalking: FakeAfricasTalking, twilio: FakeTwilio
    ) -> None:
        case = answered()
        report(messages(case)[0], Delivery.UNDELIVERED)
        assert entries(case) == [], "not yet"
        work_off()
        first, again = messages(case)
        assert (again.channel, again.instead_of_id, again.text) == ("twilio", first.id, first.text)
        assert (len(africastalking.sent), len(twilio.sent)) == (1, 1), "the simulator would say that it has delivered"
        report(again, Delivery.UNDELIVERED)
        work_off()
        assert len(messages(case)) == 2, "once"
        assert len(entries(case)) == 1

    def test_what_is_sent_again_tells(self, house: House) -> None:
        case = answered()
        report(messages(case)[0], Delivery.UNDELIVERED)
        work_off()
        report(messages(case)[1], Delivery.DELIVERED)
        assert fresh(case).state == CaseState.PERSON_INFORMED

    def test_the_first_that_arrives_late_calls_off_the_second(self, house: House, twilio: FakeTwilio) -> None:
        case = answered()
        first = messages(case)[0]
        report(first, Delivery.UNDELIVERED)
        report(first, Delivery.DELIVERED)
        work_off()
        assert twilio.sent == []
        assert [message.failure for message in messages(case)] == [None, "arrived_otherwise"]
        assert fresh(case).state == CaseState.PERSON_INFORMED

    def test_a_paused_channel_is_no_other_way(self, house: House) -> None:
        with work.unit_of_work() as db:
            db.add(PausedChannel(channel="twilio", reason="RiskHold", at=clock.now()))
        case = answered()
        report(messages(case)[0], Delivery.UNDELIVERED)
        assert len(messages(case)) == 1
        assert len(entries(case)) == 1


def test_one_answer_for_two_cases_of_a_phone_that_does_not_arrive_concerns_both(house: House) -> None:
    alice, case, other = actors.make("alice"), answered(), make_case(phone=PHONE)
    with work.unit_of_work() as db:
        sent = db.get_one(Message, messages(case)[0].id)
        cases.respond(db, db.get_one(Case, other.id), "Une équipe vient jeudi.", by=alice, sent=sent)
        assert {each.id for each in undelivered.waiting_for(db, sent)} == {case.id, other.id}
    report(messages(case)[0], Delivery.UNDELIVERED)
    assert [len(entries(each)) for each in (case, other)] == [1, 1]
