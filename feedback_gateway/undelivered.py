"""What is done when an answer does not arrive: another channel, once; then somebody calls, and the focal point hears.

Only what the person waits for is minded, an answer or a question; other news that is lost is shown and no more.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, notices, work
from feedback_gateway.channels.registry import open_channels, other_sender
from feedback_gateway.outgoing import send_again
from models import Case, Contact, Event, Message, PausedChannel
from models.words import CallReason, CaseState, Delivery, Direction, NoticeKind, Purpose, Recipient

_SAID_BY = {Purpose.ANSWER: "responded", Purpose.QUESTION: "waiting_began"}
"""What a person waits for, and the event that holds its message."""

_NO_SMS = frozenset({"UnsupportedNumberType", "21614", "30006"})
"""Providers' words for a number that takes no SMS at all: a fixed line."""

_UNREPORTED = (Delivery.QUEUED, Delivery.SENDING, Delivery.SENT, Delivery.UNKNOWN)


def first_of(message: Message) -> int:
    """The id of the message as it was first written, of one that was sent again."""
    return message.instead_of_id or message.id


def waiting_for(db: Session, message: Message) -> list[Case]:
    """The cases in which the person waits for what this message says: none once they have it, or when something else
    has been said since. Several when one answer was given to all the cases of a phone."""
    if message.purpose not in _SAID_BY or message.contact_id is None:
        return []
    wanted = select(Case).where(Case.contact_id == message.contact_id)
    if message.purpose == Purpose.ANSWER:
        wanted = wanted.where(Case.state == CaseState.AGENCY_RESPONDED)
    else:
        wanted = wanted.where(Case.waiting_since.is_not(None))
    return [case for case in db.scalars(wanted.order_by(Case.id)) if _newest(db, case, message) == first_of(message)]


def _newest(db: Session, case: Case, message: Message) -> int | None:
    assert message.purpose is not None
    said = select(Event.data).where(Event.case_id == case.id, Event.kind == _SAID_BY[message.purpose])
    data = db.scalar(said.order_by(Event.id.desc()).limit(1))
    return data.get("message") if data else None


def mind(db: Session, message: Message) -> None:
    """A message has failed or was not delivered: tries another way, for who still waits for it."""
    waiting = waiting_for(db, message)
    if not waiting:
        return
    for case in waiting:
        cases.record(
            db, case, "undelivered", message=message.id, channel=message.channel, reason=(message.failure or "")[:60]
        )
    if (channel := _another_channel(db, message)) is not None:
        again = send_again(db, message, channel)
        for case in waiting:
            cases.record(db, case, "sent_again", message=again.id, channel=channel)
        return
    for case in waiting:
        _have_called(db, case, message)


def _have_called(db: Session, case: Case, message: Message) -> None:
    reason = CallReason.NO_SMS if message.failure in _NO_SMS else CallReason.UNDELIVERED
    cases.list_for_call(db, case, CallReason.QUESTION if message.purpose == Purpose.QUESTION else reason)
    notices.tell(db, notices.recipients(db, case, Recipient.FOCAL_POINT), NoticeKind.UNDELIVERED, case)


def _another_channel(db: Session, message: Message) -> str | None:
    contact = db.get(Contact, message.contact_id or 0)
    stopped = contact is None or contact.opted_out_at is not None or message.failure == "not_wanted"
    if message.instead_of_id is not None or stopped:
        return None
    paused = set(db.scalars(select(PausedChannel.channel)))
    channels = {name: one for name, one in open_channels(work.settings()).items() if name not in paused}
    return other_sender(channels, message.channel)


def mind_unreported(db: Session, now: datetime, most: int = 200) -> int:
    """Has people called of whose answer nobody has said for REPORT_DAYS whether it arrived; returns how many.

    A gateway may give no reports at all. The message stays as it is: its report may still come.
    """
    cut = now - timedelta(days=work.settings().report_days)
    noted = exists().where(Event.case_id == Message.case_id, Event.kind == "unreported", Event.at >= Message.at)
    silent = (
        select(Message)
        .join(Case, Case.id == Message.case_id)
        .where(
            Message.direction == Direction.OUT,
            Message.purpose.in_(_SAID_BY),
            Message.delivery.in_(_UNREPORTED),
            Message.at < cut,
            or_(
                and_(Case.state == CaseState.AGENCY_RESPONDED, Message.at >= Case.responded_at),
                and_(Case.waiting_since.is_not(None), Message.at >= Case.waiting_since),
            ),
            ~noted,
        )
        .order_by(Message.id)
        .limit(most)
    )
    found = 0
    for message in db.scalars(silent).all():
        for case in waiting_for(db, message):
            cases.record(db, case, "unreported", message=message.id)
            _have_called(db, case, message)
            found += 1
    return found
