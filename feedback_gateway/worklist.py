"""The lists of cases: what makes up each tab of the queue and each number of the manager's page.

A number and the list behind it use the same condition, so they cannot differ. Who may see a case is not decided
here: every select starts from `access.accessible_to(user)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, false, func, null, or_, select

from feedback_gateway.case_states import OPEN
from feedback_gateway.places import PlaceTree
from models import Case, Event
from models.words import CaseState, Priority

NONE = "none"
"""The filter value for cases without a category or without a place."""

Condition = ColumnElement[bool]

_A_COMPLAINT: Condition = Case.noise.is_(None)  # what is none is kept apart

_TO_TAKE = (CaseState.REFERRED, CaseState.UNRESPONDED)
_UNDER_WAY = (
    CaseState.ACCEPTED,
    CaseState.IN_ACTION,
    CaseState.AGENCY_RESPONDED,
    CaseState.PERSON_INFORMED,
    CaseState.REOPENED,
)


def next_due(item: Case) -> datetime | None:
    """When the next step of a case is due; None once the agency has answered, or when nothing is owed."""
    if item.state == CaseState.CLOSED or item.responded_at is not None or item.noise is not None:
        return None
    if item.triaged_at is None:
        return item.triage_due_at
    if item.agency_id is None:
        return item.referral_due_at
    return item.acceptance_due_at if item.state in _TO_TAKE else item.answer_due_at


def _next_due_in_sql() -> ColumnElement[datetime | None]:
    return case(
        (or_(Case.state == CaseState.CLOSED, Case.responded_at.is_not(None), Case.noise.is_not(None)), null()),
        (Case.triaged_at.is_(None), Case.triage_due_at),
        (Case.agency_id.is_(None), Case.referral_due_at),
        (Case.state.in_(_TO_TAKE), Case.acceptance_due_at),
        else_=Case.answer_due_at,
    )


def is_late(now: datetime) -> Condition:
    """Open, and the next step was due before now."""
    return func.coalesce(_next_due_in_sql() < now, false())


def _always(condition: Condition) -> Callable[[datetime], Condition]:
    return lambda _now: condition


TABS: Mapping[str, Callable[[datetime], Condition]] = {
    "take": _always(and_(_A_COMPLAINT, Case.state.in_(_TO_TAKE))),
    "active": _always(and_(_A_COMPLAINT, Case.state.in_(_UNDER_WAY))),
    "late": is_late,
    "reopening": _always(and_(Case.state == CaseState.CLOSED, Case.reopening_asked_at.is_not(None))),
    "unowned": _always(and_(_A_COMPLAINT, Case.state.in_(OPEN), Case.agency_id.is_(None))),
    "noise": _always(Case.noise.is_not(None)),
    "closed": _always(and_(_A_COMPLAINT, Case.state == CaseState.CLOSED)),
    "all": _always(_A_COMPLAINT),
}
"""The tabs of the queue, in their order."""

_NUMBERS: Mapping[str, Callable[[datetime], Condition]] = {
    "open": _always(Case.state.in_(OPEN)),
    "acknowledged": _always(Case.acknowledged_at.is_not(None)),
    "answered": _always(Case.responded_at.is_not(None)),
    "answer_counted": lambda now: or_(Case.responded_at.is_not(None), Case.answer_due_at < now),
    "answered_in_time": _always(Case.responded_at <= Case.answer_due_at),
    "told": _always(Case.told_at.is_not(None)),
    "asked": _always(Case.satisfaction_asked_at.is_not(None)),
    "said": _always(and_(Case.satisfaction_asked_at.is_not(None), Case.helped.is_not(None))),
    "helped": _always(and_(Case.satisfaction_asked_at.is_not(None), Case.helped.is_(True))),
    "reopened": _always(Case.id.in_(select(Event.case_id).where(Event.kind == "reopened"))),
}


def _of_complaints(condition: Callable[[datetime], Condition]) -> Callable[[datetime], Condition]:
    return lambda now: and_(_A_COMPLAINT, condition(now))


LISTS: Mapping[str, Callable[[datetime], Condition]] = {
    **TABS,
    **{name: _of_complaints(condition) for name, condition in _NUMBERS.items()},
}
"""Every list that has an address: the tabs, and those behind the numbers of the manager's page."""


def order_of_work(now: datetime) -> tuple[SQLColumnExpression[Any], ...]:
    """What to do first: overdue cases, then by priority and urgency, then the oldest."""
    rank = case({priority: place for place, priority in enumerate(Priority)}, value=Case.priority, else_=len(Priority))
    return (is_late(now).desc(), rank, Case.urgency.desc(), Case.opened_at, Case.id)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. Each field stands in the address of the page; None narrows nothing.

    `category` is a code or the first part of one, `region` a region's code (either may be NONE), `days` counts back
    from now, `reference` is exact: ten digits.
    """

    category: str | None = None
    region: str | None = None
    priority: Priority | None = None
    language: str | None = None
    days: int | None = None
    reference: str | None = None

    def conditions(self, tree: PlaceTree, now: datetime) -> list[Condition]:
        """The conditions on a case, to be joined by AND."""
        found: list[Condition] = []
        if self.category:
            found.append(_of_category(self.category))
        if self.region:
            found.append(_in_region(self.region, tree))
        if self.priority:
            found.append(Case.priority == self.priority)
        if self.language:
            found.append(Case.language == self.language)
        if self.days:
            found.append(Case.opened_at >= now - timedelta(days=self.days))
        if self.reference:
            found.append(Case.reference == self.reference)
        return found


def _of_category(code: str) -> Condition:
    if code == NONE:
        return Case.category_code.is_(None)
    return or_(Case.category_code == code, Case.category_code.startswith(f"{code}.", autoescape=True))


def _in_region(code: str, tree: PlaceTree) -> Condition:
    if code == NONE:
        return or_(Case.place_code.is_(None), Case.place_code.not_in(list(tree.by_code)))
    return Case.place_code.in_([code, *(place.code for place in tree.inside(code))])
