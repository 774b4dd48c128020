"""What a focal point does with a case: takes it, acts, asks, answers, tells, closes."""

from datetime import timedelta

from sqlalchemy.orm import Session

from feedback_gateway import access, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.cases.record import move, record
from feedback_gateway.cases.referring import mark_referral
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import write_message
from models import Case, User
from models.words import Actor, CaseState, ContactBy, Duty, FeedbackType, Outcome, Purpose, ReferralState, Sensitivity

NEEDS_TELLING = frozenset({Outcome.RESOLVED, Outcome.PARTLY, Outcome.NOT_POSSIBLE_EXPLAINED})
"""Outcomes that are only true when the person knows; the others are coded reasons for not telling."""

TOLD_BY = ("sms", "call", "visit", "committee")

_TO_TAKE = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED})


def accept(db: Session, case: Case, *, by: User) -> None:
    """The agency takes it, and this focal point answers for it. Raises NotAllowedError("no_agency") without one."""
    if case.agency_id is None and case.sensitivity != Sensitivity.SEALED:
        raise NotAllowedError("no_agency")
    move(case, CaseState.ACCEPTED)
    case.accepted_at = clock.now()
    case.focal_point_id = by.id
    mark_referral(db, case, ReferralState.ACCEPTED)
    record(db, case, "accepted", by=by)


def start_action(db: Session, case: Case, *, by: User) -> None:
    """Something is being done."""
    if case.state in _TO_TAKE:
        accept(db, case, by=by)
    move(case, CaseState.IN_ACTION)
    record(db, case, "action_started", by=by)


def respond(db: Session, case: Case, text: str, *, by: User) -> None:
    """The agency answers. The answer leaves as an SMS when the person agreed to be contacted, and not by call only.

    Otherwise the person hears it on asking by reference. Raises NotAllowedError("empty") on an empty answer.
    """
    text = text.strip()
    if not text:
        raise NotAllowedError("empty")
    if case.state in _TO_TAKE:
        accept(db, case, by=by)
    move(case, CaseState.AGENCY_RESPONDED)
    case.responded_at = clock.now()
    case.focal_point_id = case.focal_point_id or by.id
    # Who chose a call may share the phone on which an SMS would be read.
    message = None if case.contact_by == ContactBy.CALL else write_message(db, case, Purpose.ANSWER, text)
    if case.waiting_since is not None:
        end_waiting(db, case, by=by)
    mark_referral(db, case, ReferralState.DONE)
    record(db, case, "responded", by=by, text=text, message=message.id if message else None)


def wait_for_person(db: Session, case: Case, question: str, *, by: User) -> None:
    """Asks the person something that only they know. The clocks stand still until they answer, WAIT_DAYS at most.

    The question leaves as an SMS where one may be written; otherwise somebody calls. Raises NotAllowedError("empty")
    without a question, NotAllowedError("state") unless somebody has the case in hand.
    """
    question = question.strip()
    if not question:
        raise NotAllowedError("empty")
    if case.state not in {CaseState.ACCEPTED, CaseState.IN_ACTION, CaseState.REOPENED} or case.waiting_since:
        raise NotAllowedError("state")
    case.waiting_since = clock.now()
    message = None if case.contact_by == ContactBy.CALL else write_message(db, case, Purpose.QUESTION, question)
    record(db, case, "waiting_began", by=by, text=question, message=message.id if message else None)


def end_waiting(db: Session, case: Case, *, by: User | None = None, actor: Actor | None = None) -> None:
    """The person has answered, or is waited for no longer: the clocks run again."""
    case.waiting_since = None
    record(db, case, "waiting_ended", by=by, actor=actor)


def mark_told(db: Session, case: Case, how: str, *, by: User | None = None) -> None:
    """The person has been informed: the loop is closed. `how` is one of TOLD_BY; by the system on delivery only."""
    if how not in TOLD_BY:
        raise NotAllowedError("told_by")
    move(case, CaseState.PERSON_INFORMED)
    case.told_at = clock.now()
    record(db, case, "told", by=by, how=how)


def close(db: Session, case: Case, outcome: Outcome, *, by: User, note: str = "") -> None:
    """Closes a case. Raises NotAllowedError("not_told") where the outcome is only true if the person knows it.

    After closing, the person is asked whether it helped; never about a sealed case, whose phone may be shared.
    """
    told = case.told_at is not None or case.type == FeedbackType.PRAISE
    if outcome in NEEDS_TELLING and not told:
        raise NotAllowedError("not_told")
    move(case, CaseState.CLOSED)
    if case.waiting_since is not None:
        end_waiting(db, case, by=by)
    mark_referral(db, case, ReferralState.DONE)
    case.outcome = outcome
    case.closed_at = clock.now()
    case.reopening_asked_at = None
    record(db, case, "closed", by=by, outcome=outcome, text=note or None)
    if outcome in NEEDS_TELLING and case.sensitivity != Sensitivity.SEALED and case.type != FeedbackType.PRAISE:
        delay = timedelta(minutes=work.settings().satisfaction_delay_minutes)
        work.enqueue(db, Duty.ASK_SATISFACTION, case_id=case.id, at=clock.now() + delay)


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
    """Somebody wants the number, says why, and it is logged. Raises NotAllowedError("empty") without a reason.

    NotAllowedError("last_word") once the person has said whether it helped: see access.sees_the_person.
    """
    if not access.sees_the_person(by, case):
        raise NotAllowedError("last_word")
    if not reason.strip():
        raise NotAllowedError("empty")
    record(db, case, "phone_revealed", by=by, text=reason.strip())
