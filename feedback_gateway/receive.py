"""receive(): what happens to one message from a person, in one transaction.

Find the contact, take the step of the flow (pure), store the message with its reply under a unique key, apply the
events, remember where the person stands. A provider's retry meets the unique key and gets the stored reply.
Budget, held by a test: at most 6 statements for a USSD turn, 10 for an SMS that opens a case.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from feedback_gateway import cases, desk_sms, editions, pins, work
from feedback_gateway.channels.contract import BadPayloadError, Inbound, OptOutNotice, Reply
from feedback_gateway.lib import clock, phone
from feedback_gateway.lib.fault import describe
from feedback_gateway.outgoing import queue_message
from feedback_gateway.world import DatabaseWorld
from flows import engine, events
from flows.definition import Ask, Target
from flows.state import State, Turn
from models import Case, Contact, Conversation, Message, vault
from models.words import Direction, Medium, Pace, Purpose, WhyNot

log = logging.getLogger(__name__)


_theirs = aliased(Conversation)

# Put together once: every webhook asks it. What else it needs comes along, so that it costs no statement of its own:
# the edition in force, the case about which the phone may still be asked, and whether a session is another phone's.
_BY_PHONE = (
    select(
        Contact,
        Conversation,
        editions.newest_number(),
        Case,
        exists().where(_theirs.session_id == bindparam("session"), _theirs.contact_id != Contact.id),
    )
    .outerjoin(Case, Case.reference == Contact.asked_reference)
    .outerjoin(
        Conversation,
        (Conversation.contact_id == Contact.id)
        & (Conversation.medium == bindparam("medium", type_=Conversation.__table__.c.medium.type)),
    )
    .where(Contact.phone_hash == bindparam("hashed"))
    .with_for_update(of=Contact)
)


NOISE_SILENCE = timedelta(days=1)
"""How long a phone that sends adverts, insults or tests is not answered again."""

HIDDEN = "••••"
"""What is stored in place of a person's four digits."""


def take(inbound: Inbound) -> Reply:
    """One message, one transaction. Raises what the database raises when it cannot be stored."""
    return work.persist(lambda db: receive(db, inbound))


@dataclass
class _Person:
    """Who writes, where they stand, the edition of the flows that is in force, and their case that was last closed."""

    contact: Contact
    conversation: Conversation | None
    edition: int
    last_closed: Case | None = None
    is_new: bool = False


def receive(db: Session, inbound: Inbound) -> Reply:
    """Stores the message and returns what the person is shown. See the module's text for the order of things."""
    if inbound.medium == Medium.SMS and desk_sms.take(db, inbound):
        return Reply()  # a focal point's command: no complaint, and answered by an SMS of its own
    person = _find_person(db, inbound)
    provider_id, typed = _identify(person, inbound)
    is_secret = _asks_for_digits(db, person, inbound)
    world = DatabaseWorld(db, person.contact, person.last_closed, is_new=person.is_new)
    turn = _step(db, person, inbound, typed, world)
    new_cases = {event.reference: uuid4() for event in turn.events if isinstance(event, events.OpenCase)}
    reply = Reply(turn.text, turn.ends)
    stored = work.insert_if_new(
        db,
        Message,
        channel=inbound.channel,
        direction=Direction.IN,
        medium=inbound.medium,
        provider_id=provider_id,
        contact_id=person.contact.id,
        case_id=_about(turn, new_cases, world),
        text=HIDDEN if is_secret else typed,
        reply={"text": reply.text, "ends": reply.ends},
        language=person.contact.language,
        at=inbound.received_at,
    )
    if stored is None:
        return _replay(db, inbound, provider_id)
    was_stopped = person.contact.opted_out_at is not None
    for event in turn.events:
        apply_event(db, event, person.contact, inbound, new_cases, world)
    for case in world.opened:
        pins.record_right_pin(case)
    _remember(db, person, inbound, turn.state)
    if inbound.medium == Medium.USSD:
        return reply
    if reply.text and phone.is_number(inbound.sender):
        text = _after_stop(db, person, turn) if was_stopped and person.contact.opted_out_at else turn.text
        if text and not _is_noise_again(person.contact, turn, typed, world):
            _answer_by_sms(db, person.contact, text, _about(turn, new_cases, world))
    return Reply()


def _find_person(db: Session, inbound: Inbound) -> _Person:
    """The contact and its conversation, locked against a second message of the same phone at the same moment."""
    hashed = vault.lookup("phone", inbound.sender)
    values = {"hashed": hashed, "medium": inbound.medium, "session": inbound.session_id}
    found = db.execute(_BY_PHONE, values).first()
    if found:
        contact, conversation, edition, last_closed, is_foreign = found
        if is_foreign and (conversation is None or conversation.session_id != inbound.session_id):
            raise BadPayloadError("phoneNumber")
        if contact.channel != inbound.channel:
            contact.channel = inbound.channel
        return _Person(contact, conversation, edition, last_closed)
    _refuse_foreign_session(db, inbound)
    now = clock.now()
    contact = Contact(phone=inbound.sender, phone_hash=hashed, channel=inbound.channel, created_at=now)
    db.add(contact)
    db.flush()
    return _Person(contact, None, editions.book_in_force().edition, is_new=True)


