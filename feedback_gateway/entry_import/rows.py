"""One row of a register, read: an entry as a form would give it, or what is wrong with it, in codes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.classify.model.label_names import find_codes
from feedback_gateway.entry import LANGUAGES, MOST_LETTERS, OLDEST, Entry, read_phone
from feedback_gateway.entry_import.headings import PLACES
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from flows.fold import fold_words
from models import Agency, Case, Category, Place, vault
from models.words import Medium

MOST_GUESSED = 300
"""So many names of places that are none are compared with all that there are: it costs milliseconds each."""

_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y/%m/%d")
_TIMES = ("", " %H:%M", " %H:%M:%S")
_YES = frozenset({"oui", "yes", "o", "y", "1", "x", "vrai", "true", "sensible", "sensitive", "accepte", "ok"})
_NO = frozenset({"non", "no", "n", "0", "faux", "false", "non sensible", "non sensitive", "not sensitive", "refuse"})
_CHANNELS: Mapping[Medium, tuple[str, ...]] = {
    Medium.FACE_TO_FACE: (
        "de vive voix",
        "face a face",
        "face to face",
        "visite",
        "household visit",
        "entretien",
        "oral",
    ),
    Medium.CALL: ("appel", "telephone", "call", "hotline", "call centre", "call center", "ligne verte", "phone"),
    Medium.HELP_DESK: ("guichet", "guichet d aide", "help desk", "helpdesk", "bureau de plaintes", "information desk"),
    Medium.COMMITTEE: ("comite", "comite de plaintes", "committee", "community committee", "comite de gestion"),
    Medium.BOX: ("boite", "boite a plaintes", "boite a suggestions", "feedback box", "suggestion box", "complaint box"),
    Medium.SMS: ("sms", "texto"),
}
_MEDIUM = {name: medium for medium, names in _CHANNELS.items() for name in names}
_SPOKEN = {
    **dict(zip(LANGUAGES, LANGUAGES, strict=True)),
    "francais": "fr",
    "french": "fr",
    "moore": "mos",
    "more": "mos",
    "mossi": "mos",
    "dioula": "dyu",
    "jula": "dyu",
    "fulfulde": "ff",
    "peul": "ff",
    "fula": "ff",
    "gourmantche": "gux",
    "gulmancema": "gux",
    "arabe": "ar",
    "arabic": "ar",
    "haoussa": "ha",
    "hausa": "ha",
    "tamasheq": "taq",
    "tamachek": "taq",
    "bambara": "bm",
    "anglais": "en",
    "english": "en",
}


@dataclass(frozen=True)
class Choices:
    """What whoever brings a file has said of it. `columns`: the number of a column by field; `register`: its name.

    `may_contact` and `medium` hold where the file does not say; with `machine_sorts` a category that nobody knows is
    left to the machine.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    register: str = ""
    medium: Medium = Medium.IMPORT
    may_contact: bool = False
    machine_sorts: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "columns": dict(self.columns)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choices":
        return cls(**{**kept, "medium": Medium(kept["medium"])})


class Fault(NamedTuple):
    """What is wrong with a field of a row; `value` is what stands there, `hints` what may be meant."""

    field: str
    code: str
    value: str = ""
    hints: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """A row with its number in the file. With faults there is no `entry`; `known`: an earlier import brought it."""

    number: int
    faults: Sequence[Fault]
    entry: Entry | None = None
    key: str = ""
    known: bool = False


@dataclass(frozen=True)
class _House:
    """What rows are compared with, asked for once. `near` keeps what was found for a place that is none."""

    tree: PlaceTree
    categories: Mapping[str, str]
    agencies: Mapping[str, int]
    now: datetime
    near: dict[str, list[str]] = field(default_factory=dict)


def _look_around(db: Session) -> _House:
    categories: dict[str, str] = {}
    for each in db.scalars(select(Category)):
        categories |= {fold_words(name): each.code for name in (each.code, each.name_fr, each.name_en)}
    agencies: dict[str, int] = {}
    for agency in db.scalars(select(Agency)):
        agencies |= {fold_words(name): agency.id for name in (agency.code, agency.name, *agency.aliases)}
    return _House(place_tree(db), categories, agencies, clock.now())


def check_rows(
    db: Session, rows: Sequence[Sequence[str]], choices: Choices, only: Sequence[int] | None = None
) -> list[Row]:
    """Reads the rows below the headings (`only` those of these numbers); empty ones and a row of HXL tags are left out.

    A row that stands in the file twice is a fault at its second place.
    """
    house = _look_around(db)
    wanted = range(2, len(rows) + 1) if only is None else only
    found = [_read_row(house, number, rows[number - 1], choices) for number in wanted if _says(rows[number - 1])]
    found = list(_without_doubles(found))
    stored = set(_stored_keys(db, [row.key for row in found if row.entry]))
    return [Row(row.number, row.faults, row.entry, row.key, row.key in stored) for row in found]


