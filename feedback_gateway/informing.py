"""Telling the person what has become of their case, at the steps that matter to them, and no oftener.

A job looks at what has happened since they were last told, by the log of the case. Received and answered are told where
they happen. Each SMS costs attention and money, so nothing is sent that adds nothing: not that a case was passed on
minutes after it was received, not that it is closed when they are asked in the same breath whether the answer helped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, wording, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import language_for, when_to_send, write_message, write_words
from models import Case, Contact, Event, Message, OutboxRow
from models.words import (
    CaseState,
    Direction,
    Duty,
    FeedbackType,
    Outcome,
    Purpose,
    Sensitivity,
)

SOON = timedelta(hours=2)
"""So long after a person has last heard of a case it is no news yet that somebody has it: the answer may come first."""

CLEAR_FOR = timedelta(days=3)
"""How long after an answer its closing says nothing new."""

_IN_HAND = frozenset({CaseState.REFERRED, CaseState.ACCEPTED, CaseState.IN_ACTION, CaseState.UNRESPONDED})
_HAPPENED = ("referred", "reopened", "closed", "reopening_declined", "informed")


def inform(db: Session, case: Case) -> None:
    """The duty INFORM_PERSON: tells the newest of what has happened, once, when it suits; often there is nothing."""
    if case.classified_at is None or case.noise is not None or case.contact_id is None:
        return
    logged = select(Event).where(Event.case_id == case.id, Event.kind.in_(_HAPPENED)).order_by(Event.id)
    events = db.scalars(logged).all()
    told_of = max((event.data["upto"] for event in events if event.kind == "informed"), default=0)
    news = next((event for event in reversed(events) if event.kind not in ("informed", "reopened")), None)
    if news is None or news.id <= told_of:
        return
    now = clock.now()
    if (suits := when_to_send(case, Purpose.REFERRED, now)) > now:  # asked again then: it may be stale by the morning
        work.enqueue(db, Duty.INFORM_PERSON, case_id=case.id, at=suits)
        return
    message = None
    if news.kind == "reopening_declined" and case.state == CaseState.CLOSED:
        message = write_message(db, case, Purpose.CLOSED, key="sms.declined", asked=True)
    elif news.kind == "closed" and case.state == CaseState.CLOSED and not _is_clear(db, case):
        message = _say(db, case, Purpose.CLOSED)
    elif news.kind == "referred" and case.state in _IN_HAND and _is_worth_telling(events, news):
        if (due := _last_heard(db, case, events) + SOON) > now:
            work.enqueue(db, Duty.INFORM_PERSON, case_id=case.id, at=due)
            return
        message = _say(db, case, Purpose.REFERRED)
    if message is not None:
        cases.record(db, case, "informed", of=news.kind, message=message.id, agency=case.agency_id, upto=news.id)


def _say(db: Session, case: Case, purpose: Purpose) -> Message | None:
    """By the template of the house if there is one that suits and has no hole, else in the words of flows/texts."""
    values = cases.variables_of(db, case, purpose)
    if case.sensitivity == Sensitivity.NORMAL:
        language = language_for(db.get(Contact, case.contact_id), case)
        template = wording.find_template(db, case, purpose, language)
        if template is not None:
            try:
                message = write_words(db, case, purpose, wording.fill_whole(template.text, values))
            except NotAllowedError:
                pass  # it would leave with a hole
            else:
                template.used += message is not None
                return message
        if purpose == Purpose.REFERRED and not values["date"]:  # there is nothing left to promise
            return write_message(db, case, purpose, key="status.passed_on")
    return write_message(db, case, purpose, date=values["date"] or "")


def _is_worth_telling(events: Sequence[Event], news: Event) -> bool:
    """Whether somebody should know who has their case now: the first time (again after a reopening), and when a person
    has handed it from one agency to another that they have not been told of. What the house mends by itself is no news.
    """
    began = max((event.id for event in events if event.kind == "reopened"), default=0)
    told = [event for event in events if event.kind == "informed" and event.data["of"] == "referred"]
    told = [event for event in told if event.id > began]
    if not told:
        return True
    handed_on = news.user_id is not None and news.data.get("before") is not None
    return handed_on and news.data.get("agency") not in {event.data["agency"] for event in told}


def _last_heard(db: Session, case: Case, events: Sequence[Event]) -> datetime:
    sent = select(func.max(Message.at)).where(Message.case_id == case.id, Message.direction == Direction.OUT)
    again = [event.at for event in events if event.kind == "reopened"]
    newest: datetime | None = db.scalar(sent)
    return max([case.opened_at, *again, *([newest] if newest else [])])


def _is_clear(db: Session, case: Case) -> bool:
    """Whether the person knows by themselves that the case is closed, or is asked about its answer anyway."""
    if case.type == FeedbackType.PRAISE or case.outcome in (Outcome.WITHDRAWN, Outcome.ANONYMOUS_NO_CONTACT):
        return True
    since = (case.closed_at or clock.now()) - CLEAR_FOR
    if case.told_at is not None and case.told_at >= since:
        return True
    asked = select(OutboxRow.id).where(OutboxRow.case_id == case.id, OutboxRow.duty == Duty.ASK_SATISFACTION)
    if db.scalar(asked.where(OutboxRow.created_at >= case.closed_at).limit(1)) is not None:
        return True
    joined = select(Message.id).where(
        Message.case_id == case.id, Message.purpose == Purpose.JOINED, Message.at >= since
    )
    return db.scalar(joined.limit(1)) is not None
