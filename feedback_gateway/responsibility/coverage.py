"""Whom an agency lacks: what would keep a case from reaching somebody, found before a case does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.lib import clock
from feedback_gateway.responsibility.rules import Standing, all_rules, standing
from models import Category, Route, SealedReader, User
from models.words import Role, Sensitivity

AHEAD = timedelta(days=14)
"""So long before an absence begins its lack of a deputy is told."""


class Lack(StrEnum):
    """What is missing."""

    FOCAL_POINT = "focal_point"  # the agency has rules and nobody who answers
    REACH = "reach"  # there is no way to reach this person
    DEPUTY = "deputy"  # somebody is away, and nobody acts for them
    DEPUTY_ABSENT = "deputy_absent"  # who acts for them is away as well
    RESTRICTED = "restricted"  # nobody there may read restricted cases of these categories
    SEALED = "sealed"  # nobody may read sealed cases of these categories
    COORDINATION = "coordination"  # nobody looks after all agencies


@dataclass(frozen=True)
class Shortage:
    """One thing that is missing: in an agency (None: in the house), about a user, for categories."""

    lack: Lack
    agency_id: int | None = None
    user: User | None = None
    categories: tuple[str, ...] = ()


def find_shortages(db: Session, agency_id: int | None = None) -> list[Shortage]:
    """What is missing now; of one agency, or everywhere."""
    now = clock.now()
    users = db.scalars(select(User).where(User.active).order_by(User.id)).all()
    rules = [rule for rule in all_rules(db) if standing(rule, now) in (Standing.HOLDS, Standing.AGEING, Standing.STALE)]
    found = [
        *_without_focal_point(rules, users),
        *_unreachable(users),
        *_without_deputy(users, now.date()),
        *_unread(db, rules, users),
    ]
    if agency_id is not None:
        return [each for each in found if each.agency_id == agency_id]
    if not any(user.role == Role.MANAGER and user.agency_id is None for user in users):
        found.append(Shortage(Lack.COORDINATION))
    return found


def _without_focal_point(rules: Iterable[Route], users: Iterable[User]) -> list[Shortage]:
    answering = {user.agency_id for user in users if user.role == Role.FOCAL_POINT}
    return [Shortage(Lack.FOCAL_POINT, agency) for agency in sorted({rule.agency_id for rule in rules} - answering)]


def _unreachable(users: Iterable[User]) -> list[Shortage]:
    return [
        Shortage(Lack.REACH, user.agency_id, user)
        for user in users
        if user.role == Role.FOCAL_POINT and not user.email and not user.phone
    ]


def _without_deputy(users: Iterable[User], today: date) -> list[Shortage]:
    """Who is away now or soon, for whom nobody is there on the first day of it."""
    known = {user.id: user for user in users}
    found = []
    for user in known.values():
        day = max(today, user.absent_from or today)
        if user.role != Role.FOCAL_POINT or not user.is_absent(day) or day > today + AHEAD:
            continue
        deputy, seen = known.get(user.deputy_id or 0), {user.id}
        if deputy is None:
            found.append(Shortage(Lack.DEPUTY, user.agency_id, user))
            continue
        while deputy is not None and deputy.is_absent(day) and deputy.id not in seen:
            seen.add(deputy.id)
            deputy = known.get(deputy.deputy_id or 0)
        if deputy is None or deputy.is_absent(day):
            found.append(Shortage(Lack.DEPUTY_ABSENT, user.agency_id, user))
    return found


def _unread(db: Session, rules: Iterable[Route], users: Iterable[User]) -> list[Shortage]:
    named: dict[str, set[int]] = {}
    for line in db.scalars(select(SealedReader)):
        named.setdefault(line.category_code, set()).add(line.user_id)
    active = {user.id for user in users}
    protected = {user.agency_id for user in users if user.may_read_restricted and user.role != Role.OPERATOR}
    by_agency: dict[int, list[str]] = {}
    sealed = []
    for category in db.scalars(select(Category).order_by(Category.code)):
        if category.sensitivity == Sensitivity.SEALED and not active & (
            named.get("*", set()) | named.get(category.code, set())
        ):
            sealed.append(category.code)
        if category.sensitivity == Sensitivity.RESTRICTED:
            group = category.code.split(".")[0]
            owners = {rule.agency_id for rule in rules if rule.category in (None, category.code, group)}
            for owner in sorted(owners - protected):
                by_agency.setdefault(owner, []).append(category.code)
    found = [Shortage(Lack.RESTRICTED, agency, None, tuple(codes)) for agency, codes in sorted(by_agency.items())]
    return [*found, *([Shortage(Lack.SEALED, None, None, tuple(sealed))] if sealed else [])]
