"""The other doors: somebody writes down what a person has said face to face, by phone, at a desk or on paper.

What a form says is read and checked here, then opens a case as an SMS would. A form may come twice (a phone without
network sends until it is answered): its key, known only together with who sent it, opens one case. Who enters a case
gets no right to it by that. See docs/decisions/0024-other-doors.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, triage, work
from feedback_gateway.lib import clock, phone
from feedback_gateway.places import PlaceTree, place_tree
from models import Agency, Case, Category, Contact, Event, Message, ReservedReference, User, vault
from models.words import ContactBy, Direction, Medium, Pace, SafeTime, Sensitivity

DOORS = (Medium.FACE_TO_FACE, Medium.CALL, Medium.HELP_DESK, Medium.COMMITTEE, Medium.BOX)
"""How a person may have been heard."""

LANGUAGES = ("fr", "mos", "dyu", "ff", "gux", "ar", "ha", "taq", "bm", "en")
"""The languages offered for what a person speaks."""

PURPOSE = "entry"
"""What the log says that a case was opened for by a form."""

MOST_LETTERS = 4000
OLDEST = timedelta(days=730)
"""How long ago somebody may have said what is entered now."""

BLOCK = 20
"""How many references a phone may have in hand for the time without network."""

MOST_RESERVED = 10 * BLOCK
"""How many of a user's references of the last RESERVED_FOR may be unused: lost phones keep theirs."""

RESERVED_FOR = timedelta(days=60)

Form = Mapping[str, str]
Word = TypeVar("Word", bound=StrEnum)
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


class EntryError(Exception):
    """What a form says cannot be taken. `faults`: a code by the name of the field; `places`: codes that may be meant.

    Codes: "missing", "choose", "unknown", "several", "long", "number", "date", "future", "old", "taken".
    """

    def __init__(self, faults: Mapping[str, str], places: Sequence[str] = ()) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in faults.items()))
        self.faults = dict(faults)
        self.places = list(places)


@dataclass(frozen=True)
class Entry:
    """What somebody wrote down. `said_at` None: just now; `place` and `category` are codes, `phone` is E.164."""

    medium: Medium
    text: str
    said_at: datetime | None = None
    language: str | None = None
    category: str | None = None
    place: str | None = None
    phone: str | None = None
    may_contact: bool = True
    contact_by: ContactBy | None = None
    safe_time: SafeTime | None = None
    may_share: bool | None = None
    by_proxy: bool = False
    concerned: int | None = None
    sealed: bool = False


class _Faults(dict[str, str]):
    places: Sequence[str] = ()


def read_entry(db: Session, form: Form, now: datetime) -> Entry:
    """Reads a form. Raises EntryError with all that is wrong in it at once."""
    faults = _Faults()
    text = _clean(form.get("text", ""))
    if not text:
        faults["text"] = "missing"
    elif len(text) > MOST_LETTERS:
        faults["text"] = "long"
    number = read_phone(form.get("phone", ""), faults)
    contact_by = _word(ContactBy, form, "contact_by", faults)
    may_contact = form.get("may_contact", "yes") != "no"
    if number is None and contact_by is not None and may_contact and "phone" not in faults:
        faults["phone"] = "missing"
    language = form.get("language", "")
    entry = Entry(
        medium=_word(Medium, form, "medium", faults) or Medium.IMPORT,
        text=text,
        said_at=read_moment(form, now, faults),
        language=language if language in LANGUAGES else None,
        category=_category(db, form.get("category", ""), faults),
        place=read_place(form, place_tree(db), faults),
        phone=number,
        may_contact=may_contact,
        contact_by=contact_by if may_contact else None,
        safe_time=_word(SafeTime, form, "safe_time", faults) if may_contact else None,
        may_share={"yes": True, "no": False}.get(form.get("may_share", "")),
        by_proxy=form.get("by_proxy") == "1",
        concerned=_agency(db, form.get("agency", ""), faults),
        sealed=form.get("sealed") == "1",
    )
    if entry.medium not in DOORS and "medium" not in faults:
        faults["medium"] = "choose"
    if faults:
        raise EntryError(faults, faults.places)
    return entry


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def _word(kind: type[Word], form: Form, name: str, faults: dict[str, str]) -> Word | None:
    value = form.get(name, "")
    if value and value not in list(kind):
        faults[name] = "choose"
    return kind(value) if value in list(kind) else None


