"""The call-back list: who is put on it and taken off it. How a call goes is in feedback_gateway/calls.py."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.cases.record import record
from feedback_gateway.lib import clock
from models import Callback, Case, Contact, User
from models.words import CallOutcome, CallReason, ContactBy

SPEAK = "PAR"
"""The group of categories of those who want to speak to a person."""

TELLING = frozenset({CallReason.ASKED, CallReason.UNDELIVERED, CallReason.NO_SMS})
"""Why somebody is called to be told something; over as soon as they know it."""


def find_callback(db: Session, case: Case) -> Callback | None:
    """The entry of this case on the call-back list, if it is on it."""
    return db.scalar(select(Callback).where(Callback.case_id == case.id, Callback.ended_at.is_(None)).limit(1))


def list_for_call(
    db: Session, case: Case, reason: CallReason, *, after: datetime | None = None, by: User | None = None
) -> Callback | None:
    """Puts a case on the call-back list, once; None when the person is not to be called.

    They are not without a phone or consent, or after they said that they want no calls, unless they have asked for one
    since. After STOP only who asked for a call, or whom a person of the house (`by`) puts there.
    """
    known = find_callback(db, case)
    if known is not None:
        return known
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    if contact is None or not case.may_contact or case.state not in OPEN:
        return None
    if contact.opted_out_at is not None and reason != CallReason.ASKED and by is None:
        return None
    if _has_refused(db, contact, case, reason):
        return None
    entry = Callback(case_id=case.id, reason=reason, after=after, attempts=0, at=clock.now())
    db.add(entry)
    db.flush()
    record(db, case, "callback_listed", by=by, reason=reason, callback=entry.id)
    return entry


def ask_for_call(db: Session, case: Case, *, by: User) -> None:
    """A person of the house has somebody called. Raises NotAllowedError("no_call") when that may not be."""
    if list_for_call(db, case, CallReason.NO_SMS, by=by) is None:
        raise NotAllowedError("no_call")


def list_if_wanted(db: Session, case: Case) -> None:
    """Puts a case on the list whose person has asked for a call, or wants to speak to somebody."""
    if case.contact_by == ContactBy.CALL or (case.category_code or "").split(".")[0] == SPEAK:
        list_for_call(db, case, CallReason.ASKED)


def _has_refused(db: Session, contact: Contact, case: Case, reason: CallReason) -> bool:
    refused = (
        select(Callback.ended_at)
        .join(Case, Case.id == Callback.case_id)
        .where(Case.contact_id == contact.id, Callback.outcome == CallOutcome.REFUSED)
        .order_by(Callback.ended_at.desc())
        .limit(1)
    )
    said_at = db.scalar(refused)
    return said_at is not None and not (reason == CallReason.ASKED and case.opened_at > said_at)


def end_callback(
    db: Session, case: Case, reasons: Collection[CallReason] = frozenset(CallReason), *, by: User | None = None
) -> None:
    """Takes a case off the list, if it is there for one of these reasons: nobody need call any more."""
    entry = find_callback(db, case)
    if entry is None or entry.reason not in reasons:
        return
    entry.ended_at = clock.now()
    entry.caller_id = entry.calling_since = None
    record(db, case, "callback_ended", by=by, callback=entry.id, outcome=entry.outcome)
