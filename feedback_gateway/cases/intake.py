"""What a person does: opens a case, writes again, says where or when."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.cases.last_word import ask_reopening
from feedback_gateway.cases.record import event_values, record
from feedback_gateway.cases.waiting import end_waiting
from feedback_gateway.classify import read
from feedback_gateway.lib import clock
from flows import reference as references
from models import Base, Case, Event, User
from models.words import Actor, CaseState, CategorySource, ContactBy, Duty, FeedbackType, Medium, SafeTime, Sensitivity


def draw_reference() -> str:
    """Ten digits, random, so that nobody guesses a neighbour's. The database's unique key has the last word."""
    return references.make(f"{secrets.randbelow(10**9):09d}")


def open_case(
    db: Session,
    *,
    case_id: UUID | None = None,
    reference: str,
    contact_id: int | None,
    channel: str,
    medium: Medium,
    category: str | None,
    text: str,
    place: str | None,
    may_contact: bool,
    sealed: bool,
    language: str | None,
    purpose: str,
    incomplete: bool = False,
    contact_by: str | None = None,
    safe_time: str | None = None,
    entered_by: User | None = None,
    by_proxy: bool = False,
    entry_key: str | None = None,
    opened_at: datetime | None = None,
) -> Case:
    """Opens a case, acknowledged in the same breath: the reply that carries the reference is the acknowledgement.

    `contact_by` and `safe_time` are words of ContactBy and SafeTime, None when the person has not said.
    `entered_by` wrote down what the person said (somebody else said it for them: `by_proxy`) at `opened_at`, which may
    be some time ago; the same `entry_key` opens no second case.
    """
    now = opened_at or clock.now()
    case = Case(
        id=case_id or uuid4(),
        reference=reference,
        contact_id=contact_id,
        channel=channel,
        medium=medium,
        state=CaseState.ACKNOWLEDGED,
        category_code=category,
        category_source=CategorySource.MENU if category else None,
        sensitivity=Sensitivity.SEALED if sealed else Sensitivity.NORMAL,
        language=language,
        place_code=place,
        may_contact=may_contact,
        contact_by=ContactBy(contact_by) if contact_by else None,
        safe_time=SafeTime(safe_time) if safe_time else None,
        incomplete=incomplete,
        by_proxy=by_proxy,
        entered_by_id=entered_by.id if entered_by else None,
        entry_key=entry_key,
        opened_at=now,
        last_message_at=now,
        acknowledged_at=now,
    )
    db.add(case)
    db.flush()
    # One statement for both: a webhook has a budget.
    opened = event_values(
        case,
        "opened",
        by=entered_by,
        actor=Actor.PERSON,
        text=text or None,
        purpose=purpose,
        medium=medium,
        incomplete=incomplete,
    )
    both = [opened, event_values(case, "acknowledged")]
    db.execute(insert(Base.metadata.tables["events"]), [{**event, "at": now} for event in both])
    work.enqueue(db, Duty.CLASSIFY_CASE, case_id=case.id)
    return case


def add_message(db: Session, case: Case, text: str) -> None:
    """The person writes again about the same thing. A new text may raise the sensitivity, so it is read again.

    Whoever has taken the case hears of it; on a closed case, anything but thanks asks for its reopening.
    """
    case.last_message_at = clock.now()
    if case.waiting_since is not None:
        end_waiting(db, case, actor=Actor.PERSON)
    record(db, case, "message_added", actor=Actor.PERSON, text=text)
    work.enqueue(db, Duty.CLASSIFY_CASE, case_id=case.id)
    if case.duplicate_of_id is not None:
        return  # a worker passes it on to the case that goes on: see alike.pass_message
    if case.state == CaseState.CLOSED and read(text).type != FeedbackType.PRAISE:
        ask_reopening(db, case)
    elif case.focal_point_id is not None:
        work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def words_of(db: Session, case: Case) -> list[str]:
    """What the person has written about a case, in order."""
    texts = select(Event.text).where(Event.case_id == case.id, Event.actor == Actor.PERSON, Event.text.is_not(None))
    return [text for text in db.scalars(texts.order_by(Event.id)) if text]


def set_place(db: Session, case: Case, place_code: str) -> None:
    """The person has said where; routing is done again unless somebody has already taken the case."""
    case.place_code = place_code
    record(db, case, "place_set", actor=Actor.PERSON, place=place_code)
    work.enqueue(db, Duty.CLASSIFY_CASE, case_id=case.id)


def set_safe_time(db: Session, case: Case, safe_time: str) -> None:
    """The person has said when a call is safe: a word of SafeTime."""
    case.safe_time = SafeTime(safe_time)
    record(db, case, "safe_time_set", actor=Actor.PERSON, safe_time=case.safe_time)
