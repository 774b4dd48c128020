"""The browser phone."""

import pytest

from feedback_gateway.channels.contract import BadPayloadError, Inbound, Kind, WebhookRequest
from feedback_gateway.channels.simulator import SimulatorChannel
from models.words import Delivery
from tests.feedback_gateway.channels.wire import MESSAGE

SIMULATOR = SimulatorChannel(enabled=True)


def post(kind: Kind, **form: str) -> WebhookRequest:
    return WebhookRequest(kind=kind, url=f"http://localhost:8000/webhooks/simulator/{kind}", form=form)


def test_a_national_number_will_do() -> None:
    inbound = SIMULATOR.parse(post(Kind.SMS, phone="70 12 34 56", text="Bonjour", message_id="m-1"))
    assert isinstance(inbound, Inbound)
    assert (inbound.sender, inbound.provider_id) == ("+22670123456", "m-1")


def test_the_first_ussd_screen_needs_no_text() -> None:
    inbound = SIMULATOR.parse(post(Kind.USSD, phone="+22670123456", session_id="s-1"))
    assert isinstance(inbound, Inbound)
    assert (inbound.session_id, inbound.text) == ("s-1", "")


@pytest.mark.parametrize(
    ("kind", "phone", "field"),
    [(Kind.SMS, "Orange", "phone"), (Kind.USSD, "21512", "phone"), (Kind.STATUS, "+22670123456", "kind")],
)
def test_what_makes_no_sense_is_named(kind: Kind, phone: str, field: str) -> None:
    with pytest.raises(BadPayloadError, match=f"^{field}$"):
        SIMULATOR.parse(post(kind, phone=phone, text="", message_id="m-1", session_id="s-1"))


def test_what_is_sent_is_delivered_at_once() -> None:
    sent = SIMULATOR.send(MESSAGE)
    assert (sent.provider_id, sent.status) == ("sim-42", Delivery.DELIVERED)
