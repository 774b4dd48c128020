"""What the page of a case shows of reaching the person: their wishes, the call-back list, and what the SMS came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import calls, cases, wording, work
from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import language_for
from models import AnswerTemplate, Callback, Case, Contact, Message, OutboxRow, User
from models.words import ContactBy, Delivery, Pace, Purpose, SafeTime

_NEVER_LEFT = frozenset({Delivery.QUEUED, Delivery.FAILED})


@dataclass(frozen=True)
class Contacting:
    """Reaching one person about one case. `price`: francs CFA, 0 where none is set; `given_up` after so many calls."""

    callback: Callback | None
    given_up: int
    messages: int
    parts: int
    price: int
    pace: Pace
    may_list: bool


@dataclass(frozen=True)
class Offer:
    """An answer that may be inserted, with what is known of the case filled in."""

    id: int
    name: str
    text: str


def contacting(db: Session, case: Case, contact: Contact | None, messages: Sequence[Message]) -> Contacting:
    """As it stands now; `messages` are those that went out about the case."""
    left = [message for message in messages if message.delivery not in _NEVER_LEFT]
    parts = sum(message.parts or 1 for message in left)
    entry = cases.find_callback(db, case)
    return Contacting(
        callback=entry,
        given_up=calls.is_unreachable(db, case),
        messages=len(left),
        parts=parts,
        price=parts * work.settings().sms_price,
        pace=(contact.pace if contact else None) or Pace.EACH_STEP,
        may_list=entry is None and contact is not None and case.may_contact and case.state in OPEN,
    )


def choices_of_reach(db: Session, messages: Sequence[Message]) -> dict[str, Any]:
    """What the form of wishes offers, and what the timeline says of messages that wait or of which nobody reports."""
    now, days = clock.now(), work.settings().report_days
    silent = {
        message.id
        for message in messages
        if message.delivery in (Delivery.SENT, Delivery.UNKNOWN) and message.at < now - timedelta(days=days)
    }
    queued = [message.id for message in messages if message.delivery == Delivery.QUEUED]
    rows = select(OutboxRow.message_id, OutboxRow.next_attempt_at).where(
        OutboxRow.message_id.in_(queued), OutboxRow.next_attempt_at > now + timedelta(minutes=15)
    )
    return {
        "safe_times": list(SafeTime),
        "paces": list(Pace),
        "unreported": silent,
        "report_days": days,
        "waits_until": dict(iter(db.execute(rows))) if queued else {},
    }


def offer_answers(db: Session, case: Case, contact: Contact | None) -> list[Offer]:
    """The answers of the house that suit this case, in the person's language."""
    templates = wording.offer_templates(db, case, language_for(contact, case))
    if not templates:
        return []
    values = cases.variables_of(db, case, Purpose.ANSWER)
    return [Offer(each.id, each.name, wording.fill(each.text, values)) for each in templates]


def insert_answer(offers: Sequence[Offer], form: Mapping[str, str]) -> dict[str, str]:
    """The form with the chosen answer put in: around what was typed where it has a place for it, else after it."""
    chosen = next((offer for offer in offers if str(offer.id) == form.get("template")), None)
    typed = form.get("text", "").strip()
    if chosen is None:
        return dict(form)
    if typed and "{answer}" in chosen.text:
        text = chosen.text.replace("{answer}", typed)
    else:
        text = f"{typed}\n{chosen.text}".strip()
    return {**form, "text": text, "used": str(chosen.id)}


def count_use(db: Session, form: Mapping[str, str]) -> None:
    """An answer has left that one of the house's was put into."""
    used = form.get("used", "")
    if used.isascii() and used.isdigit() and len(used) < 10 and db.get(AnswerTemplate, int(used)) is not None:
        wording.count_use(db, int(used))


def record_wishes(db: Session, case: Case, user: User, form: Mapping[str, str]) -> None:
    """The form of the person's wishes. Raises NotAllowedError("choose") for words that are none."""
    contact_by, safe_time, pace = (form.get(name, "") for name in ("contact_by", "safe_time", "pace"))
    if contact_by not in ["", *ContactBy] or safe_time not in ["", *SafeTime] or pace not in ["", *Pace]:
        raise NotAllowedError("choose")
    cases.record_wishes(
        db,
        case,
        contact_by=ContactBy(contact_by) if contact_by else None,
        safe_time=SafeTime(safe_time) if safe_time else None,
        pace=Pace(pace) if pace else None,
        by=user,
    )