def _identify(person: _Person, inbound: Inbound) -> tuple[str, str]:
    """(the id under which the message is stored, what is new in it).

    A USSD provider sends no id for a turn, only the session's and all that was keyed so far, joined by `*`. So the
    turn is known by both, and what is new is what comes after the stored transcript: free text may hold a `*`.
    """
    if inbound.medium == Medium.SMS:
        return inbound.provider_id, inbound.text
    turn_id = f"{inbound.session_id}:{vault.lookup('turn', inbound.text)[:32]}"
    known = person.conversation
    if known is None or known.session_id != inbound.session_id:
        return turn_id, inbound.text
    if inbound.service_code and known.service_code and inbound.service_code != known.service_code:
        raise BadPayloadError("serviceCode")
    before = known.transcript or ""
    if not before:
        return turn_id, inbound.text
    if inbound.text.startswith(f"{before}*"):
        return turn_id, inbound.text[len(before) + 1 :]
    return turn_id, inbound.text.rsplit("*", 1)[-1]


def _asks_for_digits(db: Session, person: _Person, inbound: Inbound) -> bool:
    """Whether what was typed answers the question for the person's own four digits, which nobody may read later."""
    conversation = person.conversation
    if conversation is None or inbound.medium != Medium.USSD or conversation.session_id != inbound.session_id:
        return False
    state = State.from_json(conversation.state)
    node = editions.book(db, state.edition).node(Target(state.flow or "", state.node or ""))
    return isinstance(node, Ask) and node.kind in ("pin", "new_pin")


def _refuse_foreign_session(db: Session, inbound: Inbound) -> None:
    """A session id that belongs to another phone than this new one is a forgery: raises BadPayloadError, and nothing is
    stored."""
    if inbound.medium != Medium.USSD:
        return
    if db.scalar(select(Conversation.id).where(Conversation.session_id == inbound.session_id).limit(1)) is not None:
        raise BadPayloadError("phoneNumber")


def _step(db: Session, person: _Person, inbound: Inbound, typed: str, world: DatabaseWorld) -> Turn:
    """One step of the flow. A fault in a flow costs the person a good answer, never the message: it becomes a case."""
    conversation = person.conversation
    state = State.from_json(conversation.state) if conversation else State()
    if person.contact.language:
        state = state.speaking(person.contact.language)
    book, begun = editions.book(db, person.edition), editions.book(db, state.edition if state.node else person.edition)
    try:
        if inbound.medium == Medium.SMS:
            if state.language is None:
                state = state.speaking(work.settings().default_language, guessed=True)
            return engine.hear(book, state, typed, world, begun)
        if conversation is None or conversation.session_id != inbound.session_id:
            return engine.dial(book, state, typed.split("*") if typed else [], world, limits_of(inbound.channel), begun)
        limits = limits_of(inbound.channel, conversation.session_began_at)
        return engine.press(book, state, typed, world, limits, begun)
    except Exception as error:
        log.error("a flow failed at %s/%s: %s; the message is kept", state.flow, state.node, describe(error))
        return engine.rescue(book, state, typed, world, inbound.medium.value)


def limits_of(channel: str, began_at: datetime | None = None) -> engine.Limits:
    """What the phone and the network allow: the size of a screen, its letters, and the seconds left of the session."""
    settings = work.settings()
    gone = (clock.now() - began_at).total_seconds() if began_at else 0
    return engine.Limits(
        size=settings.ussd_limit_for(channel),
        folds=settings.ussd_folds_for(channel),
        seconds_left=max(0, int(settings.ussd_session_seconds - gone)),
    )


def _about(turn: Turn, new_cases: dict[str, UUID], world: DatabaseWorld) -> UUID | None:
    """The case that this message belongs to, if it opens or extends one."""
    for event in turn.events:
        reference = getattr(event, "reference", None)
        if reference in new_cases:
            return new_cases[reference]
        if reference in world.found:
            return world.found[reference].id
    return None


def _replay(db: Session, inbound: Inbound, provider_id: str) -> Reply:
    """The answer that was stored the first time: the same screen again, and nothing else happens."""
    stored = db.scalar(
        select(Message.reply).where(
            Message.channel == inbound.channel,
            Message.direction == Direction.IN,
            Message.provider_id == provider_id,
        )
    )
    if inbound.medium == Medium.SMS or stored is None:
        return Reply()
    return Reply(stored["text"], stored["ends"])


