"""Every verb on a case. Each verb checks the table of allowed changes and writes its own event.

The events are the audit, the timeline and the source of the metrics: nothing changes a case without one.
Verbs take the session of a unit of work and never commit.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.case_states import NotAllowedError, check_change
from feedback_gateway.classify import read
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import write_message
from feedback_gateway.routing import set_clocks
from models import Agency, Base, Case, Event, User
from models.words import (
    Actor,
    CaseState,
    CategorySource,
    ContactBy,
    Duty,
    FeedbackType,
    Medium,
    Outcome,
    Purpose,
    Rejection,
    SafeTime,
    Sensitivity,
)

NEEDS_TELLING = frozenset({Outcome.RESOLVED, Outcome.PARTLY, Outcome.NOT_POSSIBLE_EXPLAINED})
"""Outcomes that are only true when the person knows; the others are coded reasons for not telling."""

TOLD_BY = ("sms", "call", "visit", "committee")


def _event(
    case: Case,
    kind: str,
    *,
    by: User | None = None,
    actor: Actor | None = None,
    text: str | None = None,
    **data: Any,
) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "kind": kind,
        "actor": actor or (Actor.USER if by else Actor.SYSTEM),
        "user_id": by.id if by else None,
        "data": data,
        "text": text,
        "at": clock.now(),
    }


def record(
    db: Session,
    case: Case,
    kind: str,
    *,
    by: User | None = None,
    actor: Actor | None = None,
    text: str | None = None,
    **data: Any,
) -> None:
    """Writes one event. `data` holds codes and ids only; what somebody wrote goes into `text`, which is encrypted."""
    db.add(Event(**_event(case, kind, by=by, actor=actor, text=text, **data)))


def _move(case: Case, state: CaseState) -> None:
    check_change(case.state, state)
    case.state = state


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
) -> Case:
    """Opens a case, acknowledged in the same breath: the reply that carries the reference is the acknowledgement.

    `contact_by` and `safe_time` are words of ContactBy and SafeTime, None when the person has not said.
    """
    now = clock.now()
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
        opened_at=now,
        last_message_at=now,
        acknowledged_at=now,
    )
    db.add(case)
    db.flush()
    # One statement for both: a webhook has a budget.
    opened = _event(
        case, "opened", actor=Actor.PERSON, text=text or None, purpose=purpose, medium=medium, incomplete=incomplete
    )
    db.execute(insert(Base.metadata.tables["events"]), [opened, _event(case, "acknowledged")])
    work.enqueue(db, Duty.CLASSIFY_CASE, case_id=case.id)
    return case


def add_message(db: Session, case: Case, text: str) -> None:
    """The person writes again about the same thing. A new text may raise the sensitivity, so it is read again.

    Whoever has taken the case hears of it; on a closed case, anything but thanks asks for its reopening.
    """
    case.last_message_at = clock.now()
    record(db, case, "message_added", actor=Actor.PERSON, text=text)
    work.enqueue(db, Duty.CLASSIFY_CASE, case_id=case.id)
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


def mark_triaged(db: Session, case: Case, by: User | None) -> None:
    """It is known what the case is about; by the system when a rule or a model was sure enough."""
    _move(case, CaseState.TRIAGED)
    case.triaged_at = clock.now()
    record(db, case, "triaged", by=by, category=case.category_code)


def hand_over(db: Session, case: Case, agency_id: int, *, because: str | None, by: User | None) -> None:
    """An agency is responsible from now on: by the rule `because`, or by a person's decision (None)."""
    _move(case, CaseState.REFERRED)
    now = clock.now()
    before = case.agency_id
    case.agency_id = agency_id
    case.focal_point_id = None
    case.routed_because = because
    case.referred_at = now
    case.accepted_at = None
    record(db, case, "referred", by=by, agency=agency_id, before=before, because=because)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def refer(db: Session, case: Case, agency: Agency, *, by: User, note: str = "") -> None:
    """Hands a case to another agency by a person's decision."""
    if agency.id == case.agency_id:
        raise NotAllowedError("same_agency")
    if case.state == CaseState.ACKNOWLEDGED:
        mark_triaged(db, case, by=by)
    hand_over(db, case, agency.id, because=None, by=by)
    if note:
        add_note(db, case, note, by=by)


def accept(db: Session, case: Case, *, by: User) -> None:
    """The agency takes it, and this focal point answers for it."""
    _move(case, CaseState.ACCEPTED)
    case.accepted_at = clock.now()
    case.focal_point_id = by.id
    record(db, case, "accepted", by=by)


