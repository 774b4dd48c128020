"""The clocks of a case computed a second time, plainly and slowly, from docs/decisions/0016-clocks.md alone.

Time is cut at everything that may change how fast a clock runs: events, policies, days, opening and closing. Within one
such piece a clock runs at one speed or not at all. Shares nothing with feedback_gateway.lib.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

Office = tuple[frozenset[int], int, int]
"""Days of the week (Monday is 1), minute of opening, minute of closing."""

Speed = Callable[[str, str | None, str | None, int | None, datetime], tuple[int, Office | None]]
"""(step, priority, category, agency, moment) -> seconds allowed, and the hours that count (None: all)."""

Log = Sequence[tuple[datetime, str, dict[str, Any]]]

FOR_EVER = timedelta(days=3700)


@dataclass
class Run:
    """One round of one step."""

    step: str
    round: int
    started: datetime
    stopped: datetime | None = None
    share: Fraction = Fraction(0)
    breached: datetime | None = None
    due: datetime | None = None
    still: bool = False
    agency: int | None = None


def starts(step: str, kind: str, agency: int | None) -> bool:
    """Whether this event sets a step going."""
    if kind == "opened":
        return step in ("acknowledge", "triage", "refer", "answer", "close")
    if kind in ("rejected", "returned"):
        return step == "refer"
    if kind == "referred":
        return step == "accept"
    if kind == "reopened":
        return step in ("answer", "close", "refer" if agency is None else "accept")
    return kind == "reopening_asked" and step == "reopen"


def stops(step: str, kind: str) -> bool:
    """Whether this event ends a step."""
    if step == "acknowledge":
        return kind in ("acknowledged", "closed")
    if step == "reopen":
        return kind in ("reopened", "reopening_declined")
    if step == "close":
        return kind == "closed"
    if step == "answer":
        return kind in ("responded", "closed")
    if kind in ("accepted", "action_started", "responded", "closed"):
        return True
    if step == "accept":
        return kind in ("referred", "rejected", "returned")
    return kind == "referred" or (step == "triage" and kind == "triaged")


STEPS = ("acknowledge", "triage", "refer", "accept", "answer", "close", "reopen")
SAYS_WHAT = ("classified", "recategorised", "confirmed")


def run(
    log: Log,
    speed: Speed,
    now: datetime,
    changes: Collection[datetime] = (),
    days_off: Callable[[date], bool] = lambda _day: False,
    priority: str | None = None,
) -> list[Run]:
    """Every clock of this log at `now`."""
    first = [data.get("before") or data["priority"] for _, kind, data in log if kind == "prioritised"]
    about = [data.get("category") for _, kind, data in log if kind in SAYS_WHAT]
    now_priority = first[0] if first else priority
    category = about[0] if about else None
    agency: int | None = None
    waiting = noise = False
    runs: list[Run] = []

    def let_run(since: datetime, until: datetime) -> None:
        for each in runs:
            if each.stopped is not None:
                continue
            each.agency = agency
            if stands_still(each):
                continue
            for at, end, seconds in pieces(each, since, until):
                grow(each, at, end, seconds)

    def stands_still(each: Run) -> bool:
        return each.step not in ("acknowledge", "reopen") and (waiting or noise)

    def pieces(each: Run, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, int]]:
        """What counts between two moments: (from, to, seconds allowed)."""
        at = since
        while at < until:
            seconds, office = speed(each.step, now_priority, category, agency, at)
            end = min([until, *(cut for cut in changes if cut > at)])
            if office is None:
                yield at, end, seconds
                at = end
                continue
            end = min(end, midnight(at) + timedelta(days=1))
            weekdays, opens, closes = office
            if at.isoweekday() in weekdays and not days_off(at.date()):
                first_minute = max(at, midnight(at) + timedelta(minutes=opens))
                last_minute = min(end, midnight(at) + timedelta(minutes=closes))
                if first_minute < last_minute:
                    yield first_minute, last_minute, seconds
            at = end

    def grow(each: Run, at: datetime, end: datetime, seconds: int) -> None:
        before = each.share
        each.share += Fraction(micro(end - at), seconds * 10**6)
        if before < 1 <= each.share:
            missing = (1 - before) * seconds * 10**6
            each.breached = at + timedelta(microseconds=-int(-missing // 1))

    def when_due(each: Run, at: datetime) -> datetime | None:
        share = each.share
        for begin, end, seconds in pieces(each, at, at + FOR_EVER):
            more = Fraction(micro(end - begin), seconds * 10**6)
            if share + more >= 1:
                return begin + timedelta(microseconds=-int(-((1 - share) * seconds * 10**6) // 1))
            share += more
        return None

    at = log[0][0] if log else now
    for moment, kind, data in log:
        let_run(at, moment)
        at = max(at, moment)
        for each in runs:
            if each.stopped is None and stops(each.step, kind):
                each.stopped = moment
                each.due = each.breached or when_due(each, moment)
                each.agency = agency if each.agency is None else each.agency
        if kind in SAYS_WHAT:
            category = data.get("category")
        if kind == "prioritised":
            now_priority = data["priority"]
        if kind == "referred":
            agency = data["agency"]
        if kind in ("rejected", "returned"):
            agency = data.get("to")
        if kind in SAYS_WHAT or kind == "noise_marked":
            noise = bool(data.get("noise"))
        if kind in ("waiting_began", "waiting_ended"):
            waiting = kind == "waiting_began"
        for step in STEPS:
            going = [each for each in runs if each.step == step]
            if starts(step, kind, agency) and all(each.stopped is not None for each in going):
                runs.append(Run(step, len(going), moment))
    let_run(at, now)
    for each in runs:
        if each.stopped is None:
            each.agency = agency if each.agency is None else each.agency
            each.still = stands_still(each)
            each.due = None if each.still else each.breached or when_due(each, max(at, now))
    return sorted(runs, key=lambda each: (STEPS.index(each.step), each.round))


def midnight(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day, tzinfo=UTC)


def micro(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
