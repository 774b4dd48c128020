"""The person's last word: whether it helped, and whether the case is taken up again."""

from sqlalchemy.orm import Session

from feedback_gateway import access, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.cases.record import move, record
from feedback_gateway.lib import clock
from models import Case, User
from models.words import Actor, CaseState, Duty, WhyNot

ABOVE_AT = 2
"""So many times "no" and the agency does not decide any more."""


def record_satisfaction(db: Session, case: Case, *, helped: bool, why: WhyNot | None = None) -> None:
    """The person's last word: whether it helped, and if not why. A second "no" goes above the agency."""
    case.helped = helped
    case.why_not = None if helped else why or case.why_not
    if not helped:
        case.times_unhelped += 1
        case.above_agency = case.above_agency or case.times_unhelped >= ABOVE_AT
    record(db, case, "satisfaction", actor=Actor.PERSON, helped=helped, why=case.why_not)


def ask_reopening(db: Session, case: Case) -> None:
    """The person asks that the case be taken up again; somebody decides, within a time of its own."""
    if case.reopening_asked_at is not None:
        return
    case.reopening_asked_at = clock.now()
    record(db, case, "reopening_asked", actor=Actor.PERSON, above=case.above_agency)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def _check_decider(case: Case, by: User) -> None:
    """After a second "no" only coordination decides. Raises NotAllowedError("above")."""
    if case.above_agency and not access.coordinates(by):
        raise NotAllowedError("above")


def reopen(db: Session, case: Case, *, by: User) -> None:
    """The case is taken up again, with clocks that begin anew and the old answer kept in its events."""
    _check_decider(case, by)
    move(case, CaseState.REOPENED)
    case.outcome = None
    case.closed_at = None
    case.told_at = None
    case.responded_at = None
    case.reopening_asked_at = None
    case.satisfaction_asked_at = None
    record(db, case, "reopened", by=by)
    work.enqueue(db, Duty.NOTIFY_FOCAL_POINTS, case_id=case.id)


def decline_reopening(db: Session, case: Case, *, by: User, note: str) -> None:
    """The case stays closed. Raises NotAllowedError("empty") without a reason, ("state") when nobody has asked."""
    _check_decider(case, by)
    if case.reopening_asked_at is None:
        raise NotAllowedError("state")
    if not note.strip():
        raise NotAllowedError("empty")
    case.reopening_asked_at = None
    record(db, case, "reopening_declined", by=by, text=note.strip())
