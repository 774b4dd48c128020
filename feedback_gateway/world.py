"""What the conversation engine may ask of the outside world, answered from the database, only when it asks."""

import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, pins, work
from feedback_gateway.case_states import OPEN
from feedback_gateway.classify import Reading, detect_language, read
from feedback_gateway.directory import hotline_for
from feedback_gateway.lib import clock, phone
from feedback_gateway.places import KEEP_SECONDS, PlaceTree, place_tree
from flows import world as ask
from models import Case, Category, Contact, Event, Place
from models.words import Sensitivity

SPOKEN = frozenset({"fr", "en", "mos", "dyu", "ff", "gux"})
"""The languages that an answer may be written in."""

_DIALLED = re.compile(r"\+?[0-9]{3,15}")
"""A number to send an SMS to; not the name of a sender, nor Twilio's id of a service."""


class _Kept:
    categories: frozenset[str] = frozenset()
    until: float = 0.0


def forget_categories() -> None:
    """Call after categories were changed in this process, or the database is another one."""
    _Kept.until = 0.0


def category_codes(db: Session) -> frozenset[str]:
    """The codes of all categories, at most a minute old: a webhook has a budget of statements."""
    if time.monotonic() > _Kept.until:
        _Kept.categories = frozenset(db.scalars(select(Category.code)))
        _Kept.until = time.monotonic() + KEEP_SECONDS
    return _Kept.categories


def _shown(place: Place) -> ask.Place:
    return ask.Place(code=place.code, name=place.name, level=place.level.value)


class DatabaseWorld:
    """One person's view. Implements flows.world.World; lives as long as one step.

    Cases that the step finds are kept in `found`, so that applying its events does not ask again. `opened` are those
    that a right PIN has opened in this step: see pins.record_right_pin. `last_closed` is the contact's case of
    `asked_reference`, which has been loaded along with it. `is_new`: this phone was never heard of before.
    """

    def __init__(self, db: Session, contact: Contact, last_closed: Case | None = None, *, is_new: bool = False) -> None:
        self._db = db
        self._contact = contact
        self._last_closed = last_closed
        self._is_new = is_new
        self._places: PlaceTree | None = None
        self.found: dict[str, Case] = {}
        self.opened: list[Case] = []
        self._readings: dict[str, Reading] = {}

    def _tree(self) -> PlaceTree:
        if self._places is None:
            self._places = place_tree(self._db)
        return self._places

    def now(self) -> datetime:
        return clock.now()

    def places(self, parent: str | None) -> Sequence[ask.Place]:
        return [_shown(place) for place in self._tree().children.get(parent, ())]

    def find_places(self, words: str) -> Sequence[ask.Place]:
        return [_shown(place) for place in self._tree().named_in(words)]

    def has_place(self, code: str | None) -> bool:
        """Whether this house knows a place."""
        return code in self._tree().by_code

    def has_category(self, code: str | None) -> bool:
        """Whether this house knows a category."""
        return code in category_codes(self._db)

    def last_place(self) -> ask.Place | None:
        place = self._tree().by_code.get(self._contact.last_place_code or "")
        return _shown(place) if place else None

    def case(self, reference: str) -> ask.KnownCase | None:
        case = self.find(reference)
        if case is None:
            return None
        sensitive = case.sensitivity != Sensitivity.NORMAL or case.classified_at is None
        return ask.KnownCase(
            reference=case.reference,
            state=case.state.value,
            outcome=case.outcome.value if case.outcome else None,
            sensitive=sensitive,
            answer=None if sensitive else self._last_answer(case),
            has_pin=case.pin_hash is not None,
        )

    def find(self, reference: str) -> Case | None:
        """The case itself, for those who apply what the step decided."""
        if self._last_closed is not None and self._last_closed.reference == reference:
            self.found[reference] = self._last_closed
        if reference not in self.found:
            case = self._db.scalar(select(Case).where(Case.reference == reference))
            if case is None:
                return None
            self.found[reference] = case
        return self.found[reference]

    def _last_answer(self, case: Case) -> str | None:
        answers = select(Event.text).where(Event.case_id == case.id, Event.kind == "responded")
        return self._db.scalar(answers.order_by(Event.id.desc()).limit(1))

    def opens(self, reference: str, pin: str) -> bool:
        case = self.find(reference)
        if case is None:
            return False
        # Several phones guessing at once must wait for each other, or their wrong digits would not all be counted.
        self._db.refresh(case, with_for_update=True)
        if not pins.opens(case, pin):
            return False
        self.opened.append(case)
        return True

    def recent_case(self) -> str | None:
        """The open case that what follows belongs to: one in which the person was asked something, else the one that
        this phone wrote about a moment ago, over the code or by SMS.

        Never a sealed one: the answer names its reference, and the phone may be in other hands by now.
        """
        if self._is_new:
            return None
        since = clock.now() - timedelta(minutes=work.settings().join_minutes)
        case = self._db.scalar(
            select(Case)
            .where(
                Case.contact_id == self._contact.id,
                Case.sensitivity != Sensitivity.SEALED,
                Case.state.in_(OPEN),
                or_(Case.waiting_since.is_not(None), Case.last_message_at > since),
            )
            .order_by(Case.waiting_since.is_(None), Case.last_message_at.desc())
            .limit(1)
        )
        if case is None:
            return None
        self.found[case.reference] = case
        return case.reference

    def open_question(self) -> str | None:
        case = self._last_closed
        return case.reference if case is not None and cases.is_question_open(case) else None

    def hotline(self, place: str | None) -> str | None:
        return hotline_for(self._db, place or self._contact.last_place_code)

    def sms_number(self) -> str | None:
        """The number of the channel that this phone was heard on; for the phone on trial, of whichever is set up."""
        settings = work.settings()
        numbers = {
            "africastalking": [settings.africastalking.short_code, settings.africastalking.sender],
            "twilio": [settings.twilio.sender],
        }
        known = numbers.get(self._contact.channel) or [number for those in numbers.values() for number in those]
        return next((number for number in known if _DIALLED.fullmatch(number)), None)

    def read_phone(self, text: str) -> str | None:
        number = phone.normalise(text, work.settings().country_code)
        return number if phone.is_number(number) else None

    def sure_language(self, text: str) -> str | None:
        language = detect_language(text)
        return language.code if language.sure and language.code in SPOKEN else None

    def is_private(self, text: str) -> bool:
        return self._read(text).sensitivity is Sensitivity.SEALED

    def is_noise(self, text: str) -> bool:
        """Whether a text is no complaint."""
        return self._read(text).noise is not None

    def _read(self, text: str) -> Reading:
        if text not in self._readings:  # a webhook asks twice of one text, and an answer must not wait for both
            self._readings[text] = read(text)
        return self._readings[text]

    def new_reference(self) -> str:
        return cases.draw_reference()
