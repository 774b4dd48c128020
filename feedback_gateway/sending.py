"""Sending one SMS: claim, call the provider outside any transaction, record the result.

A send whose answer was lost (time-out, dropped line, killed worker) may have arrived. It is marked unknown and
settled by the delivery report, or by one late retry after SETTLE_MINUTES; never by an immediate one.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from feedback_gateway import outbox, work
from feedback_gateway.channels.contract import (
    AmbiguousError,
    Channel,
    ChannelDownError,
    OptedOutError,
    Outgoing,
    RejectedError,
    SendError,
    Sent,
    TryLaterError,
)
from feedback_gateway.channels.registry import open_channels, sender_for
from feedback_gateway.delivery import FINAL, advance, meet_reports
from feedback_gateway.lib import clock
from feedback_gateway.outbox import Task
from feedback_gateway.outgoing import NEWS, may_write
from models import Case, Contact, Message, PausedChannel, User
from models.words import Delivery, Purpose

log = logging.getLogger(__name__)

FEW = 3
LOST_AT_MOST = 2
PAUSE_RETRY = timedelta(minutes=10)
UNASKED = frozenset({Purpose.ANSWER, Purpose.SATISFACTION, Purpose.REFERENCE, Purpose.QUESTION}) | NEWS
"""What STOP stops even when it was written before: everything but the reply to what the person just sent."""


_WISHED = frozenset({Purpose.ANSWER, Purpose.QUESTION}) | NEWS


@lru_cache(maxsize=1)
def _channels() -> dict[str, Channel]:
    return open_channels(work.settings())


def forget_channels() -> None:
    """Call after the settings were bound anew (tests)."""
    _channels.cache_clear()


def send_message(db: Session, task: Task) -> Callable[[], None] | None:
    """The duty SEND_MESSAGE: marks the message as being sent, and returns the call to make after the commit."""
    prepared = _prepare(db, task)
    if prepared is None:
        return None
    channel, outgoing = prepared
    return lambda: _call(task, channel, outgoing)


def _call(task: Task, channel: Channel, outgoing: Outgoing) -> None:
    # No session is open here: a provider may take seconds and must not hold a transaction open.
    try:
        sent = channel.send(outgoing)
    except SendError as error:
        with work.unit_of_work() as db:
            _record_failure(db, task, channel, outgoing.message_id, error)
    else:
        with work.unit_of_work() as db:
            _record_sent(db, task, channel, outgoing.message_id, sent)


def _prepare(db: Session, task: Task) -> tuple[Channel, Outgoing] | None:
    """Decides whether to send now; marks the message as being sent. None: the duty is settled or put off."""
    message = db.get(Message, task.message_id, with_for_update=True)
    if message is None or message.delivery in FINAL or message.delivery == Delivery.SENT:
        outbox.finish(db, task)
        return None
    if message.delivery == Delivery.SENDING:
        # Whoever was sending it is gone without a word: it may have arrived.
        _record_loss(db, task, message, "interrupted")
        return None
    to = _recipient(db, message)
    if to is None or _is_unwanted(db, message):
        advance(db, message, Delivery.FAILED, "opted_out" if to is None else "not_wanted")
        outbox.finish(db, task)
        return None
    channel = sender_for(_channels(), message.channel)
    if channel is None:
        outbox.wait(db, task, "no channel has credentials to send", clock.now() + PAUSE_RETRY)
        return None
    if (paused := db.get(PausedChannel, channel.name)) is not None:
        outbox.wait(db, task, f"{channel.name} is paused: {paused.reason}", clock.now() + PAUSE_RETRY)
        return None
    message.channel = channel.name
    message.delivery = Delivery.SENDING
    return channel, Outgoing(message.id, to, message.text)


def _recipient(db: Session, message: Message) -> str | None:
    if message.user_id is not None:
        user = db.get(User, message.user_id)
        return user.phone if user else None
    contact = db.get(Contact, message.contact_id) if message.contact_id else None
    if contact is None or (contact.opted_out_at is not None and message.purpose in UNASKED):
        return None
    return contact.phone


def _is_unwanted(db: Session, message: Message) -> bool:
    """Whether the person has said meanwhile that they want no such SMS: it may have waited a night."""
    if message.case_id is None or message.purpose not in _WISHED:
        return False
    case, contact = db.get(Case, message.case_id), db.get(Contact, message.contact_id or 0)
    # What they have asked about themselves is told whatever their pace.
    return case is not None and not may_write(contact, case, message.purpose, asked=True)


def _record_sent(db: Session, task: Task, channel: Channel, message_id: int, sent: Sent) -> None:
    message = db.get_one(Message, message_id, with_for_update=True)
    message.provider_id = message.provider_id or sent.provider_id
    message.parts = sent.parts or message.parts
    advance(db, message, Delivery.SENT)
    if sent.status != Delivery.SENT:
        advance(db, message, sent.status)
    meet_reports(db, message)
    outbox.finish(db, task)
    log.info("message %s sent by %s", message_id, channel.name)


def _record_failure(db: Session, task: Task, channel: Channel, message_id: int, error: SendError) -> None:
    message = db.get_one(Message, message_id, with_for_update=True)
    log.warning("message %s not sent by %s: %s %s", message_id, channel.name, type(error).__name__, error.code)
    if message.delivery in FINAL:  # a report was faster than the provider's own answer
        outbox.finish(db, task)
        return
    if isinstance(error, AmbiguousError):
        _record_loss(db, task, message, error.code)
        return
    message.delivery = Delivery.QUEUED
    if isinstance(error, OptedOutError):
        _opt_out(db, message)
    if isinstance(error, RejectedError):
        advance(db, message, Delivery.FAILED, error.code)
        outbox.give_up(db, task, error.code)
    elif isinstance(error, ChannelDownError):
        if db.get(PausedChannel, channel.name) is None:
            db.add(PausedChannel(channel=channel.name, reason=error.code[:200], at=clock.now()))
            log.error("channel %s is paused until an operator resumes it: %s", channel.name, error.code)
        outbox.wait(db, task, error.code, clock.now() + PAUSE_RETRY)
    elif isinstance(error, TryLaterError):
        most = FEW if error.few else outbox.MOST_ATTEMPTS
        if not outbox.postpone(db, task, error.code, most=most):
            advance(db, message, Delivery.FAILED, error.code)


def _record_loss(db: Session, task: Task, message: Message, code: str) -> None:
    """The provider may have it. A report settles it; failing that, one late retry, and then nobody sends again."""
    message.lost_sends += 1
    message.delivery = Delivery.UNKNOWN
    message.failure = code
    meet_reports(db, message)
    if message.delivery != Delivery.UNKNOWN:
        outbox.finish(db, task)
    elif message.lost_sends >= LOST_AT_MOST:
        outbox.give_up(db, task, f"unknown: {code}")
    else:
        later = clock.now() + timedelta(minutes=work.settings().settle_minutes)
        outbox.postpone(db, task, f"unknown: {code}", at=later)


def _opt_out(db: Session, message: Message) -> None:
    contact = db.get(Contact, message.contact_id) if message.contact_id else None
    if contact is not None and contact.opted_out_at is None:
        contact.opted_out_at = clock.now()
