"""By what the clocks run: how long each step may take, working hours, holidays. Read often, so kept while it is true.

The usual times are those of complaint desks in the response; rows of `clock_policies` take their place for a priority,
a category or an agency. Holidays are those of Burkina Faso (the library `holidays`; the moon's feasts are estimated),
with the days that an administrator has added or taken away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import holidays
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from feedback_gateway.lib.clocks import Facts, Rule
from feedback_gateway.lib.worktime import Hours, WorkTime
from models import ClockPolicy, DayOff, User, WorkingHours
from models.words import Priority, Step

OFFICE_HOURS = Hours(frozenset({1, 2, 3, 4, 5}), 7 * 60 + 30, 16 * 60)
"""Of an agency that has said nothing else: those of the country's administration."""


def _usual(*hours: float) -> Mapping[Step, timedelta]:
    return dict(zip(Step, (timedelta(hours=each) for each in hours), strict=True))


DAYS = 24
USUAL: Mapping[Priority, Mapping[Step, timedelta]] = {
    #                    acknowledge, triage, refer, accept, answer, close, reopen
    Priority.P0: _usual(1, 2, 24, 24, 72, 7 * DAYS, 24),
    Priority.P1: _usual(1, 24, 48, 72, 7 * DAYS, 14 * DAYS, 72),
    Priority.P2: _usual(1, 3 * DAYS, 5 * DAYS, 7 * DAYS, 14 * DAYS, 30 * DAYS, 7 * DAYS),
    Priority.P3: _usual(1, 5 * DAYS, 7 * DAYS, 10 * DAYS, 30 * DAYS, 45 * DAYS, 10 * DAYS),
}
"""Hours around the clock from the start of each step: triage, referral, answer and closing from the opening of the
case, acceptance from its referral, the decision on a reopening from when it was asked for."""

UNSORTED = Priority.P2
"""The priority of a case of which nobody has said yet what it is about."""


@dataclass(frozen=True)
class Timetable:
    """All of it at one moment. Rows that have ended stay in it: a clock that ran by them ran by them."""

    policies: Sequence[ClockPolicy]
    hours: Mapping[int | None, Sequence[tuple[datetime, Hours]]]
    days_off: Mapping[date, bool]
    feasts: holidays.HolidayBase

    def is_off(self, day: date) -> bool:
        """Whether nobody works on this day, be it a weekday."""
        known = self.days_off.get(day)
        return day in self.feasts if known is None else known

    def hours_of(self, agency_id: int | None, at: datetime) -> Hours:
        """The working hours of an agency at that moment; those of the house where it has none of its own."""
        for key in (agency_id, None):
            if found := [hours for since, hours in self.hours.get(key, ()) if since <= at]:
                return found[-1]
        return OFFICE_HOURS

    def work_time(self, agency_id: int | None, at: datetime) -> WorkTime:
        """When this agency works, as it is at that moment."""
        return WorkTime(self.hours_of(agency_id, at), self.is_off)

    def pace(self, step: str, facts: Facts, at: datetime) -> Rule:
        """The rule for a step at that moment (feedback_gateway.lib.clocks.Pace)."""
        fitting = [policy for policy in self.policies if policy.step == step and _fits(policy, facts, at)]
        if not fitting:
            return Rule(USUAL[Priority(facts.priority or UNSORTED)][Step(step)], WorkTime())
        policy = max(fitting, key=_specific)
        time_of_it = self.work_time(facts.agency, at) if policy.working else WorkTime()
        return Rule(timedelta(minutes=max(policy.minutes, 1)), time_of_it)

    def changes(self) -> list[datetime]:
        """The moments at which `pace` may answer differently."""
        moments = {policy.since for policy in self.policies}
        moments |= {policy.until for policy in self.policies if policy.until}
        moments |= {since for rows in self.hours.values() for since, _ in rows}
        return sorted(moments)

    def at_work(self, user: User, at: datetime) -> WorkTime:
        """When somebody works: their own hours, else their agency's."""
        if user.workdays and user.opens is not None and user.closes is not None:
            return WorkTime(Hours(frozenset(map(int, user.workdays)), user.opens, user.closes), self.is_off)
        return self.work_time(user.agency_id, at)


def _fits(policy: ClockPolicy, facts: Facts, at: datetime) -> bool:
    return (
        policy.since <= at
        and (policy.until is None or at < policy.until)
        and policy.priority in (None, facts.priority or UNSORTED)
        and policy.agency_id in (None, facts.agency)
        and (policy.category is None or policy.category in (facts.category, (facts.category or "").split(".")[0]))
    )


def _specific(policy: ClockPolicy) -> tuple[bool, int, bool, datetime, int]:
    category = 0 if policy.category is None else 2 if "." in policy.category else 1
    return policy.agency_id is not None, category, policy.priority is not None, policy.since, policy.id


class _Kept:
    table: Timetable | None = None
    mark: tuple[object, ...] = ()


def forget_timetable() -> None:
    """Call after policies, hours or holidays were changed in this process, in whatever way."""
    _Kept.table = None


# Rows are added and ended, never changed; days off are few. So this says whether anything is new, in one statement.
_MARK = select(
    select(func.max(ClockPolicy.id)).scalar_subquery(),
    select(func.count(ClockPolicy.until)).scalar_subquery(),
    select(func.max(WorkingHours.id)).scalar_subquery(),
    *(
        select(func.aggregate_strings(cast(DayOff.day, String), " ")).where(DayOff.off.is_(off)).scalar_subquery()
        for off in (True, False)
    ),
)
_KEPT_IN = "timetable"


def timetable(db: Session) -> Timetable:
    """The timetable as it stands in the database: one statement a transaction while nothing has changed.

    A clock that was wound by an old timetable would jump as soon as another process knows of the new one.
    """
    of_this: Timetable | None = db.info.get(_KEPT_IN)
    if of_this is not None and of_this is _Kept.table:
        return of_this
    mark = tuple(db.execute(_MARK).one())
    if _Kept.table is None or mark != _Kept.mark:
        hours: dict[int | None, list[tuple[datetime, Hours]]] = {}
        for row in db.scalars(select(WorkingHours).order_by(WorkingHours.since, WorkingHours.id)):
            known = Hours(frozenset(map(int, row.workdays)), row.opens, row.closes)
            hours.setdefault(row.agency_id, []).append((row.since, known))
        policies = db.scalars(select(ClockPolicy).order_by(ClockPolicy.id)).all()
        for policy in policies:
            db.expunge(policy)
        days = {row.day: row.off for row in db.scalars(select(DayOff))}
        _Kept.table, _Kept.mark = Timetable(policies, hours, days, holidays.country_holidays("BF")), mark
    db.info[_KEPT_IN] = _Kept.table
    return _Kept.table
