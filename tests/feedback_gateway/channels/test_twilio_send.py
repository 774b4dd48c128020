"""Sending through the real Twilio SDK to a server that speaks as the provider does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from feedback_gateway.channels.contract import (
    AmbiguousError,
    ChannelDownError,
    OptedOutError,
    RejectedError,
    SendError,
    TryLaterError,
)
from feedback_gateway.channels.twilio import classify_error
from models.words import Delivery
from tests.fakes.twilio import FakeTwilio
from tests.feedback_gateway.channels.wire import MESSAGE, PUBLIC, twilio


@pytest.fixture
def provider() -> Iterator[FakeTwilio]:
    with FakeTwilio() as provider:
        yield provider


def test_what_goes_over_the_wire(provider: FakeTwilio) -> None:
    sent = twilio(provider.url).send(MESSAGE)
    assert provider.requests == [
        {
            "To": MESSAGE.to,
            "From": "+12028831111",
            "Body": MESSAGE.text,
            "StatusCallback": f"{PUBLIC}/webhooks/twilio/status?m=42",
        }
    ]
    assert sent.provider_id == provider.sent[0]["id"]
    assert (sent.status, sent.parts) == (Delivery.SENT, 1)


def test_a_messaging_service_stands_in_for_a_number(provider: FakeTwilio) -> None:
    twilio(provider.url, sender="MG" + "0" * 32).send(MESSAGE)
    assert provider.requests[0]["MessagingServiceSid"] == "MG" + "0" * 32
    assert "From" not in provider.requests[0]


@pytest.mark.parametrize("missing", ["account_sid", "auth_token", "sender"])
def test_all_three_settings_are_needed_to_send(missing: str) -> None:
    account: dict[str, Any] = {missing: ""}
    assert not twilio(**account).can_send


TABLE = {
    OptedOutError: [21610],
    RejectedError: [
        *(21211, 21214, 21217, 21614, 21604, 30005, 30006),
        *(21601, 21602, 21603, 21606, 21609, 21612, 21617, 21618, 21703, 21704, 21705, 21408, 21608),
        *(30007, 30004, 30034, 30450),
    ],
    ChannelDownError: [20003, 30002, 63038, 63018, 30010],
    TryLaterError: [20429, 20503, 14107, 21611, 30001, 30022, 30036, 30410, 30003, 30008, 30009],
}


@pytest.mark.parametrize(("error", "code"), [(error, code) for error, codes in TABLE.items() for code in codes])
def test_the_table_of_codes(error: type[SendError], code: int) -> None:
    refusal = classify_error(code, status=400)
    assert type(refusal) is error
    assert refusal.code == str(code)
    assert getattr(refusal, "few", False) is (code in {30003, 30008, 30009})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RejectedError),
        (401, ChannelDownError),
        (403, ChannelDownError),
        (404, ChannelDownError),
        (422, RejectedError),
        (429, TryLaterError),
        (500, TryLaterError),
        (503, TryLaterError),
        (302, TryLaterError),
    ],
)
@pytest.mark.parametrize("code", [None, 99999])
def test_an_unknown_code_goes_by_the_http_status(status: int, error: type[SendError], code: int | None) -> None:
    assert type(classify_error(code, status)) is error


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (21610, 400, OptedOutError),
        (21211, 400, RejectedError),
        (20429, 429, TryLaterError),
        (20503, 503, TryLaterError),
    ],
)
def test_a_refusal_over_the_wire_keeps_the_number_to_itself(
    provider: FakeTwilio, code: int, status: int, error: type[SendError]
) -> None:
    provider.script(provider.refuse(code, status))
    with pytest.raises(error) as caught:
        twilio(provider.url).send(MESSAGE)
    assert str(caught.value) == str(code)
    assert caught.value.__suppress_context__
    assert provider.sent == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Service Unavailable", "503"),
        ({"message": "busy", "code": None}, "503"),
        ({"type": "about:blank", "title": "Busy", "status": 503, "code": 20503}, "20503"),  # RFC 9457
    ],
)
def test_every_shape_of_an_error_body(provider: FakeTwilio, body: object, code: str) -> None:
    provider.script(provider.say(503, body))
    with pytest.raises(TryLaterError) as caught:
        twilio(provider.url).send(MESSAGE)
    assert caught.value.code == code


def test_a_wrong_token_stops_the_channel(provider: FakeTwilio) -> None:
    with pytest.raises(ChannelDownError, match="20003"):
        twilio(provider.url, auth_token="expired").send(MESSAGE)


@pytest.mark.parametrize("body", ["", "<html></html>", "{}"])
def test_an_answer_that_cannot_be_read_is_ambiguous(provider: FakeTwilio, body: str) -> None:
    provider.script(provider.say(201, body))
    with pytest.raises(AmbiguousError):
        twilio(provider.url).send(MESSAGE)


def test_created_and_failed_at_once(provider: FakeTwilio) -> None:
    answer = {**json.loads(provider.succeed({}).body), "status": "failed", "error_code": 30002}
    provider.script(provider.say(201, answer))
    with pytest.raises(ChannelDownError, match="30002"):
        twilio(provider.url).send(MESSAGE)


def test_a_service_has_no_parts_to_tell_yet(provider: FakeTwilio) -> None:
    answer = {**json.loads(provider.succeed({}).body), "num_segments": "0"}
    provider.script(provider.say(201, answer))
    assert twilio(provider.url).send(MESSAGE).parts is None
