"""Writing an SMS: framed in the person's language, dressed for its channel, stored and queued; a worker sends it.

Every SMS is made here, so that what is stored is what goes out, and here it is decided whether somebody wants it and
when it may leave.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_gateway import editions, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.safe_hours import NO_NIGHT, is_safe, next_safe
from flows.gsm7 import parts
from models import Case, Contact, Message, User
from models.words import ContactBy, Delivery, Direction, Duty, Medium, Pace, Priority, Purpose, Sensitivity

_NEUTRAL = frozenset({Purpose.REFERENCE, Purpose.REFERRED, Purpose.CLOSED})
"""What is said of a case that is not normal in words that say nothing of it."""

NEWS = frozenset({Purpose.REFERRED, Purpose.CLOSED, Purpose.JOINED, Purpose.PARTED})
"""What a person did not ask for: not for who wants the answer only, nor on the phone of a sealed case unasked."""

_AT_ONCE = frozenset({Purpose.REPLY, Purpose.REFERENCE, Purpose.NOTICE, Purpose.DESK})
"""What answers somebody who holds the phone at this moment, and what goes to those who work on cases."""

_AWAITED = frozenset({Purpose.ANSWER, Purpose.QUESTION})
"""What does not wait for the morning when it is a matter of hours."""


def language_for(contact: Contact | None, case: Case | None) -> str:
    """The language to write in: the person's choice, else the one they wrote in, else the installation's."""
    spoken = editions.book_in_force().languages
    for code in (contact and contact.language, case and case.language):
        if code in spoken:
            return str(code)
    return work.settings().default_language


def frame(language: str, key: str, **values: str) -> str:
    """A text of flows/texts in this language (French where it is missing), with its values filled in."""
    return editions.book_in_force().say(language, key, values)


def may_write(contact: Contact | None, case: Case, purpose: Purpose, *, asked: bool = False) -> bool:
    """Whether the person may be sent this at all, and wants it. `asked`: it is what they have asked about.

    Never after STOP, without consent, or to who wants a call, since others may read on that phone; only what they send
    by SMS themselves is answered so.
    """
    if contact is None or contact.opted_out_at is not None or not case.may_contact:
        return False
    if case.contact_by == ContactBy.CALL:
        return False
    if purpose not in NEWS:
        return True
    if case.sensitivity == Sensitivity.SEALED and case.contact_by != ContactBy.SMS:
        return False
    return asked or contact.pace != Pace.ANSWER_ONLY


def write_message(
    db: Session, case: Case, purpose: Purpose, text: str = "", *, key: str = "", asked: bool = False, **values: str
) -> Message | None:
    """Queues an SMS about a case; None when the person may not be written to, or does not want this.

    `key` is its text in flows/texts, `sms.<purpose>` unless given; `values` are filled in besides the reference and,
    as `answer`, the text. `asked`: as for may_write(). The frame never repeats the topic; for a case that is not normal
    it is the neutral one.
    """
    contact = _contact(db, case)
    if contact is None or not may_write(contact, case, purpose, asked=asked):
        return None
    language = language_for(contact, case)
    key = key or f"sms.{purpose}"
    if case.sensitivity != Sensitivity.NORMAL and purpose in _NEUTRAL:
        key = f"{key}_neutral"
    framed = frame(language, key, reference=case.reference, answer=text, **values)
    return queue_message(db, framed, purpose, contact=contact, case_id=case.id, language=language)


def write_words(db: Session, case: Case, purpose: Purpose, words: str) -> Message | None:
    """As write_message(), with words of the house's own in place of a text of flows/texts."""
    contact = _contact(db, case)
    if contact is None or not may_write(contact, case, purpose):
        return None
    language = language_for(contact, case)
    return queue_message(db, words, purpose, contact=contact, case_id=case.id, language=language)


def _contact(db: Session, case: Case) -> Contact | None:
    return db.get(Contact, case.contact_id) if case.contact_id else None


def when_to_send(case: Case | None, purpose: Purpose, now: datetime) -> datetime:
    """Now, or the beginning of the hours that suit: the part of the day that the person has named, and never at night.

    What answers somebody at once leaves at once. A matter of hours does not wait for the morning; it waits for the part
    of the day that the person has named, since at other times somebody else may hold the phone.
    """
    if purpose in _AT_ONCE:
        return now
    urgent = case is not None and case.priority == Priority.P0 and purpose in _AWAITED
    night = NO_NIGHT if urgent else work.settings().quiet_hours
    return next_safe(now, case.safe_time if case else None, night)


def suits_now(case: Case, now: datetime) -> bool:
    """Whether this is a time at which the person may be called."""
    return is_safe(now, case.safe_time, work.settings().quiet_hours)


def dress(text: str, channel: str) -> str:
    """The text as an SMS of this channel: its letters kept or folded, its length split or cut (SMS_LETTERS, LONG_SMS).

    The channel is the one that the person is reached by. Should another one have to send it, it goes out as stored.
    """
    lines = text.replace("\r\n", "\n")  # a browser's form ends a line with two characters, and each would be paid
    return work.settings().sms_policy_for(channel).dress(lines)


def queue_message(
    db: Session, text: str, purpose: Purpose, *, contact: Contact, case_id: UUID | None = None, language: str
) -> Message:
    """Stores an SMS to a person, dressed for their channel, and the duty to send it when it suits them."""
    case = db.get(Case, case_id) if case_id and purpose not in _AT_ONCE else None
    message = Message(
        channel=contact.channel, contact_id=contact.id, case_id=case_id, purpose=purpose, language=language
    )
    return _queue(db, message, text, when_to_send(case, purpose, clock.now()))


def queue_notice(db: Session, text: str, *, user: User, channel: str, purpose: Purpose = Purpose.NOTICE) -> Message:
    """Stores an SMS to a focal point, and the duty to send it."""
    message = Message(channel=channel, user_id=user.id, purpose=purpose, language=user.language)
    return _queue(db, message, text, clock.now())


def send_again(db: Session, message: Message, channel: str) -> Message:
    """Stores the same message once more, to leave by another channel."""
    case = db.get(Case, message.case_id) if message.case_id else None
    assert message.purpose is not None
    again = Message(
        channel=channel,
        contact_id=message.contact_id,
        case_id=message.case_id,
        purpose=message.purpose,
        language=message.language,
        instead_of_id=message.id,
    )
    return _queue(db, again, message.text, when_to_send(case, message.purpose, clock.now()))


def _queue(db: Session, message: Message, text: str, at: datetime) -> Message:
    message.direction, message.medium, message.delivery = Direction.OUT, Medium.SMS, Delivery.QUEUED
    message.text = dress(text, message.channel)
    message.parts = parts(message.text)  # our own count, until the provider says how many it has charged
    message.at = clock.now()
    db.add(message)
    db.flush()
    work.enqueue(db, Duty.SEND_MESSAGE, message_id=message.id, at=at)
    return message
