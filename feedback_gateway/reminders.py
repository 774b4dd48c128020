"""Following a case: what its clocks ask for, done by a worker when the time has come.

Who is reminded at which share of a clock is data (`reminder_rules`). What was done stands in the case's log, which is
also how a second run knows of it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_gateway import cases, clockwork, notices, work
from feedback_gateway.case_states import ALLOWED
from feedback_gateway.clockwork import RETURN_AT
from feedback_gateway.lib import clock
from feedback_gateway.lib.clocks import ClockState
from models import Base, Case, Event
from models.words import CaseState, NoticeKind, Recipient, Step

_ASKED = (CaseState.REFERRED, CaseState.REOPENED)
"""The states in which an agency has yet to say whether it takes a case."""

Done = set[tuple[str, int, float, str]]


def follow_case(db: Session, case: Case) -> None:
    """Winds the clocks of a case and does what they ask for: reminders, escalation, silent referrals brought back."""
    if case.classified_at is None:
        return
    now = clock.now()
    if case.waiting_since is not None and now - case.waiting_since >= timedelta(days=work.settings().wait_days):
        cases.end_waiting(db, case)
    states = clockwork.wind(db, case, now)
    done = _already_reminded(db, case)
    for state in states:
        if state.is_running:
            _remind(db, case, state, done)
    for state in states:
        if state.is_running:
            _mind_silence(db, case, state)


def _already_reminded(db: Session, case: Case) -> Done:
    logged = select(Event.data).where(Event.case_id == case.id, Event.kind == "reminded")
    return {(data["step"], data["round"], data["share"], data["recipient"]) for data in db.scalars(logged)}


def _remind(db: Session, case: Case, state: ClockState, done: Done) -> None:
    """Of the rules whose share has run, each user hears the latest; those before it are noted as done with it."""
    step = Step(state.step)
    heard: set[int] = set()
    for share, rule in clockwork.reminders_due(db, case, state):
        key = (state.step, state.round, float(share), str(rule.recipient))
        if key in done:
            continue
        users = [user for user in notices.recipients(db, case, _above(case, rule.recipient)) if user.id not in heard]
        heard |= {user.id for user in users}
        kind = NoticeKind.LATE if state.breached_at else NoticeKind.REMINDER
        notices.tell(db, users, kind, case, step=step, means=rule.means)
        cases.record(
            db,
            case,
            "reminded",
            step=state.step,
            round=state.round,
            share=float(share),
            recipient=str(rule.recipient),
            users=[user.id for user in users],
        )


def _above(case: Case, recipient: Recipient) -> Recipient:
    """What has gone above an agency is nobody's there to be reminded of."""
    return Recipient.COORDINATION if case.above_agency and case.reopening_asked_at else recipient


def _mind_silence(db: Session, case: Case, state: ClockState) -> None:
    """A referral that nobody answers is marked at the end of its clock, and comes back some time after; what has come
    back to a sender who does nothing with it goes up to coordination."""
    if state.step == Step.REFER and state.share >= RETURN_AT and case.state == CaseState.REJECTED:
        if case.agency_id is not None:
            cases.pass_up(db, case)
    elif state.step == Step.ACCEPT and state.share >= RETURN_AT:
        if CaseState.REJECTED in ALLOWED[case.state]:
            cases.bring_back(db, case)
    elif state.step == Step.ACCEPT and state.breached_at is not None and case.state in _ASKED:
        cases.move(case, CaseState.UNRESPONDED)
        cases.record(db, case, "unresponded", agency=case.agency_id)


def take_cases_due(db: Session, now: datetime, most: int = 200) -> list[UUID]:
    """The cases of which a clock asks for something; the worker that follows one says when to look again.

    Their version stays as it is: a form that somebody is filling in does not become void by it.
    """
    due = select(Case.id).where(Case.follow_at <= now).order_by(Case.follow_at).limit(most)
    found = list(db.scalars(due.with_for_update(skip_locked=True, of=Case)))
    table = Base.metadata.tables["cases"]
    if found:
        db.execute(update(table).where(table.c.id.in_(found)).values(follow_at=None))
    return found
