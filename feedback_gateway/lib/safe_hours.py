"""When a person may be written to or called: the part of the day that they said is safe, and not at night.

All in UTC, which is the time of Burkina Faso. The words are those of models.words.SafeTime.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple


class QuietHours(NamedTuple):
    """The hours of the night in which nothing leaves unasked: from `begins` until `ends`. Equal: there are none."""

    begins: int
    ends: int

    def covers(self, moment: datetime) -> bool:
        """Whether it is night."""
        if self.begins <= self.ends:
            return self.begins <= moment.hour < self.ends
        return moment.hour >= self.begins or moment.hour < self.ends


NO_NIGHT = QuietHours(0, 0)

PARTS: Mapping[str, tuple[int, int]] = {
    "morning": (6, 11),
    "noon": (11, 14),
    "afternoon": (14, 18),
    "evening": (18, 21),
}
"""From which hour until which each part of the day lasts. `any` and none at all: whenever it is not night."""


def read_quiet_hours(written: str) -> QuietHours:
    """Reads `21-6` or `none`. Raises ValueError."""
    if written == "none":
        return NO_NIGHT
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", written)
    if not found or not all(0 <= int(hour) <= 23 for hour in found.groups()) or int(found[1]) == int(found[2]):
        raise ValueError("quiet hours")
    return QuietHours(int(found[1]), int(found[2]))


def is_safe(moment: datetime, safe_time: str | None, night: QuietHours) -> bool:
    """Whether this moment suits. A part of the day that the person has named counts, whatever the night is."""
    part = PARTS.get(safe_time or "")
    return part[0] <= moment.hour < part[1] if part else not night.covers(moment)


def next_safe(moment: datetime, safe_time: str | None, night: QuietHours) -> datetime:
    """This moment if it suits, else the beginning of the next hour that does."""
    if is_safe(moment, safe_time, night):
        return moment
    hour = datetime.combine(moment.date(), time(moment.hour), moment.tzinfo)
    return next(later for ahead in range(1, 25) if is_safe(later := hour + timedelta(hours=ahead), safe_time, night))
