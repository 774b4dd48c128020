"""Working time: how much of a span somebody works, and when so much of it will be over. In UTC, the country's time.

`WorkTime(None)` is around the clock. Days off are asked of a function, so that a calendar can be as long as time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)
LONGEST = 3660
"""Days that are looked through for working time; beyond it nobody works any more."""


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True)
class Hours:
    """The days (ISO numbers, Monday is 1) and the minutes of a day between which somebody works. Raises ValueError."""

    workdays: frozenset[int]
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not self.workdays or not self.workdays <= set(range(1, 8)):
            raise ValueError("workdays: at least one of 1 to 7")
        if not 0 <= self.opens < self.closes <= 24 * 60:
            raise ValueError("hours: they must open before they close, within one day")


@dataclass(frozen=True)
class WorkTime:
    """When time counts. `hours` None: always."""

    hours: Hours | None = None
    is_off: Callable[[date], bool] = _never

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much time counts from `start` to `end`; nothing when `end` is not later."""
        if end <= start:
            return timedelta()
        if self.hours is None:
            return end - start
        total = timedelta()
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            total += min(closes, end) - max(opens, start)
        return total

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment at which so much time has counted since `start`."""
        if self.hours is None or amount <= timedelta():
            return start + max(amount, timedelta())
        left = amount
        last = start
        for opens, closes in self._spans(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
            last = closes
        return last + left

    def is_open(self, at: datetime) -> bool:
        """Whether time counts at this moment."""
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime:
        """The first moment from `at` on at which time counts."""
        if self.hours is None:
            return at
        return next((max(opens, at) for opens, _ in self._spans(at)), at)

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans that count, from the one on that is not over at `start`."""
        assert self.hours is not None
        day = start.astimezone(UTC).date()
        for _ in range(LONGEST):
            if day.isoweekday() in self.hours.workdays and not self.is_off(day):
                midnight = datetime.combine(day, time.min, UTC)
                opens, closes = (midnight + timedelta(minutes=at) for at in (self.hours.opens, self.hours.closes))
                if closes > start:
                    yield opens, closes
            day += DAY
