"""What every telephone provider must be able to do, and the words it speaks with the rest of the house.

A channel is one provider and its number. It knows its provider's dialect and nothing else: no database, no flow,
no Flask. The generic webhook view (handlers/webhooks) calls verify -> parse -> (receive) -> render; the send job
calls send. To add a provider: one file here, one folder of payloads in tests/payloads, one line in `CHANNELS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from models.words import Delivery, Medium


class Kind(StrEnum):
    """What arrives at one webhook address: the last part of its path."""

    SMS = "sms"
    STATUS = "status"
    USSD = "ussd"
    USSD_EVENTS = "ussd-events"
    OPT_OUT = "opt-out"


@dataclass(frozen=True)
class WebhookRequest:
    """One HTTP request as a channel needs it to prove the caller and read the payload.

    `url` is the address as the provider knows it (PUBLIC_BASE_URL + path + query); `form` the posted form, values
    untouched; `token` what stood in the path, if the path has one.
    """

    kind: Kind
    url: str
    form: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None


@dataclass(frozen=True)
class WebhookResponse:
    """What goes back to the provider."""

    body: str
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


@dataclass(frozen=True)
class Inbound:
    """A message from a person. `sender` is E.164 where it is a number, else as given (an alphanumeric sender).

    USSD: `text` is all that was keyed in the session so far as the provider sent it (joined by `*`), and
    `provider_id` is the session id: receive() makes the turn's own id and finds what is new in the text.
    """

    channel: str
    medium: Medium
    provider_id: str
    sender: str
    text: str
    received_at: datetime
    session_id: str | None = None
    service_code: str | None = None


@dataclass(frozen=True)
class Report:
    """A delivery report. `status` is None for a word that we do not know: it is stored raw and changes nothing.

    `message_id` is our own id when the provider gives it back to us, `provider_id` the provider's.
    """

    channel: str
    provider_id: str
    status: Delivery | None
    raw_status: str
    reason: str | None = None
    recipient: str | None = None
    message_id: int | None = None
    opted_out: bool = False


@dataclass(frozen=True)
class SessionEnd:
    """A USSD session is over. `completed` is False when the person left or the network dropped it."""

    channel: str
    session_id: str
    sender: str
    completed: bool
    error: str | None = None


@dataclass(frozen=True)
class OptOutNotice:
    """The provider says that this phone wants nothing more from us."""

    channel: str
    sender: str


Arrival = Inbound | Report | SessionEnd | OptOutNotice


@dataclass(frozen=True)
class Reply:
    """What the person is shown at once (USSD), or nothing for SMS: those answers leave through the outbox."""

    text: str = ""
    ends: bool = True


@dataclass(frozen=True)
class Outgoing:
    """One SMS to send. `message_id` is ours: a provider that can carry it back in its report, does."""

    message_id: int
    to: str
    text: str


@dataclass(frozen=True)
class Sent:
    """The provider has accepted the message. `status` is SENT unless the provider already knows better."""

    provider_id: str
    status: Delivery = Delivery.SENT
    parts: int | None = None


class RefusedError(Exception):
    """The caller could not prove that it is the provider (wrong token or signature): 403 and no row."""


class BadPayloadError(Exception):
    """A field that we cannot do without is missing or makes no sense: 400, with the field's name."""


class SendError(Exception):
    """The provider did not take the message. `code` is the provider's own word, for the log and the console."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RejectedError(SendError):
    """Never try again: a bad number, a bad sender id, filtered content."""


class OptedOutError(RejectedError):
    """The person (through the provider) wants nothing from us."""


class TryLaterError(SendError):
    """Retry with backoff. `few` limits the tries to three: the fault seldom mends itself."""

    def __init__(self, code: str, *, few: bool = False) -> None:
        super().__init__(code)
        self.few = few


class ChannelDownError(SendError):
    """Nothing can be sent until an operator acts (key, credit, risk hold): pause the channel and say so."""


class AmbiguousError(SendError):
    """The answer was lost after the request may have arrived: it may have been sent. Never simply retry."""


class Channel(Protocol):
    """One provider. `kinds` are the webhook addresses it has; `with_token` whether its path carries a secret."""

    name: str
    kinds: frozenset[Kind]
    with_token: bool

    def verify(self, request: WebhookRequest) -> None:
        """Raises RefusedError unless the caller is the provider."""
        ...

    def parse(self, request: WebhookRequest) -> Arrival:
        """Raises BadPayloadError with the name of the missing or senseless field."""
        ...

    def render(self, kind: Kind, reply: Reply) -> WebhookResponse:
        """The provider's dialect for an answer: CON/END, TwiML, an empty 200."""
        ...

    @property
    def can_send(self) -> bool:
        """False while no credentials are set: then nothing may try to reach the provider."""
        ...

    def send(self, message: Outgoing) -> Sent:
        """Raises a SendError. Called outside any transaction."""
        ...
