"""The desk of an agency without accounts: what somebody there may see of a case, and do to it, by a link or by SMS.

It is the minimum: never the person's number, never notes among colleagues, never a sealed case. Who may is decided by
access; every deed is a verb of cases.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback_gateway import access, cases, routing, work
from feedback_gateway.case_states import ALLOWED, NotAllowedError
from feedback_gateway.outgoing import may_write
from feedback_gateway.places import place_tree
from models import Agency, Case, Category, Concern, Contact, Event, Referral, User
from models.words import CaseState, Needed, Priority, Purpose, Rejection, Role, Sensitivity, Step

MOST_LETTERS = 1000
"""More than this is no answer by SMS."""


class Deed(StrEnum):
    """What can be done at the desk."""

    ACCEPT = "accept"
    START = "start"
    DONE = "done"
    ASK = "ask"
    REJECT = "reject"


LOGGED_AS: Mapping[Deed, str] = {
    Deed.ACCEPT: "accepted",
    Deed.START: "action_started",
    Deed.DONE: "responded",
    Deed.ASK: "waiting_began",
    Deed.REJECT: "rejected",
}
"""The event that tells that a deed was done."""

_QUIET = frozenset({"noticed", "reminded", "breached", "unresponded", "read", "phone_revealed", "noted"})
"""Events that change nothing of what the desk is shown or may do."""

_TO_TAKE = frozenset({CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED})
_WITH_THEM = _TO_TAKE | {CaseState.ACCEPTED, CaseState.IN_ACTION, CaseState.REOPENED}


def may_act(user: User, case: Case) -> bool:
    """Whether this user, who may see the case, answers for it: it is their agency's, or they look after all."""
    if case.sensitivity == Sensitivity.SEALED or user.role == Role.OPERATOR or case.agency_id is None:
        return False
    return case.agency_id == user.agency_id or access.coordinates(user)


def find_deeds(user: User, case: Case) -> frozenset[Deed]:
    """What can be done now with a case that this user may see."""
    if not may_act(user, case):
        return frozenset()
    after, to_take = ALLOWED[case.state], case.state in _TO_TAKE
    offers = {
        Deed.ACCEPT: CaseState.ACCEPTED in after,
        Deed.START: CaseState.IN_ACTION in after or to_take,
        Deed.DONE: CaseState.AGENCY_RESPONDED in after or to_take,
        Deed.ASK: case.state in _WITH_THEM and case.waiting_since is None,
        Deed.REJECT: CaseState.REJECTED in after,
    }
    return frozenset(deed for deed, offered in offers.items() if offered)


def do(
    db: Session,
    user: User,
    case: Case,
    deed: Deed,
    *,
    words: str = "",
    reason: Rejection | None = None,
    but: Agency | None = None,
) -> None:
    """Does it. Raises NotAllowedError, and nothing is done: "state", "empty" (words are missing), "too_long", "choose"
    (why a case is rejected).

    Asking the person takes the case first, as an answer does. `but` is who is responsible, as far as they know.
    """
    words = words.strip()
    if deed not in find_deeds(user, case):
        raise NotAllowedError("state")
    if len(words) > MOST_LETTERS:
        raise NotAllowedError("too_long")
    if not words and deed in (Deed.DONE, Deed.ASK):
        raise NotAllowedError("empty")
    match deed:
        case Deed.ACCEPT:
            cases.accept(db, case, by=user)
        case Deed.START:
            cases.start_action(db, case, by=user)
            if words:
                cases.add_note(db, case, words, by=user)
        case Deed.DONE:
            cases.respond(db, case, words, by=user)
        case Deed.ASK:
            if case.state in _TO_TAKE:
                cases.accept(db, case, by=user)
            cases.wait_for_person(db, case, words, by=user)
        case Deed.REJECT:
            if reason is None:
                raise NotAllowedError("choose")
            cases.reject(db, case, reason, by=user, note=words, but=but)


@dataclass(frozen=True)
class Sight:
    """What the desk sees of a case. `said` and `note` have their numbers masked. `asked`: we wait for the person."""

    reference: str
    state: CaseState
    category: Category | None
    place: str | None
    priority: Priority | None
    step: Step | None
    due_at: datetime | None
    said: Sequence[str]
    service: Needed | None
    note: str | None
    sender: str | None
    asked: bool
    deeds: frozenset[Deed]


def look(db: Session, user: User, case: Case) -> Sight:
    """What this user, who may see the case, is shown of it."""
    referral = newest_referral(db, user, case)
    known = place_tree(db).by_code
    return Sight(
        reference=case.reference,
        state=case.state,
        category=case.category,
        place=known[case.place_code].name if case.place_code in known else None,
        priority=case.priority,
        step=case.next_step,
        due_at=case.next_due_at,
        said=[mask_numbers(words) for words in cases.words_of(db, case)],
        service=referral.service if referral else None,
        note=mask_numbers(referral.note) if referral and referral.note else None,
        sender=referral.from_agency.name if referral and referral.from_agency else None,
        asked=case.waiting_since is not None,
        deeds=find_deeds(user, case),
    )


