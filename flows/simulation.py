"""A world that is a plain dictionary: for the tests, the check and a phone without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows import reference
from flows.events import AskReopening, Event, OpenCase, SetPlace
from flows.fold import fold_words
from flows.world import KnownCase, Place


@dataclass
class DictWorld:
    """One phone's world. `tree` gives the places below a code (None: the regions). References count up."""

    tree: Mapping[str | None, Sequence[Place]] = field(default_factory=dict)
    cases: dict[str, KnownCase] = field(default_factory=dict)
    last: Place | None = None
    recent: str | None = None
    clock: datetime = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    opened: int = 0

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

    def recent_case(self) -> str | None:
        return self.recent

    def new_reference(self) -> str:
        self.opened += 1
        return reference.make(f"{self.opened:09d}")

    def apply(self, events: Sequence[Event], *, by_sms: bool) -> None:
        """Remembers what the events change in what is asked here later."""
        for event in events:
            if isinstance(event, OpenCase):
                self.cases[event.reference] = KnownCase(event.reference, "received", None, event.sealed, None)
                self.recent = event.reference if by_sms else self.recent
            if isinstance(event, OpenCase | SetPlace) and event.place:
                self.last = self._place(event.place)
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
