"""Phones to try the line with, in the browser and in the terminal.

A live phone goes the same road as a real one, through the simulator's channel. A pure one (flows.dialogue.Recorder)
has no database. Both are a Handset.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback_gateway import receive, work
from feedback_gateway.channels.contract import Inbound
from feedback_gateway.lib import clock
from flows import gsm7
from flows.book import Book
from flows.dialogue import Recorder, Scene
from flows.screens import Limits
from models import Contact, Message, User, vault
from models.words import Delivery, Direction, Medium

CHANNEL = "simulator"
SERVICE_CODE = "*384*1#"
ANSWER_SEPTETS = 182
"""What a phone sends in one USSD answer: 160 octets (3GPP TS 23.090)."""

WAIT_SECONDS = 5.0
PAUSE_SECONDS = 60
"""A shorter pause between two turns changes no conversation, so it is not written into a dialogue file."""

_HOTLINE, _SMS_NUMBER = "80 00 11 11", "3434"  # of the sample world


@dataclass(frozen=True)
class Room:
    """How much of what a screen or an answer holds is taken, as it is encoded: septets, or UCS-2 units."""

    size: int
    limit: int
    gsm: bool

    @property
    def left(self) -> int:
        """How much more fits, in the same unit; below 0 when it is too much already."""
        return self.limit - self.size


def room_of(text: str, septets: int) -> Room:
    """What a text takes of so many septets."""
    gsm = gsm7.septets(text) is not None
    return Room(gsm7.size(text), septets if gsm else units_in(septets), gsm)


def units_in(septets: int) -> int:
    """The UCS-2 units that take the same octets: see gsm7.fits."""
    return -(-septets * 7 // 8) // 2


class Handset(Protocol):
    """What can be done with a phone. `screen` is the last USSD screen, `ended` whether no session is open."""

    screen: str
    ended: bool

    def dial(self, inputs: str = "") -> str:
        """A new USSD session; `inputs` is what a deep dial carries, joined by `*`. Returns the screen."""
        ...

    def press(self, key: str) -> str:
        """Answers the screen of the open session. Returns the next one."""
        ...

    def sms(self, text: str) -> str:
        """Writes to the line. Returns the answer, "" when it comes later or not at all."""
        ...

    def drop(self) -> object:
        """The session breaks off; the line is not told."""
        ...

    def again(self) -> str:
        """The provider repeats its last USSD request. Returns the screen."""
        ...


@dataclass
class LivePhone:
    """A phone on the line of this installation. What it writes becomes real cases.

    `keyed` is all that was keyed in the session so far; `done` every step as [seconds since the step before, verb,
    text], for a dialogue file; `language` what the phone had chosen before its first step here.
    """

    number: str
    session_id: str = ""
    keyed: list[str] = field(default_factory=list)
    screen: str = ""
    ended: bool = True
    language: str | None = None
    done: list[tuple[int, str, str]] = field(default_factory=list)
    last_at: int = 0

    def dial(self, inputs: str = "") -> str:
        self._note("dial", inputs)
        self.session_id = f"sim-{secrets.token_hex(8)}"
        self.keyed = [inputs] if inputs else []
        return self._ask()

    def press(self, key: str) -> str:
        """Raises BadPayloadError when the line knows this session as another phone's."""
        self._note("press", key)
        self.keyed.append(key)
        return self._ask()

    def again(self) -> str:
        self._note("again")
        return self._ask()

    def drop(self) -> None:
        self._note("drop")
        self.session_id, self.keyed, self.screen, self.ended = "", [], "", True

    def sms(self, text: str) -> str:
        self._note("sms", text)
        receive.take(self._inbound(Medium.SMS, f"sim-{secrets.token_hex(12)}", text))
        return ""

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dictionary that from_json reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "LivePhone":
        """Reads what to_json gave. Raises TypeError or ValueError for anything else."""
        return cls(**{**stored, "done": [(int(gap), str(verb), str(text)) for gap, verb, text in stored["done"]]})

    def _ask(self) -> str:
        reply = receive.take(self._inbound(Medium.USSD, self.session_id, "*".join(self.keyed)))
        self.screen, self.ended = reply.text, reply.ends
        return self.screen

    def _note(self, verb: str, text: str = "") -> None:
        now = int(clock.now().timestamp())
        if not self.done:
            self.language, self.last_at = _language_of(self.number), now
        self.done.append((now - self.last_at, verb, text))
        self.last_at = now

    def _inbound(self, medium: Medium, provider_id: str, text: str) -> Inbound:
        ussd = medium == Medium.USSD
        return Inbound(
            channel=CHANNEL,
            medium=medium,
            provider_id=provider_id,
            sender=self.number,
            text=text,
            received_at=clock.now(),
            session_id=provider_id if ussd else None,
            service_code=SERVICE_CODE if ussd else None,
        )


