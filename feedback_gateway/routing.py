"""Routing: category x place x sensitivity -> the agency responsible, and why.

The most specific rule wins: first by category, then by place, then by sensitivity. Passed over is a rule that does not
hold on that day, one that nobody has confirmed for a long time, an agency that the case complains about, and one that
has given this case back. No rule left: no owner, which is a queue of its own with its own clock; never nowhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback_gateway import access, work
from feedback_gateway.case_states import OPEN
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from models import Case, Concern, Referral, Route, RouteLesson, SealedReader, User
from models.words import ReferralState, Role, Sensitivity


class Objection(StrEnum):
    """Why a rule that fits was passed over."""

    NOT_VALID = "not_valid"
    STALE = "stale"
    CONCERNED = "concerned"
    SAID_NO = "said_no"


@dataclass(frozen=True)
class PassedOver:
    """A rule that fits and does not count."""

    agency_id: int
    because: str
    objection: Objection
    route_id: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Decision:
    """Who is responsible and by which rule. `because` is `category|place|sensitivity`, `*` for any."""

    agency_id: int | None
    because: str
    passed_over: tuple[PassedOver, ...] = ()
    route_id: int | None = field(default=None, compare=False)


NO_OWNER = Decision(None, "")


@dataclass(frozen=True)
class Circumstances:
    """What a rule may fail on: the day, since when it must have been confirmed, and who may not have the case."""

    day: date
    confirmed_since: datetime | None = None
    concerned: Collection[int] = ()
    said_no: Collection[int] = ()

    def objection(self, route: Route) -> Objection | None:
        """Why this rule does not count; None when it does."""
        if not (route.valid_from or self.day) <= self.day <= (route.valid_to or self.day):
            return Objection.NOT_VALID
        if route.agency_id in self.concerned:
            return Objection.CONCERNED
        if route.agency_id in self.said_no:
            return Objection.SAID_NO
        return Objection.STALE if is_stale(route, self.confirmed_since) else None


def is_stale(route: Route, confirmed_since: datetime | None) -> bool:
    """Whether nobody has confirmed this rule since then."""
    return confirmed_since is not None and (route.confirmed_at is None or route.confirmed_at < confirmed_since)


def confirmed_since(now: datetime) -> datetime | None:
    """From when on a rule must have been confirmed (ROUTE_CONFIRM_DAYS); None when none ever grows stale."""
    days = work.settings().route_confirm_days
    return now - timedelta(days=days) if days else None


def choose_route(
    routes: Sequence[Route],
    category: str | None,
    ladder: Sequence[str],
    sensitivity: Sensitivity,
    circumstances: Circumstances | None = None,
) -> Decision:
    """The most specific of the rules that fit and hold. `ladder`: the place's code and those above, narrowest first.

    A rule of another day is not told of where one of today stands in its place.
    """
    fitting = [
        ((_category_rank(route, category), _place_rank(route, ladder), route.sensitivity is not None, -route.id), route)
        for route in routes
        if _category_rank(route, category) >= 0
        and _place_rank(route, ladder) >= 0
        and route.sensitivity in (None, sensitivity)
    ]
    passed: list[PassedOver] = []
    chosen: Route | None = None
    for _, route in sorted(fitting, key=lambda fit: fit[0], reverse=True):
        objection = circumstances.objection(route) if circumstances else None
        if objection is None:
            chosen = route
            break
        passed.append(PassedOver(route.agency_id, describe(route), objection, route.id))
    of_today = {each.because for each in passed if each.objection != Objection.NOT_VALID}
    because = describe(chosen) if chosen else ""
    told = [
        each for each in passed if each.objection != Objection.NOT_VALID or each.because not in of_today | {because}
    ]
    return Decision(chosen.agency_id if chosen else None, because, tuple(told), chosen.id if chosen else None)


def describe(route: Route) -> str:
    """A rule in codes: `category|place|sensitivity`, `*` for any."""
    return "|".join((route.category or "*", route.place_code or "*", route.sensitivity or "*"))


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
    now = clock.now()
    circumstances = Circumstances(
        now.date(), confirmed_since(now), concerned_agencies(db, case), agencies_that_said_no(db, case)
    )
    ladder = place_tree(db).ladder(case.place_code)
    routes = db.scalars(select(Route)).all()
    return choose_route(routes, case.category_code, ladder, case.sensitivity, circumstances)


def concerned_agencies(db: Session, case: Case) -> set[int]:
    """The agencies that a case complains about."""
    found = select(Concern.agency_id).where(Concern.case_id == case.id, Concern.agency_id.is_not(None))
    return {agency for agency in db.scalars(found) if agency is not None}


def agencies_that_said_no(db: Session, case: Case) -> set[int]:
    """The agencies that gave this case back, or never answered."""
    no = or_(Referral.state == ReferralState.REJECTED, Referral.silent)
    return set(db.scalars(select(Referral.to_agency_id).where(Referral.case_id == case.id, no)))


def next_owners(db: Session, case: Case) -> list[int]:
    """The agencies that might answer for a case which came back, the likeliest first.

    First whom the agencies named that gave it back, then who takes such cases by a rule, then who was named for others
    like it. Never one that has said no, nor one that the case complains about.
    """
    named = db.scalars(
        select(RouteLesson.but_agency_id).where(RouteLesson.case_id == case.id).order_by(RouteLesson.id.desc())
    ).all()
    by_rule = route_case(db, case).agency_id
    alike = (
        select(RouteLesson.but_agency_id)
        .where(RouteLesson.category_code == case.category_code, RouteLesson.but_agency_id.is_not(None))
        .group_by(RouteLesson.but_agency_id)
        .order_by(func.count().desc())
        .limit(3)
    )
    likely = dict.fromkeys([*named, by_rule, *db.scalars(alike)])
    barred = concerned_agencies(db, case) | agencies_that_said_no(db, case) | {case.agency_id}
    return [agency for agency in likely if agency is not None and agency not in barred]


@dataclass(frozen=True)
class Standing:
    """Somebody who could take a case: how many open ones they have, and for whom they would stand in."""

    user: User
    open_cases: int
    instead_of: User | None = None


def weigh(db: Session, case: Case) -> list[Standing]:
    """Who could take a case now, in the order in which they would be asked: who has the fewest open cases first."""
    there = _stand_ins(db, candidates(db, case), clock.now().date(), case)
    if not there:
        return []
    load = (
        select(Case.focal_point_id, func.count(), func.max(Case.referred_at))
        .where(Case.focal_point_id.in_(list(there)), Case.state.in_(OPEN))
        .group_by(Case.focal_point_id)
    )
    busy = {user_id: (count, last) for user_id, count, last in db.execute(load)}

    def burden(user_id: int) -> tuple[bool, int, float, int]:
        count, last = busy.get(user_id, (0, None))
        elsewhere = there[user_id][0].agency_id != case.agency_id  # a sealed list is of many agencies
        return elsewhere, count, last.timestamp() if last else 0.0, user_id

    return [Standing(there[each][0], burden(each)[1], there[each][1]) for each in sorted(there, key=burden)]


def choose_focal_point(db: Session, case: Case) -> User | None:
    """Who of its agency is to take a case: of those who are there and may read it, the one with the fewest open cases.

    For somebody who is absent their deputy stands in. A sealed case goes to its named readers only. None when nobody
    is there: then it is everybody's.
    """
    return next((standing.user for standing in weigh(db, case)), None)


def candidates(db: Session, case: Case) -> list[User]:
    """Who may be given a case: the focal points of its agency who may read it; of a sealed one, its named readers."""
    if case.sensitivity == Sensitivity.SEALED:
        return sealed_readers(db, case)
    if case.agency_id is None:
        return []
    users = select(User).where(User.agency_id == case.agency_id, User.role == Role.FOCAL_POINT, User.active)
    return access.who_may_see(db, db.scalars(users.order_by(User.id)).all(), case)


def sealed_readers(db: Session, case: Case) -> list[User]:
    """Who is named to read this case."""
    named = select(SealedReader.user_id).where(SealedReader.category_code.in_(["*", case.category_code or "*"]))
    users = db.scalars(select(User).where(User.id.in_(named), User.active).order_by(User.id))
    return access.who_may_see(db, users.all(), case)


def present(db: Session, users: Sequence[User], day: date, case: Case) -> list[User]:
    """These users, each who is absent replaced by their deputy (if that one is there and may see the case)."""
    return [user for user, _ in _stand_ins(db, users, day, case).values()]


def _stand_ins(db: Session, users: Sequence[User], day: date, case: Case) -> dict[int, tuple[User, User | None]]:
    """By id who is there, each with the one whose place they take, if it is not their own."""
    there = [(user, other) for user in users if (other := stand_in(db, user, day)) is not None]
    allowed = set(access.who_may_see(db, [other for user, other in there if other is not user], case))
    found: dict[int, tuple[User, User | None]] = {}
    for user, other in there:
        if other is user:
            found[user.id] = (user, None)
        elif other in allowed and other.id not in found:
            found[other.id] = (other, user)
    return found


def stand_in(db: Session, user: User, day: date) -> User | None:
    """Who is there for this user on this day: they themselves, or else their deputy, or that one's."""
    seen: set[int] = set()
    found: User | None = user
    while found is not None and (found.is_absent(day) or not found.active):
        seen.add(found.id)
        found = db.get(User, found.deputy_id) if found.deputy_id and found.deputy_id not in seen else None
    return found
