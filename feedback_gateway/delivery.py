"""Delivery: how far a message to a person has come. A status never goes backwards, and delivered is never left.

Reports may come before our own record of the send, twice, and out of order; they are kept by the provider's id and
met again when the send is recorded. An answer that did not arrive is sent by another channel, once; then somebody
calls. Undelivered is not told; but a phone that was off may still get what its network had given up.
"""

import logging
from datetime import timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, undelivered, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.channels.contract import Report
from feedback_gateway.lib import clock
from models import Contact, DeliveryReport, Message, OutboxRow, vault
from models.words import Delivery, Direction, OutboxState, Purpose

log = logging.getLogger(__name__)

RANK = {
    Delivery.QUEUED: 0,
    Delivery.SENDING: 1,
    Delivery.UNKNOWN: 2,
    Delivery.SENT: 3,
    Delivery.DELIVERED: 4,
    Delivery.UNDELIVERED: 4,
    Delivery.FAILED: 4,
}
FINAL = frozenset({Delivery.DELIVERED, Delivery.UNDELIVERED, Delivery.FAILED})
UNKNOWN_FOR = timedelta(hours=48)
"""How long an unknown send waits for a report that names only the phone."""


def advance(db: Session, message: Message, status: Delivery, reason: str | None = None) -> bool:
    """Moves a message forward to `status`; False when that would be a step back, or sideways from a final status."""
    if not _goes_on(message.delivery or Delivery.QUEUED, status):
        return False
    message.delivery = status
    if status in FINAL:
        message.failure = reason
        _finish_duty(db, message)
    if status == Delivery.DELIVERED:
        message.delivered_at = clock.now()
        _call_off_others(db, message)
        _close_loop(db, message)
    elif status in FINAL:
        undelivered.mind(db, message)
    return True


def _goes_on(before: Delivery, status: Delivery) -> bool:
    """Whether a message may come from one status to another. What was given up may arrive late, if it had left."""
    if before in FINAL:
        return before == Delivery.UNDELIVERED and status == Delivery.DELIVERED
    return RANK[status] > RANK[before]


def _call_off_others(db: Session, message: Message) -> None:
    """What was to be sent again, by another channel, need not be any more."""
    first = undelivered.first_of(message)
    waiting = [Delivery.QUEUED, Delivery.UNKNOWN]
    others = select(Message).where(
        or_(Message.id == first, Message.instead_of_id == first),
        Message.id != message.id,
        Message.delivery.in_(waiting),
    )
    for other in db.scalars(others.with_for_update(skip_locked=True)):
        other.delivery, other.failure = Delivery.FAILED, "arrived_otherwise"
        _finish_duty(db, other)


def _finish_duty(db: Session, message: Message) -> None:
    """A report has settled the message: a retry that was still planned must not send it again."""
    waiting = select(OutboxRow).where(
        OutboxRow.message_id == message.id, OutboxRow.state.in_([OutboxState.PENDING, OutboxState.QUEUED])
    )
    # A worker that holds the row at this moment will see the final status by itself.
    for row in db.scalars(waiting.with_for_update(skip_locked=True)):
        row.state = OutboxState.DONE
        row.finished_at = clock.now()


def _close_loop(db: Session, message: Message) -> None:
    """The agency's answer has reached the phone: the person has been told. An earlier answer than the last is none."""
    if message.purpose != Purpose.ANSWER:
        return
    for case in undelivered.waiting_for(db, message):
        try:
            cases.mark_told(db, case, "sms")
        except NotAllowedError:
            log.warning("case %s could not be marked as told", case.id)


def record_report(db: Session, report: Report) -> None:
    """Takes one delivery report. Unknown words are kept raw and change nothing; unknown ids wait for their send."""
    if report.opted_out and report.recipient:
        _stop(db, report.recipient)
    message = _find_message(db, report)
    if message is None:
        _keep(db, report)
        return
    message.provider_id = message.provider_id or report.provider_id
    if report.status is not None:
        advance(db, message, report.status, report.reason)
    else:
        _keep(db, report)