def apply_event(
    db: Session,
    event: events.Event,
    contact: Contact,
    inbound: Inbound,
    new_cases: dict[str, UUID],
    world: DatabaseWorld,
) -> None:
    """What a flow decided, done."""
    match event:
        case events.SetLanguage(language=language) if language in editions.book_in_force().languages:
            contact.language = language
        case events.OptOut():
            contact.opted_out_at = contact.opted_out_at or clock.now()
        case events.SetPace(pace=pace):
            contact.pace = Pace(pace)
        case events.OptIn():
            contact.opted_out_at = contact.stop_answered_at = None
        case events.OpenCase():
            world.found[event.reference] = cases.open_case(
                db,
                case_id=new_cases[event.reference],
                reference=event.reference,
                contact_id=contact.id,
                channel=inbound.channel,
                medium=inbound.medium,
                # A flow may name what this house does not have; the message is worth more than that.
                category=event.category if world.has_category(event.category) else None,
                text=event.text,
                place=event.place if world.has_place(event.place) else None,
                may_contact=event.may_contact,
                sealed=event.sealed,
                language=contact.language,
                purpose=event.purpose,
                incomplete=event.incomplete,
                contact_by=event.contact_by,
                safe_time=event.safe_time,
            )
        case events.AddMessage(reference=reference, text=text) if case := world.find(reference):
            cases.add_message(db, case, text)
        case events.SetPlace(reference=reference, place=place) if case := world.find(reference):
            if world.has_place(place):
                cases.set_place(db, case, place)
        case events.SetSafeTime(reference=reference, safe_time=safe_time) if case := world.find(reference):
            cases.set_safe_time(db, case, safe_time)
        case events.SetPin(reference=reference, pin=pin) if case := world.find(reference):
            pins.set_pin(db, case, pin, contact_id=contact.id)
        case events.WrongPin(reference=reference) if case := world.find(reference):
            pins.record_wrong_pin(db, case)
        case events.QuestionShown(reference=reference) if case := world.find(reference):
            cases.note_shown(db, case)
        case events.Helped(reference=reference, helped=helped, why=why) if case := world.find(reference):
            cases.record_satisfaction(db, case, helped=helped, why=WhyNot(why) if why else None)
        case events.AskReopening(reference=reference) if case := world.find(reference):
            cases.ask_reopening(db, case)
        case _:
            log.warning("a flow's event found no case: %s", type(event).__name__)


def _remember(db: Session, person: _Person, inbound: Inbound, state: State) -> None:
    now = clock.now()
    conversation = person.conversation
    if conversation is None:
        conversation = Conversation(contact_id=person.contact.id, medium=inbound.medium)
        db.add(conversation)
    if inbound.medium == Medium.USSD:
        if conversation.session_id != inbound.session_id:
            conversation.session_began_at = now
        window = timedelta(seconds=limits_of(inbound.channel).resume_seconds)
        conversation.abandoned_after = now + window if state.node else None
        conversation.session_id = inbound.session_id
        conversation.service_code = inbound.service_code
        conversation.transcript = inbound.text if state.node else None  # nothing more is keyed after the end
    conversation.state = state.to_json()
    conversation.updated_at = now


def _after_stop(db: Session, person: _Person, turn: Turn) -> str:
    """What a phone that said STOP is told when it writes again: once that it was heard, then nothing until START."""
    contact = person.contact
    if contact.stop_answered_at is not None or any(isinstance(event, events.OptOut) for event in turn.events):
        return ""
    contact.stop_answered_at = clock.now()
    reference = next((found for event in turn.events if (found := getattr(event, "reference", None))), "")
    return editions.book(db, person.edition).say(turn.state.language, "sms.stopped", {"reference": reference})


def _is_noise_again(contact: Contact, turn: Turn, typed: str, world: DatabaseWorld) -> bool:
    """Whether this is no complaint, from a phone that was answered lately when it sent such a thing.

    It is stored and becomes a case all the same: a person decides what it was. An answer costs, and encourages.
    """
    kept = any(isinstance(event, events.OpenCase | events.AddMessage) for event in turn.events)
    if not kept or not world.is_noise(typed):
        return False
    before, now = contact.noise_answered_at, clock.now()
    if before is not None and now - before < NOISE_SILENCE:
        return True
    contact.noise_answered_at = now
    return False


def _answer_by_sms(db: Session, contact: Contact, text: str, about: UUID | None) -> None:
    language = contact.language or work.settings().default_language
    queue_message(db, text, Purpose.REPLY, contact=contact, case_id=about, language=language)


def opt_out(db: Session, notice: OptOutNotice) -> None:
    """The provider says that this phone wants nothing more from us. Unknown phones are remembered too."""
    hashed = vault.lookup("phone", notice.sender)
    contact = db.scalar(select(Contact).where(Contact.phone_hash == hashed))
    now = clock.now()
    if contact is None:
        contact = Contact(phone=notice.sender, phone_hash=hashed, channel=notice.channel, created_at=now)
        db.add(contact)
    contact.opted_out_at = contact.opted_out_at or now
