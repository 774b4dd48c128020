"""How and how often a person wants to hear from us, as they told somebody of the house."""

from sqlalchemy.orm import Session

from feedback_gateway.cases.calling import end_callback, list_for_call
from feedback_gateway.cases.record import record
from models import Case, Contact, User
from models.words import CallReason, ContactBy, Pace, SafeTime


def record_wishes(
    db: Session,
    case: Case,
    *,
    contact_by: ContactBy | None,
    safe_time: SafeTime | None,
    pace: Pace | None,
    by: User,
) -> None:
    """What the person said: by SMS or by a call, when it is safe, and whether they want to hear of each step.

    None: they have not said. The pace is the phone's, and holds for all its cases. Who wants a call is put on the
    call-back list; who wants one no longer is taken off it.
    """
    case.contact_by, case.safe_time = contact_by, safe_time
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    if contact is not None:
        contact.pace = pace
    record(db, case, "wishes_recorded", by=by, contact_by=contact_by, safe_time=safe_time, pace=pace)
    if contact_by == ContactBy.CALL:
        list_for_call(db, case, CallReason.ASKED)
    elif contact_by == ContactBy.SMS:
        end_callback(db, case, {CallReason.ASKED}, by=by)
