"""The matrix: category by place, who answers today, and where nobody does. Made by the same code that routes cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import routing
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from feedback_gateway.responsibility.rules import Standing, all_rules, standing
from feedback_gateway.routing import Circumstances, Objection, choose_route
from models import Category, Place, Route
from models.words import Level


@dataclass(frozen=True)
class Box:
    """One field: the agencies that answer, by id; `gap`: for something in it nobody does.

    `own`: a rule was made for exactly this field. `stale`: one that would count has grown stale; `ageing`: it soon
    will. `later`: a rule for this field begins on another day. `sample`: by what the seed made up. `inside`: how many
    places in it have rules of their own.
    """

    agencies: tuple[int, ...] = ()
    gap: bool = False
    own: bool = False
    stale: bool = False
    ageing: bool = False
    later: bool = False
    sample: bool = False
    inside: int = 0


@dataclass(frozen=True)
class Row:
    """A group of categories (`EHA`), a category (`EHA.EAU`), or whatever no other rule names (None)."""

    category: str | None
    is_group: bool
    boxes: Sequence[Box]

    def summary(self, columns: Sequence[str | None]) -> list[tuple[Box, list[str | None]]]:
        """The row in few words: each different answer with the places where it is given."""
        found: dict[tuple[tuple[int, ...], bool, bool], tuple[Box, list[str | None]]] = {}
        for box, column in zip(self.boxes, columns, strict=True):
            found.setdefault((box.agencies, box.gap, box.stale), (box, []))[1].append(column)
        return list(found.values())


@dataclass(frozen=True)
class Matrix:
    """The columns are places (None: the whole country), the rows categories."""

    columns: Sequence[str | None]
    rows: Sequence[Row]


class _Rules:
    """The rules at one moment, by what they are asked."""

    def __init__(self, db: Session, now: datetime) -> None:
        self.now, self.rules, self.tree = now, all_rules(db), place_tree(db)
        self.categories: Mapping[str, Category] = {
            each.code: each for each in db.scalars(select(Category).order_by(Category.code))
        }
        self.circumstances = Circumstances(now.date(), routing.confirmed_since(now))
        self.by_id = {rule.id: rule for rule in self.rules}
        self.alive = [rule for rule in self.rules if standing(rule, now) != Standing.ENDED]
        self.fitting: dict[str, list[Route]] = {}

    def box(self, codes: Iterable[str], own: str | None, place: str | None) -> Box:
        ladder = self.tree.ladder(place)
        agencies: dict[int, None] = {}
        gap = stale = ageing = sample = False
        for code in codes:
            category = self.categories[code]
            fitting = self.fitting.setdefault(code, [r for r in self.alive if r.category in (None, code, _group(code))])
            decision = choose_route(fitting, code, ladder, category.sensitivity, self.circumstances)
            stale |= any(each.objection == Objection.STALE for each in decision.passed_over)
            if decision.agency_id is None or decision.route_id is None:
                gap = True
                continue
            agencies[decision.agency_id] = None
            rule = self.by_id[decision.route_id]
            sample |= rule.sample
            ageing |= standing(rule, self.now) == Standing.AGEING
        exactly = [rule for rule in self.alive if rule.category == own and rule.place_code == place]
        return Box(
            agencies=tuple(agencies),
            gap=gap,
            own=any(standing(rule, self.now) != Standing.LATER for rule in exactly),
            stale=stale,
            ageing=ageing,
            later=any(standing(rule, self.now) == Standing.LATER for rule in exactly),
            sample=sample,
            inside=len(self.inside(codes, own, place)),
        )

    def inside(self, codes: Iterable[str], own: str | None, place: str | None) -> set[str]:
        """The places below this one that have rules for some of these categories."""
        asked = {own, *codes}
        return {
            rule.place_code
            for rule in self.alive
            if rule.place_code is not None
            and rule.place_code != place
            and rule.category in asked
            and (place is not None and place in self.tree.ladder(rule.place_code))
        }


def _group(code: str) -> str:
    return code.split(".")[0]


def regions(tree: PlaceTree) -> list[Place]:
    """The regions, without those that were carved out of one of them."""
    return [place for place in tree.children.get(None, []) if place.level == Level.REGION]


def read_matrix(db: Session, *, place: str | None = None, unfolded: str = "") -> Matrix:
    """The matrix of today. `place` unfolds a region (or what is below it); `unfolded` a group, or `all` of them."""
    rules = _Rules(db, clock.now())
    columns: list[str | None] = [None, *(region.code for region in regions(rules.tree))]
    if place in rules.tree.by_code:
        columns = [place, *_within(rules, place)]
    groups: dict[str, list[str]] = {}
    for code in rules.categories:
        groups.setdefault(_group(code), []).append(code)
    rows: list[Row] = []
    for group, codes in groups.items():
        rows.append(Row(group, True, [rules.box(codes, group, column) for column in columns]))
        if unfolded in ("all", group):
            rows += [Row(code, False, [rules.box([code], code, column) for column in columns]) for code in codes]
    if any(rule.category is None for rule in rules.alive):
        rows.append(Row(None, True, [rules.box([], None, column) for column in columns]))
    return Matrix(columns, rows)


def _within(rules: _Rules, place: str) -> list[str]:
    """The places just below, and whatever lies deeper and has rules."""
    ruled = {rule.place_code for rule in rules.alive}
    below = {child.code for child in rules.tree.children.get(place, [])}
    deeper = {each.code for each in rules.tree.inside(place) if each.code in ruled and each.code != place}
    return sorted(below | deeper, key=lambda code: rules.tree.ladder(code)[::-1])


def who_answers(db: Session, category: str, place: str | None) -> int | None:
    """The agency that would get a case about this category in this place now."""
    agencies = _Rules(db, clock.now()).box([category], category, place).agencies
    return agencies[0] if agencies else None


@dataclass(frozen=True)
class Gap:
    """Nobody answers for this category: in these regions, or (None) anywhere."""

    category: str
    regions: tuple[str, ...] | None


def gaps(db: Session) -> list[Gap]:
    """What would have no owner today, by category. A region with a gap that a rule fills further down is one still."""
    rules = _Rules(db, clock.now())
    everywhere = [region.code for region in regions(rules.tree)]
    found = []
    for code in rules.categories:
        bare = [region for region in everywhere if rules.box([code], code, region).gap]
        if bare:
            found.append(Gap(code, None if len(bare) == len(everywhere) else tuple(bare)))
    return found
