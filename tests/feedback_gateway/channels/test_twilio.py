"""Twilio: its signature, and what its forms mean."""

from base64 import b64encode
from hashlib import sha256
from hmac import new as make_hmac
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from feedback_gateway.channels.contract import (
    BadPayloadError,
    Inbound,
    Kind,
    RefusedError,
    Reply,
    Report,
    WebhookRequest,
)
from models.words import Delivery
from tests.fakes.twilio import AUTH_TOKEN
from tests.feedback_gateway.channels.wire import tw, twilio
from tests.payloads import read_body

TWILIO = twilio()
SID = "SMe287d7109a5a925f182f0e07fe5b223b"


def sign(request: WebhookRequest) -> str:
    return str(RequestValidator(AUTH_TOKEN).compute_signature(request.url, request.form))


def test_the_published_vector() -> None:
    request = WebhookRequest(
        kind=Kind.SMS,
        url="https://mycompany.com/myapp.php?foo=1&bar=2",
        form={
            "CallSid": "CA1234567890ABCDE",
            "Caller": "+14158675309",
            "Digits": "1234",
            "From": "+14158675309",
            "To": "+18005551212",
        },
        headers={"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
    )
    twilio(auth_token="12345").verify(request)


@pytest.mark.parametrize("name", ["sms", "sms-untrimmed", "sms-unknown-fields", "sms-media-only", "sms-stopped"])
@pytest.mark.parametrize("header", ["X-Twilio-Signature", "x-twilio-signature"])
def test_a_signed_payload_is_believed(name: str, header: str) -> None:
    request = tw(name, Kind.SMS)
    TWILIO.verify(tw(name, Kind.SMS, headers={header: sign(request)}))


def test_a_repeated_field_is_signed_as_it_was_posted() -> None:
    form = MultiDict(parse_qsl(read_body("twilio", "sms") + "&Tag=b&Tag=a", keep_blank_values=True))
    request = tw("sms", Kind.SMS, form=form)
    TWILIO.verify(tw("sms", Kind.SMS, form=form, headers={"X-Twilio-Signature": sign(request)}))


def test_our_message_id_in_the_address_is_signed() -> None:
    url = "https://plaintes.example.org/webhooks/twilio/status?m=42"
    headers = {"X-Twilio-Signature": sign(tw("status-sent", Kind.STATUS, url=url))}
    TWILIO.verify(tw("status-sent", Kind.STATUS, url=url, headers=headers))
    with pytest.raises(RefusedError):
        TWILIO.verify(tw("status-sent", Kind.STATUS, url=url.replace("42", "43"), headers=headers))


def test_the_newer_signature_by_sha256() -> None:
    request = tw("sms", Kind.SMS)
    signed = request.url + "".join(name + value for name, value in sorted(request.form.items()))
    signature = b64encode(make_hmac(AUTH_TOKEN.encode(), signed.encode(), sha256).digest()).decode()
    settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    headers = {"X-Twilio-Signature": signature, "X-Twilio-Webhooks-Signature-Settings": settings}
    TWILIO.verify(tw("sms", Kind.SMS, headers=headers))
    with pytest.raises(RefusedError):
        TWILIO.verify(tw("sms", Kind.SMS, headers={"X-Twilio-Signature": signature}))


@pytest.mark.parametrize(
    "break_it",
    [
        {"url": "http://localhost:8000/webhooks/twilio/sms"},  # the address inside, behind a proxy
        {"form": {"Body": "La pompe est cassée"}},
        {"form": {**tw("sms-untrimmed", Kind.SMS).form, "Body": "Plus d'eau"}},
        {"headers": {}},
        {"headers": {"X-Twilio-Signature": ""}},
    ],
)
def test_anything_changed_is_refused(break_it: dict[str, object]) -> None:
    headers = {"X-Twilio-Signature": sign(tw("sms-untrimmed", Kind.SMS))}
    with pytest.raises(RefusedError):
        TWILIO.verify(tw("sms-untrimmed", Kind.SMS, **{"headers": headers, **break_it}))


def test_without_a_token_nobody_is_believed() -> None:
    unset = twilio(auth_token="")
    signature = RequestValidator("").compute_signature(tw("sms", Kind.SMS).url, tw("sms", Kind.SMS).form)
    with pytest.raises(RefusedError):
        unset.verify(tw("sms", Kind.SMS, headers={"X-Twilio-Signature": signature}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sms", "La pompe est cassée"),
        ("sms-untrimmed", "  Plus d'eau \n"),
        ("sms-unknown-fields", "Msg"),
        ("sms-media-only", ""),
        ("sms-lost-plus", "Msg"),
        ("sms-stopped", "STOP"),  # a word that only Twilio's own list knows
        ("sms-yes", "YES"),  # one of Twilio's START words, and perhaps an answer
    ],
)
def test_a_message(name: str, text: str) -> None:
    inbound = TWILIO.parse(tw(name, Kind.SMS))
    assert isinstance(inbound, Inbound)
    assert (inbound.provider_id, inbound.sender, inbound.text) == (SID, "+22670123456", text)


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("sms-no-from", Kind.SMS, "From"),
        ("sms-no-sid", Kind.SMS, "MessageSid"),
        ("status-no-sid", Kind.STATUS, "MessageSid"),
        ("sms", Kind.STATUS, "MessageStatus"),
        ("sms", Kind.USSD, "kind"),
    ],
)
def test_what_is_missing_is_named(name: str, kind: Kind, field: str) -> None:
    with pytest.raises(BadPayloadError, match=f"^{field}$"):
        TWILIO.parse(tw(name, kind))


@pytest.mark.parametrize(
    ("name", "status", "raw", "reason", "opted_out"),
    [
        ("status-delivered", Delivery.DELIVERED, "delivered", None, False),
        ("status-sent", Delivery.SENT, "sent", None, False),
        ("status-undelivered", Delivery.UNDELIVERED, "undelivered", "30003", False),
        ("status-opted-out", Delivery.FAILED, "failed", "21610", True),
        ("status-unknown", None, "teleported", None, False),
    ],
)
def test_a_status(name: str, status: Delivery | None, raw: str, reason: str | None, opted_out: bool) -> None:
    assert TWILIO.parse(tw(name, Kind.STATUS, query={"m": "42"})) == Report(
        channel="twilio",
        provider_id=SID,
        status=status,
        raw_status=raw,
        reason=reason,
        recipient="+22670123456",
        message_id=42,
        opted_out=opted_out,
    )


@pytest.mark.parametrize("m", [None, "", "-1", "4.2", "٤٢", "9" * 19, "42; drop"])
def test_a_senseless_message_id_is_no_id(m: str | None) -> None:
    report = TWILIO.parse(tw("status-sent", Kind.STATUS, query={} if m is None else {"m": m}))
    assert isinstance(report, Report)
    assert report.message_id is None


@pytest.mark.parametrize("kind", [Kind.SMS, Kind.STATUS])
def test_the_answer_is_an_empty_twiml(kind: Kind) -> None:
    response = TWILIO.render(kind, Reply("Merci"))
    assert (response.status, response.content_type) == (200, "text/xml")
    assert response.body == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