def _category(db: Session, code: str, faults: dict[str, str]) -> str | None:
    if code and db.get(Category, code) is None:
        faults["category"] = "unknown"
    return code or None


def _agency(db: Session, id_: str, faults: dict[str, str]) -> int | None:
    if not id_:
        return None
    if re.fullmatch(r"[0-9]{1,9}", id_) is None or db.get(Agency, int(id_)) is None:
        faults["agency"] = "unknown"
        return None
    return int(id_)


def read_phone(typed: str, faults: dict[str, str]) -> str | None:
    """A number as people write it in this country, as E.164; none is no fault."""
    if not typed.strip():
        return None
    number = phone.normalise(typed.strip(), work.settings().country_code)
    if not phone.is_number(number):
        faults["phone"] = "number"
        return None
    return number


def read_place(form: Form, tree: PlaceTree, faults: _Faults) -> str | None:
    """The code of a place that was typed, or of the one chosen among those proposed for it (`place_code`)."""
    chosen, typed = form.get("place_code", ""), form.get("place", "").strip()
    if chosen in tree.by_code:
        return chosen
    if not typed:
        return None
    found = tree.find_typed(typed)
    if len(found) == 1:
        return found[0].code
    faults["place"] = "several" if found else "unknown"
    faults.places = [place.code for place in found or tree.resembling(typed)]
    return None


def read_moment(form: Form, now: datetime, faults: dict[str, str]) -> datetime | None:
    """When it was said: a day (`said_on`), or the moment at which a phone without network took it down (`typed_at`).

    A day that is no longer today counts from noon. A phone whose clock is wrong is not believed.
    """
    day = form.get("said_on", "").strip()
    typed_at = _moment(form.get("typed_at", ""))
    if typed_at is not None and not now - OLDEST < typed_at <= now:
        typed_at = None
    if not day:
        return typed_at
    try:
        said = datetime.combine(datetime.strptime(day, "%Y-%m-%d"), time(12), UTC)  # noqa: DTZ007
    except ValueError:
        faults["said_on"] = "date"
        return None
    if said.date() in (now.date(), (typed_at or now).date()):
        return typed_at
    if said > now:
        faults["said_on"] = "future"
    elif said < now - OLDEST:
        faults["said_on"] = "old"
    return said


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def key_of(by: User, key: str) -> str:
    """What is kept of the key of a form: nobody can ask for another's case with it. Raises EntryError without one."""
    if not _KEY.fullmatch(key):
        raise EntryError({"entry_key": "missing"})
    return vault.lookup("entry", str(by.id), key)


def enter(db: Session, form: Form, *, by: User) -> str:
    """Opens the case of a form; returns its reference. A form that has come before gives the same one again.

    `reference` may be one of those reserved for this user. Raises EntryError; ("reference": "taken") for any other.
    """
    key = key_of(by, form.get("entry_key", ""))
    known = db.scalar(select(Case.reference).where(Case.entry_key == key))
    if known is not None:
        return known
    entry = read_entry(db, form, clock.now())
    reference = _use_reference(db, form.get("reference", ""), by=by)
    return open_entered(db, entry, by=by, key=key, reference=reference).reference