def newest_referral(db: Session, user: User, case: Case) -> Referral | None:
    """The last time that the case was given to the agency of this user; for who has none, to whoever has it now."""
    to_them = select(Referral).where(
        Referral.case_id == case.id, Referral.to_agency_id == (user.agency_id or case.agency_id)
    )
    return db.scalar(to_them.order_by(Referral.id.desc()).limit(1))


def line_number() -> str | None:
    """The number to which commands by SMS are sent, of whichever provider is set up; None when none is known."""
    settings = work.settings()
    numbers = (settings.africastalking.short_code, settings.africastalking.sender, settings.twilio.sender)
    return next((number for number in numbers if _DIALLED.fullmatch(number)), None)


def likely_owners(db: Session, case: Case) -> list[Agency]:
    """Every other agency, those that are likely to be responsible first."""
    likely = {agency_id: rank for rank, agency_id in enumerate(routing.next_owners(db, case))}
    others = db.scalars(select(Agency).where(Agency.id != case.agency_id).order_by(Agency.name)).all()
    return sorted(others, key=lambda agency: likely.get(agency.id, len(likely)))


def last_event(db: Session, case: Case) -> int:
    """The newest event that changes what the desk is shown or may do: a form remembers it."""
    newest = select(func.max(Event.id)).where(Event.case_id == case.id, Event.kind.not_in(_QUIET))
    return db.scalar(newest) or 0


def changed_since(db: Session, user: User, case: Case, since: int) -> bool:
    """Whether anybody but this user has changed since then what the desk is shown or may do."""
    others = or_(Event.user_id.is_(None), Event.user_id != user.id)
    later = select(Event.id).where(Event.case_id == case.id, Event.id > since, Event.kind.not_in(_QUIET), others)
    return db.scalar(later.limit(1)) is not None


def was_done(db: Session, user: User, case_id: UUID, deed: Deed, since: int) -> bool:
    """Whether this user has done this deed since then: a form that was sent twice is answered twice, and done once."""
    logged = select(Event.id).where(
        Event.case_id == case_id, Event.id > since, Event.kind == LOGGED_AS[deed], Event.user_id == user.id
    )
    return db.scalar(logged.limit(1)) is not None


def hears_by_sms(db: Session, case: Case) -> bool:
    """Whether what is written to the person leaves as an SMS; otherwise somebody calls, or they ask for it."""
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    return may_write(contact, case, Purpose.ANSWER)


def is_about(db: Session, user: User, case: Case) -> bool:
    """Whether the case complains about this user or their agency."""
    them = or_(Concern.user_id == user.id, Concern.agency_id == user.agency_id)
    return db.scalar(select(Concern.id).where(Concern.case_id == case.id, them).limit(1)) is not None


def waiting_for(db: Session, user: User) -> list[Case]:
    """The cases that wait for this user or for nobody in particular at their agency, the one due first at the head."""
    if user.agency_id is None:
        return []
    theirs = access.cases_for(user).where(
        Case.agency_id == user.agency_id,
        Case.sensitivity != Sensitivity.SEALED,
        Case.state.in_(_WITH_THEM),
        Case.waiting_since.is_(None),
        Case.noise.is_(None),
        (Case.focal_point_id == user.id) | Case.focal_point_id.is_(None),
    )
    return list(db.scalars(theirs.order_by(Case.next_due_at.is_(None), Case.next_due_at, Case.opened_at)))


_DIALLED = re.compile(r"\+?[0-9]{2,15}")
_LEAST_DIGITS = 7
_DATE = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)\d\d(?!\d)")
# Among digits a letter may stand for a 0 or a 1. Every repetition has an end: a stranger writes what is read here.
_NUMBER = re.compile(r"[+(]{0,3}\d(?:[\W_]{0,6}(?:\d|[oOlI](?=(?:[\W_]{0,6}[oOlI]){0,4}[\W_]{0,6}\d)))*")


def mask_numbers(text: str, mask: str = "•••") -> str:
    """The text without telephone numbers, and without anything that looks like one: seven digits or more, however they
    are grouped, in any script. A date written with strokes stays."""

    def replace(found: re.Match[str]) -> str:
        number = found.group()
        many = sum(character.isdecimal() or character in "oOlI" for character in number) >= _LEAST_DIGITS
        return mask if many and not _DATE.fullmatch(number) else number

    return _NUMBER.sub(replace, text)
