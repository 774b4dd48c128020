"""The lists of cases: what makes up each tab of the queue and each number of the manager's page.

A number and the list behind it use the same condition, so they cannot differ. Who may see a case is not decided
here: every select starts from `access.accessible_to(user)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, exists, or_, select

from feedback_gateway.case_states import OPEN
from feedback_gateway.places import PlaceTree
from models import Agency, Case, Clock, Event, Referral, User
from models.words import CaseState, Outcome, Priority, ReferralState, Step

NONE = "none"
"""The filter value for cases without a category or without a place."""

Condition = ColumnElement[bool]
ListOf = Callable[[datetime, User], Condition]
"""What makes a case part of a list, now and for this user."""

_A_COMPLAINT: Condition = Case.noise.is_(None)  # what is none is kept apart

_TO_TAKE = (CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED)  # the last: it came back to its sender
_UNDER_WAY = (
    CaseState.ACCEPTED,
    CaseState.IN_ACTION,
    CaseState.AGENCY_RESPONDED,
    CaseState.PERSON_INFORMED,
    CaseState.REOPENED,
)


_OWED = or_(Case.state.in_(OPEN), Case.reopening_asked_at.is_not(None))


def next_due(item: Case) -> datetime | None:
    """When the next step of a case is due; None when nothing is owed, or while the person is waited for."""
    return item.next_due_at if item.noise is None else None


def is_late(now: datetime) -> Condition:
    """A complaint of which a step was due before now."""
    return and_(_A_COMPLAINT, Case.next_due_at.is_not(None), Case.next_due_at < now)


def tonight(now: datetime) -> datetime:
    """The end of this day: midnight, in the hours of Burkina Faso."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def is_due_today(now: datetime) -> Condition:
    """A complaint of which a step is due before the day ends, or was before."""
    return and_(_A_COMPLAINT, Case.next_due_at.is_not(None), Case.next_due_at < tonight(now))


def _always(condition: Condition) -> ListOf:
    return lambda _now, _user: condition


TABS: Mapping[str, ListOf] = {
    "mine": lambda _now, user: and_(_A_COMPLAINT, _OWED, Case.focal_point_id == user.id),
    "take": _always(and_(_A_COMPLAINT, Case.state.in_(_TO_TAKE), Case.agency_id.is_not(None))),
    "active": _always(and_(_A_COMPLAINT, Case.state.in_(_UNDER_WAY))),
    "late": lambda now, _user: is_late(now),
    "reopening": _always(and_(Case.state == CaseState.CLOSED, Case.reopening_asked_at.is_not(None))),
    "unowned": _always(and_(_A_COMPLAINT, Case.state.in_(OPEN), Case.agency_id.is_(None))),
    "noise": _always(Case.noise.is_not(None)),
    "closed": _always(and_(_A_COMPLAINT, Case.state == CaseState.CLOSED)),
    "all": _always(_A_COMPLAINT),
}
"""The tabs of the queue, in their order."""

_NUMBERS: Mapping[str, ListOf] = {
    "open": _always(Case.state.in_(OPEN)),
    "acknowledged": _always(Case.acknowledged_at.is_not(None)),
    "answered": _always(Case.responded_at.is_not(None)),
    "answer_counted": lambda now, _user: or_(Case.responded_at.is_not(None), Case.answer_due_at < now),
    "answered_in_time": _always(Case.responded_at <= Case.answer_due_at),
    "told": _always(Case.told_at.is_not(None)),
    "asked": _always(Case.satisfaction_asked_at.is_not(None)),
    "said": _always(and_(Case.satisfaction_asked_at.is_not(None), Case.helped.is_not(None))),
    "helped": _always(and_(Case.satisfaction_asked_at.is_not(None), Case.helped.is_(True))),
    "reopened": _always(Case.id.in_(select(Event.case_id).where(Event.kind == "reopened"))),
}


def _clock(step: Step, *conditions: Condition) -> Condition:
    return exists().where(Clock.case_id == Case.id, Clock.step == step, *conditions)


def _in_time(step: Step) -> Mapping[str, ListOf]:
    """The cases of which this step is over or should be, and those of them that never broke its clock."""
    over = _clock(step, or_(Clock.stopped_at.is_not(None), Clock.breached_at.is_not(None)))
    kept = and_(over, ~_clock(step, Clock.breached_at.is_not(None)))
    return {f"{step}_counted": _always(over), f"{step}_in_time": _always(kept)}


_BACK = exists().where(
    Referral.case_id == Case.id, or_(Referral.state == ReferralState.REJECTED, Referral.silent.is_(True))
)

_ROAD: Mapping[str, ListOf] = {
    **_in_time(Step.ACCEPT),
    **_in_time(Step.CLOSE),
    "referred": _always(exists().where(Referral.case_id == Case.id)),
    "came_back": _always(_BACK),
    "unreachable": _always(Case.outcome == Outcome.UNREACHABLE),
    "anonymous": _always(or_(Case.contact_id.is_(None), Case.may_contact.is_(False))),
}


def _of_complaints(condition: ListOf) -> ListOf:
    return lambda now, user: and_(_A_COMPLAINT, condition(now, user))


LISTS: Mapping[str, ListOf] = {
    **TABS,
    **{name: _of_complaints(condition) for name, condition in {**_NUMBERS, **_ROAD}.items()},
}
"""Every list that has an address: the tabs, and those behind the numbers of the manager's page."""


def order_of_work(now: datetime) -> tuple[SQLColumnExpression[Any], ...]:
    """What to do first: overdue cases, then by priority and urgency, then the oldest."""
    rank = case({priority: place for place, priority in enumerate(Priority)}, value=Case.priority, else_=len(Priority))
    return (is_late(now).desc(), rank, Case.urgency.desc(), Case.opened_at, Case.id)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. Each field stands in the address of the page; None narrows nothing.

    `category` is a code or the first part of one, `region` a region's code, `agency` an agency's (each may be NONE),
    `days` counts back from now, `reference` is exact: ten digits.
    """

    category: str | None = None
    region: str | None = None
    agency: str | None = None
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
        if self.agency:
            found.append(_of_agency(self.agency))
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


def _of_agency(code: str) -> Condition:
    return Case.agency_id.is_(None) if code == NONE else Case.agency.has(Agency.code == code)


def _in_region(code: str, tree: PlaceTree) -> Condition:
    if code == NONE:
        return or_(Case.place_code.is_(None), Case.place_code.not_in(list(tree.by_code)))
    return Case.place_code.in_([code, *(place.code for place in tree.inside(code))])
