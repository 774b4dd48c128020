"""Sending through the real Africa's Talking SDK to a server that speaks as the provider does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from feedback_gateway.channels.contract import (
    AmbiguousError,
    ChannelDownError,
    OptedOutError,
    RejectedError,
    SendError,
    TryLaterError,
)
from models.words import Delivery
from tests.fakes.africastalking import FakeAfricasTalking
from tests.feedback_gateway.channels.wire import MESSAGE, africastalking
from tests.payloads import read_answer


@pytest.fixture
def provider() -> Iterator[FakeAfricasTalking]:
    with FakeAfricasTalking() as provider:
        yield provider


def send(provider: FakeAfricasTalking) -> SendError:
    """The error of a send that fails."""
    with pytest.raises(SendError) as caught:
        africastalking(provider.url).send(MESSAGE)
    return caught.value


def test_what_goes_over_the_wire(provider: FakeAfricasTalking) -> None:
    sent = africastalking(provider.url).send(MESSAGE)
    assert provider.requests == [
        {"username": "sandbox", "to": MESSAGE.to, "message": MESSAGE.text, "bulkSMSMode": "1", "from": "PLAINTE"}
    ]
    assert sent.provider_id == provider.sent[0]["id"]
    assert (sent.status, sent.parts) == (Delivery.SENT, 1)


def test_without_a_sender_the_account_decides(provider: FakeAfricasTalking) -> None:
    africastalking(provider.url, sender="").send(MESSAGE)
    assert "from" not in provider.requests[0]


def test_a_charset_makes_the_sdk_return_text(provider: FakeAfricasTalking) -> None:
    provider.script(provider.succeed_with_charset)
    assert africastalking(provider.url).send(MESSAGE).provider_id == provider.sent[0]["id"]


@pytest.mark.parametrize(
    ("name", "provider_id", "parts"), [("sent", "ATXid_bcc7d3f0a2", 1), ("sent-old", "ATSid_1", None)]
)
def test_captured_answers(provider: FakeAfricasTalking, name: str, provider_id: str, parts: int | None) -> None:
    provider.script(provider.say(201, read_answer("africastalking", name)))
    sent = africastalking(provider.url).send(MESSAGE)
    assert (sent.provider_id, sent.parts) == (provider_id, parts)


def test_accepted_without_an_id_is_still_accepted(provider: FakeAfricasTalking) -> None:
    line = {"statusCode": "101", "number": MESSAGE.to, "status": "Success"}
    provider.script(provider.say(201, {"SMSMessageData": {"Message": "", "Recipients": [line]}}))
    assert africastalking(provider.url).send(MESSAGE).provider_id == "unnamed-42"


@pytest.mark.parametrize(
    ("code", "word", "error", "few"),
    [
        (401, "RiskHold", ChannelDownError, None),
        (402, "InvalidSenderId", RejectedError, None),
        (403, "InvalidPhoneNumber", RejectedError, None),
        (404, "UnsupportedNumberType", RejectedError, None),
        (405, "InsufficientBalance", ChannelDownError, None),
        (406, "UserInBlacklist", OptedOutError, None),
        (407, "CouldNotRoute", TryLaterError, True),
        (500, "InternalServerError", TryLaterError, False),
        (501, "GatewayError", TryLaterError, False),
        (502, "RejectedByGateway", TryLaterError, True),
        (409, "DoNotDisturbRejection", RejectedError, None),  # in no table of ours: by its family
        (503, "SomethingNew", TryLaterError, True),
        (700, "SomethingNew", AmbiguousError, None),
    ],
)
def test_a_recipient_refused(
    provider: FakeAfricasTalking, code: int, word: str, error: type[SendError], few: bool | None
) -> None:
    provider.script(provider.refuse(code, word))
    refusal = send(provider)
    assert type(refusal) is error
    assert refusal.code == word
    assert getattr(refusal, "few", None) is few
    assert provider.sent == []


def test_no_recipient_is_a_failure_though_the_answer_is_201(provider: FakeAfricasTalking) -> None:
    provider.script(provider.say(201, read_answer("africastalking", "invalid-sender")))
    refusal = send(provider)
    assert type(refusal) is RejectedError
    assert refusal.code == "InvalidSenderId"


@pytest.mark.parametrize(
    ("word", "error", "code"),
    [
        ("InsufficientBalance", ChannelDownError, "InsufficientBalance"),
        ("UserInBlackList", OptedOutError, "UserInBlacklist"),
        ("Sent to 0/1 +22670123456", TryLaterError, "Sentto"),  # a number never goes on to a log
    ],
)
def test_the_word_of_an_answer_without_recipients(
    provider: FakeAfricasTalking, word: str, error: type[SendError], code: str
) -> None:
    provider.script(provider.refuse_all(word))
    refusal = send(provider)
    assert type(refusal) is error
    assert refusal.code == code


def test_a_bad_key_stops_the_channel(provider: FakeAfricasTalking) -> None:
    with pytest.raises(ChannelDownError, match="InvalidAuthentication"):
        africastalking(provider.url, api_key="expired").send(MESSAGE)


@pytest.mark.parametrize("status", [400, 500, 503])
def test_any_other_http_error_is_tried_later_and_keeps_its_text_to_itself(
    provider: FakeAfricasTalking, status: int
) -> None:
    provider.script(provider.say(status, f"no route to {MESSAGE.to}", "text/plain"))
    refusal = send(provider)
    assert type(refusal) is TryLaterError
    assert refusal.code == "HTTPError"
    assert refusal.__suppress_context__


@pytest.mark.parametrize("body", ["", "<html>Bonjour</html>", "[]", "{}", '{"SMSMessageData":{}}', "null"])
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_an_answer_that_cannot_be_read_is_ambiguous(provider: FakeAfricasTalking, body: str, content_type: str) -> None:
    provider.script(provider.say(200, body, content_type))
    assert type(send(provider)) is AmbiguousError


def test_one_channel_serves_many_threads(provider: FakeAfricasTalking) -> None:
    channel = africastalking(provider.url)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: channel.send(replace(MESSAGE, message_id=n)), range(24)))
    assert {one.provider_id for one in sent} == {message["id"] for message in provider.sent}
    assert len(provider.sent) == 24
