"""Working time: examples of Burkina's weeks, and a count of every minute beside it."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib.worktime import Hours, WorkTime

WEEK = frozenset({1, 2, 3, 4, 5})
OFFICE = WorkTime(Hours(WEEK, 7 * 60 + 30, 16 * 60))
BURKINA = WorkTime(Hours(WEEK, 7 * 60 + 30, 16 * 60), holidays.country_holidays("BF").__contains__)
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("12-01T09:00", "12-01T11:00", 2),  # a Tuesday
        ("12-01T06:00", "12-01T08:30", 1),
        ("12-01T15:00", "12-02T08:30", 2),
        ("12-04T15:00", "12-07T08:30", 2),  # over a weekend
        ("12-05T09:00", "12-06T09:00", 0),
        ("12-01T16:00", "12-02T07:30", 0),
        ("12-01T11:00", "12-01T09:00", 0),
        ("12-11T07:30", "12-12T07:30", 8.5),  # the day of the republic is not a working day
    ],
)
def test_how_much_counts(start: str, end: str, hours: float) -> None:
    expected = timedelta(hours=0 if start.startswith("12-11") else hours)
    assert BURKINA.between(at(start), at(end)) == expected
    assert OFFICE.between(at(start), at(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("12-01T09:00", 2, "12-01T11:00"),
        ("12-01T15:00", 1, "12-01T16:00"),  # at the end of the day, not at the next opening
        ("12-01T15:00", 2, "12-02T08:30"),
        ("12-04T15:00", 2, "12-07T08:30"),
        ("12-05T09:00", 1, "12-07T08:30"),
        ("12-24T15:00", 2, "12-28T08:30"),  # Christmas is a Friday
        ("12-01T09:00", 0, "12-01T09:00"),
    ],
)
def test_when_so_much_has_counted(start: str, hours: float, end: str) -> None:
    assert BURKINA.after(at(start), timedelta(hours=hours)) == at(end)


def test_around_the_clock_every_hour_counts() -> None:
    always = WorkTime()
    assert always.between(at("12-05T09:00"), at("12-06T09:00")) == timedelta(days=1)
    assert always.after(at("12-05T09:00"), timedelta(days=1)) == at("12-06T09:00")
    assert always.is_open(at("12-06T03:00"))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("12-01T09:00", "12-01T09:00"),
        ("12-01T07:29", "12-01T07:30"),
        ("12-01T16:00", "12-02T07:30"),  # nobody works at the minute of closing
        ("12-05T10:00", "12-07T07:30"),
    ],
)
def test_when_somebody_works_again(moment: str, opens: str) -> None:
    assert OFFICE.next_open(at(moment)) == at(opens)
    assert OFFICE.is_open(at(moment)) == (moment == opens)


@pytest.mark.parametrize(
    "wrong", [(frozenset(), 0, 60), (frozenset({0}), 0, 60), (WEEK, 60, 60), (WEEK, 60, 30), (WEEK, 0, 1441)]
)
def test_hours_that_are_none_are_refused(wrong: tuple[frozenset[int], int, int]) -> None:
    with pytest.raises(ValueError, match=r"workdays|hours"):
        Hours(*wrong)


def test_an_agency_that_never_works_still_has_an_end() -> None:
    never = WorkTime(Hours(WEEK, 0, 60), lambda _day: True)
    assert never.after(at("12-01T09:00"), timedelta(hours=1)) >= at("12-01T10:00")
    assert never.next_open(at("12-01T09:00")) == at("12-01T09:00")  # or nobody would ever be told anything


MOMENTS = st.integers(0, 20 * 24 * 60).map(lambda minutes: datetime(2026, 12, 1, tzinfo=UTC) + minutes * MINUTE)
HOURS = st.builds(
    lambda days, two: Hours(frozenset(days), min(two), max(two)),
    st.sets(st.integers(1, 7), min_size=1),
    st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True),
)
DAYS_OFF = st.sets(st.integers(1, 20).map(lambda day: date(2026, 12, day)))


def minutes_worked(work: WorkTime, start: datetime, end: datetime) -> int:
    """Counts one minute after the other."""
    assert work.hours is not None
    found, minute = 0, start
    while minute < end:
        of_day = minute.hour * 60 + minute.minute
        on = minute.isoweekday() in work.hours.workdays and not work.is_off(minute.date())
        found += on and work.hours.opens <= of_day < work.hours.closes
        minute += MINUTE
    return found


@given(HOURS, DAYS_OFF, MOMENTS, st.integers(0, 4 * 24 * 60))
def test_as_many_minutes_as_one_counts_by_hand(hours: Hours, off: set[date], start: datetime, length: int) -> None:
    work, end = WorkTime(hours, off.__contains__), start + length * MINUTE
    assert work.between(start, end) == minutes_worked(work, start, end) * MINUTE


@given(HOURS, DAYS_OFF, MOMENTS, st.integers(1, 5000))
def test_after_is_the_first_moment_at_which_so_much_has_counted(
    hours: Hours, off: set[date], start: datetime, minutes: int
) -> None:
    work, amount = WorkTime(hours, off.__contains__), minutes * MINUTE
    end = work.after(start, amount)
    assert work.between(start, end) == amount
    assert work.between(start, end - timedelta(microseconds=1)) < amount


@given(HOURS, DAYS_OFF, MOMENTS, MOMENTS, MOMENTS)
def test_spans_add_up(hours: Hours, off: set[date], a: datetime, b: datetime, c: datetime) -> None:
    work = WorkTime(hours, off.__contains__)
    a, b, c = sorted((a, b, c))
    assert work.between(a, b) + work.between(b, c) == work.between(a, c)


@given(HOURS, DAYS_OFF, MOMENTS)
def test_somebody_works_exactly_when_the_next_minute_counts(hours: Hours, off: set[date], moment: datetime) -> None:
    work = WorkTime(hours, off.__contains__)
    assert work.is_open(moment) == (work.between(moment, moment + MINUTE) > timedelta())


def test_midnight_belongs_to_its_own_day() -> None:
    all_day = WorkTime(Hours(frozenset({2}), 0, 1440))
    tuesday = datetime.combine(date(2026, 12, 1), time.min, UTC)
    assert all_day.is_open(tuesday)
    assert not all_day.is_open(tuesday + timedelta(days=1))
