"""USSD sessions that broke off: they may be taken up again for a while; then what was written becomes a case."""

import logging
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_gateway import editions
from feedback_gateway.channels.contract import Inbound, SessionEnd
from feedback_gateway.lib import clock
from feedback_gateway.receive import apply_event, limits_of
from feedback_gateway.world import DatabaseWorld
from flows import engine, events
from flows.state import State
from models import Contact, Conversation, vault
from models.words import Medium

log = logging.getLogger(__name__)


def end_session(db: Session, end: SessionEnd) -> None:
    """The network says that a USSD session is over. It may be taken up again for a while; see keep_unfinished()."""
    conversation = db.scalar(select(Conversation).where(Conversation.session_id == end.session_id))
    if conversation is None:
        return
    contact = db.get(Contact, conversation.contact_id)
    if contact is None or contact.phone_hash != vault.lookup("phone", end.sender):
        log.warning("an end-of-session event names another phone than its session; it is ignored")
        return
    log.info("a USSD session ended %s", "completed" if end.completed else "unfinished")


def keep_unfinished(db: Session, conversation_id: int) -> None:
    """A USSD session broke off and nobody has dialled again in time: words that were written become a case."""
    contact = db.scalar(
        select(Contact)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Conversation.id == conversation_id)
        .with_for_update(of=Contact)
    )
    conversation = db.get(Conversation, conversation_id)
    if contact is None or conversation is None or conversation.abandoned_after is None:
        return
    if conversation.abandoned_after > clock.now():
        return
    state = State.from_json(conversation.state)
    if contact.language:
        state = state.speaking(contact.language)
    world = DatabaseWorld(db, contact)
    book = editions.book(db, editions.current(db))
    turn = engine.abandon(book, state, world, limits_of(contact.channel), editions.book(db, state.edition))
    origin = Inbound(contact.channel, Medium.USSD, "", contact.phone, "", clock.now())
    new_cases = {event.reference: uuid4() for event in turn.events if isinstance(event, events.OpenCase)}
    for event in turn.events:
        apply_event(db, event, contact, origin, new_cases, world)
    conversation.state = turn.state.to_json()
    conversation.abandoned_after = None


def put_off_unfinished(db: Session, conversation_id: int) -> None:
    """keep_unfinished() failed: what was written stays where it is, and is looked at again in an hour."""
    later = clock.now() + timedelta(hours=1)
    # Without reading the row: what cannot be decrypted must not fail a second time here.
    db.execute(update(Conversation).where(Conversation.id == conversation_id).values(abandoned_after=later))


def unfinished(db: Session, most: int = 50) -> list[int]:
    """The conversations that keep_unfinished() should look at."""
    over = select(Conversation.id).where(Conversation.abandoned_after < clock.now())
    return list(db.scalars(over.order_by(Conversation.abandoned_after).limit(most)))
