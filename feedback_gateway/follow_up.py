"""After the intake: reading and routing a case, telling focal points, and asking the person whether it helped."""

import logging
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import (
    alike,
    cases,
    concerns,
    editions,
    entry,
    issues,
    knowledge,
    learning,
    notices,
    triage,
)
from feedback_gateway.classify import join_readings, read
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import frame, language_for, may_write, queue_message, write_message
from feedback_gateway.places import place_tree
from feedback_gateway.world import DatabaseWorld
from flows import engine
from flows.state import State
from models import Case, Contact, Conversation
from models.words import (
    CaseState,
    CategorySource,
    Medium,
    Purpose,
    Sensitivity,
)

log = logging.getLogger(__name__)


def classify_case(db: Session, case: Case) -> None:
    """Reads all that the person wrote, routes the case if nobody has it, and confirms a USSD case by SMS once."""
    knowledge.keep_up(db)
    first, before = case.classified_at is None, (case.sensitivity, case.agency_id)
    texts = cases.words_of(db, case)
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    chosen = case.category_code if case.category_source in (CategorySource.MENU, CategorySource.PERSON) else None
    text = "\n".join(texts)
    prior = contact.language if contact else None
    ask = partial(read, text, language_prior=prior, context=learning.context_of(case, place_tree(db)))
    reading = ask(menu_category=chosen)
    if others := triage.count_same(db, case, reading.category):
        reading = ask(menu_category=chosen, same_this_hour=others)
    if len(texts) > 1:  # among many words the newest would not count for much
        known = prior or reading.language.code
        reading = join_readings(reading, read(texts[-1], menu_category=chosen, language_prior=known))
    triage.store_reading(db, case, reading)
    concerns.detect(db, case, text)
    triage.assign_by_rule(db, case)
    if first:
        cases.list_if_wanted(db, case)
    alike.remember(db, case, text)
    alike.suggest(db, case, clock.now())
    issues.welcome(db, case)
    alike.pass_message(db, case)
    raised = not first and case.sensitivity != before[0] and case.agency_id == before[1]
    urgent = case.sensitivity == Sensitivity.SEALED or case.urgency >= triage.URGENT
    if raised or (first and case.agency_id is None and case.sensitivity != Sensitivity.NORMAL and urgent):
        # Others may read it now than those who were told, or no agency answers for it: the right ones must hear of it.
        notices.announce(db, case)
    if contact is not None and case.place_code:
        contact.last_place_code = case.place_code
    if first and (case.medium == Medium.USSD or entry.gives_reference(db, case)):
        _give_reference(db, case, contact)


def _give_reference(db: Session, case: Case, contact: Contact | None) -> None:
    """The reference by SMS, now that it is known how sensitive the case is.

    Who broke off in the middle has not said whether we may write: one gentle SMS goes out, never on a sensitive topic.
    """
    if not case.incomplete:
        write_message(db, case, Purpose.REFERENCE)
    elif contact is not None and contact.opted_out_at is None and case.sensitivity == Sensitivity.NORMAL:
        language = language_for(contact, case)
        text = frame(language, "sms.kept", reference=case.reference)
        queue_message(db, text, Purpose.REFERENCE, contact=contact, case_id=case.id, language=language)


def classify_failed(db: Session, case: Case) -> None:
    """No machine could read it: it goes, restricted, to the queue without owner, where a person sees it."""
    if case.classified_at is None:
        case.sensitivity = Sensitivity.highest(case.sensitivity, Sensitivity.RESTRICTED)
        case.classified_at = clock.now()
        cases.record(db, case, "classification_failed")
        notices.announce(db, case)


def ask_satisfaction(db: Session, case: Case) -> None:
    """Asks whether it helped: once by SMS if the person may be written to, and at the code until they have answered.

    Not when they have said it already or the case was reopened meanwhile; and never about a sealed case.
    """
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    is_over = case.state == CaseState.CLOSED and case.reopening_asked_at is None and case.said_at is None
    if contact is None or not is_over or case.satisfaction_asked_at is not None:
        return
    if case.sensitivity == Sensitivity.SEALED:
        return
    cases.open_question(case, contact)
    if not may_write(contact, case, Purpose.SATISFACTION):
        return
    language = language_for(contact, case)
    book = editions.book(db, editions.current(db))
    conversation = db.scalar(
        select(Conversation).where(Conversation.contact_id == contact.id, Conversation.medium == Medium.SMS)
    )
    if conversation is None:
        conversation = Conversation(contact_id=contact.id, medium=Medium.SMS, state={})
        db.add(conversation)
    state = State.from_json(conversation.state).speaking(language)
    turn = engine.ask(book, state, "satisfaction", {"reference": case.reference}, DatabaseWorld(db, contact))
    conversation.state = turn.state.to_json()
    conversation.updated_at = clock.now()
    queue_message(db, turn.text, Purpose.SATISFACTION, contact=contact, case_id=case.id, language=language)
    case.satisfaction_asked_at = clock.now()
    cases.record(db, case, "satisfaction_asked")
