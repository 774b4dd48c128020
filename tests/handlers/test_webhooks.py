"""The webhooks as a provider meets them: exact payloads posted to the real application."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from feedback_gateway import work
from models import Case, Contact, Message
from models.words import Direction
from tests.application import application
from tests.conftest import House
from tests.payloads import read_body, read_form
from tests.settings import AT_TOKEN

AT = f"/webhooks/africastalking/{AT_TOKEN}"
TWILIO_TOKEN = "twilio-secret"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": TWILIO_TOKEN, "SIMULATOR": "1"}


@pytest.fixture
def client(house: House) -> FlaskClient:
    return application(house.settings).test_client()


def post(client: FlaskClient, kind: str, body: str) -> TestResponse:
    return client.post(f"{AT}/{kind}", data=body, content_type=FORM)


def count(table: type[Case] | type[Message] | type[Contact]) -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def messages_in() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Message).where(Message.direction == Direction.IN)) or 0


def test_an_sms_becomes_a_case_and_a_retry_nothing_more(client: FlaskClient) -> None:
    body = read_body("africastalking", "sms")
    for _ in range(3):
        answer = post(client, "sms", body)
        assert (answer.status_code, answer.text) == (200, "")
    assert (messages_in(), count(Case)) == (1, 1)


@pytest.mark.parametrize(
    "name", ["sms-bare", "sms-iso-date", "sms-odd-date", "sms-no-date", "sms-unknown-fields", "sms-empty-link-and-text"]
)
def test_every_form_that_an_sms_may_take_is_stored(client: FlaskClient, name: str) -> None:
    assert post(client, "sms", read_body("africastalking", name)).status_code == 200
    assert messages_in() == 1


@pytest.mark.parametrize("name", ["sms-lost-plus", "sms-no-plus", "sms"])
def test_one_phone_is_one_contact_however_it_is_written(client: FlaskClient, name: str) -> None:
    post(client, "sms", read_body("africastalking", "sms"))
    form = {**read_form("africastalking", name), "id": "another"}
    post(client, "sms", urlencode(form))
    assert (count(Contact), messages_in()) == (1, 2)


def test_an_sms_from_a_name_is_kept_and_not_answered(client: FlaskClient) -> None:
    assert post(client, "sms", read_body("africastalking", "sms-alphanumeric")).status_code == 200
    assert (messages_in(), count(Message)) == (1, 1)


@pytest.mark.parametrize(("name", "field"), [("sms-no-from", "from"), ("sms-no-id", "id")])
def test_a_missing_field_is_named(client: FlaskClient, name: str, field: str) -> None:
    answer = post(client, "sms", read_body("africastalking", name))
    assert answer.status_code == 400
    assert field in answer.text
    assert messages_in() == 0


@pytest.mark.parametrize("kind", ["sms", "status", "ussd", "ussd-events", "opt-out"])
@pytest.mark.parametrize("token", ["wrong", "", AT_TOKEN[:-1]])
def test_a_wrong_token_is_refused_and_leaves_no_row(client: FlaskClient, kind: str, token: str) -> None:
    body = read_body("africastalking", "sms")
    answer = client.post(f"/webhooks/africastalking/{token}/{kind}", data=body, content_type=FORM)
    assert answer.status_code in ({403} if token else {404, 308})
    assert (count(Message), count(Contact)) == (0, 0)


def test_a_ussd_session_from_the_first_call_to_the_reference(client: FlaskClient) -> None:
    form = read_form("africastalking", "ussd-first")
    keyed: list[str] = []
    answer = post(client, "ussd", urlencode(form))
    assert answer.content_type == "text/plain; charset=utf-8"
    for key in ("1", "3", "1", "8", "La pompe * est cassée + vide", "1"):
        assert answer.text.startswith("CON "), answer.text
        keyed.append(key)
        answer = post(client, "ussd", urlencode({**form, "text": "*".join(keyed)}))
        again = post(client, "ussd", urlencode({**form, "text": "*".join(keyed)}))
        assert again.text == answer.text
    assert answer.text.startswith("END "), answer.text
    assert count(Case) == 1
    with work.reading() as db:
        case = db.scalars(select(Case)).one()
        opened = db.execute(text("SELECT count(*) FROM events WHERE kind = 'opened'")).scalar()
    assert case.category_code == "EHA.EAU"
    assert opened == 1
    shown = f"{case.reference[:3]} {case.reference[3:6]} {case.reference[6:]}"
    assert shown in answer.text


@pytest.mark.parametrize("name", ["ussd-first", "ussd-first-no-text", "ussd-lost-plus", "ussd-no-network"])
def test_every_form_that_a_first_call_may_take_gets_a_screen(client: FlaskClient, name: str) -> None:
    assert post(client, "ussd", read_body("africastalking", name)).text.startswith("CON ")


def test_a_first_call_that_already_carries_keys_is_carried_out(client: FlaskClient) -> None:
    """At first contact the language is asked before; then the keys that were dialled lead to their screen."""
    form = read_form("africastalking", "ussd-first")
    stepped = {**form, "sessionId": "another", "phoneNumber": "+22670999999"}
    for keys in ("", "1", "1*3", "1*3*1"):
        wanted = post(client, "ussd", urlencode({**stepped, "text": keys})).text
    post(client, "ussd", urlencode({**form, "text": "3*1"}))
    assert post(client, "ussd", urlencode({**form, "text": "3*1*1"})).text == wanted
    known = {**form, "sessionId": "a third", "text": "3*1"}
    assert post(client, "ussd", urlencode(known)).text == wanted


def test_a_session_id_of_another_phone_is_a_forgery(client: FlaskClient) -> None:
    form = read_form("africastalking", "ussd-first")
    post(client, "ussd", urlencode(form))
    before = count(Message)
    answer = post(client, "ussd", urlencode({**form, "phoneNumber": "+22676111111", "text": "1"}))
    assert answer.text.startswith("END ")
    assert count(Message) == before
    assert count(Contact) == 1


def test_another_service_code_inside_a_session_is_a_forgery(client: FlaskClient) -> None:
    form = read_form("africastalking", "ussd-first")
    post(client, "ussd", urlencode(form))
    answer = post(client, "ussd", urlencode({**form, "serviceCode": "*999#", "text": "1"}))
    assert answer.text.startswith("END ")


@pytest.mark.parametrize("name", ["ussd-end-success", "ussd-end-incomplete", "ussd-end-failed"])
def test_the_end_of_a_session_is_taken_even_of_an_unknown_one(client: FlaskClient, name: str) -> None:
    assert post(client, "ussd-events", read_body("africastalking", name)).status_code == 200


@pytest.mark.parametrize("name", ["report-success", "report-submitted", "report-unknown-status", "report-absent"])
def test_a_report_of_an_unknown_message_is_taken(client: FlaskClient, name: str) -> None:
    assert post(client, "status", read_body("africastalking", name)).status_code == 200


def test_an_opt_out_stops_a_phone_even_one_never_heard(client: FlaskClient) -> None:
    assert post(client, "opt-out", read_body("africastalking", "opt-out")).status_code == 200
    with work.reading() as db:
        assert db.scalars(select(Contact.opted_out_at)).one() is not None


def _broken(*_: object) -> None:
    raise OSError("disk full, and the text would be +22670123456")


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [("sms", "sms", lambda a: a.status_code == 500), ("ussd", "ussd-first", lambda a: a.text.startswith("END "))],
)
def test_when_nothing_can_be_stored_sms_is_sent_again_and_ussd_ends_with_an_apology(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    name: str,
    expected: Callable[[TestResponse], bool],
) -> None:
    monkeypatch.setattr(work, "unit_of_work", _broken)
    answer = post(client, kind, read_body("africastalking", name))
    assert expected(answer)
    assert "70123456" not in caplog.text


def test_no_webhook_is_answered_to_a_get(client: FlaskClient) -> None:
    assert client.get(f"{AT}/sms").status_code == 405


def signed(form: dict[str, str], path: str) -> dict[str, str]:
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(f"http://feedback.test{path}", form)
    return {"X-Twilio-Signature": signature}


def test_a_signed_twilio_sms_becomes_a_case_once(client: FlaskClient) -> None:
    form = read_form("twilio", "sms")
    for _ in range(2):
        answer = client.post("/webhooks/twilio/sms", data=form, headers=signed(form, "/webhooks/twilio/sms"))
        assert answer.status_code == 200
        assert answer.content_type.startswith("text/xml")
        assert "<Response" in answer.text
    assert (messages_in(), count(Case)) == (1, 1)


def test_the_signature_holds_behind_a_proxy_that_changes_the_host(client: FlaskClient) -> None:
    form = read_form("twilio", "sms")
    headers = {**signed(form, "/webhooks/twilio/sms"), "Host": "10.0.0.7:8000"}
    assert client.post("/webhooks/twilio/sms", data=form, headers=headers).status_code == 200


@pytest.mark.parametrize("change", [{"Body": "another text"}, {"From": "+22676000000"}])
def test_a_twilio_form_that_was_changed_is_refused(client: FlaskClient, change: dict[str, str]) -> None:
    form = read_form("twilio", "sms")
    headers = signed(form, "/webhooks/twilio/sms")
    assert client.post("/webhooks/twilio/sms", data={**form, **change}, headers=headers).status_code == 403
    assert client.post("/webhooks/twilio/sms", data=form).status_code == 403
    assert count(Message) == 0


def test_a_twilio_report_is_signed_with_its_query(client: FlaskClient) -> None:
    form = read_form("twilio", "status-delivered")
    path = "/webhooks/twilio/status?m=1"
    assert client.post(path, data=form, headers=signed(form, path)).status_code == 200
    assert client.post(path.replace("m=1", "m=2"), data=form, headers=signed(form, path)).status_code == 403
