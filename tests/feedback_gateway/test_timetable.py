"""By what clocks run: the most specific policy, the hours of agencies, the holidays, and that a change is seen."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from feedback_gateway import timetable, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.clocks import Facts
from feedback_gateway.timetable import OFFICE_HOURS, USUAL
from models import Base, ClockPolicy, DayOff, WorkingHours
from models.words import Priority, Step
from tests import actors
from tests.conftest import House
from tests.factories import agency_id

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def add(*rows: Base) -> None:
    with work.unit_of_work() as db:
        db.add_all(rows)


def minutes(facts: Facts, step: str = "answer", at: datetime | None = None) -> int:
    with work.reading() as db:
        return int(timetable.timetable(db).pace(step, facts, at or clock.now()).allowed.total_seconds() // 60)


def policy(
    minutes_of_it: int, since: datetime = LONG_AGO, until: datetime | None = None, **parts: object
) -> ClockPolicy:
    return ClockPolicy(step=Step.ANSWER, minutes=minutes_of_it, since=since, until=until, **parts)


def test_without_a_policy_the_usual_times_hold(house: House) -> None:
    for priority in Priority:
        assert minutes(Facts(priority)) == USUAL[priority][Step.ANSWER] / timedelta(minutes=1)
    assert minutes(Facts()) == minutes(Facts(Priority.P2))


def test_the_most_specific_policy_counts(house: House) -> None:
    water = agency_id("EHA")
    add(
        policy(1),
        policy(2, priority=Priority.P1),
        policy(3, category="EHA"),
        policy(4, category="EHA.EAU"),
        policy(5, agency_id=water),
    )
    assert minutes(Facts("P2", "SAN.ACC")) == 1
    assert minutes(Facts("P1", "SAN.ACC")) == 2
    assert minutes(Facts("P1", "EHA.LAT")) == 3
    assert minutes(Facts("P1", "EHA.EAU")) == 4
    assert minutes(Facts("P1", "EHA.EAU", water)) == 5
    assert minutes(Facts("P1", "EHA.EAU"), step="close") == USUAL[Priority.P1][Step.CLOSE] / timedelta(minutes=1)


def test_a_policy_holds_from_its_beginning_to_its_end(house: House) -> None:
    now = clock.now()
    add(policy(7, since=now - 2 * DAY, until=now - DAY))
    assert [minutes(Facts("P1"), at=now - days * DAY) for days in (3, 2, 1, 0)] == [10080, 7, 10080, 10080]


def test_a_policy_of_no_time_at_all_stops_no_clock(house: House) -> None:
    add(policy(0))
    assert minutes(Facts("P1")) == 1


def test_hours_of_an_agency_stand_above_those_of_the_house(house: House) -> None:
    water, now = agency_id("EHA"), clock.now()
    add(
        WorkingHours(agency_id=None, workdays="123456", opens=480, closes=1020, since=now - 9 * DAY),
        WorkingHours(agency_id=water, workdays="67", opens=0, closes=600, since=now - 5 * DAY),
    )
    with work.reading() as db:
        table = timetable.timetable(db)
    assert table.hours_of(None, now - 10 * DAY) == OFFICE_HOURS
    assert table.hours_of(None, now).closes == 1020
    assert table.hours_of(water, now - 6 * DAY).closes == 1020
    assert table.hours_of(water, now).closes == 600
    assert table.hours_of(agency_id("VIVRES"), now).closes == 1020


def test_somebodys_own_hours_stand_above_their_agencys(house: House) -> None:
    alice = actors.make("alice")
    saturday = datetime(2026, 12, 5, 9, tzinfo=UTC)
    with work.reading() as db:
        table = timetable.timetable(db)
    assert not table.at_work(alice, saturday).is_open(saturday)
    alice.workdays, alice.opens, alice.closes = "67", 480, 720
    assert table.at_work(alice, saturday).is_open(saturday)


@pytest.mark.parametrize(
    ("day", "off"),
    [
        (date(2026, 12, 11), True),  # proclamation of the republic
        (date(2026, 12, 10), False),
        (date(2026, 8, 5), True),  # independence
        (date(2026, 11, 2), True),  # All Saints fell on a Sunday
        (date(2026, 3, 20), True),  # the end of Ramadan, by reckoning
    ],
)
def test_the_holidays_of_burkina(house: House, day: date, off: bool) -> None:
    with work.reading() as db:
        assert timetable.timetable(db).is_off(day) == off


def test_an_administrator_moves_a_feast_as_the_moon_is_seen(house: House) -> None:
    add(DayOff(day=date(2026, 3, 20), off=False), DayOff(day=date(2026, 3, 21), off=True))
    with work.reading() as db:
        table = timetable.timetable(db)
    assert [table.is_off(date(2026, 3, day)) for day in (20, 21)] == [False, True]


def _flip() -> None:
    with work.unit_of_work() as db:
        for row in db.query(DayOff):
            row.off = not row.off


def _end() -> None:
    with work.unit_of_work() as db:
        for row in db.query(ClockPolicy):
            row.until = clock.now()


CHANGES: dict[str, Callable[[], None]] = {
    "a policy": lambda: add(policy(9)),
    "the end of a policy": _end,
    "hours": lambda: add(WorkingHours(agency_id=None, workdays="1", opens=0, closes=60, since=LONG_AGO)),
    "a day off": lambda: add(DayOff(day=date(2027, 1, 4), off=True)),
    "two days that change places": _flip,
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_another_process_has_changed_is_seen_at_once(house: House, change: str) -> None:
    add(policy(8), DayOff(day=date(2027, 2, 1), off=True), DayOff(day=date(2027, 2, 2), off=False))
    with work.reading() as db:
        before = timetable.timetable(db)
        assert timetable.timetable(db) is before
    with work.reading() as db:
        assert timetable.timetable(db) is before, "nothing has changed"
    CHANGES[change]()
    with work.reading() as db:
        assert timetable.timetable(db) is not before
