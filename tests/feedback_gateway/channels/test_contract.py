"""What every channel must do, whichever its provider: one table of cases, one row a channel."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

import pytest

from feedback_gateway.channels.contract import (
    BadPayloadError,
    Channel,
    ChannelDownError,
    Inbound,
    Kind,
    RefusedError,
    RejectedError,
    Reply,
    WebhookRequest,
)
from feedback_gateway.channels.simulator import SimulatorChannel
from models.words import Medium
from tests.feedback_gateway.channels.wire import MESSAGE, PUBLIC, africastalking, at, tw, twilio


def simulated(kind: Kind) -> WebhookRequest:
    form = {"phone": "+22670123456", "text": "Bonjour", "message_id": "m-1", "session_id": "s-1"}
    return WebhookRequest(kind=kind, url=f"{PUBLIC}/webhooks/simulator/{kind}", form=form)


@dataclass(frozen=True)
class Case:
    """One channel: able to send and without credentials, with a good request and what makes it a stranger's."""

    able: Channel
    unable: Channel
    sms: WebhookRequest
    required: tuple[str, ...]
    stranger: Callable[[WebhookRequest], WebhookRequest]
    refuses: Channel
    ussd: WebhookRequest | None = None
    ussd_required: tuple[str, ...] = ()


CASES = [
    pytest.param(
        Case(
            able=africastalking(),
            unable=africastalking(api_key=""),
            sms=at("sms", Kind.SMS),
            required=("from", "to", "text", "id"),
            stranger=lambda request: replace(request, token="guess"),
            refuses=africastalking(),
            ussd=at("ussd-first", Kind.USSD),
            ussd_required=("phoneNumber", "sessionId"),
        ),
        id="africastalking",
    ),
    pytest.param(
        Case(
            able=twilio(),
            unable=twilio(auth_token=""),
            sms=tw("sms", Kind.SMS),
            required=("From", "Body", "MessageSid"),
            stranger=lambda request: replace(request, headers={"X-Twilio-Signature": "guess"}),
            refuses=twilio(),
        ),
        id="twilio",
    ),
    pytest.param(
        Case(
            able=SimulatorChannel(enabled=True),
            unable=SimulatorChannel(enabled=False),
            sms=simulated(Kind.SMS),
            required=("phone", "text", "message_id"),
            stranger=lambda request: request,
            refuses=SimulatorChannel(enabled=False),
            ussd=simulated(Kind.USSD),
            ussd_required=("phone", "session_id"),
        ),
        id="simulator",
    ),
]
every_channel = pytest.mark.parametrize("case", CASES)


@every_channel
def test_a_stranger_is_refused(case: Case) -> None:
    with pytest.raises(RefusedError):
        case.refuses.verify(case.stranger(case.sms))


@every_channel
def test_an_sms_becomes_a_message(case: Case) -> None:
    inbound = case.able.parse(case.sms)
    assert isinstance(inbound, Inbound)
    assert (inbound.channel, inbound.medium, inbound.sender) == (case.able.name, Medium.SMS, "+22670123456")
    assert inbound.provider_id
    assert inbound.text
    assert inbound.session_id is None
    assert inbound.received_at.utcoffset() is not None


@every_channel
def test_the_same_request_is_the_same_message(case: Case) -> None:
    first, again = case.able.parse(case.sms), case.able.parse(case.sms)
    assert isinstance(first, Inbound)
    assert isinstance(again, Inbound)
    assert first.provider_id == again.provider_id


@every_channel
def test_a_missing_field_is_named(case: Case) -> None:
    requests = [(case.sms, name) for name in case.required]
    if case.ussd:
        requests += [(case.ussd, name) for name in case.ussd_required]
    for request, name in requests:
        form = {key: value for key, value in request.form.items() if key != name}
        with pytest.raises(BadPayloadError, match=f"^{name}$"):
            case.able.parse(replace(request, form=form))


@every_channel
def test_a_senseless_id_is_refused(case: Case) -> None:
    name = case.required[-1]
    for value in (" ", "x" * 121, "a\x00b"):
        with pytest.raises(BadPayloadError, match=f"^{name}$"):
            case.able.parse(replace(case.sms, form={**case.sms.form, name: value}))


@every_channel
def test_unknown_fields_are_ignored(case: Case) -> None:
    known = case.able.parse(case.sms)
    more = case.able.parse(replace(case.sms, form={**case.sms.form, "cost": "0", "": "", "é": "x" * 10_000}))
    assert isinstance(known, Inbound)
    assert isinstance(more, Inbound)
    assert replace(more, received_at=known.received_at) == known


@every_channel
def test_an_empty_sms_is_a_message(case: Case) -> None:
    field = next(name for name in case.required if name in {"text", "Body"})
    inbound = case.able.parse(replace(case.sms, form={**case.sms.form, field: ""}))
    assert isinstance(inbound, Inbound)
    assert inbound.text == ""


@every_channel
def test_text_is_not_touched(case: Case) -> None:
    field = next(name for name in case.required if name in {"text", "Body"})
    inbound = case.able.parse(replace(case.sms, form={**case.sms.form, field: " Là-bas\n* + 💧 "}))
    assert isinstance(inbound, Inbound)
    assert inbound.text == " Là-bas\n* + 💧 "


@every_channel
def test_ussd_speaks_con_and_end(case: Case) -> None:
    if case.ussd is None:
        assert Kind.USSD not in case.able.kinds
        return
    inbound = case.able.parse(case.ussd)
    assert isinstance(inbound, Inbound)
    assert inbound.medium is Medium.USSD
    assert inbound.session_id == inbound.provider_id
    goes_on = case.able.render(Kind.USSD, Reply("Choisissez:\n1 Eau", ends=False))
    ends = case.able.render(Kind.USSD, Reply("Merci", ends=True))
    assert (goes_on.body, ends.body) == ("CON Choisissez:\n1 Eau", "END Merci")
    assert (goes_on.status, goes_on.content_type) == (200, "text/plain; charset=utf-8")


@every_channel
def test_an_sms_is_never_answered_in_the_body(case: Case) -> None:
    response = case.able.render(Kind.SMS, Reply("Votre reference: 482 193 7054"))
    assert response.status == 200
    assert "482" not in response.body


@every_channel
def test_without_credentials_nothing_reaches_for_the_network(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert case.able.can_send
    assert not case.unable.can_send
    with pytest.raises(ChannelDownError, match="NoCredentials"):
        case.unable.send(MESSAGE)


@pytest.mark.parametrize("channel", [africastalking(), twilio()], ids=lambda channel: channel.name)
@pytest.mark.parametrize("to", ["Orange", "21512", "70123456", ""])
def test_nobody_is_written_to_without_a_number(channel: Channel, to: str) -> None:
    with pytest.raises(RejectedError):
        channel.send(replace(MESSAGE, to=to))
