"""Calling people back: who is to be called, when that is safe, who is calling now, and how each call went.

The number is seen by whoever has claimed the entry, and by nobody else: two people never call at once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import access, cases, notices, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.lib.safe_hours import next_safe
from feedback_gateway.outgoing import language_for, suits_now
from models import CallAttempt, Callback, Case, Contact, Event, User
from models.words import (
    CallOutcome,
    CaseState,
    NoticeKind,
    Priority,
    Recipient,
    Sensitivity,
)

HELD_FOR = timedelta(minutes=30)
"""How long an entry stays with whoever said that they would call; then somebody else may."""

MOST_ATTEMPTS = 5
"""So many calls without reaching the person, and nobody is asked to call any more."""

AGAIN_AFTER = timedelta(hours=4)
LATEST = timedelta(days=60)
MOST_LISTED = 300

_IN_VAIN = frozenset({CallOutcome.NO_ANSWER, CallOutcome.WRONG_PERSON})


class Call(NamedTuple):
    """One entry of the list. `say` is what the person is to hear or to be asked, None where that is not written yet or
    is not for a list; `number` only where somebody has asked to see it."""

    entry: Callback
    case: Case
    language: str
    safe: bool
    say: str | None
    last: CallAttempt | None
    number: str | None = None

    @property
    def may_tell(self) -> bool:
        """Whether there is an answer that the person has not heard yet."""
        return self.case.state == CaseState.AGENCY_RESPONDED

    def is_due(self, now: datetime) -> bool:
        """Whether it is time: not put off until later."""
        return self.entry.after is None or self.entry.after <= now

    def held_by(self, user: User, now: datetime) -> User | None:
        """Who is calling at this moment, if that is somebody else."""
        caller, since = self.entry.caller, self.entry.calling_since
        if caller is None or caller.id == user.id or since is None or since + HELD_FOR < now:
            return None
        return caller


def open_calls(db: Session, user: User, now: datetime, *, mine: bool = False, language: str = "") -> list[Call]:
    """Whom this user may call, in the order of calling: what is due and safe now first, then by due time and priority.

    `mine`: only the cases that this user answers for; `language`: only those who speak it.
    """
    wanted = (
        select(Callback, Case)
        .join(Case, Case.id == Callback.case_id)
        .where(Callback.ended_at.is_(None), access.accessible_to(user))
        .options(joinedload(Callback.caller))
        .order_by(Callback.id)
        .limit(MOST_LISTED)
    )
    if mine:
        wanted = wanted.where(Case.focal_point_id == user.id)
    found = _describe(db, [(entry, case) for entry, case in db.execute(wanted)], now)
    return sorted(
        (call for call in found if not language or call.language == language), key=lambda call: _order(call, now)
    )


def _order(call: Call, now: datetime) -> tuple[bool, bool, datetime, str, int]:
    due = call.entry.after if not call.is_due(now) else call.case.next_due_at
    return (
        not call.is_due(now),
        not call.safe,
        due or call.entry.at,
        call.case.priority or Priority.P3,
        call.entry.id,
    )


def find_call(db: Session, user: User, entry_id: int, now: datetime) -> Call | None:
    """One open entry, if this user may know of its case."""
    wanted = (
        select(Callback, Case)
        .join(Case, Case.id == Callback.case_id)
        .where(Callback.id == entry_id, Callback.ended_at.is_(None), access.accessible_to(user))
        .options(joinedload(Callback.caller))
    )
    return next(iter(_describe(db, [(entry, case) for entry, case in db.execute(wanted)], now)), None)


def _describe(db: Session, pairs: Sequence[tuple[Callback, Case]], now: datetime) -> list[Call]:
    contacts = {
        contact.id: contact
        for contact in db.scalars(select(Contact).where(Contact.id.in_([case.contact_id for _, case in pairs])))
    }
    said = _newest_words(db, [case.id for _, case in pairs if case.sensitivity == Sensitivity.NORMAL])
    last = _last_attempts(db, [entry.id for entry, _ in pairs])
    return [
        Call(
            entry=entry,
            case=case,
            language=language_for(contacts.get(case.contact_id or 0), case),
            safe=suits_now(case, now),
            say=said.get((case.id, _what_to_say(case))),
            last=last.get(entry.id),
        )
        for entry, case in pairs
    ]


def _what_to_say(case: Case) -> str:
    """The kind of the event that holds it; none while the agency has not answered."""
    if case.waiting_since is not None:
        return "waiting_began"
    return "responded" if case.state == CaseState.AGENCY_RESPONDED else ""


def _newest_words(db: Session, ids: Sequence[UUID]) -> Mapping[tuple[UUID, str], str]:
    kinds = ["responded", "waiting_began"]
    written = select(Event.case_id, Event.kind, Event.text).where(Event.case_id.in_(ids), Event.kind.in_(kinds))
    return {(case_id, kind): text or "" for case_id, kind, text in db.execute(written.order_by(Event.id))}


def _last_attempts(db: Session, ids: Sequence[int]) -> Mapping[int, CallAttempt]:
    made = select(CallAttempt).where(CallAttempt.callback_id.in_(ids)).options(joinedload(CallAttempt.user))
    return {attempt.callback_id: attempt for attempt in db.scalars(made.order_by(CallAttempt.id))}


def claim(db: Session, call: Call, why: str, *, by: User) -> str:
    """Takes the entry for this user and returns the number, which is logged.

    Raises NotAllowedError: "busy" (somebody else is calling), "no_number", or "last_word" (see access.sees_the_person).
    """
    now = clock.now()
    free = or_(Callback.caller_id.is_(None), Callback.caller_id == by.id, Callback.calling_since < now - HELD_FOR)
    taken = db.execute(
        update(Callback)
        .where(Callback.id == call.entry.id, Callback.ended_at.is_(None), free)
        .values(caller_id=by.id, calling_since=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        raise NotAllowedError("busy")
    db.refresh(call.entry)
    return show_number(db, call.case, why, by=by)


def show_number(db: Session, case: Case, why: str, *, by: User) -> str:
    """The number of who is to be called; that it was seen stands in the log of the case. Raises as claim() does."""
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    if contact is None:
        raise NotAllowedError("no_number")
    cases.reveal_phone(db, case, why, by=by)
    return contact.phone


def release(call: Call, *, by: User) -> None:
    """Does not call after all; somebody else may."""
    if call.entry.caller_id == by.id:
        call.entry.caller_id = call.entry.calling_since = None


def possible_outcomes(call: Call) -> list[CallOutcome]:
    """How a call about this entry may have gone. Who hears the answer is told; nobody is merely reached by it."""
    first = CallOutcome.TOLD if call.may_tell else CallOutcome.REACHED
    others = (CallOutcome.NO_ANSWER, CallOutcome.LATER, CallOutcome.WRONG_PERSON, CallOutcome.REFUSED)
    return [first, *others]


def record_outcome(
    db: Session, call: Call, outcome: CallOutcome, *, note: str = "", later: datetime | None = None, by: User
) -> None:
    """How the call went; the entry ends, or waits until somebody should call again.

    `later`: when the person wants to be called (LATER). Raises NotAllowedError: "not_yours" when somebody else holds
    the entry, "choose", "when" for a time that is past or far off, "empty" when what the person said is not written
    down although they were asked something.
    """
    entry, case, now = call.entry, call.case, clock.now()
    if entry.caller_id != by.id:
        raise NotAllowedError("not_yours")
    if outcome not in possible_outcomes(call):
        raise NotAllowedError("choose")
    if outcome == CallOutcome.LATER and (later is None or not now < later <= now + LATEST):
        raise NotAllowedError("when")
    note = note.strip()
    if outcome == CallOutcome.REACHED and case.waiting_since is not None and not note:
        raise NotAllowedError("empty")
    db.add(CallAttempt(callback_id=entry.id, user_id=by.id, outcome=outcome, note=note or None, at=now))
    entry.attempts, entry.outcome = entry.attempts + 1, outcome
    entry.caller_id = entry.calling_since = None
    cases.record(
        db, case, "called", by=by, text=note or None, callback=entry.id, outcome=outcome, attempts=entry.attempts
    )
    if outcome == CallOutcome.TOLD:
        cases.mark_told(db, case, "call", by=by)
        cases.end_callback(db, case, by=by)
    elif outcome == CallOutcome.REACHED:
        _end_reached(db, case, by)
    elif outcome == CallOutcome.REFUSED:
        cases.end_callback(db, case, by=by)
    elif outcome == CallOutcome.LATER:
        entry.after = later
    elif entry.attempts >= MOST_ATTEMPTS:
        cases.end_callback(db, case, by=by)
        _tell_focal_point(db, case, NoticeKind.UNDELIVERED, by)
    else:
        pause = AGAIN_AFTER if outcome == CallOutcome.NO_ANSWER else timedelta(days=1)
        entry.after = next_safe(now + pause, case.safe_time, work.settings().quiet_hours)


def _end_reached(db: Session, case: Case, by: User) -> None:
    if case.waiting_since is not None:
        cases.end_waiting(db, case, by=by)
    cases.end_callback(db, case, by=by)
    _tell_focal_point(db, case, NoticeKind.MESSAGE, by)


def _tell_focal_point(db: Session, case: Case, kind: NoticeKind, by: User) -> None:
    users = notices.recipients(db, case, Recipient.FOCAL_POINT)
    notices.tell(db, [user for user in users if user.id != by.id], kind, case)


def is_unreachable(db: Session, case: Case) -> int:
    """After how many calls in vain this case was taken off the list, 0 unless that is how it left it last."""
    last = db.scalar(select(Callback).where(Callback.case_id == case.id).order_by(Callback.id.desc()).limit(1))
    gave_up = last is not None and last.ended_at is not None and last.outcome in _IN_VAIN
    return last.attempts if last is not None and gave_up and last.attempts >= MOST_ATTEMPTS else 0
