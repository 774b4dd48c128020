"""The phone in a terminal: the same road as a real one, through the simulator's channel."""

import secrets
import time
from collections.abc import Callable

from sqlalchemy import select

from feedback_gateway import receive, work
from feedback_gateway.channels.contract import Inbound
from feedback_gateway.lib import clock
from models import Contact, Message, vault
from models.words import Delivery, Direction, Medium

WAIT_SECONDS = 5.0

Show = Callable[[str], None]
Ask = Callable[[str], str]


def dial(phone: str, ask: Ask, show: Show) -> None:
    """One USSD session: shows each screen and asks for the next key until the session ends."""
    session_id, keyed = f"sim-{secrets.token_hex(8)}", ""
    while True:
        reply = receive.take(
            Inbound(
                channel="simulator",
                medium=Medium.USSD,
                provider_id=session_id,
                sender=phone,
                text=keyed,
                received_at=clock.now(),
                session_id=session_id,
            )
        )
        show(reply.text)
        if reply.ends:
            return
        typed = ask("> ")
        keyed = f"{keyed}*{typed}" if keyed else typed


def send_sms(phone: str, text: str) -> None:
    """One SMS from this phone. The answer comes through the queue, like a real one."""
    receive.take(
        Inbound(
            channel="simulator",
            medium=Medium.SMS,
            provider_id=f"sim-{secrets.token_hex(8)}",
            sender=phone,
            text=text,
            received_at=clock.now(),
        )
    )


def answers(phone: str, after: int) -> list[Message]:
    """The SMS that came since `after`, once none of them is still on its way, or after WAIT_SECONDS."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        found = inbox(phone, after)
        on_their_way = any(message.delivery in (Delivery.QUEUED, Delivery.SENDING) for message in found)
        if time.monotonic() > end or (found and not on_their_way):
            return found
        time.sleep(0.2)


def inbox(phone: str, after: int = 0) -> list[Message]:
    """The SMS that went to this phone, oldest first, those with an id above `after`."""
    with work.reading() as db:
        return list(
            db.scalars(
                select(Message)
                .join(Contact, Contact.id == Message.contact_id)
                .where(
                    Contact.phone_hash == vault.lookup("phone", phone),
                    Message.direction == Direction.OUT,
                    Message.medium == Medium.SMS,
                    Message.id > after,
                )
                .order_by(Message.id)
            )
        )
