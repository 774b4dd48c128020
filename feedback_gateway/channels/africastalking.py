"""Africa's Talking: SMS, delivery reports, USSD and its end event, bulk opt-out.

Its callbacks carry no signature: what proves the caller is the long token in the path and, where they are
configured, the service code or short code. Wire facts: https://developers.africastalking.com/docs
"""

import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from feedback_gateway.channels.contract import (
    AmbiguousError,
    Arrival,
    BadPayloadError,
    ChannelDownError,
    Inbound,
    Kind,
    OptedOutError,
    OptOutNotice,
    Outgoing,
    RefusedError,
    RejectedError,
    Reply,
    Report,
    SendError,
    Sent,
    SessionEnd,
    TryLaterError,
    WebhookRequest,
    WebhookResponse,
)
from feedback_gateway.channels.payload import read_id, read_moment, read_phone, read_text, ussd_answer
from feedback_gateway.channels.transport import provider_call
from feedback_gateway.lib import clock, phone
from feedback_gateway.settings import AfricasTalking
from models.words import Delivery, Medium

# Delivery report status, lower case, to how far the message has come.
STATUSES = {
    "sent": Delivery.SENT,
    "submitted": Delivery.SENT,
    "buffered": Delivery.SENT,
    "success": Delivery.DELIVERED,
    "rejected": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "expired": Delivery.UNDELIVERED,
    "absentsubscriber": Delivery.UNDELIVERED,
}


def _try_few(code: str) -> TryLaterError:
    return TryLaterError(code, few=True)


# A recipient's statusCode in the answer to a send. The same words also stand alone in `Message`.
ACCEPTED = {100, 101, 102}
ACCEPTED_WORDS = {"processed", "sent", "queued", "success"}
REFUSALS: dict[int, tuple[str, Callable[[str], SendError]]] = {
    401: ("RiskHold", ChannelDownError),
    402: ("InvalidSenderId", RejectedError),
    403: ("InvalidPhoneNumber", RejectedError),
    404: ("UnsupportedNumberType", RejectedError),
    405: ("InsufficientBalance", ChannelDownError),
    406: ("UserInBlacklist", OptedOutError),
    407: ("CouldNotRoute", _try_few),
    500: ("InternalServerError", TryLaterError),
    501: ("GatewayError", TryLaterError),
    502: ("RejectedByGateway", _try_few),
}
_REFUSALS_BY_WORD = {word.lower(): (word, error) for word, error in REFUSALS.values()}


