"""The rules: who answers for a subject, from when to when, and who has last said that this is so.

A rule is never rewritten: another agency's begins on a day and ends the one before it on the day before. So what was
true on a past day can be read for ever. Each verb is logged, by ids only.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, routing
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from models import Agency, Category, Place, Route, User
from models.words import Role, Sensitivity

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
WARN_BEFORE = timedelta(days=30)
"""So long before a rule grows stale those who may confirm it are asked to."""


class Subject(NamedTuple):
    """What a rule is about; None means any. `category` is a code or the first part of one."""

    category: str | None = None
    place: str | None = None
    sensitivity: Sensitivity | None = None


class Standing(StrEnum):
    """How far a rule can be relied on today."""

    HOLDS = "holds"
    AGEING = "ageing"  # it will be stale within WARN_BEFORE
    STALE = "stale"  # nobody has confirmed it for ROUTE_CONFIRM_DAYS: it routes nothing
    LATER = "later"
    ENDED = "ended"


def subject_of(route: Route) -> Subject:
    """What this rule is about."""
    return Subject(route.category, route.place_code, route.sensitivity)


def standing(route: Route, now: datetime) -> Standing:
    """How far this rule can be relied on at that moment."""
    day = now.date()
    if route.valid_to is not None and route.valid_to < day:
        return Standing.ENDED
    if route.valid_from is not None and route.valid_from > day:
        return Standing.LATER
    if routing.is_stale(route, routing.confirmed_since(now)):
        return Standing.STALE
    return Standing.AGEING if routing.is_stale(route, routing.confirmed_since(now + WARN_BEFORE)) else Standing.HOLDS


def stale_on(route: Route, now: datetime) -> date | None:
    """The day from which on this rule is stale; None when rules never grow stale."""
    limit = routing.confirmed_since(now)
    if limit is None:
        return None
    return now.date() if route.confirmed_at is None else (route.confirmed_at + (now - limit)).date()


def all_rules(db: Session) -> list[Route]:
    """Every rule that there is or was, by subject, the newest of each last."""
    rules = db.scalars(select(Route)).all()
    return sorted(rules, key=lambda r: (r.category or "", r.place_code or "", r.sensitivity or "", _start(r), r.id))


def may_confirm(user: User, route: Route) -> bool:
    """Whoever looks after all agencies, and whoever answers for the one that the rule names."""
    if access.coordinates(user):
        return True
    own = user.role in (Role.FOCAL_POINT, Role.MANAGER) and user.agency_id == route.agency_id
    return user.active and own


def set_rule(
    db: Session,
    subject: Subject,
    agency_id: int,
    *,
    since: date | None = None,
    until: date | None = None,
    by: User,
) -> Route:
    """From `since` (today) to `until` (both included; for good) this agency answers for the subject.

    What held in that time ends the day before, and goes on after it. Raises RefusedError: "category", "place",
    "agency", "past" (a day that is over), "period" (the end before the beginning), "same_rule" (it is so already).
    """
    today = clock.now().date()
    since = since or today
    if since < today:
        raise RefusedError("past")
    if until is not None and until < since:
        raise RefusedError("period")
    check_subject(db, subject)
    if db.get(Agency, agency_id) is None:
        raise RefusedError("agency")
    known = _of(db, subject)
    own = next((rule for rule in known if rule.agency_id == agency_id and _covers(rule, since)), None)
    if own is not None and own.valid_to == until:
        raise RefusedError("same_rule")
    for rule in known:
        if rule is not own:
            _make_room(db, rule, since, until, today)
    if own is not None:
        own.valid_to = until
    else:
        own = Route(agency_id=agency_id, valid_from=since, valid_to=until, **_columns(subject))
        db.add(own)
    own.sample = False
    own.confirmed_at, own.confirmed_by_id = clock.now(), by.id
    db.flush()
    log.info("user %s set route %s", by.id, own.id)
    return own


def add_as_written(
    db: Session, subject: Subject, agency_id: int, *, since: date | None, until: date | None, by: User
) -> Route:
    """A rule with whatever days it has, also past ones, where no other one stands in them. Raises RefusedError."""
    check_subject(db, subject)
    if db.get(Agency, agency_id) is None:
        raise RefusedError("agency")
    if any(overlaps(rule, since, until) for rule in _of(db, subject)):
        raise RefusedError("past")
    route = Route(
        agency_id=agency_id,
        valid_from=since,
        valid_to=until,
        confirmed_at=clock.now(),
        confirmed_by_id=by.id,
        **_columns(subject),
    )
    db.add(route)
    db.flush()
    log.info("user %s added route %s", by.id, route.id)
    return route


def end_rule(db: Session, route_id: int, *, last_day: date | None = None, by: User) -> None:
    """The rule ends with its last day; without one it is over from today on. One that has not begun is taken away.

    Raises RefusedError: "gone", "past", "period" (it would end before it begins).
    """
    today = clock.now().date()
    route = db.get(Route, route_id, with_for_update=True)
    if route is None or standing(route, clock.now()) == Standing.ENDED:
        raise RefusedError("gone")
    if last_day is not None and last_day < today:
        raise RefusedError("past")
    if last_day is not None and last_day < (route.valid_from or last_day):
        raise RefusedError("period")
    if last_day is None and route.valid_from is not None and route.valid_from > today:
        db.delete(route)
    else:
        route.valid_to = last_day or today - DAY
    db.flush()
    log.info("user %s ended route %s", by.id, route_id)


def confirm_rules(db: Session, route_ids: Collection[int], *, by: User) -> int:
    """Somebody says that these rules are true today; returns how many. Raises RefusedError("not_yours")."""
    now = clock.now()
    rules = db.scalars(select(Route).where(Route.id.in_(route_ids)).with_for_update()).all()
    kept = [rule for rule in rules if standing(rule, now) != Standing.ENDED]
    if not all(may_confirm(by, rule) for rule in kept):
        raise RefusedError("not_yours")
    for rule in kept:
        rule.confirmed_at, rule.confirmed_by_id = now, by.id
        rule.sample &= db.get_one(Agency, rule.agency_id).sample
    db.flush()
    log.info("user %s confirmed routes %s", by.id, sorted(rule.id for rule in kept))
    return len(kept)


def check_subject(db: Session, subject: Subject) -> None:
    """Raises RefusedError when there is no such category or place."""
    codes = set(db.scalars(select(Category.code)))
    if subject.category is not None and subject.category not in codes | {code.split(".")[0] for code in codes}:
        raise RefusedError("category")
    if subject.place is not None and db.get(Place, subject.place) is None:
        raise RefusedError("place")


def overlaps(rule: Route, since: date | None, until: date | None) -> bool:
    """Whether a rule holds on a day of this time. One that was replaced on its first day never did."""
    first, last = max(_start(rule), since or date.min), min(_end(rule), until or date.max)
    return first <= last


def _of(db: Session, subject: Subject) -> Sequence[Route]:
    # Two who set rules for one subject at once would not see each other's: the oldest rule is where they take turns.
    db.execute(select(Route.id).order_by(Route.id).limit(1).with_for_update())
    same = select(Route).where(
        Route.category.is_not_distinct_from(subject.category),
        Route.place_code.is_not_distinct_from(subject.place),
        Route.sensitivity.is_not_distinct_from(subject.sensitivity),
    )
    return db.scalars(same.order_by(Route.id).with_for_update()).all()


def _columns(subject: Subject) -> dict[str, str | Sensitivity | None]:
    return {"category": subject.category, "place_code": subject.place, "sensitivity": subject.sensitivity}


def _start(rule: Route) -> date:
    return rule.valid_from or date.min


def _end(rule: Route) -> date:
    return rule.valid_to or date.max


def _covers(rule: Route, day: date) -> bool:
    return _start(rule) <= day <= _end(rule)


def _make_room(db: Session, rule: Route, since: date, until: date | None, today: date) -> None:
    """Cuts these days out of a rule; what comes after them is a rule of its own."""
    if not overlaps(rule, since, until):
        return
    if until is not None and _end(rule) > until:
        db.add(
            Route(
                agency_id=rule.agency_id,
                valid_from=until + DAY,
                valid_to=rule.valid_to,
                confirmed_at=rule.confirmed_at,
                confirmed_by_id=rule.confirmed_by_id,
                sample=rule.sample,
                **_columns(subject_of(rule)),
            )
        )
    if _start(rule) > today and _start(rule) >= since:
        db.delete(rule)  # it never held on any day
    else:
        rule.valid_to = since - DAY