def open_entered(
    db: Session, entry: Entry, *, by: User, key: str, reference: str | None = None, purpose: str = PURPOSE
) -> Case:
    """Opens a case by the same road as an SMS; a worker reads and routes it afterwards."""
    contact = _contact(db, entry, asked_now=purpose == PURPOSE) if entry.phone else None
    case = cases.open_case(
        db,
        reference=reference or cases.draw_reference(),
        contact_id=contact.id if contact else None,
        channel=contact.channel if contact else usual_channel(db),
        medium=entry.medium,
        category=entry.category,
        text=entry.text,
        place=entry.place,
        may_contact=entry.may_contact,
        sealed=entry.sealed,
        language=entry.language,
        purpose=purpose,
        contact_by=entry.contact_by,
        safe_time=entry.safe_time,
        entered_by=by,
        by_proxy=entry.by_proxy,
        entry_key=key,
        opened_at=entry.said_at,
    )
    if entry.may_share is not None:
        how = "call" if entry.medium == Medium.CALL else "in_person"
        cases.record_consent(db, case, given=entry.may_share, how=how, by=by)
    if entry.concerned is not None:
        triage.set_concerns(db, case, agencies=[entry.concerned], by=by)
    return case


def _contact(db: Session, entry: Entry, *, asked_now: bool) -> Contact:
    """The contact of the phone. What its owner has chosen by themselves (a language, STOP) stands.

    Who was written down in a register months ago and never heard of us gets an answer, and no news on the way to it.
    """
    hashed = vault.lookup("phone", entry.phone or "")
    contact = db.scalar(select(Contact).where(Contact.phone_hash == hashed))
    if contact is None:
        channel = usual_channel(db)
        contact = Contact(phone=entry.phone, phone_hash=hashed, channel=channel, created_at=clock.now())
        contact.pace = None if asked_now else Pace.ANSWER_ONLY
        db.add(contact)
    if contact.language is None and entry.language is not None and not entry.by_proxy:
        contact.language = entry.language
    db.flush()
    return contact


def usual_channel(db: Session) -> str:
    """The channel for somebody who was never heard on one: that of the newest SMS or call, else one that can send."""
    newest = select(Message.channel).where(Message.direction == Direction.IN).order_by(Message.id.desc()).limit(1)
    settings = work.settings()
    ready = {"africastalking": settings.africastalking.api_key, "twilio": settings.twilio.auth_token}
    return db.scalar(newest) or next((name for name, key in ready.items() if key), "simulator")


def gives_reference(db: Session, case: Case) -> bool:
    """Whether a form has opened this case, so that its reference goes out by SMS too; not a file of old ones.

    Not to who wants a call, nor of what is sealed: that phone may be in other hands, and the person has the reference.
    """
    if case.entered_by_id is None or case.contact_by == ContactBy.CALL or case.sensitivity == Sensitivity.SEALED:
        return False
    opened = select(Event.data).where(Event.case_id == case.id, Event.kind == "opened").limit(1)
    return (db.scalar(opened) or {}).get("purpose") == PURPOSE


def reserve_references(db: Session, want: int, *, by: User) -> list[str]:
    """References that this user may give out without network: as many as are wanted, a BLOCK at most.

    None when too many of them are unused already.
    """
    since = clock.now() - RESERVED_FOR
    unused = select(func.count()).where(
        ReservedReference.user_id == by.id, ReservedReference.used_at.is_(None), ReservedReference.at > since
    )
    most = min(want, BLOCK, MOST_RESERVED - (db.scalar(unused) or 0))
    drawn = {cases.draw_reference() for _ in range(most)}
    drawn -= set(db.scalars(select(Case.reference).where(Case.reference.in_(drawn))))
    now = clock.now()
    db.add_all(ReservedReference(reference=each, user_id=by.id, at=now) for each in sorted(drawn))
    return sorted(drawn)


def _use_reference(db: Session, reference: str, *, by: User) -> str | None:
    if not reference:
        return None
    reserved = db.get(ReservedReference, reference[:10], with_for_update=True)
    if reserved is None or reserved.user_id != by.id or reserved.used_at is not None or len(reference) != 10:
        raise EntryError({"reference": "taken"})
    if db.scalar(select(Case.id).where(Case.reference == reference)) is not None:
        raise EntryError({"reference": "taken"})
    reserved.used_at = clock.now()
    return reference
