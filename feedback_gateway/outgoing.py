"""Writing an SMS to a person: framed in the person's language, stored, and queued; a worker sends it."""

from uuid import UUID

from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.lib import clock
from flows.book import open_book
from models import Case, Contact, Message
from models.words import Delivery, Direction, Duty, Medium, Purpose, Sensitivity


def language_for(contact: Contact | None, case: Case | None) -> str:
    """The language to write in: the person's choice, else the one they wrote in, else the installation's."""
    spoken = open_book().languages
    for code in (contact and contact.language, case and case.language):
        if code in spoken:
            return str(code)
    return work.settings().default_language


def frame(language: str, key: str, **values: str) -> str:
    """A text of flows/texts in this language (French where it is missing), with its values filled in."""
    return open_book().say(language, key, values)


def write_message(db: Session, case: Case, purpose: Purpose, text: str = "") -> Message | None:
    """Queues an SMS about a case; None when the person may not be written to (no consent, STOP, no phone).

    The frame never repeats the topic; for a case that is not normal it is the neutral one.
    """
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    if contact is None or contact.opted_out_at is not None or not case.may_contact:
        return None
    language = language_for(contact, case)
    neutral = case.sensitivity != Sensitivity.NORMAL and purpose == Purpose.REFERENCE
    key = f"sms.{purpose}_neutral" if neutral else f"sms.{purpose}"
    framed = frame(language, key, reference=case.reference, answer=text)
    return queue_message(db, framed, purpose, contact=contact, case_id=case.id, language=language)


def queue_message(
    db: Session, text: str, purpose: Purpose, *, contact: Contact, case_id: UUID | None = None, language: str
) -> Message:
    """Stores an outgoing SMS and the duty to send it."""
    message = Message(
        channel=contact.channel,
        direction=Direction.OUT,
        medium=Medium.SMS,
        contact_id=contact.id,
        case_id=case_id,
        text=text,
        purpose=purpose,
        language=language,
        delivery=Delivery.QUEUED,
        at=clock.now(),
    )
    db.add(message)
    db.flush()
    work.enqueue(db, Duty.SEND_MESSAGE, message_id=message.id)
    return message
