"""Twilio: SMS and its status callbacks. Wire facts: https://www.twilio.com/docs/messaging/guides/webhook-request

Every callback is signed over the public address and the form, so a wrong PUBLIC_BASE_URL refuses everything.
Twilio does not repeat an SMS callback that we failed to take, unless the address set at Twilio ends in `#rc=3&rp=all`.
"""

import json
from typing import Any

from twilio.request_validator import RequestValidator, get_signature_algorithm

from feedback_gateway.channels.contract import (
    AmbiguousError,
    Arrival,
    BadPayloadError,
    ChannelDownError,
    Inbound,
    Kind,
    OptedOutError,
    Outgoing,
    RefusedError,
    RejectedError,
    Reply,
    Report,
    SendError,
    Sent,
    TryLaterError,
    WebhookRequest,
    WebhookResponse,
)
from feedback_gateway.channels.payload import read_id, read_phone, read_text
from feedback_gateway.channels.transport import provider_call
from feedback_gateway.lib import clock, phone
from feedback_gateway.settings import Twilio
from models.words import Delivery, Medium

# MessageStatus to how far the message has come. `receiving` and `received` are of incoming messages: no word on ours.
STATUSES = {
    "accepted": Delivery.SENT,
    "scheduled": Delivery.SENT,
    "queued": Delivery.SENT,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "partially_delivered": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}

# Error codes, https://www.twilio.com/docs/api/errors
OPTED_OUT = {21610}
REJECTED = {
    *(21211, 21214, 21217, 21614, 21604, 30005, 30006),  # a bad destination
    *(21601, 21602, 21603, 21606, 21609, 21612, 21617, 21618, 21703, 21704, 21705),  # our content or set-up
    *(21408, 21608, 30004, 30007, 30034, 30450),  # region not enabled, trial account, blocked, filtered
}
DOWN = {20003, 30002, 30010, 63018, 63038}
LATER = {14107, 20429, 20503, 21611, 30001, 30022, 30036, 30410}
LATER_FEW = {30003, 30008, 30009}

TWIML_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class TwilioChannel:
    """One Twilio account. Holds no state that changes: safe to share between threads. `timeout` is in seconds."""

    name = "twilio"
    kinds = frozenset({Kind.SMS, Kind.STATUS})
    with_token = False

    def __init__(self, account: Twilio, public_base_url: str, country_code: str = "226", timeout: float = 10.0) -> None:
        self._account = account
        self._status_url = f"{public_base_url}/webhooks/twilio/status"
        self._country_code = country_code
        self._timeout = timeout

    @property
    def can_send(self) -> bool:
        return bool(self._account.account_sid and self._account.auth_token and self._account.sender)

    def verify(self, request: WebhookRequest) -> None:
        """The form must hold the values as they were posted: a trimmed blank breaks the signature.

        A repeated field needs a form with `getlist`, such as Flask's.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        signature = headers.get("x-twilio-signature", "")
        algorithm = get_signature_algorithm(headers.get("x-twilio-webhooks-signature-settings", ""))
        if not self._account.auth_token or not signature:
            raise RefusedError("signature")
        validator = RequestValidator(self._account.auth_token)
        if not validator.validate(request.url, request.form, signature, algorithm=algorithm):
            raise RefusedError("signature")

    def parse(self, request: WebhookRequest) -> Arrival:
        if request.kind is Kind.SMS:
            return self._parse_sms(request)
        if request.kind is Kind.STATUS:
            return self._parse_report(request)
        raise BadPayloadError("kind")

    def _parse_sms(self, request: WebhookRequest) -> Inbound:
        """A message that made Twilio stop us from writing is read as `STOP`, whatever word was set up there for it.

        The person has opted out at the provider; the flow must see the same. Its START and HELP words stay as
        written: `YES`, one of them, may be the answer to a question of ours.
        """
        stopped = request.form.get("OptOutType", "").strip().upper() == "STOP"
        text = read_text(request.form, "Body")
        return Inbound(
            channel=self.name,
            medium=Medium.SMS,
            provider_id=read_id(request.form, "MessageSid"),
            sender=read_phone(request.form, "From", self._country_code),
            text="STOP" if stopped else text,
            received_at=clock.now(),
        )

    def _parse_report(self, request: WebhookRequest) -> Report:
        form = request.form
        raw = read_id(form, "MessageStatus")
        reason = form.get("ErrorCode", "").strip()[:200]
        return Report(
            channel=self.name,
            provider_id=read_id(form, "MessageSid"),
            status=STATUSES.get(raw.lower()),
            raw_status=raw[:60],
            reason=reason or None,
            recipient=read_phone(form, "To", self._country_code) if form.get("To", "").strip() else None,
            message_id=_read_message_id(request.query.get("m", "")),
            opted_out=reason in {str(code) for code in OPTED_OUT},
        )

    def render(self, kind: Kind, reply: Reply) -> WebhookResponse:
        """Always an empty Response: the answer leaves through the outbox, where its delivery is followed."""
        return WebhookResponse(TWIML_NOTHING, content_type="text/xml")

    def send(self, message: Outgoing) -> Sent:
        """One SMS. There is no idempotency key: an answer that is lost leaves the message ambiguous."""
        if not self.can_send:
            raise ChannelDownError("NoCredentials")
        if not phone.is_number(message.to):
            raise RejectedError("21211")
        with provider_call():
            answer = self._post(message)
        if not answer.sid:
            raise AmbiguousError("UnreadableAnswer")
        if answer.error_code:
            raise classify_error(int(answer.error_code), status=0)
        parts = str(answer.num_segments)
        return Sent(provider_id=str(answer.sid), parts=int(parts) if parts.isdecimal() and parts != "0" else None)

    def _post(self, message: Outgoing) -> Any:
        from twilio.base.exceptions import TwilioRestException, TwilioServiceException
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        # No pool: a connection that the far side closed while idle would look like an answer that was lost.
        # No retries: a repeated POST may send twice.
        http = TwilioHttpClient(pool_connections=False, timeout=self._timeout, max_retries=None)
        client = Client(self._account.account_sid, self._account.auth_token, http_client=http)
        if self._account.base_url:
            client.api.base_url = self._account.base_url
        by_service = self._account.sender.startswith("MG")
        try:
            return client.messages.create(
                to=message.to,
                body=message.text,
                status_callback=f"{self._status_url}?m={message.message_id}",
                **{"messaging_service_sid" if by_service else "from_": self._account.sender},
            )
        except (TwilioRestException, TwilioServiceException) as error:
            # Its text names the person's number: only the codes go on.
            raise classify_error(error.code, error.status) from None
        except json.JSONDecodeError:
            raise AmbiguousError("UnreadableAnswer") from None


def classify_error(code: int | None, status: int) -> SendError:
    """What a Twilio error means for the message. `status` is the HTTP status, which decides where no code is known."""
    word = str(code or status)
    if code in OPTED_OUT:
        return OptedOutError(word)
    if code in REJECTED:
        return RejectedError(word)
    if code in LATER or code in LATER_FEW:
        return TryLaterError(word, few=code in LATER_FEW)
    if code in DOWN or status in {401, 403, 404}:  # 404: there is no such account
        return ChannelDownError(word)
    if 400 <= status < 500 and status != 429:
        return RejectedError(word)
    return TryLaterError(word)


def _read_message_id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 18 else None
