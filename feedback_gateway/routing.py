"""Routing: category x place x sensitivity -> the agency responsible, and by when each step is due.

The most specific rule wins: first by category, then by place, then by sensitivity. No rule: no owner, which is a
queue of its own that managers see; never nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.places import place_tree
from models import Case, Route
from models.words import Priority, Sensitivity


@dataclass(frozen=True)
class Clocks:
    """How long each step may take, counted from the opening (usual practice of complaint desks in the response)."""

    triage: timedelta
    referral: timedelta
    acceptance: timedelta
    answer: timedelta


def _hours(triage: int, referral: int, acceptance: int, answer: int) -> Clocks:
    return Clocks(*(timedelta(hours=hours) for hours in (triage, referral, acceptance, answer)))


CLOCKS = {
    Priority.P0: _hours(2, 24, 24, 72),
    Priority.P1: _hours(24, 48, 72, 7 * 24),
    Priority.P2: _hours(3 * 24, 5 * 24, 7 * 24, 14 * 24),
    Priority.P3: _hours(5 * 24, 7 * 24, 10 * 24, 30 * 24),
}


@dataclass(frozen=True)
class Decision:
    """Who is responsible and by which rule. `because` is `category|place|sensitivity`, `*` for any."""

    agency_id: int | None
    because: str


NO_OWNER = Decision(None, "")


def choose_route(
    routes: Sequence[Route], category: str | None, ladder: Sequence[str], sensitivity: Sensitivity
) -> Decision:
    """The most specific of the rules that fit. `ladder`: the place's code and those above it, narrowest first."""
    fitting = [
        (_category_rank(route, category), _place_rank(route, ladder), route.sensitivity is not None, -route.id, route)
        for route in routes
        if _category_rank(route, category) >= 0
        and _place_rank(route, ladder) >= 0
        and route.sensitivity in (None, sensitivity)
    ]
    if not fitting:
        return NO_OWNER
    route = max(fitting, key=lambda fit: fit[:4])[4]
    because = "|".join((route.category or "*", route.place_code or "*", route.sensitivity or "*"))
    return Decision(route.agency_id, because)


def _category_rank(route: Route, category: str | None) -> int:
    if route.category is None:
        return 0
    if category is None:
        return -1
    if route.category == category:
        return 2
    return 1 if route.category == category.split(".")[0] else -1


def _place_rank(route: Route, ladder: Sequence[str]) -> int:
    if route.place_code is None:
        return 0
    return len(ladder) - ladder.index(route.place_code) if route.place_code in ladder else -1


def route_case(db: Session, case: Case) -> Decision:
    """Who answers for this case by the rules of now. A case without a category has no owner until it is triaged."""
    if case.category_code is None:
        return NO_OWNER
    ladder = place_tree(db).ladder(case.place_code)
    return choose_route(db.scalars(select(Route)).all(), case.category_code, ladder, case.sensitivity)


def set_clocks(case: Case, priority: Priority, since: datetime) -> None:
    """Stores the priority and the due times on the case: the promise does not move when a rule does."""
    clocks = CLOCKS[priority]
    case.priority = priority
    case.triage_due_at = since + clocks.triage
    case.referral_due_at = since + clocks.referral
    case.acceptance_due_at = since + clocks.acceptance
    case.answer_due_at = since + clocks.answer
