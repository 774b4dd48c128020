"""Writing an SMS: framed in the person's language, dressed for its channel, stored and queued; a worker sends it.

Every SMS is made here, so that what is stored is what goes out.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from feedback_gateway import editions, work
from feedback_gateway.lib import clock
from flows.gsm7 import parts
from models import Case, Contact, Message, User
from models.words import Delivery, Direction, Duty, Medium, Purpose, Sensitivity

_NEUTRAL = frozenset({Purpose.REFERENCE, Purpose.REFERRED, Purpose.CLOSED})
"""What is said of a case that is not normal in words that say nothing of it."""


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


def write_message(db: Session, case: Case, purpose: Purpose, text: str = "") -> Message | None:
    """Queues an SMS about a case; None when the person may not be written to (no consent, STOP, no phone).

    The frame never repeats the topic; for a case that is not normal it is the neutral one.
    """
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    if contact is None or contact.opted_out_at is not None or not case.may_contact:
        return None
    language = language_for(contact, case)
    neutral = case.sensitivity != Sensitivity.NORMAL and purpose in _NEUTRAL
    key = f"sms.{purpose}_neutral" if neutral else f"sms.{purpose}"
    framed = frame(language, key, reference=case.reference, answer=text)
    return queue_message(db, framed, purpose, contact=contact, case_id=case.id, language=language)


def dress(text: str, channel: str) -> str:
    """The text as an SMS of this channel: its letters kept or folded, its length split or cut (SMS_LETTERS, LONG_SMS).

    The channel is the one that the person is reached by. Should another one have to send it, it goes out as stored.
    """
    lines = text.replace("\r\n", "\n")  # a browser's form ends a line with two characters, and each would be paid
    return work.settings().sms_policy_for(channel).dress(lines)


def queue_message(
    db: Session, text: str, purpose: Purpose, *, contact: Contact, case_id: UUID | None = None, language: str
) -> Message:
    """Stores an SMS to a person, dressed for their channel, and the duty to send it."""
    return _queue(db, text, purpose, channel=contact.channel, language=language, contact_id=contact.id, case_id=case_id)


def queue_notice(db: Session, text: str, *, user: User, channel: str) -> Message:
    """Stores an SMS to a focal point, and the duty to send it."""
    return _queue(db, text, Purpose.NOTICE, channel=channel, language=user.language, user_id=user.id)


def _queue(
    db: Session,
    text: str,
    purpose: Purpose,
    *,
    channel: str,
    language: str,
    contact_id: int | None = None,
    case_id: UUID | None = None,
    user_id: int | None = None,
) -> Message:
    dressed = dress(text, channel)
    message = Message(
        channel=channel,
        direction=Direction.OUT,
        medium=Medium.SMS,
        contact_id=contact_id,
        user_id=user_id,
        case_id=case_id,
        text=dressed,
        purpose=purpose,
        language=language,
        delivery=Delivery.QUEUED,
        parts=parts(dressed),  # our own count, until the provider says how many it has charged
        at=clock.now(),
    )
    db.add(message)
    db.flush()
    work.enqueue(db, Duty.SEND_MESSAGE, message_id=message.id)
    return message
