"""Channels and requests for the tests of this folder."""

from dataclasses import dataclass, replace
from typing import Any

from feedback_gateway.channels.africastalking import AfricasTalkingChannel
from feedback_gateway.channels.contract import Kind, Outgoing, WebhookRequest
from feedback_gateway.channels.twilio import TwilioChannel
from feedback_gateway.settings import AfricasTalking, Twilio
from tests.fakes.africastalking import API_KEY
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN
from tests.payloads import read_form

TOKEN = "a-long-random-token"
PUBLIC = "https://plaintes.example.org"
MESSAGE = Outgoing(message_id=42, to="+22670123456", text="Bonjour, votre plainte est reçue")


def africastalking(base_url: str = "", timeout: float = 20.0, **account: Any) -> AfricasTalkingChannel:
    """An account that can send to `base_url`, unless told otherwise."""
    known = AfricasTalking(webhook_token=TOKEN, api_key=API_KEY, sender="PLAINTE", base_url=base_url)
    return AfricasTalkingChannel(replace(known, **account), timeout=(timeout, timeout))


def twilio(base_url: str = "", timeout: float = 20.0, **account: Any) -> TwilioChannel:
    """An account that can send to `base_url`, unless told otherwise."""
    known = Twilio(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, sender="+12028831111", base_url=base_url)
    return TwilioChannel(replace(known, **account), PUBLIC, timeout=timeout)


@dataclass(frozen=True)
class Payload:
    """A file of tests/payloads, as a request to the address of that kind."""

    provider: str
    name: str
    kind: Kind

    def request(self, **changes: Any) -> WebhookRequest:
        request = WebhookRequest(
            kind=self.kind,
            url=f"{PUBLIC}/webhooks/{self.provider}/{self.kind}",
            form=read_form(self.provider, self.name),
            token=TOKEN,
        )
        return replace(request, **changes)


def at(name: str, kind: Kind, **changes: Any) -> WebhookRequest:
    """A payload of Africa's Talking."""
    return Payload("africastalking", name, kind).request(**changes)


def tw(name: str, kind: Kind, **changes: Any) -> WebhookRequest:
    """A payload of Twilio."""
    return Payload("twilio", name, kind).request(**changes)
