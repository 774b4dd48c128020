"""A year of one installation, made up by chance, watched at every stop, and every clock counted a second time.

SIMULATED_CASES and SIMULATED_SEED make it longer or another one.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import holidays
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import work
from models import Agency, Case, Clock, ClockPolicy, Concern, Event, OutboxRow, SealedReader, User, WorkingHours
from models.words import OutboxState, Role
from tests import naive_clocks
from tests.conftest import House
from tests.simulated_time import Simulation, begin
from tests.simulation.conftest import TUESDAY, change, hire
from tests.simulation.life import Life

COMPLAINTS = {"sqlite": int(os.environ.get("SIMULATED_CASES", 30)), "postgresql": 6}
SEED = int(os.environ.get("SIMULATED_SEED", 8))
YEAR = {"sqlite": timedelta(days=365), "postgresql": timedelta(days=60)}
GRAIN = timedelta(hours=6)

# The usual hours of each step around the clock: acknowledge, triage, refer, accept, answer, close, reopen.
HOURS = {
    "P0": (1, 2, 24, 24, 72, 168, 24),
    "P1": (1, 24, 48, 72, 168, 336, 72),
    "P2": (1, 72, 120, 168, 336, 720, 168),
    "P3": (1, 120, 168, 240, 720, 1080, 240),
}


class Watch:
    """What must hold whenever all has come to rest."""

    def __init__(self, story: Simulation) -> None:
        self.story = story
        self.shares: dict[tuple[UUID, str, int], float] = {}
        self.letters = self.looks = 0

    def look(self) -> None:
        self.looks += 1
        self._letters()
        if self.looks % 20 == 0:
            self.clocks()

    def clocks(self) -> None:
        """No clock runs backwards, and what is owed has a moment at which somebody looks."""
        with work.reading() as db:
            for row in db.scalars(select(Clock)):
                key = (row.case_id, str(row.step), row.round)
                assert row.share >= self.shares.get(key, 0.0), "a clock has run backwards"
                self.shares[key] = row.share
            going = Clock.stopped_at.is_(None) & Clock.due_at.is_not(None)
            owed = select(Case).join(Clock, Clock.case_id == Case.id).where(going, Case.follow_at.is_(None))
            assert db.scalars(owed).all() == [], "something is owed and nobody will look"

    def _letters(self) -> None:
        """Nobody hears of what they may not see."""
        new, self.letters = self.story.letters[self.letters :], len(self.story.letters)
        if not new:
            return
        with work.reading() as db:
            for heard in new:
                user = db.scalars(select(User).where(User.login == heard.user)).one()
                for part in heard.text.split("/console/cases/")[1:]:
                    case = db.get_one(Case, UUID(part[:36]))
                    assert may_know(db, user, case), f"{user.login} was told of a case that is not theirs to see"


def may_know(db: Session, user: User, case: Case) -> bool:
    """Who may see what, said once more in plain words."""
    for concern in db.scalars(select(Concern).where(Concern.case_id == case.id)):
        if concern.user_id == user.id or (concern.agency_id is not None and concern.agency_id == user.agency_id):
            return False
    if case.sensitivity == "sealed":
        lines = db.scalars(select(SealedReader.category_code).where(SealedReader.user_id == user.id)).all()
        return "*" in lines or case.category_code in lines
    if case.sensitivity == "restricted" and not user.may_read_restricted:
        return False
    if user.role == Role.ADMINISTRATOR:
        return case.agency_id is None
    if user.role == Role.MANAGER and user.agency_id is None:
        return True
    return user.agency_id is not None and case.agency_id == user.agency_id


class Rules:
    """The tables of times as they were known at some moment, read once more."""

    def __init__(self, db: Session, days: Sequence[tuple[datetime, date, bool]]) -> None:
        self.policies = db.scalars(select(ClockPolicy).order_by(ClockPolicy.id)).all()
        self.hours = db.scalars(select(WorkingHours).order_by(WorkingHours.since, WorkingHours.id)).all()
        self.days = days
        self.feasts = holidays.country_holidays("BF")

    def is_off(self, known: datetime) -> Callable[[date], bool]:
        moved = {day: off for said, day, off in self.days if said <= known}
        return lambda day: moved.get(day, day in self.feasts)

    def changes(self, known: datetime) -> set[datetime]:
        ends = {policy.until for policy in self.policies if policy.until}
        begins = {policy.since for policy in self.policies} | {row.since for row in self.hours}
        return {moment for moment in ends | begins if moment <= known}

    def office(self, agency_id: int | None, at: datetime) -> naive_clocks.Office:
        for whose in (agency_id, None):
            rows = [row for row in self.hours if row.agency_id == whose and row.since <= at]
            if rows:
                return frozenset(int(day) for day in rows[-1].workdays), rows[-1].opens, rows[-1].closes
        return frozenset({1, 2, 3, 4, 5}), 450, 960

    def speed(self, known: datetime) -> naive_clocks.Speed:
        def find(
            step: str, priority: str | None, category: str | None, agency_id: int | None, at: datetime
        ) -> tuple[int, naive_clocks.Office | None]:
            at, priority = min(at, known), priority or "P2"
            best: tuple[tuple[Any, ...], ClockPolicy] | None = None
            for policy in self.policies:
                depth = 0 if policy.category is None else 1 + policy.category.count(".")
                fits = (
                    policy.step == step
                    and policy.since <= at
                    and not (policy.until is not None and policy.until <= at)
                    and policy.priority in (None, priority)
                    and policy.agency_id in (None, agency_id)
                    and policy.category in (None, category, (category or "").split(".")[0])
                )
                rank = (policy.agency_id is not None, depth, policy.priority is not None, policy.since, policy.id)
                if fits and (best is None or rank > best[0]):
                    best = rank, policy
            if best is None:
                return HOURS[priority][naive_clocks.STEPS.index(step)] * 3600, None
            return best[1].minutes * 60, self.office(agency_id, at) if best[1].working else None

        return find


def check_history(db: Session, days: Sequence[tuple[datetime, date, bool]]) -> Iterator[str]:
    """Every stored clock against a sum of its own from the log; says of each what kind it was."""
    rules = Rules(db, days)
    for case in db.scalars(select(Case)):
        events = db.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.at, Event.id)).all()
        log = [(event.at, event.kind, event.data) for event in events]
        rows = db.scalars(select(Clock).where(Clock.case_id == case.id)).all()
        breaches = Counter((each.data["step"], each.data["round"]) for each in events if each.kind == "breached")
        assert all(count == 1 for count in breaches.values()), "a breach was recorded twice"
        assert set(breaches) == {(row.step, row.round) for row in rows if row.breached_at}
        for moment in {row.wound_at for row in rows}:
            then = [each for each in log if each[0] <= moment]
            runs = naive_clocks.run(then, rules.speed(moment), moment, rules.changes(moment), rules.is_off(moment))
            for run in runs:
                (row,) = (row for row in rows if (row.step, row.round) == (run.step, run.round))
                if row.wound_at == moment:
                    assert_same(row, run)
                    how = "late" if row.breached_at else "well"
                    yield f"{row.step} {'stopped' if row.stopped_at else 'going'} {how}"


def assert_same(row: Clock, run: naive_clocks.Run) -> None:
    found = (row.started_at, row.stopped_at, row.breached_at, row.due_at, row.agency_id)
    assert found == (run.started, run.stopped, run.breached, run.due, run.agency), (row.step, row.round)
    assert row.share == pytest.approx(float(run.share), abs=1e-12)


@pytest.mark.timeout(900)
def test_a_year_by_chance(house: House) -> None:
    with begin(TUESDAY, GRAIN) as story:
        with work.unit_of_work() as db:
            db.scalars(select(Agency).where(Agency.code == "EHA")).one().name = "Eau Vive Sahel"
        deputy = hire("second", Role.FOCAL_POINT, "EHA")
        hire("chief", Role.MANAGER, "EHA")
        hire("protector", Role.FOCAL_POINT, "PROTEC", may_read_restricted=True)
        change("eau", deputy_id=deputy.id)
        watch = Watch(story)
        story.look = watch.look
        year = YEAR[house.database]
        life = Life(story, SEED, COMPLAINTS[house.database], TUESDAY, year)
        story.run(TUESDAY + year)
        watch.clocks()
        with work.reading() as db:
            rows = len(db.scalars(select(Clock.id)).all())
            seen = Counter(check_history(db, life.days))
            kinds = Counter(db.scalars(select(Event.kind)))
            undone = db.scalars(select(OutboxRow.duty).where(OutboxRow.state == OutboxState.FAILED)).all()
    assert undone == []
    assert sum(seen.values()) == rows, "every clock was counted again"
    if house.database == "sqlite":  # the history is worth something only if everything has happened in it
        for kind in [
            "reminded",
            "breached",
            "unresponded",
            "returned",
            "rejected",
            "reopening_asked",
            "reopened",
            "waiting_ended",
            "noticed",
            "closed",
        ]:
            assert kinds[kind] > 0, (kind, kinds)
        assert {"answer going late", "answer stopped late", "answer stopped well", "accept stopped late"} <= set(seen)