class AfricasTalkingChannel:
    """One Africa's Talking account. Holds no state that changes: safe to share between threads.

    `timeout` is (connect, read) in seconds.
    """

    name = "africastalking"
    kinds = frozenset(Kind)
    with_token = True

    def __init__(
        self, account: AfricasTalking, country_code: str = "226", timeout: tuple[float, float] = (3.05, 9.05)
    ) -> None:
        self._account = account
        self._country_code = country_code
        self._timeout = timeout

    @property
    def can_send(self) -> bool:
        return bool(self._account.api_key)

    def verify(self, request: WebhookRequest) -> None:
        expected = self._account.webhook_token.encode()
        if not expected or not hmac.compare_digest((request.token or "").encode(), expected):
            raise RefusedError("token")
        if request.kind in {Kind.USSD, Kind.USSD_EVENTS}:
            self._match(request, "serviceCode", self._account.service_code)
        elif request.kind is Kind.SMS:
            self._match(request, "to", self._account.short_code)

    @staticmethod
    def _match(request: WebhookRequest, name: str, configured: str) -> None:
        if configured and request.form.get(name, "").strip() != configured:
            raise RefusedError(name)

    def parse(self, request: WebhookRequest) -> Arrival:
        match request.kind:
            case Kind.SMS:
                return self._parse_sms(request)
            case Kind.STATUS:
                return self._parse_report(request)
            case Kind.USSD:
                return self._parse_ussd(request)
            case Kind.USSD_EVENTS:
                return self._parse_session_end(request)
            case Kind.OPT_OUT:
                return self._parse_opt_out(request)

    def _parse_sms(self, request: WebhookRequest) -> Inbound:
        read_id(request.form, "to")
        return Inbound(
            channel=self.name,
            medium=Medium.SMS,
            provider_id=read_id(request.form, "id"),
            sender=self._read_phone(request, "from"),
            text=read_text(request.form, "text"),
            received_at=read_moment(request.form, "date"),
        )

    def _parse_report(self, request: WebhookRequest) -> Report:
        form = request.form
        raw = read_id(form, "status")
        reason = form.get("failureReason", "").strip()[:200]
        return Report(
            channel=self.name,
            provider_id=read_id(form, "id"),
            status=STATUSES.get(raw.lower()),
            raw_status=raw[:60],
            reason=reason or None,
            recipient=self._read_phone(request, "phoneNumber") if form.get("phoneNumber", "").strip() else None,
            opted_out=reason.lower() == "userinblacklist",
        )

    def _parse_ussd(self, request: WebhookRequest) -> Inbound:
        session_id = read_id(request.form, "sessionId")
        return Inbound(
            channel=self.name,
            medium=Medium.USSD,
            provider_id=session_id,
            sender=self._read_phone(request, "phoneNumber"),
            text=request.form.get("text", ""),
            received_at=clock.now(),
            session_id=session_id,
            service_code=request.form.get("serviceCode", "").strip() or None,
        )

    def _parse_session_end(self, request: WebhookRequest) -> SessionEnd:
        return SessionEnd(
            channel=self.name,
            session_id=read_id(request.form, "sessionId"),
            sender=self._read_phone(request, "phoneNumber"),
            completed=request.form.get("status", "").strip().lower() == "success",
            error=request.form.get("errorMessage", "").strip()[:200] or None,
        )

    def _parse_opt_out(self, request: WebhookRequest) -> OptOutNotice:
        sender = self._read_phone(request, "phoneNumber")
        if not phone.is_number(sender):
            raise BadPayloadError("phoneNumber")
        return OptOutNotice(channel=self.name, sender=sender)

    def _read_phone(self, request: WebhookRequest, name: str) -> str:
        return read_phone(request.form, name, self._country_code)

    def render(self, kind: Kind, reply: Reply) -> WebhookResponse:
        return ussd_answer(reply) if kind is Kind.USSD else WebhookResponse("")

    def send(self, message: Outgoing) -> Sent:
        """One SMS. There is no idempotency key: an answer that is lost leaves the message ambiguous."""
        if not self.can_send:
            raise ChannelDownError("NoCredentials")
        if not phone.is_number(message.to):
            raise RejectedError("InvalidPhoneNumber")
        with provider_call():
            answer = self._post(message)
        return _settle(answer, message)

    def _post(self, message: Outgoing) -> Any:
        from africastalking.Service import AfricasTalkingException
        from africastalking.SMS import SMSService  # the name africastalking.SMS is None or an instance, by turns

        service = SMSService(self._account.username, self._account.api_key)
        if self._account.base_url:
            service._baseUrl = f"{self._account.base_url.rstrip('/')}/version1"  # the SDK offers no other way
        try:
            return service.send(
                message.text, [message.to], sender_id=self._account.sender or None, timeout=self._timeout
            )
        except AfricasTalkingException as error:
            # The SDK keeps the body only, not the HTTP status, and the body may name the person's number.
            if "authentication is invalid" in str(error).lower():
                raise ChannelDownError("InvalidAuthentication") from None
            raise TryLaterError("HTTPError") from None


def _settle(answer: Any, message: Outgoing) -> Sent:
    """Reads the answer to a send: a dict, or a str when the server also names a charset (exact compare in the SDK)."""
    try:
        outcome = (json.loads(answer) if isinstance(answer, str) else answer)["SMSMessageData"]
        summary, recipients = str(outcome.get("Message", "")), list(outcome["Recipients"])
        recipient = dict(recipients[0]) if recipients else {}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AmbiguousError("UnreadableAnswer") from None
    if not recipient:  # a 201 all the same: the whole request was refused, and `Message` says why
        raise _refusal(None, summary, otherwise=_try_few)
    code, word = _as_code(recipient.get("statusCode")), str(recipient.get("status", ""))
    if code not in ACCEPTED and not (code is None and word.lower() in ACCEPTED_WORDS):
        raise _refusal(code, word, otherwise=AmbiguousError)
    parts = re.search(r"Message parts: (\d{1,3})", summary)
    return Sent(
        provider_id=str(recipient.get("messageId") or f"unnamed-{message.message_id}"),
        parts=int(parts[1]) if parts else None,
    )


def _as_code(value: object) -> int | None:
    return int(text) if (text := str(value)).isdecimal() else None


def _refusal(code: int | None, word: str, otherwise: Callable[[str], SendError]) -> SendError:
    """The error for a refusal, by number or by word; a number that is not in the table goes by its family."""
    known = REFUSALS.get(code or 0) or _REFUSALS_BY_WORD.get(word.lower())
    if known:
        return known[1](known[0])
    return {4: RejectedError, 5: _try_few}.get((code or 0) // 100, otherwise)(_word(word))


def _word(text: str) -> str:
    """A provider's word made fit for a log: letters only, since a sentence may hold a number."""
    return re.sub(r"[^A-Za-z]", "", text)[:40] or "Unknown"
