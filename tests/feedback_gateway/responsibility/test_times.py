"""What the clocks run by: nothing that one has run by is changed, and running ones follow what is new."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import schedule, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.lib.worktime import Hours
from feedback_gateway.responsibility import times
from feedback_gateway.timetable import USUAL
from models import Case, ClockPolicy, DayOff, ReminderRule, WorkingHours
from models.words import Priority, Recipient, Step
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.feedback_gateway.responsibility.house_rules import NOW
from tests.worker import work_off


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def add_policy(**values: Any) -> int:
    ada = actors.make("ada")
    with work.unit_of_work() as db:
        given = {"step": Step.ANSWER, "minutes": 60, "working": False, **values}
        policy = times.add_policy(db, **given, by=ada)
        return policy.id


def due(step: Step = Step.ANSWER, agency: str | None = "EHA") -> timedelta:
    with work.reading() as db:
        found = times.times_for(db, Priority.P1, "EHA.EAU", agency_id(agency) if agency else None, clock.now())
    return next(time.due for time in found if time.step == step) - clock.now()


def test_a_time_allowed_takes_the_place_of_the_usual_one_until_it_ends(house: House) -> None:
    assert due() == USUAL[Priority.P1][Step.ANSWER]
    policy = add_policy(category="EHA")
    assert due() == timedelta(hours=1)
    ada = actors.make("ada")
    with work.unit_of_work() as db:
        times.end_policy(db, policy, by=ada)
    assert due() == USUAL[Priority.P1][Step.ANSWER]
    with pytest.raises(RefusedError, match="gone"), work.unit_of_work() as db:
        times.end_policy(db, policy, by=ada)


def test_the_same_one_ends_and_is_kept(house: House, today: time_machine.Traveller) -> None:
    add_policy()
    today.shift(timedelta(days=1))
    add_policy(minutes=30)
    with work.reading() as db:
        rows = db.execute(select(ClockPolicy.minutes, ClockPolicy.since, ClockPolicy.until).order_by(ClockPolicy.id))
        first, second = rows.all()
    assert first == (60, NOW, NOW + timedelta(days=1))
    assert second == (30, NOW + timedelta(days=1), None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 366 * 24 * 60 + 1}, "minutes"),
        ({"category": "XXX"}, "category"),
        ({"agency_id": 999}, "agency"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(house: House, values: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError, match=code):
        add_policy(**values)


def test_running_clocks_follow_a_new_time_from_now_on(house: House, today: time_machine.Traveller) -> None:
    case = make_case("EHA.EAU")
    work_off()
    today.shift(timedelta(days=3, hours=12))  # half of seven days
    add_policy(minutes=2 * 24 * 60)
    assert schedule.follow_cases() == 1
    work_off()
    with work.reading() as db:
        assert db.get_one(Case, case.id).answer_due_at == clock.now() + timedelta(days=1), "half of two days is left"


def test_hours_count_from_now_on_and_earlier_rows_stay(house: House, today: time_machine.Traveller) -> None:
    ada, water = actors.make("ada"), agency_id("EHA")
    add_policy(minutes=60, working=True)
    today.move_to(NOW.replace(hour=15, minute=30))
    assert due() == timedelta(hours=16, minutes=30), "half an hour today, half an hour tomorrow"
    for hours in (Hours(frozenset({2}), 8 * 60, 18 * 60), Hours(frozenset({3}), 8 * 60, 18 * 60)):
        with work.unit_of_work() as db:
            times.set_hours(db, water, hours, by=ada)
    with work.reading() as db:
        assert db.scalars(select(WorkingHours.workdays).order_by(WorkingHours.id)).all() == ["2", "3"]
    assert due() == timedelta(hours=17, minutes=30), "Wednesday at nine"
    assert due(agency="VIVRES") == timedelta(hours=16, minutes=30)
    with pytest.raises(RefusedError, match="agency"), work.unit_of_work() as db:
        times.set_hours(db, 999, hours, by=ada)


@pytest.mark.parametrize(
    "typed",
    [
        ("", "07:30", "16:00"),
        ("8", "07:30", "16:00"),
        ("1", "16:00", "07:30"),
        ("1", "", "16:00"),
        ("1", "07:70", "9:0"),
    ],
)
def test_hours_in_which_nobody_can_work_are_refused(typed: tuple[str, str, str]) -> None:
    with pytest.raises(RefusedError, match="hours"):
        times.read_hours(*typed)


def test_holidays_are_those_of_the_country_and_ours_and_only_days_to_come_change(house: House) -> None:
    ada = actors.make("ada")
    christmas, ours = date(2026, 12, 25), date(2026, 12, 2)
    add_policy(minutes=60, working=True)
    with work.unit_of_work() as db:
        times.set_day_off(db, ours, off=True, name=" Jour de deuil ", by=ada)
        times.set_day_off(db, christmas, off=False, by=ada)
    with work.reading() as db:
        found = {each.day: each for each in times.holidays_ahead(db)}
    assert (found[ours].name, found[ours].off, found[ours].ours) == ("Jour de deuil", True, True)
    assert (found[christmas].off, found[christmas].ours) == (False, True)
    assert found[date(2027, 1, 1)].off
    with time_machine.travel(NOW.replace(hour=16), tick=False):
        assert due() == timedelta(hours=40, minutes=30), "over the day of mourning"
    with work.unit_of_work() as db:
        times.forget_day(db, christmas, by=ada)
    with work.reading() as db:
        assert db.get(DayOff, christmas) is None
    for day in (NOW.date(), NOW.date() - timedelta(days=1)):
        for change in (times.forget_day, lambda db, day, by: times.set_day_off(db, day, off=True, by=by)):
            with pytest.raises(RefusedError, match="past"), work.unit_of_work() as db:
                change(db, day, by=ada)
    with pytest.raises(RefusedError, match="gone"), work.unit_of_work() as db:
        times.forget_day(db, christmas, by=ada)


def test_reminders_are_data(house: House) -> None:
    ada = actors.make("ada")
    wanted = {"step": Step.ANSWER, "share": 0.9, "recipient": Recipient.MANAGER, "by": ada}
    with work.unit_of_work() as db:
        rule = times.add_reminder(db, **wanted)
    for change, code in (({}, "taken"), ({"share": 0}, "share"), ({"share": 10.5}, "share")):
        with pytest.raises(RefusedError, match=code), work.unit_of_work() as db:
            times.add_reminder(db, **{**wanted, **change})
    with work.unit_of_work() as db:
        times.remove_reminder(db, rule.id, by=ada)
    with work.reading() as db:
        assert db.get(ReminderRule, rule.id) is None
    with pytest.raises(RefusedError, match="gone"), work.unit_of_work() as db:
        times.remove_reminder(db, rule.id, by=ada)
