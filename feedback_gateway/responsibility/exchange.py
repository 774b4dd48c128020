"""The rules as a table: all of them out, and in again by a plan that somebody reads before anything is changed.

A file changes only what it names. Days that are over stay as they were; a rule that is changed begins today. The plan
is made by a pure function from the file and the rules of now, so that what was shown is what is done.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.lib.spreadsheet import Cell
from feedback_gateway.places import PlaceTree, place_tree
from feedback_gateway.responsibility.rules import Subject, add_as_written, all_rules, overlaps, set_rule, subject_of
from flows.fold import fold_words
from models import Agency, Category, Route, User
from models.words import Sensitivity

COLUMNS = (
    *("category", "category_name", "place", "place_name", "sensitivity", "agency", "agency_name"),
    *("valid_from", "valid_to", "confirmed_on", "confirmed_by", "sample"),
)
NEEDED = ("category", "place", "agency")
"""Without these columns nothing can be taken in; the names and what was confirmed are for people to read."""

_ALSO: Mapping[str, str] = {
    "categorie": "category",
    "code categorie": "category",
    "lieu": "place",
    "code lieu": "place",
    "sensibilite": "sensitivity",
    "agence": "agency",
    "code agence": "agency",
    "debut": "valid_from",
    "valable du": "valid_from",
    "fin": "valid_to",
    "valable jusqu au": "valid_to",
}
_ANY = frozenset({"", "*", "toutes", "tous", "partout", "any", "all"})
_SENSITIVITIES: Mapping[str, Sensitivity] = {
    **{word.value: word for word in Sensitivity},
    "restreint": Sensitivity.RESTRICTED,
    "scelle": Sensitivity.SEALED,
}


class Change(StrEnum):
    """What a row of the file would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True)
class Wanted:
    """A rule as a file says it."""

    subject: Subject
    agency_id: int
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Planned:
    """A row and what it would do. `why` is the code of an error; `before` who answers until now."""

    number: int
    cells: Mapping[str, str]
    change: Change
    wanted: Wanted | None = None
    why: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a file would do, row by row. Nothing can be applied while a row is wrong."""

    rows: Sequence[Planned]

    def count(self, change: Change) -> int:
        """How many rows would do this."""
        return sum(row.change == change for row in self.rows)

    @property
    def fits(self) -> bool:
        """Whether there is something to do and nothing wrong."""
        return self.count(Change.ERROR) == 0 and self.count(Change.NEW) + self.count(Change.CHANGED) > 0

    @property
    def stamp(self) -> str:
        """Differs when anything in it differs: what was shown is what is done."""
        told = [(row.number, row.change, row.wanted, row.before) for row in self.rows]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def export_rules(db: Session, group_name: Callable[[str], str]) -> list[list[Cell]]:
    """All rules, also those that have ended, under COLUMNS. `group_name` names the first part of a category's code."""
    agencies = {agency.id: agency for agency in db.scalars(select(Agency))}
    categories = {category.code: category.name_fr for category in db.scalars(select(Category))}
    users = {user.id: user.name for user in db.scalars(select(User))}
    tree = place_tree(db)

    def row(route: Route) -> list[Cell]:
        code, place = route.category or "", tree.by_code.get(route.place_code or "")
        return [
            *(code, (categories.get(code) or group_name(code)) if code else ""),
            *(route.place_code or "", place.name if place else ""),
            route.sensitivity.value if route.sensitivity else "",
            *(agencies[route.agency_id].code, agencies[route.agency_id].name),
            *(_say_day(route.valid_from), _say_day(route.valid_to)),
            _say_day(route.confirmed_at.date() if route.confirmed_at else None),
            users.get(route.confirmed_by_id or 0, ""),
            "1" if route.sample else "",
        ]

    return [list(COLUMNS), *(row(route) for route in all_rules(db))]


def _say_day(day: date | None) -> str:
    return day.isoformat() if day else ""


class Known:
    """What codes and names in a file may stand for."""

    def __init__(self, categories: Sequence[Category], tree: PlaceTree, agencies: Sequence[Agency]) -> None:
        self.tree = tree
        self.categories: dict[str, str] = {}
        for category in categories:
            group = category.code.split(".")[0]
            self.categories[fold_words(group)] = group
            for word in (category.code, category.name_fr, category.name_en):
                self.categories[fold_words(word)] = category.code
        self.agencies: dict[str, int] = {}
        for agency in agencies:
            for word in (*agency.aliases, agency.name, agency.code):
                self.agencies[fold_words(word)] = agency.id

    def category(self, word: str) -> str | None:
        """Raises RefusedError("category")."""
        if fold_words(word) in _ANY or word.strip() in _ANY:
            return None
        if found := self.categories.get(fold_words(word)):
            return found
        raise RefusedError("category")

    def place(self, word: str) -> str | None:
        """Raises RefusedError: "place", or "places" when several have this name."""
        if fold_words(word) in _ANY or word.strip() in _ANY:
            return None
        named = {place.code for place in self.tree.find_typed(word.strip())}
        if len(named) != 1:
            raise RefusedError("places" if named else "place")
        return named.pop()

    def agency(self, word: str) -> int:
        """Raises RefusedError("agency")."""
        if found := self.agencies.get(fold_words(word)):
            return found
        raise RefusedError("agency")


