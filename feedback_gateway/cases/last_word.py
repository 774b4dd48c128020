"""The person's last word: whether it helped, why not, and whether the case is taken up again.

The question is open from the closing until it is answered: once by SMS, and at the code, where no more than
ASKED_AT_MOST first screens of the case's phone ask it (docs/decisions/0022-the-last-word.md).
"""

from typing import Any

from sqlalchemy.orm import Session

from feedback_gateway import access, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.cases.record import event_values, move, record, record_together
from feedback_gateway.lib import clock
from models import Case, Contact, Referral, User
from models.words import Actor, CaseState, Duty, Sensitivity, WhyNot

ABOVE_AT = 2
"""So many times "no" and the agency does not decide any more."""

ASKED_AT_MOST = 2
"""So many first screens of the code ask whether it helped, then it is let be."""


def open_question(case: Case, contact: Contact) -> None:
    """From now on the code asks the phone of this case whether it helped. Nothing for a case that is not normal."""
    if case.sensitivity == Sensitivity.NORMAL:
        case.asked_by_dial = 0
        contact.asked_reference = case.reference


def is_question_open(case: Case) -> bool:
    """Whether the code is to ask about this case: closed, still open to all, not answered, not asked too often."""
    answered = case.said_at is not None or case.reopening_asked_at is not None
    to_all = case.state == CaseState.CLOSED and case.sensitivity == Sensitivity.NORMAL
    return to_all and not answered and case.asked_by_dial < ASKED_AT_MOST


def note_shown(db: Session, case: Case) -> None:
    """A first screen of the code has asked whether it helped."""
    case.asked_by_dial += 1
    case.satisfaction_asked_at = case.satisfaction_asked_at or clock.now()
    record(db, case, "satisfaction_asked", screen=case.asked_by_dial)


def record_satisfaction(db: Session, case: Case, *, helped: bool, why: WhyNot | None = None) -> None:
    """Whether it helped, and if not why. A "no" asks that the case be taken up again, a second one above the agency.

    Of one closing one "no" counts, by whichever road and however often it comes; a later one that has a reason
    completes it. What comes when the case has been taken up again already is about the answer of before, and does not
    count.
    """
    again = case.said_at is not None and case.helped is helped
    if again and why is None:
        return
    case.helped = helped
    case.why_not = None if helped else why
    kind = "unhelped_because" if again else "satisfaction"
    said = event_values(case, kind, actor=Actor.PERSON, helped=helped, why=case.why_not)
    if case.state != CaseState.CLOSED:
        record_together(db, case, said)
        return
    case.said_at = clock.now()
    if helped or again:
        record_together(db, case, said)
        return
    case.times_unhelped += 1
    case.above_agency = case.above_agency or case.times_unhelped >= ABOVE_AT
    ask_reopening(db, case, said)


def ask_reopening(db: Session, case: Case, *before: dict[str, Any]) -> None:
    """The person asks that the case be taken up again; somebody decides, within a time of its own.

    Who asks once more after it was declined is not left to the agency that has declined. `before`: events to be written
    along with it.
    """
    if case.reopening_asked_at is not None or case.state != CaseState.CLOSED:
        record_together(db, case, *before)
        return
    case.above_agency = case.above_agency or case.reopening_declined_at is not None
    case.reopening_asked_at = clock.now()
    asked = event_values(case, "reopening_asked", actor=Actor.PERSON, above=case.above_agency)
    record_together(db, case, *before, asked)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def may_decide(case: Case, by: User) -> bool:
    """Whether this user decides on what the person has asked: after a second "no" only coordination does."""
    return not case.above_agency or access.coordinates(by)


def reopen(db: Session, case: Case, *, by: User) -> None:
    """The case is taken up again, with clocks that begin anew and the old answer kept in its events.

    Raises NotAllowedError("above") when it is not this user's to decide.
    """
    if not may_decide(case, by):
        raise NotAllowedError("above")
    move(case, CaseState.REOPENED)
    case.outcome = None
    case.closed_at = case.duplicate_of_id = None
    case.told_at = None
    case.responded_at = None
    case.reopening_asked_at = case.reopening_declined_at = None
    case.satisfaction_asked_at = case.said_at = case.accepted_at = None
    if case.agency_id is not None:  # it is asked of the agency once more, which may say no again
        db.add(Referral(case_id=case.id, from_user_id=by.id, to_agency_id=case.agency_id, at=clock.now()))
    record(db, case, "reopened", by=by)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def decline_reopening(db: Session, case: Case, *, by: User, note: str) -> None:
    """The case stays closed. Raises NotAllowedError("empty") without a reason, ("state") when nobody has asked,
    ("above") when it is not this user's to decide."""
    if not may_decide(case, by):
        raise NotAllowedError("above")
    if case.reopening_asked_at is None:
        raise NotAllowedError("state")
    if not note.strip():
        raise NotAllowedError("empty")
    case.reopening_asked_at = None
    case.reopening_declined_at = clock.now()
    record(db, case, "reopening_declined", by=by, text=note.strip())
    work.enqueue(db, Duty.INFORM_PERSON, case_id=case.id)
