"""When somebody may be written to or called: the part of the day they named, and not at night."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib.safe_hours import NO_NIGHT, PARTS, QuietHours, is_safe, next_safe, read_quiet_hours

NIGHT = QuietHours(21, 6)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=365)).map(lambda later: BEGIN + later)
safe_times = st.sampled_from([None, "any", *PARTS])
nights = st.one_of(st.just(NO_NIGHT), st.builds(QuietHours, st.integers(19, 23), st.integers(4, 8)))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 1, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "safe_time", "expected"),
    [
        (at(10), None, at(10)),
        (at(20, 59), None, at(20, 59)),
        (at(21), None, at(6) + timedelta(days=1)),
        (at(3, 30), "any", at(6)),
        (at(12), "morning", at(6) + timedelta(days=1)),
        (at(5), "morning", at(6)),
        (at(10, 59), "noon", at(11)),
        (at(19), "evening", at(19)),
        (at(21), "evening", at(18) + timedelta(days=1)),
    ],
)
def test_the_next_moment_that_suits(moment: datetime, safe_time: str | None, expected: datetime) -> None:
    assert next_safe(moment, safe_time, NIGHT) == expected


@given(moments, safe_times, nights)
def test_it_always_suits_is_never_past_and_within_a_day(
    moment: datetime, safe_time: str | None, night: QuietHours
) -> None:
    found = next_safe(moment, safe_time, night)
    assert is_safe(found, safe_time, night)
    assert moment <= found <= moment + timedelta(days=1)


@given(moments, safe_times, nights, st.integers(0, 24 * 60))
def test_nothing_earlier_would_have_suited(
    moment: datetime, safe_time: str | None, night: QuietHours, minutes: int
) -> None:
    earlier = moment + timedelta(minutes=minutes)
    if earlier < next_safe(moment, safe_time, night):
        assert not is_safe(earlier, safe_time, night)


def test_quiet_hours_are_read_loudly() -> None:
    assert read_quiet_hours("21-6") == NIGHT
    assert read_quiet_hours("1-5").covers(at(3))
    assert not read_quiet_hours("none").covers(at(3))
    for wrong in ("", "21", "24-6", "6-6", "21:00-06:00", "-1-5"):
        with pytest.raises(ValueError, match="quiet hours"):
            read_quiet_hours(wrong)
