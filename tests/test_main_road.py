"""The whole road, on each channel: a person complains, the agency answers, the answer arrives, the person is asked
whether it helped and says so. Providers are fakes of their wire; the SDKs, the webhooks and the database are real."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from feedback_gateway import cases, metrics, work
from feedback_gateway.lib import clock
from handlers.app import create_app
from models import Case, Message
from models.words import CaseState, Direction, Outcome, WhyNot
from tests import actors
from tests.conftest import House
from tests.fakes.africastalking import API_KEY, FakeAfricasTalking
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio
from tests.settings import AT_TOKEN
from tests.worker import work_off

PHONE = "+22670123456"
AT = f"/webhooks/africastalking/{AT_TOKEN}"
ANSWER = "L'equipe repare la pompe demain matin."


@pytest.fixture
def africastalking() -> Iterator[FakeAfricasTalking]:
    with FakeAfricasTalking() as fake:
        yield fake


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def environment(africastalking: FakeAfricasTalking, twilio: FakeTwilio) -> dict[str, str]:
    return {
        "AT_API_KEY": API_KEY,
        "AT_BASE_URL": africastalking.url,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_SENDER": "+12028831111",
        "TWILIO_BASE_URL": twilio.url,
    }


@pytest.fixture
def client(house: House) -> FlaskClient:
    return create_app(house.settings).test_client()


def case() -> Case:
    with work.reading() as db:
        return db.scalars(select(Case)).one()


def walk(write: Callable[[str], None], report_all: Callable[[], None], texts: Callable[[], list[str]]) -> None:
    """The road after the complaint, which has been made: from the classification to the person's last word."""
    work_off()
    alice = actors.make("alice")
    assert case().agency_id == alice.agency_id
    assert case().category_code == "EHA.EAU"
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case().id), ANSWER, by=alice)
    work_off()
    report_all()
    assert any(ANSWER in text for text in texts())
    assert case().state == CaseState.PERSON_INFORMED
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case().id), Outcome.RESOLVED, by=alice)
    work_off()
    assert case().satisfaction_asked_at is not None
    assert "1" in texts()[-1]
    write("1")
    assert case().helped is True
    marc = actors.make("marc")
    with work.reading() as db:
        tallies = metrics.count_cases(db, marc, 30, clock.now())
    for metric in (metrics.received, metrics.told, metrics.closed, metrics.satisfied):
        assert [row.count for row in metric(tallies).rows] == [1], metric.__name__


def test_by_africastalking_sms(client: FlaskClient, africastalking: FakeAfricasTalking) -> None:
    ids = iter(range(100))

    def write(text: str) -> None:
        form = {"from": PHONE, "to": "21512", "text": text, "id": f"ATX{next(ids)}", "date": "2026-11-21 20:31:07"}
        assert client.post(f"{AT}/sms", data=form).status_code == 200

    def report_all() -> None:
        for sent in africastalking.sent:
            form = {"id": sent["id"], "status": "Success", "phoneNumber": sent["to"], "networkCode": "99999"}
            assert client.post(f"{AT}/status", data=form).status_code == 200

    write("la pompe est en panne a Kaya")
    walk(write, report_all, lambda: [sent["message"] for sent in africastalking.sent])


def test_by_africastalking_ussd(client: FlaskClient, africastalking: FakeAfricasTalking) -> None:
    session = {"sessionId": "ATUid_1", "phoneNumber": PHONE, "serviceCode": "*384*1#", "networkCode": "99999"}
    client.post(f"{AT}/ussd", data={**session, "text": ""})
    keyed: list[str] = []
    for key in ("1", "3", "1", "8", "la pompe est en panne", "1"):
        keyed.append(key)
        answer = client.post(f"{AT}/ussd", data={**session, "text": "*".join(keyed)}).text
    assert answer.startswith("END ")

    def write(text: str) -> None:
        form = {"from": PHONE, "to": "21512", "text": text, "id": "ATX1", "date": "2026-11-21 20:31:07"}
        assert client.post(f"{AT}/sms", data=form).status_code == 200

    def report_all() -> None:
        for sent in africastalking.sent:
            client.post(f"{AT}/status", data={"id": sent["id"], "status": "Success", "phoneNumber": sent["to"]})

    walk(write, report_all, lambda: [sent["message"] for sent in africastalking.sent])


def test_by_twilio(client: FlaskClient, twilio: FakeTwilio) -> None:
    ids = iter(range(100))

    def post(path: str, form: dict[str, str]) -> None:
        signature = RequestValidator(AUTH_TOKEN).compute_signature(f"http://feedback.test{path}", form)
        body = urlencode(form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        assert client.post(path, data=body, headers=headers).status_code == 200

    def write(text: str) -> None:
        form = {"MessageSid": f"SM{next(ids)}", "From": PHONE, "To": "+12028831111", "Body": text, "AccountSid": "AC1"}
        post("/webhooks/twilio/sms", form)

    def report_all() -> None:
        for sent in twilio.sent:
            path = sent["StatusCallback"].removeprefix("http://feedback.test")
            for status in ("delivered", "sent"):
                post(path, {"MessageSid": sent["id"], "MessageStatus": status, "To": sent["To"]})

    write("la pompe est en panne a Kaya")
    walk(write, report_all, lambda: [sent["Body"] for sent in twilio.sent])


def test_a_person_who_was_not_helped_may_ask_for_reopening(
    client: FlaskClient, africastalking: FakeAfricasTalking
) -> None:
    ids = iter(range(100))

    def write(text: str) -> None:
        form = {"from": PHONE, "to": "21512", "text": text, "id": f"ATX{next(ids)}"}
        assert client.post(f"{AT}/sms", data=form).status_code == 200
        work_off()

    write("la pompe est en panne a Kaya")
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.respond(db, db.get_one(Case, case().id), ANSWER, by=alice)
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, case().id), "call", by=alice)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, case().id), Outcome.RESOLVED, by=alice)
    work_off()
    write("non")
    assert case().helped is False
    assert case().reopening_asked_at is not None
    write("1")
    assert case().why_not == WhyNot.NOTHING_CHANGED
    with work.unit_of_work() as db:
        cases.reopen(db, db.get_one(Case, case().id), by=alice)
    assert case().state == CaseState.REOPENED


def test_nothing_personal_is_ever_written_to_a_log(
    client: FlaskClient, africastalking: FakeAfricasTalking, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    form = {"from": PHONE, "to": "21512", "text": "motsecret a Kaya", "id": "ATX1"}
    client.post(f"{AT}/sms", data=form)
    client.post(f"{AT}/ussd", data={"sessionId": "s", "phoneNumber": PHONE, "serviceCode": "*1#", "text": "motsecret"})
    work_off()
    assert africastalking.sent, "something was sent"
    with work.reading() as db:
        assert db.scalars(select(Message.text).where(Message.direction == Direction.OUT)).all()
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("feedback_gateway", "handlers", "flows"))]
    assert not any("motsecret" in line or PHONE[4:] in line or AT_TOKEN in line for line in ours)