def reject(db: Session, case: Case, reason: Rejection, *, by: User, note: str = "") -> None:
    """The agency gives it back with a coded reason: it stands in the queue of cases without owner again."""
    _move(case, CaseState.REJECTED)
    before = case.agency_id
    case.agency_id = None
    case.focal_point_id = None
    record(db, case, "rejected", by=by, reason=reason, agency=before, text=note or None)


def start_action(db: Session, case: Case, *, by: User) -> None:
    """Something is being done."""
    if case.state in {CaseState.REFERRED, CaseState.UNRESPONDED}:
        accept(db, case, by=by)
    _move(case, CaseState.IN_ACTION)
    record(db, case, "action_started", by=by)


def respond(db: Session, case: Case, text: str, *, by: User) -> None:
    """The agency answers. The answer leaves as an SMS when the person agreed to be contacted, and not by call only.

    Otherwise the person hears it on asking by reference. Raises NotAllowedError("empty") on an empty answer.
    """
    text = text.strip()
    if not text:
        raise NotAllowedError("empty")
    if case.state in {CaseState.REFERRED, CaseState.UNRESPONDED}:
        accept(db, case, by=by)
    _move(case, CaseState.AGENCY_RESPONDED)
    case.responded_at = clock.now()
    case.focal_point_id = case.focal_point_id or by.id
    # Who chose a call may share the phone on which an SMS would be read.
    message = None if case.contact_by == ContactBy.CALL else write_message(db, case, Purpose.ANSWER, text)
    record(db, case, "responded", by=by, text=text, message=message.id if message else None)


def mark_told(db: Session, case: Case, how: str, *, by: User | None = None) -> None:
    """The person has been informed: the loop is closed. `how` is one of TOLD_BY; by the system on delivery only."""
    if how not in TOLD_BY:
        raise NotAllowedError("told_by")
    _move(case, CaseState.PERSON_INFORMED)
    case.told_at = clock.now()
    record(db, case, "told", by=by, how=how)


def close(db: Session, case: Case, outcome: Outcome, *, by: User, note: str = "") -> None:
    """Closes a case. Raises NotAllowedError("not_told") where the outcome is only true if the person knows it.

    After closing, the person is asked whether it helped; never about a sealed case, whose phone may be shared.
    """
    told = case.told_at is not None or case.type == FeedbackType.PRAISE
    if outcome in NEEDS_TELLING and not told:
        raise NotAllowedError("not_told")
    _move(case, CaseState.CLOSED)
    case.outcome = outcome
    case.closed_at = clock.now()
    case.reopening_asked_at = None
    record(db, case, "closed", by=by, outcome=outcome, text=note or None)
    if outcome in NEEDS_TELLING and case.sensitivity != Sensitivity.SEALED and case.type != FeedbackType.PRAISE:
        delay = timedelta(minutes=work.settings().satisfaction_delay_minutes)
        work.enqueue(db, Duty.ASK_SATISFACTION, case_id=case.id, at=clock.now() + delay)


def record_satisfaction(db: Session, case: Case, *, helped: bool) -> None:
    """The person's last word: whether it helped."""
    case.helped = helped
    record(db, case, "satisfaction", actor=Actor.PERSON, helped=helped)


def ask_reopening(db: Session, case: Case) -> None:
    """The person asks that the case be taken up again; a focal point decides, and sees it at the top of the queue."""
    case.reopening_asked_at = clock.now()
    record(db, case, "reopening_asked", actor=Actor.PERSON)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def reopen(db: Session, case: Case, *, by: User) -> None:
    """The case is taken up again, with new due times and the old answer kept in its events."""
    _move(case, CaseState.REOPENED)
    now = clock.now()
    case.outcome = None
    case.closed_at = None
    case.told_at = None
    case.responded_at = None
    case.reopening_asked_at = None
    if case.priority:
        set_clocks(case, case.priority, now)
    record(db, case, "reopened", by=by)


def add_note(db: Session, case: Case, text: str, *, by: User) -> None:
    """A note among colleagues: never sent to the person."""
    if not text.strip():
        raise NotAllowedError("empty")
    record(db, case, "noted", by=by, text=text.strip())


def record_reading(db: Session, case: Case, *, by: User) -> None:
    """Somebody opened a case that is not open to all: every such reading is logged."""
    if case.sensitivity != Sensitivity.NORMAL:
        record(db, case, "read", by=by)


def reveal_phone(db: Session, case: Case, reason: str, *, by: User) -> None:
    """Somebody wants the number, says why, and it is logged. Raises NotAllowedError("empty") without a reason."""
    if not reason.strip():
        raise NotAllowedError("empty")
    record(db, case, "phone_revealed", by=by, text=reason.strip())
