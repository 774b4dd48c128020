"""The clocks of a case, from its events alone, by one pure function (docs/decisions/0016-clocks.md).

A clock is a share that grows from 0. While the step is owed it grows by (time that counts) / (time allowed), and stands
still while the case waits for the person or counts as noise. It runs out when the share is 1. So a change of priority,
of agency or of policy changes how fast it runs from then on and never how much has run: no clock can jump, run
backwards or run out in the past.

Codes are plain strings (those of models.words), so that this can be tested without a database.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from feedback_gateway.lib.worktime import WorkTime

MICROSECOND = timedelta(microseconds=1)


class Happening(NamedTuple):
    """One event of the log: when, its kind, its codes."""

    at: datetime
    kind: str
    data: Mapping[str, Any]


class Facts(NamedTuple):
    """What of a case decides how long a step may take, as it stood at some moment."""

    priority: str | None = None
    category: str | None = None
    agency: int | None = None


class Rule(NamedTuple):
    """How long a step may take, and when its time counts."""

    allowed: timedelta
    time: WorkTime


Pace = Callable[[str, Facts, datetime], Rule]
"""(step, facts, moment) -> the rule in force then."""


class Cycle(NamedTuple):
    """The kinds of events that start and stop a step. One that does both starts a new round."""

    starts: frozenset[str]
    stops: frozenset[str]
    stands_still: bool = True


_TAKEN = {"accepted", "action_started", "responded", "closed"}

CYCLES: Mapping[str, Cycle] = {
    "acknowledge": Cycle(frozenset({"opened"}), frozenset({"acknowledged", "closed"}), stands_still=False),
    "triage": Cycle(frozenset({"opened"}), frozenset({"triaged", "referred"} | _TAKEN)),
    "refer": Cycle(frozenset({"opened", "rejected", "returned", "reopened"}), frozenset({"referred"} | _TAKEN)),
    "accept": Cycle(frozenset({"referred", "reopened"}), frozenset({"referred", "rejected", "returned"} | _TAKEN)),
    "answer": Cycle(frozenset({"opened", "reopened"}), frozenset({"responded", "closed"})),
    "close": Cycle(frozenset({"opened", "reopened"}), frozenset({"closed"})),
    "reopen": Cycle(frozenset({"reopening_asked"}), frozenset({"reopened", "reopening_declined"}), stands_still=False),
}
"""Every step that has a clock, in the order of the road.

