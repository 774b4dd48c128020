"""The browser phone: a channel without a provider, for trying flows and for showing the line to people."""

from feedback_gateway.channels.contract import (
    Arrival,
    BadPayloadError,
    ChannelDownError,
    Inbound,
    Kind,
    Outgoing,
    RefusedError,
    Reply,
    Sent,
    WebhookRequest,
    WebhookResponse,
)
from feedback_gateway.channels.payload import read_id, read_phone, read_text, ussd_answer
from feedback_gateway.lib import clock, phone
from models.words import Delivery, Medium


class SimulatorChannel:
    """Reads the fields phone, text, session_id (USSD) and message_id (SMS); speaks `CON`/`END`.

    Anybody who reaches it can speak for any number: `enabled` is for trying, not for a line in service.
    """

    name = "simulator"
    kinds = frozenset({Kind.SMS, Kind.USSD})
    with_token = False

    def __init__(self, *, enabled: bool, country_code: str = "226") -> None:
        self._enabled = enabled
        self._country_code = country_code

    @property
    def can_send(self) -> bool:
        return self._enabled

    def verify(self, request: WebhookRequest) -> None:
        if not self._enabled:
            raise RefusedError("simulator")

    def parse(self, request: WebhookRequest) -> Arrival:
        form = request.form
        sender = read_phone(form, "phone", self._country_code)
        if not phone.is_number(sender):
            raise BadPayloadError("phone")
        if request.kind is Kind.SMS:
            return Inbound(
                channel=self.name,
                medium=Medium.SMS,
                provider_id=read_id(form, "message_id"),
                sender=sender,
                text=read_text(form, "text"),
                received_at=clock.now(),
            )
        if request.kind is Kind.USSD:
            session_id = read_id(form, "session_id")
            return Inbound(
                channel=self.name,
                medium=Medium.USSD,
                provider_id=session_id,
                sender=sender,
                text=form.get("text", ""),
                received_at=clock.now(),
                session_id=session_id,
            )
        raise BadPayloadError("kind")

    def render(self, kind: Kind, reply: Reply) -> WebhookResponse:
        return ussd_answer(reply) if kind is Kind.USSD else WebhookResponse("")

    def send(self, message: Outgoing) -> Sent:
        """Delivered at once: the simulator's page shows what stands in the database."""
        if not self._enabled:
            raise ChannelDownError("NoCredentials")
        return Sent(provider_id=f"sim-{message.message_id}", status=Delivery.DELIVERED)
