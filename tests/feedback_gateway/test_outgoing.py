"""Every SMS is stored as it goes out: its letters and its length as the channel's settings say."""

import pytest
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.outgoing import queue_message, queue_notice, write_message
from flows import gsm7
from models import Message, OutboxRow
from models.words import Delivery, Direction, Duty, Medium, Purpose
from tests import actors
from tests.conftest import House
from tests.factories import make_case, make_contact

LONG = "L’équipe répare la pompe « à motricité humaine » du site, reçu ? " * 12


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SMS_LETTERS": "fold,twilio=keep", "LONG_SMS": "split,simulator=shorten:2"}


def queue(text: str, channel: str) -> Message:
    contact = make_contact("+22670123456", channel=channel)
    with work.unit_of_work() as db:
        return queue_message(db, text, Purpose.REPLY, contact=contact, language="fr")


@pytest.mark.parametrize(
    ("channel", "text", "stored"),
    [
        ("africastalking", "Reçu : l’eau, dɛmɛ", "Recu : l'eau, deme"),
        ("twilio", "Reçu : l’eau, dɛmɛ", "Reçu : l’eau, dɛmɛ"),
        ("simulator", "Reçu : l’eau, dɛmɛ", "Recu : l'eau, deme"),
        ("africastalking", "الماء ça", "الماء ça"),
        ("africastalking", LONG, gsm7.fold(LONG)),
        ("twilio", LONG, LONG),
        ("simulator", LONG, gsm7.shorten(gsm7.fold(LONG), 2)),
    ],
)
def test_letters_and_length_are_the_channels(house: House, channel: str, text: str, stored: str) -> None:
    message = queue(text, channel)
    assert message.text == stored
    assert message.parts == gsm7.parts(stored)
    assert (message.channel, message.direction, message.medium) == (channel, Direction.OUT, Medium.SMS)
    assert message.delivery == Delivery.QUEUED


def test_a_message_has_one_duty_to_send_it(house: House) -> None:
    message = queue("Bonjour", "twilio")
    with work.reading() as db:
        duties = db.scalars(select(OutboxRow).where(OutboxRow.message_id == message.id)).all()
    assert [duty.duty for duty in duties] == [Duty.SEND_MESSAGE]


def test_an_answer_is_framed_then_dressed(house: House) -> None:
    case = make_case()
    make_contact("+22670123456", channel="twilio")
    with work.unit_of_work() as db:
        kept = write_message(db, case, Purpose.ANSWER, "Le forage sera réparé, reçu cœur. Une équipe vient.")
    make_contact("+22670123456", channel="africastalking")
    with work.unit_of_work() as db:
        folded = write_message(db, case, Purpose.ANSWER, "Le forage sera réparé, reçu cœur. Une équipe vient.")
    assert kept is not None
    assert folded is not None
    assert kept.text.endswith(": Le forage sera réparé, reçu cœur. Une équipe vient.")
    assert folded.text == gsm7.fold(kept.text)
    assert (kept.parts, folded.parts) == (2, 1)


def test_a_notice_to_a_focal_point_takes_the_same_road(house: House) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        message = queue_notice(db, "Reçu", user=alice, channel="africastalking")
    assert (message.text, message.purpose, message.user_id) == ("Recu", Purpose.NOTICE, alice.id)
    assert message.contact_id is None