def _find_message(db: Session, report: Report) -> Message | None:
    """By our own id if the provider gave it back, by the provider's id, or the one lost send to that phone."""
    out = select(Message).where(Message.channel == report.channel, Message.direction == Direction.OUT)
    out = out.with_for_update(of=Message)  # before its case, as the worker that records the send does
    if report.message_id is not None:
        message = db.scalar(out.where(Message.id == report.message_id))
        if message is not None and message.provider_id in (None, report.provider_id):
            return message
    message = db.scalar(out.where(Message.provider_id == report.provider_id))
    if message is not None or not report.recipient:
        return message
    return _lost_send(db, report, report.recipient)


def _lost_send(db: Session, report: Report, recipient: str) -> Message | None:
    """A report with an id that we never learnt, to a phone with exactly one send whose answer was lost: it is that."""
    lost = (
        select(Message)
        .join(Contact, Contact.id == Message.contact_id)
        .where(
            Contact.phone_hash == vault.lookup("phone", recipient),
            Message.channel == report.channel,
            Message.direction == Direction.OUT,
            Message.delivery == Delivery.UNKNOWN,
            Message.provider_id.is_(None),
            Message.at > clock.now() - UNKNOWN_FOR,
        )
        .limit(2)
        .with_for_update(of=Message)
    )
    found = list(db.scalars(lost))
    if len(found) != 1 or _others_under_way(db, found[0]):
        return None
    return found[0]


def _others_under_way(db: Session, message: Message) -> bool:
    """Whether another send to this phone has no provider's id yet: a report that names only the phone may be its own.

    To take it for the answer's would say that the person has been told when they have not.
    """
    others = select(Message.id).where(
        Message.contact_id == message.contact_id,
        Message.channel == message.channel,
        Message.direction == Direction.OUT,
        Message.id != message.id,
        Message.provider_id.is_(None),
        Message.delivery.in_([Delivery.SENDING, Delivery.UNKNOWN]),
    )
    return db.scalar(others.limit(1)) is not None


def _keep(db: Session, report: Report) -> None:
    """Remembers the furthest report of a message that we do not know (yet)."""
    values = {"status": report.status, "raw_status": report.raw_status[:60], "reason": report.reason}
    fresh = work.insert_if_new(
        db,
        DeliveryReport,
        channel=report.channel,
        provider_id=report.provider_id,
        recipient_hash=vault.lookup("phone", report.recipient) if report.recipient else None,
        at=clock.now(),
        **values,
    )
    if fresh is not None:
        return
    kept = db.scalar(
        select(DeliveryReport)
        .where(DeliveryReport.channel == report.channel, DeliveryReport.provider_id == report.provider_id)
        .with_for_update()
    )
    if kept is None or kept.status in FINAL:
        return
    if report.status is not None and (kept.status is None or RANK[report.status] > RANK[kept.status]):
        kept.status, kept.raw_status, kept.reason = report.status, report.raw_status[:60], report.reason


def meet_reports(db: Session, message: Message) -> None:
    """A send has just been recorded (or lost): applies the report that came before it."""
    kept = select(DeliveryReport).where(DeliveryReport.channel == message.channel)
    if message.provider_id:
        report = db.scalar(kept.where(DeliveryReport.provider_id == message.provider_id))
    else:
        report = _early_report(db, message)
    if report is None or report.status is None:
        return
    message.provider_id = message.provider_id or report.provider_id
    advance(db, message, report.status, report.reason)


def _early_report(db: Session, message: Message) -> DeliveryReport | None:
    """The only report to this phone, since the message was written, that belongs to no send we know."""
    contact = db.get(Contact, message.contact_id) if message.contact_id else None
    if contact is None or _others_under_way(db, message):
        return None
    known = exists().where(
        Message.channel == DeliveryReport.channel,
        Message.direction == Direction.OUT,
        Message.provider_id == DeliveryReport.provider_id,
    )
    found = list(
        db.scalars(
            select(DeliveryReport)
            .where(
                DeliveryReport.channel == message.channel,
                DeliveryReport.recipient_hash == contact.phone_hash,
                DeliveryReport.at >= message.at,
                ~known,
            )
            .limit(2)
        )
    )
    return found[0] if len(found) == 1 else None


def _stop(db: Session, recipient: str) -> None:
    contact = db.scalar(select(Contact).where(Contact.phone_hash == vault.lookup("phone", recipient)))
    if contact is not None and contact.opted_out_at is None:
        contact.opted_out_at = clock.now()