def know(db: Session) -> Known:
    """The codes and names of this house."""
    return Known(db.scalars(select(Category)).all(), place_tree(db), db.scalars(select(Agency)).all())


def name_columns(
    names: Sequence[str], rows: Sequence[tuple[int, Mapping[str, str]]]
) -> list[tuple[int, dict[str, str]]]:
    """The rows under our names for the columns. Raises RefusedError("columns") when one that is needed is missing."""
    ours = {name: _ALSO.get(fold_words(name), name) for name in names}
    if not set(NEEDED) <= set(ours.values()):
        raise RefusedError("columns")
    return [(number, {ours[name]: cell for name, cell in row.items() if name in ours}) for number, row in rows]


def make_plan(rows: Sequence[tuple[int, Mapping[str, str]]], known: Known, rules: Sequence[Route], today: date) -> Plan:
    """What these rows would do to these rules on that day. Changes nothing."""
    by_subject: dict[Subject, list[Route]] = {}
    for rule in rules:
        by_subject.setdefault(subject_of(rule), []).append(rule)
    planned: list[Planned] = []
    seen: dict[Subject, list[Wanted]] = {}
    for number, cells in rows:
        try:
            wanted = _read(cells, known)
            if any(_same_days(wanted, other) for other in seen.get(wanted.subject, ())):
                raise RefusedError("twice")
            seen.setdefault(wanted.subject, []).append(wanted)
            planned.append(
                replace(_judge(wanted, by_subject.get(wanted.subject, ()), today), number=number, cells=cells)
            )
        except RefusedError as refusal:
            planned.append(Planned(number, cells, Change.ERROR, why=refusal.code))
    return Plan(planned)


def _read(cells: Mapping[str, str], known: Known) -> Wanted:
    sensitivity = fold_words(cells.get("sensitivity", ""))
    if sensitivity not in _ANY and sensitivity not in _SENSITIVITIES:
        raise RefusedError("sensitivity")
    wanted = Wanted(
        Subject(
            known.category(cells.get("category", "")),
            known.place(cells.get("place", "")),
            _SENSITIVITIES.get(sensitivity),
        ),
        known.agency(cells.get("agency", "")),
        _read_day(cells.get("valid_from", "")),
        _read_day(cells.get("valid_to", "")),
    )
    # A rule that was replaced on its first day stands in a file with its end before its beginning.
    if wanted.since and wanted.until and wanted.until < wanted.since and (wanted.since - wanted.until).days != 1:
        raise RefusedError("period")
    return wanted


def _read_day(word: str) -> date | None:
    """A day as `2026-12-31` or `31/12/2026`; None for none. Raises RefusedError("date")."""
    if not word.strip():
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(word.strip(), form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise RefusedError("date")


def _same_days(one: Wanted, other: Wanted) -> bool:
    if one.until and one.since and one.until < one.since:
        return False
    first = max(one.since or date.min, other.since or date.min)
    return first <= min(one.until or date.max, other.until or date.max)


def _judge(wanted: Wanted, rules: Sequence[Route], today: date) -> Planned:
    exactly = [(rule.agency_id, rule.valid_from, rule.valid_to) for rule in rules]
    if (wanted.agency_id, wanted.since, wanted.until) in exactly:
        return Planned(0, {}, Change.UNCHANGED, wanted)
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise RefusedError("period")
    if not any(overlaps(rule, wanted.since, wanted.until) for rule in rules):
        return Planned(0, {}, Change.NEW, wanted)
    if wanted.until is not None and wanted.until < today:
        raise RefusedError("past")
    from_now = replace(wanted, since=max(wanted.since or today, today))
    in_the_way = [rule for rule in rules if overlaps(rule, from_now.since, from_now.until)]
    holder = next((rule for rule in rules if overlaps(rule, from_now.since, from_now.since)), None)
    as_it_is = holder is not None and (holder.agency_id, holder.valid_to) == (wanted.agency_id, wanted.until)
    if as_it_is and in_the_way == [holder]:
        return Planned(0, {}, Change.UNCHANGED, wanted)
    return Planned(0, {}, Change.CHANGED, from_now, before=holder.agency_id if holder else None)


def plan_import(db: Session, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Plan:
    """What these rows (under our names for the columns) would do now."""
    return make_plan(rows, know(db), all_rules(db), clock.now().date())


def apply_plan(db: Session, plan: Plan, *, by: User) -> int:
    """Does what the plan says, all of it, in this transaction; returns how many rules were set.

    Raises RefusedError: "errors" (a row is wrong), or what the first rule that cannot be set is refused for.
    """
    if plan.count(Change.ERROR):
        raise RefusedError("errors")
    done = 0
    for row in plan.rows:
        wanted = row.wanted
        if wanted is None or row.change == Change.UNCHANGED:
            continue
        set_it = add_as_written if row.change == Change.NEW else set_rule
        set_it(db, wanted.subject, wanted.agency_id, since=wanted.since, until=wanted.until, by=by)
        done += 1
    return done
