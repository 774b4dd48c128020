"""The end of waiting for the person, whoever brings it about."""

from sqlalchemy.orm import Session

from feedback_gateway.cases.calling import end_callback
from feedback_gateway.cases.record import record
from models import Case, User
from models.words import Actor, CallReason


def end_waiting(db: Session, case: Case, *, by: User | None = None, actor: Actor | None = None) -> None:
    """The person has answered, or is waited for no longer: the clocks run again. Nothing when nobody waits."""
    if case.waiting_since is None:
        return
    case.waiting_since = None
    record(db, case, "waiting_ended", by=by, actor=actor)
    end_callback(db, case, {CallReason.QUESTION}, by=by)