def read_code(dialled: str) -> str | None:
    """What a dialled code carries behind the service code: "" for the code itself, "2*1" for *384*1*2*1#; None for
    another code."""
    ours, typed = SERVICE_CODE.removesuffix("#"), dialled.strip().removesuffix("#")
    if typed == ours:
        return ""
    return typed.removeprefix(f"{ours}*") if typed.startswith(f"{ours}*") else None


def replay(phone: LivePhone, book: Book, limits: Limits) -> Recorder:
    """A pure phone on which the steps of a live one are done again, to be written as a dialogue file.

    Its references and places are those of the sample world; a key for which no session is open any more is left out.
    """
    pure = new_pure(book, limits, phone.language)
    for gap, verb, text in phone.done:
        if gap >= PAUSE_SECONDS:
            pure.wait(gap)
        if verb == "dial":
            pure.dial(text)
        elif verb == "sms":
            pure.sms(text)
        elif pure.ended:
            continue
        elif verb == "press":
            pure.press(text)
        elif verb == "again":
            pure.again()
        else:
            pure.drop()
    return pure


def new_pure(book: Book, limits: Limits, language: str | None = None) -> Recorder:
    """A phone without a database, in the sample world; `language` is what it has chosen before."""
    return Recorder(book, world=Scene(language=language, hotline=_HOTLINE, sms_number=_SMS_NUMBER, limits=limits))


def let_pass(phone: Recorder, seconds: int) -> str:
    """Time passes on a pure phone. No network keeps a session open that long, and once it can no longer be taken up
    again the line looks at it as its sweeper does. Returns the SMS that this sends, "" for none."""
    if not phone.ended:
        phone.drop()
    phone.wait(seconds)
    past = phone.state.node is not None and seconds >= phone.scene.limits.resume_seconds
    return phone.abandon() if past else ""


def read_letters(db: Session, number: str, most: int = 40) -> Sequence[Message]:
    """The last SMS between this phone and the line, oldest first. Only what went through the simulator: a real
    person's messages are not shown to whoever types their number."""
    hashed = vault.lookup("phone", number)
    found = db.scalars(
        select(Message)
        .outerjoin(Contact, Contact.id == Message.contact_id)
        .outerjoin(User, User.id == Message.user_id)
        .where(
            or_(Contact.phone_hash == hashed, User.phone_hash == hashed),  # a focal point's phone is on trial as well
            Message.channel == CHANNEL,
            Message.medium == Medium.SMS,
        )
        .order_by(Message.id.desc())
        .limit(most)
    ).all()
    return found[::-1]


def arrived(number: str, after: int = 0) -> list[Message]:
    """The SMS to this phone with an id above `after`."""
    with work.reading() as db:
        letters = read_letters(db, number)
    return [letter for letter in letters if letter.direction == Direction.OUT and letter.id > after]


def await_letters(number: str, after: int) -> list[Message]:
    """The SMS that came since `after`, once none of them is still on its way, or after WAIT_SECONDS."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        found = arrived(number, after)
        on_their_way = any(letter.delivery in (Delivery.QUEUED, Delivery.SENDING) for letter in found)
        if time.monotonic() > end or (found and not on_their_way):
            return found
        time.sleep(0.2)


def _language_of(number: str) -> str | None:
    with work.reading() as db:
        return db.scalar(select(Contact.language).where(Contact.phone_hash == vault.lookup("phone", number)))