A case that is reopened has to be accepted again, by the agency that has it; without one, somebody has to refer it.
"""

KINDS = frozenset().union(*(cycle.starts | cycle.stops for cycle in CYCLES.values())) | {
    "classified",
    "classification_failed",
    "recategorised",
    "confirmed",
    "prioritised",
    "noise_marked",
    "waiting_began",
    "waiting_ended",
}
"""The kinds of events that a clock looks at."""


_SAYS_WHAT = ("classified", "recategorised", "confirmed")


def _never(_share: Fraction) -> datetime | None:
    return None


@dataclass(frozen=True)
class ClockState:
    """One round of one step. `due_at` is None while it stands still, even when it has run out before; `reaches(share)`
    is when it will have run so far.

    A clock that was stopped keeps the moment at which it would have run out, or did.
    """

    step: str
    round: int
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    share: Fraction
    agency: int | None
    reaches: Callable[[Fraction], datetime | None] = field(default=_never, repr=False, compare=False)

    @property
    def is_running(self) -> bool:
        """Whether the step is still owed and its time is counting."""
        return self.stopped_at is None and self.due_at is not None


class _Spell:
    """A round while it is being counted."""

    def __init__(self, step: str, number: int, at: datetime) -> None:
        self.step, self.number, self.started_at, self.at = step, number, at, at
        self.share = Fraction(0)
        self.breached_at: datetime | None = None
        self.agency: int | None = None


class _Count:
    """The state of the counting: facts, what stands still, the spells."""

    def __init__(self, pace: Pace, changes: Sequence[datetime]) -> None:
        self.pace, self.changes = pace, changes
        self.facts = Facts()
        self.waiting = self.noise = False
        self.running: dict[str, _Spell] = {}
        self.rounds: dict[str, int] = {}
        self.done: list[ClockState] = []

    def stands_still(self, step: str) -> bool:
        return CYCLES[step].stands_still and (self.waiting or self.noise)

    def advance(self, to: datetime) -> None:
        for spell in self.running.values():
            spell.agency = self.facts.agency
            if not self.stands_still(spell.step):
                self._run(spell, to)
            spell.at = max(spell.at, to)

    def _run(self, spell: _Spell, to: datetime) -> None:
        for start, end, rule in self._pieces(spell.step, spell.at, to):
            more = Fraction(rule.time.between(start, end) // MICROSECOND, rule.allowed // MICROSECOND)
            if spell.breached_at is None and spell.share + more >= 1:
                spell.breached_at = _moment(start, rule, 1 - spell.share)
            spell.share += more

    def _pieces(self, step: str, start: datetime, end: datetime | None) -> list[tuple[datetime, datetime, Rule]]:
        """The span cut where a policy changes; with no `end`, the last piece ends when it begins."""
        cuts = self.changes[bisect_right(self.changes, start) :]
        edges = [start, *(cut for cut in cuts if end is None or cut < end), end or start]
        if end is None:
            edges[-1] = edges[-2]
        return [(a, b, self.pace(step, self.facts, a)) for a, b in pairwise(edges)]

    def reach(self, spell: _Spell, share: Fraction) -> datetime:
        """When the spell will have run so far, if nothing more happens. A share that has run: now."""
        so_far, now = spell.share, spell.at
        pieces = self._pieces(spell.step, spell.at, None)
        for start, end, rule in pieces[:-1]:
            more = Fraction(rule.time.between(start, end) // MICROSECOND, rule.allowed // MICROSECOND)
            if so_far + more >= share:
                return max(now, _moment(start, rule, share - so_far))
            so_far += more
        start, _, rule = pieces[-1]
        return max(now, _moment(start, rule, share - so_far))

    def take(self, event: Happening) -> None:
        self.advance(event.at)
        for step, cycle in CYCLES.items():
            if event.kind in cycle.stops and step in self.running:
                self.done.append(self.state(self.running.pop(step), stopped_at=event.at))
        self._learn(event)
        for step, cycle in CYCLES.items():
            if event.kind in cycle.starts and step not in self.running and self._is_for(step, event.kind):
                number = self.rounds.get(step, 0)
                self.rounds[step] = number + 1
                self.running[step] = _Spell(step, number, event.at)

    def _is_for(self, step: str, kind: str) -> bool:
        """Of what a reopened case may need, its agency's acceptance or an agency, only the one that it lacks."""
        if kind != "reopened" or step not in ("accept", "refer"):
            return True
        return (self.facts.agency is None) == (step == "refer")

    def _learn(self, event: Happening) -> None:
        kind, data = event.kind, event.data
        if kind in _SAYS_WHAT:
            self.facts = self.facts._replace(category=data.get("category"))
        if kind == "prioritised":
            self.facts = self.facts._replace(priority=data.get("priority"))
        if kind in ("referred", "rejected", "returned"):
            self.facts = self.facts._replace(agency=data.get("agency" if kind == "referred" else "to"))
        if kind in ("classified", "recategorised", "confirmed", "noise_marked"):
            self.noise = bool(data.get("noise"))
        if kind in ("waiting_began", "waiting_ended"):
            self.waiting = kind == "waiting_began"

    def state(self, spell: _Spell, *, stopped_at: datetime | None = None) -> ClockState:
        still = stopped_at is None and self.stands_still(spell.step)
        due = None if still else spell.breached_at or self.reach(spell, Fraction(1))
        return ClockState(
            step=spell.step,
            round=spell.number,
            started_at=spell.started_at,
            due_at=due,
            stopped_at=stopped_at,
            breached_at=spell.breached_at,
            share=spell.share,
            agency=spell.agency if spell.agency is not None else self.facts.agency,
            reaches=_never if still or stopped_at else lambda share: self.reach(spell, share),
        )


def _moment(start: datetime, rule: Rule, share: Fraction) -> datetime:
    """When this share of the rule's time has counted since `start`, to the microsecond above."""
    needed = share * (rule.allowed // MICROSECOND)
    return rule.time.after(start, -(-needed.numerator // needed.denominator) * MICROSECOND)


def run_clocks(
    events: Sequence[Happening],
    pace: Pace,
    now: datetime,
    changes: Sequence[datetime] = (),
    priority: str | None = None,
) -> list[ClockState]:
    """Every clock that the events have started, as it stands at `now`, by step and round.

    `events` in the order in which they happened; `changes` are the moments at which `pace` may answer differently, in
    order. Until somebody has said what a case is about and how urgent it is, it counts as what was said first (or as
    what it was `before`, when the log begins in the middle); `priority` where no event says.
    """
    count = _Count(pace, changes)
    said = [event.data.get("before") or event.data.get("priority") for event in events if event.kind == "prioritised"]
    about = [event.data.get("category") for event in events if event.kind in _SAYS_WHAT]
    count.facts = Facts(next(iter(said), priority), next(iter(about), None))
    for event in events:
        count.take(event)
    count.advance(now)
    found = [*count.done, *(count.state(spell) for spell in count.running.values())]
    order = list(CYCLES)
    return sorted(found, key=lambda state: (order.index(state.step), state.round))
