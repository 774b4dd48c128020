"""A person's phone in a test: sends SMS and dials, through receive() like the real ones."""

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

from feedback_gateway import receive, work
from feedback_gateway.channels.contract import Inbound
from feedback_gateway.lib import clock
from models import Contact, Message, vault
from models.words import Direction, Medium

_ids = count(1)


@dataclass
class Phone:
    """One phone. `screen` is the last USSD screen, `ended` whether the session is over."""

    number: str = "+22670123456"
    channel: str = "simulator"
    screen: str = ""
    ended: bool = True
    keyed: str = ""
    session: str = ""
    sent: list[Inbound] = field(default_factory=list)

    def _take(self, medium: Medium, text: str, provider_id: str) -> None:
        inbound = Inbound(
            channel=self.channel,
            medium=medium,
            provider_id=provider_id,
            sender=self.number,
            text=text,
            received_at=clock.now(),
            session_id=provider_id if medium == Medium.USSD else None,
        )
        self.sent.append(inbound)
        reply = receive.take(inbound)
        if medium == Medium.USSD:
            self.screen, self.ended = reply.text, reply.ends

    def sms(self, text: str, message_id: str | None = None) -> None:
        self._take(Medium.SMS, text, message_id or f"sms-{next(_ids)}")

    def dial(self, carried: str = "") -> str:
        self.session, self.keyed = f"session-{next(_ids)}", carried
        self._take(Medium.USSD, carried, self.session)
        return self.screen

    def press(self, *keys: str) -> str:
        for key in keys:
            assert not self.ended, f"the session is over: {self.screen}"
            self.keyed = f"{self.keyed}*{key}" if self.keyed else key
            self._take(Medium.USSD, self.keyed, self.session)
        return self.screen

    def again(self) -> str:
        """The provider sends the last request once more."""
        reply = receive.take(self.sent[-1])
        return reply.text

    def inbox(self) -> list[str]:
        """The SMS written to this phone, oldest first."""
        with work.reading() as db:
            return list(
                db.scalars(
                    select(Message.text)
                    .join(Contact, Contact.id == Message.contact_id)
                    .where(Contact.phone_hash == vault.lookup("phone", self.number), Message.direction == Direction.OUT)
                    .order_by(Message.id)
                )
            )
