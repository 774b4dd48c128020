"""A world that is a plain dictionary: for the tests, the check and a phone without a database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows import reference
from flows.events import AddMessage, AskReopening, Event, Helped, OpenCase, QuestionShown, SetPin, SetPlace
from flows.fold import fold_words
from flows.world import KnownCase, Place

MOST_SHOWN = 2
"""How often the code asks whether an answer helped before it lets the matter rest."""

JOIN_SECONDS = 30 * 60
"""How long after its last SMS about a case a phone's next one belongs to it; the setting JOIN_MINUTES."""


@dataclass
class DictWorld:
    """One phone's world. `tree` gives the places below a code (None: the regions). References count up.

    `pins`: the digits of cases by reference; `hotlines`: by place code, None for anywhere; `sms`: the number for SMS;
    `languages`: texts whose language is sure; `private`: words that make a text private. `asked`: the case about which
    a dial asks whether it helped, MOST_SHOWN times at most.
    """

    tree: Mapping[str | None, Sequence[Place]] = field(default_factory=dict)
    cases: dict[str, KnownCase] = field(default_factory=dict)
    last: Place | None = None
    recent: str | None = None
    clock: datetime = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    pins: dict[str, str] = field(default_factory=dict)
    hotlines: Mapping[str | None, str] = field(default_factory=dict)
    sms: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    private: Sequence[str] = ("viol", "violee", "rape", "raped")
    asked: str | None = None
    shown: int = 0
    opened: int = 0
    heard_at: datetime | None = None

    def now(self) -> datetime:
        return self.clock

    def places(self, parent: str | None) -> Sequence[Place]:
        return self.tree.get(parent, ())

    def find_places(self, words: str) -> Sequence[Place]:
        said = f" {fold_words(words)} "
        known = [place for places in self.tree.values() for place in places]
        named = [p for p in known if f" {fold_words(p.name)} " in said or f" {fold_words(p.code)} " in said]
        return sorted(named, key=lambda place: -len(place.name))

    def last_place(self) -> Place | None:
        return self.last

    def case(self, reference: str) -> KnownCase | None:
        return self.cases.get(reference)

    def opens(self, reference: str, pin: str) -> bool:
        return self.pins.get(reference) == pin

    def hotline(self, place: str | None) -> str | None:
        at = place or (self.last.code if self.last else None)
        return self.hotlines.get(at) or self.hotlines.get(None)

    def sms_number(self) -> str | None:
        return self.sms

    def read_phone(self, text: str) -> str | None:
        digits = re.sub(r"[ ./-]", "", text)
        return digits if re.fullmatch(r"\+?[0-9]{8,15}", digits) else None

    def sure_language(self, text: str) -> str | None:
        return self.languages.get(text)

    def is_private(self, text: str) -> bool:
        return any(word in fold_words(text).split() for word in self.private)

    def ask(self, reference: str | None) -> None:
        """A case is closed, and its person is to be asked whether it helped."""
        self.asked, self.shown = reference, 0

    def open_question(self) -> str | None:
        return self.asked if self.shown < MOST_SHOWN else None

    def recent_case(self) -> str | None:
        age = (self.clock - self.heard_at).total_seconds() if self.heard_at else 0
        return self.recent if age < JOIN_SECONDS else None

    def new_reference(self) -> str:
        self.opened += 1
        return reference.make(f"{self.opened:09d}")

    def apply(self, events: Sequence[Event], *, by_sms: bool) -> None:
        """Remembers what the events change in what is asked here later."""
        for event in events:
            if by_sms and isinstance(event, OpenCase):
                self.recent, self.heard_at = event.reference, self.clock
            if isinstance(event, AddMessage) and event.reference == self.recent:
                self.heard_at = self.clock
            if isinstance(event, OpenCase):
                self.cases[event.reference] = KnownCase(event.reference, "received", None, event.sealed, None)
            if isinstance(event, OpenCase | SetPlace) and event.place:
                self.last = self._place(event.place)
            if isinstance(event, SetPin) and event.reference in self.cases:
                self.pins[event.reference] = event.pin
                self.cases[event.reference] = replace(self.cases[event.reference], has_pin=True)
            if isinstance(event, QuestionShown):
                self.shown += 1
            if isinstance(event, Helped) and event.reference == self.asked:
                self.asked = None
            if isinstance(event, AskReopening) and event.reference in self.cases:
                self.cases[event.reference] = replace(self.cases[event.reference], state="reopened")

    def _place(self, code: str) -> Place | None:
        return next((place for places in self.tree.values() for place in places if place.code == code), None)


def sample_tree() -> dict[str | None, Sequence[Place]]:
    """The 13 regions (COD-AB 2020), and below Centre-Nord some of each level down to sites that are made up."""
    regions = ["Boucle du Mouhoun", "Cascades", "Centre-Est", "Centre-Nord", "Centre-Ouest", "Centre-Sud", "Est"]
    regions += ["Hauts-Bassins", "Nord", "Plateau-Central", "Sahel", "Sud-Ouest"]
    provinces = {"BF4901": "Bam", "BF4902": "Namentenga", "BF4903": "Sanmatenga"}
    communes = {"BF490301": "Barsalogho", "BF490302": "Boussouma", "BF490304": "Kaya", "BF490305": "Korsimoro"}
    sites = {f"KY{number:02d}": f"Site {number} de Kaya" for number in range(1, 13)}

    def level(named: Mapping[str, str], level_name: str) -> list[Place]:
        return [Place(code, name, level_name) for code, name in named.items()]

    return {
        None: level({"BF13": "Centre", **{f"BF{46 + at}": name for at, name in enumerate(regions)}}, "region"),
        "BF49": level(provinces, "province"),
        "BF52": level({"BF5201": "Gnagna", "BF5203": "Komondjari"}, "province"),
        "BF4903": level(communes, "commune"),
        "BF490304": level(sites, "site"),
    }
