"""What a focal point does with a case: takes it, acts, asks, answers, tells, closes."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from feedback_gateway import access, notices, routing, work
from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.cases.belonging import planned_end
from feedback_gateway.cases.calling import TELLING, end_callback, list_for_call
from feedback_gateway.cases.record import move, record
from feedback_gateway.cases.referring import mark_referral
from feedback_gateway.cases.variables import fill_in
from feedback_gateway.cases.waiting import end_waiting
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import write_message
from models import Case, Message, User
from models.words import (
    CallReason,
    CaseState,
    ContactBy,
    Duty,
    FeedbackType,
    NoticeKind,
    Outcome,
    Purpose,
    ReferralState,
    Role,
    Sensitivity,
)

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


def assignable(db: Session, case: Case) -> list[User]:
    """Who may answer for a case: the focal points of its agency who may read it; of a sealed one, its named readers."""
    return routing.candidates(db, case)


def assigns(user: User, case: Case) -> bool:
    """Whether this user says who of an agency answers for a case: its manager, and coordination."""
    of_agency = user.role == Role.MANAGER and user.agency_id is not None and user.agency_id == case.agency_id
    return of_agency or access.coordinates(user)


def assign(db: Session, case: Case, to: User, *, by: User) -> None:
    """Somebody of its agency answers for the case from now on: whom a manager says, or a colleague who takes it over.

    Raises NotAllowedError: "state" for what is closed or nobody's, "not_yours" when it is not for `by` to say,
    "assignee" when `to` may not answer for it or does already.
    """
    if case.state not in OPEN or (case.agency_id is None and case.sensitivity != Sensitivity.SEALED):
        raise NotAllowedError("state")
    if to.id != by.id and not assigns(by, case):
        raise NotAllowedError("not_yours")
    before = case.focal_point_id
    if to.id == before or to.id not in {user.id for user in assignable(db, case)}:
        raise NotAllowedError("assignee")
    case.focal_point_id = to.id
    record(db, case, "assigned", by=by, user=to.id, before=before)
    if to.id != by.id:
        notices.tell(db, [to], NoticeKind.ASSIGNED, case)


def start_action(db: Session, case: Case, *, by: User) -> None:
    """Something is being done."""
    if case.state in _TO_TAKE:
        accept(db, case, by=by)
    move(case, CaseState.IN_ACTION)
    record(db, case, "action_started", by=by)


def respond(
    db: Session, case: Case, text: str, *, by: User, sent: Message | None = None, issue_answer: int | None = None
) -> Message | None:
    """The agency answers. The answer leaves as an SMS when the person agreed to be contacted, and not by call only.

    Otherwise somebody calls them, or they hear it on asking by reference. Variables in braces are filled in. Raises
    NotAllowedError("empty") on an empty answer, wording.HoleError when a variable stands for nothing.
    Returns the SMS; `sent` is one in which this phone has the same answer already, about another case. `issue_answer`:
    the answer to all that this is part of.
    """
    text = fill_in(db, case, text.strip())
    if not text:
        raise NotAllowedError("empty")
    if case.state in _TO_TAKE:
        accept(db, case, by=by)
    move(case, CaseState.AGENCY_RESPONDED)
    case.responded_at = clock.now()
    case.focal_point_id = case.focal_point_id or by.id
    message = sent or write_message(db, case, Purpose.ANSWER, text)
    if case.waiting_since is not None:
        end_waiting(db, case, by=by)
    mark_referral(db, case, ReferralState.DONE)
    of_all: dict[str, Any] = {"issue_answer": issue_answer, "shared": sent is not None} if issue_answer else {}
    record(db, case, "responded", by=by, text=text, message=message.id if message else None, **of_all)
    if message is None:
        list_for_call(db, case, CallReason.ASKED if case.contact_by == ContactBy.CALL else CallReason.NO_SMS)
    return message


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
    message = write_message(db, case, Purpose.QUESTION, question)
    record(db, case, "waiting_began", by=by, text=question, message=message.id if message else None)
    if message is None:
        list_for_call(db, case, CallReason.QUESTION)


def mark_told(db: Session, case: Case, how: str, *, by: User | None = None) -> None:
    """The person has been informed: the loop is closed. `how` is one of TOLD_BY; by the system on delivery only."""
    if how not in TOLD_BY:
        raise NotAllowedError("told_by")
    move(case, CaseState.PERSON_INFORMED)
    case.told_at = clock.now()
    record(db, case, "told", by=by, how=how)
    end_callback(db, case, TELLING, by=by)
    if (end := planned_end(db, case)) is not None:
        close(db, case, end.outcome, by=end.by, ask=end.asks)


def close(db: Session, case: Case, outcome: Outcome, *, by: User, note: str = "", ask: bool = True) -> None:
    """Closes a case. Raises NotAllowedError("not_told") where the outcome is only true if the person knows it.

    After closing, the person is asked whether it helped (unless told not to `ask`); never about a sealed case, whose
    phone may be shared.
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
    end_callback(db, case, by=by)
    if ask:
        work.enqueue(db, Duty.INFORM_PERSON, case_id=case.id)
    if ask and outcome in NEEDS_TELLING and case.sensitivity != Sensitivity.SEALED and case.type != FeedbackType.PRAISE:
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