def _says(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and not all(cell.startswith("#") for cell in filled)


def _without_doubles(rows: Sequence[Row]) -> Iterator[Row]:
    first: dict[str, int] = {}
    for row in rows:
        if row.entry is not None and row.key in first:
            yield Row(row.number, [Fault("row", "double", str(first[row.key]))])
            continue
        first.setdefault(row.key, row.number)
        yield row


def _stored_keys(db: Session, keys: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(keys), 500):
        part = select(Case.entry_key).where(Case.entry_key.in_(keys[start : start + 500]))
        yield from (key for key in db.scalars(part) if key)


def _read_row(house: _House, number: int, cells: Sequence[str], choices: Choices) -> Row:
    def cell(name: str) -> str:
        index = choices.columns.get(name)
        return cells[index].strip() if index is not None and index < len(cells) else ""

    faults: list[Fault] = []
    text = cell("text")
    if not text:
        faults.append(Fault("text", "missing"))
    elif len(text) > MOST_LETTERS:
        faults.append(Fault("text", "long"))
    said_at = _date(house, cell("date"), "date" in choices.columns, faults)
    place, unplaced = _place(house, {name: cell(name) for name in PLACES}, faults)
    entry = Entry(
        medium=_MEDIUM.get(fold_words(cell("medium")), choices.medium),
        text=f"{text}\n[{unplaced}]" if unplaced else text,  # a village that the list lacks is worth keeping
        said_at=said_at,
        language=_SPOKEN.get(fold_words(cell("language"))),
        category=_category(house, cell("category"), faults, machine_sorts=choices.machine_sorts),
        place=place,
        phone=_phone(cell("phone"), faults),
        may_contact=_yes("may_contact", cell("may_contact"), choices.may_contact, faults),
        by_proxy=_yes("by_proxy", cell("by_proxy"), False, faults),
        concerned=_agency(house, cell("agency"), faults),
        sealed=_yes("sealed", cell("sealed"), False, faults),
    )
    if faults:
        return Row(number, faults)
    # An id is one of its register; a row without one is known by all that it says.
    said = ["id", cell("id")] if cell("id") else ["row", *(cell(name) for name in sorted(choices.columns))]
    return Row(number, [], entry, vault.lookup("import", fold_words(choices.register), *said))


def _date(house: _House, typed: str, is_asked: bool, faults: list[Fault]) -> datetime | None:
    """The day that a row names, from noon where it names no hour. Day before month: it is a French-speaking country."""
    if not typed:
        if is_asked:
            faults.append(Fault("date", "missing"))
        return None
    said = read_day(typed)
    if said is None:
        faults.append(Fault("date", "date", typed))
    elif said.date() > house.now.date():
        faults.append(Fault("date", "future", typed))
    elif said < house.now - OLDEST:
        faults.append(Fault("date", "old", typed))
    return min(said, house.now) if said else None


def read_day(typed: str) -> datetime | None:
    """A day as people write it, from noon where no hour stands beside it; None for what is none."""
    plain = re.sub(r"\.[0-9]+$", "", typed.replace("T", " ").removesuffix("Z")) if ":" in typed else typed
    for day in _DATES:
        for hour in _TIMES:
            try:
                found = datetime.strptime(plain, day + hour).replace(tzinfo=UTC)
            except ValueError:
                continue
            return found if hour else datetime.combine(found, time(12), UTC)
    return None


def _place(house: _House, typed: Mapping[str, str], faults: list[Fault]) -> tuple[str | None, str]:
    """(the narrowest place that is known, the names of narrower ones that are not). A fault where none is known."""
    named = [(name, typed[name]) for name in PLACES if typed[name]]
    unplaced: list[str] = []
    for position, (_name, words) in enumerate(named):
        found = house.tree.find_typed(words)
        wider = {place.code for _, above in named[position + 1 :] for place in house.tree.find_typed(above)}
        inside = [place for place in found if wider & set(house.tree.ladder(place.parent_code))]
        found = inside if len(found) > 1 and inside else found
        if len(found) > 1:
            faults.append(Fault("place", "several", words, [_show(house, place) for place in found[:5]]))
            return None, ""
        if found:
            return found[0].code, ", ".join(unplaced)
        unplaced.append(words)
    if named:
        words = named[0][1]
        if words not in house.near and len(house.near) < MOST_GUESSED:
            house.near[words] = [_show(house, place) for place in house.tree.resembling(words)]
        faults.append(Fault("place", "unknown", words, house.near.get(words, ())))
    return None, ""


def _show(house: _House, place: Place) -> str:
    return house.tree.show(place.code)


def _category(house: _House, typed: str, faults: list[Fault], *, machine_sorts: bool) -> str | None:
    if not typed:
        return None
    code = house.categories.get(fold_words(typed))
    meant = [each for each in find_codes(typed) if fold_words(each) in house.categories]
    if code is None and len(meant) == 1:
        return meant[0]
    if code is None and not machine_sorts:
        faults.append(Fault("category", "unknown", typed, meant[:5]))
    return code


def _phone(typed: str, faults: list[Fault]) -> str | None:
    wrong: dict[str, str] = {}
    number = read_phone(typed, wrong)
    if wrong:
        faults.append(Fault("phone", "number"))  # what stands there is not repeated on a page
    return number


def _agency(house: _House, typed: str, faults: list[Fault]) -> int | None:
    if not typed:
        return None
    if fold_words(typed) not in house.agencies:
        faults.append(Fault("agency", "unknown", typed))
    return house.agencies.get(fold_words(typed))


def _yes(name: str, typed: str, otherwise: bool, faults: list[Fault]) -> bool:
    said = fold_words(typed)
    if not said:
        return otherwise
    if said not in _YES | _NO:
        faults.append(Fault(name, "yes_or_no", typed))
    return said in _YES
