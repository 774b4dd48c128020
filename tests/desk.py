"""Agencies without accounts in tests: a user who cannot log in, their phone and PIN, and the links they are sent."""

from dataclasses import dataclass

from sqlalchemy import select

from feedback_gateway import desk_sms, links, work
from models import Case, Message, User, vault
from models.words import Direction
from tests import actors
from tests.phone import Phone

NUMBER = "+22676111222"


@dataclass
class Desk:
    """Somebody of an agency without accounts, with a registered phone."""

    user: User
    phone: Phone
    pin: str

    def send(self, text: str, message_id: str | None = None) -> str:
        """Writes an SMS and returns the newest answer to it."""
        self.phone.sms(text, message_id)
        return self.answers()[-1]

    def answers(self) -> list[str]:
        """Every SMS that this user was written."""
        with work.reading() as db:
            to_them = select(Message.text).where(Message.user_id == self.user.id, Message.direction == Direction.OUT)
            return list(db.scalars(to_them.order_by(Message.id)))

    def stored(self) -> list[str]:
        """What is kept of every SMS that they wrote."""
        with work.reading() as db:
            theirs = select(Message.text).where(Message.user_id == self.user.id, Message.direction == Direction.IN)
            return list(db.scalars(theirs.order_by(Message.id)))

    def fresh(self) -> User:
        with work.reading() as db:
            return db.get_one(User, self.user.id)


def open_desk(name: str = "alice", number: str = NUMBER, *, language: str = "fr") -> Desk:
    """The actor of this name as somebody who cannot log in, is told by SMS, and has a PIN."""
    actors.make(name)
    with work.unit_of_work() as db:
        user = db.scalars(select(User).where(User.login == name)).one()
        user.may_log_in, user.email, user.notify_by, user.language = False, None, "sms", language
        user.phone, user.phone_hash = number, vault.lookup("phone", number)
        pin = desk_sms.set_pin(db, user, by=None)
    return Desk(user, Phone(number), pin)


def link_of(user: User, case: Case) -> str | None:
    """The path of the page of this case for this user; None when there may be none."""
    with work.unit_of_work() as db:
        address = links.make_link(db, db.get_one(User, user.id), db.get_one(Case, case.id))
    return address.removeprefix("http://feedback.test") if address else None
