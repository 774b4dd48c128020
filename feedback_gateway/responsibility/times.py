"""What the clocks run by, as an administrator keeps it: times allowed, working hours, holidays, reminders.

Nothing that a clock has run by is ever changed: times allowed are ended and others begin, hours count from a moment on,
and no day that is over (nor today) becomes a holiday. Each verb is logged, by ids only.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import holidays
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback_gateway.lib import clock
from feedback_gateway.lib.clocks import Facts, Rule
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.lib.worktime import Hours
from feedback_gateway.timetable import forget_timetable, timetable
from models import Agency, Case, Category, ClockPolicy, DayOff, ReminderRule, User, WorkingHours
from models.words import Means, Priority, Recipient, Step

log = logging.getLogger(__name__)

LONGEST_DAYS = 366
LONGEST_SHARE = 10.0
_DAYS = re.compile(r"[1-7]{1,7}")


@dataclass(frozen=True)
class StepTime:
    """How long a step may take from a moment on, and when that would be over."""

    step: Step
    rule: Rule
    due: datetime


def times_for(
    db: Session, priority: Priority | None, category: str | None, agency_id: int | None, at: datetime
) -> list[StepTime]:
    """The clocks that would run for such a case if every step began at that moment, in the order of the road."""
    table, facts = timetable(db), Facts(priority, category, agency_id)
    rules = [(step, table.pace(step, facts, at)) for step in Step]
    return [StepTime(step, rule, rule.time.after(at, rule.allowed)) for step, rule in rules]


def add_policy(
    db: Session,
    *,
    step: Step,
    minutes: int,
    working: bool,
    priority: Priority | None = None,
    category: str | None = None,
    agency_id: int | None = None,
    by: User,
) -> ClockPolicy:
    """From now on the step may take so long; the same one that was in force ends. Raises RefusedError.

    "minutes" (none, or more than a year), "category", "agency".
    """
    if not 0 < minutes <= LONGEST_DAYS * 24 * 60:
        raise RefusedError("minutes")
    codes = set(db.scalars(select(Category.code)))
    if category is not None and category not in codes | {code.split(".")[0] for code in codes}:
        raise RefusedError("category")
    if agency_id is not None and db.get(Agency, agency_id) is None:
        raise RefusedError("agency")
    now = clock.now()
    same = select(ClockPolicy).where(
        ClockPolicy.step == step,
        ClockPolicy.priority.is_not_distinct_from(priority),
        ClockPolicy.category.is_not_distinct_from(category),
        ClockPolicy.agency_id.is_not_distinct_from(agency_id),
        ClockPolicy.until.is_(None),
    )
    for known in db.scalars(same.with_for_update()):
        known.until = now
    policy = ClockPolicy(
        step=step,
        priority=priority,
        category=category,
        agency_id=agency_id,
        minutes=minutes,
        working=working,
        since=now,
    )
    db.add(policy)
    _changed(db)
    log.info("user %s added clock policy %s", by.id, policy.id)
    return policy


def end_policy(db: Session, policy_id: int, *, by: User) -> None:
    """From now on what is less specific counts again. Raises RefusedError("gone")."""
    policy = db.get(ClockPolicy, policy_id, with_for_update=True)
    if policy is None or policy.until is not None:
        raise RefusedError("gone")
    policy.until = clock.now()
    _changed(db)
    log.info("user %s ended clock policy %s", by.id, policy_id)


def read_hours(days: str, opens: str, closes: str) -> Hours:
    """Working hours from a form: ISO numbers of days, and times as `07:30`. Raises RefusedError("hours")."""
    try:
        if not _DAYS.fullmatch(days):
            raise ValueError
        return Hours(frozenset(map(int, days)), _minutes(opens), _minutes(closes))
    except ValueError as error:
        raise RefusedError("hours") from error


def _minutes(time: str) -> int:
    hour, minute = time.split(":")[:2]
    if not (0 <= int(hour) <= 24 and 0 <= int(minute) < 60):
        raise ValueError
    return int(hour) * 60 + int(minute)


def set_hours(db: Session, agency_id: int | None, hours: Hours, *, by: User) -> WorkingHours:
    """From now on an agency (None: the house) works in these hours. Raises RefusedError("agency")."""
    if agency_id is not None and db.get(Agency, agency_id) is None:
        raise RefusedError("agency")
    row = WorkingHours(
        agency_id=agency_id,
        workdays="".join(map(str, sorted(hours.workdays))),
        opens=hours.opens,
        closes=hours.closes,
        since=clock.now(),
    )
    db.add(row)
    _changed(db)
    log.info("user %s set working hours %s", by.id, row.id)
    return row


def set_day_off(db: Session, day: date, *, off: bool, name: str = "", by: User) -> None:
    """Nobody works on that day, or everybody does although the calendar says otherwise. Raises RefusedError("past")."""
    if day <= clock.now().date():  # hours of today have been counted already
        raise RefusedError("past")
    db.merge(DayOff(day=day, off=off, name=name.strip()[:80]))
    _changed(db)
    log.info("user %s set %s %s", by.id, day, "off" if off else "on")


def forget_day(db: Session, day: date, *, by: User) -> None:
    """The calendar of the country decides on that day again. Raises RefusedError: "past", "gone"."""
    if day <= clock.now().date():
        raise RefusedError("past")
    known = db.get(DayOff, day)
    if known is None:
        raise RefusedError("gone")
    db.delete(known)
    _changed(db)
    log.info("user %s left %s to the calendar", by.id, day)


@dataclass(frozen=True)
class Holiday:
    """A day on which something is different: `off`, and whether an administrator has said so."""

    day: date
    name: str
    off: bool
    ours: bool


def holidays_ahead(db: Session, days: int = 365, language: str = "fr") -> list[Holiday]:
    """The holidays from today on, named in `fr` or `en_US`, and the days that an administrator has set."""
    table, today = timetable(db), clock.now().date()
    names = holidays.country_holidays("BF", language=language)
    ours = {row.day: row for row in db.scalars(select(DayOff))}
    found = []
    for ahead in range(days + 1):
        day = today + timedelta(days=ahead)
        feast = names.get(day) if day in table.feasts else None
        if row := ours.get(day):
            found.append(Holiday(day, row.name or feast or "", row.off, True))
        elif feast:
            found.append(Holiday(day, feast, True, False))
    return found


def add_reminder(
    db: Session,
    *,
    step: Step,
    share: float,
    recipient: Recipient,
    means: Means = Means.AS_WISHED,
    priority: Priority | None = None,
    by: User,
) -> ReminderRule:
    """Somebody hears of a step's clock at this share of it (1: its end). Raises RefusedError: "share", "taken"."""
    if not 0 < share <= LONGEST_SHARE:
        raise RefusedError("share")
    same = select(ReminderRule.id).where(
        ReminderRule.step == step,
        ReminderRule.share == share,
        ReminderRule.recipient == recipient,
        ReminderRule.priority.is_not_distinct_from(priority),
    )
    if db.scalar(same.limit(1)) is not None:
        raise RefusedError("taken")
    rule = ReminderRule(step=step, share=share, recipient=recipient, means=means, priority=priority)
    db.add(rule)
    _changed(db)
    log.info("user %s added reminder rule %s", by.id, rule.id)
    return rule


def remove_reminder(db: Session, rule_id: int, *, by: User) -> None:
    """Nobody is reminded by this rule any more. Raises RefusedError("gone")."""
    rule = db.get(ReminderRule, rule_id)
    if rule is None:
        raise RefusedError("gone")
    db.delete(rule)
    _changed(db)
    log.info("user %s removed reminder rule %s", by.id, rule_id)


def _changed(db: Session) -> None:
    """Has every running clock wound again, by what counts from now on."""
    db.flush()
    forget_timetable()
    now = clock.now()
    later = or_(Case.follow_at.is_(None), Case.follow_at > now)
    db.execute(
        update(Case)
        .where(Case.next_due_at.is_not(None), later)
        .values(follow_at=now)
        .execution_options(synchronize_session=False)
    )
