"""Clocks from events: examples, what holds of any log, and the same sums done a second time (tests/naive_clocks)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib.clocks import CYCLES, KINDS, ClockState, Facts, Happening, Rule, run_clocks
from feedback_gateway.lib.worktime import Hours, WorkTime
from tests import naive_clocks
from tests.naive_clocks import Office

START = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
"""A Tuesday; the Monday before it was off for All Saints, a Sunday. So are 11 December and Christmas."""

BURKINA = holidays.country_holidays("BF")
WEEK = frozenset({1, 2, 3, 4, 5})
OFFICE: Office = (WEEK, 450, 960)
NIGHTS: Office = (frozenset({1, 3, 6, 7}), 1000, 1440)


def after(**span: float) -> datetime:
    return START + timedelta(**span)


class Book:
    """Policies for a test, read by both computations: by step, priority, category, agency, from a day on."""

    def __init__(self, *rows: tuple[datetime, Mapping[str, Any], int, Office | None]) -> None:
        self.rows = rows
        self.changes = sorted({row[0] for row in rows})

    def find(
        self, step: str, priority: str | None, category: str | None, agency: int | None, at: datetime
    ) -> tuple[int, Office | None]:
        asked = {"step": step, "priority": priority, "category": category, "agency": agency}
        fitting = [
            (seconds, office)
            for since, wanted, seconds, office in self.rows
            if since <= at and all(asked[name] == value for name, value in wanted.items())
        ]
        return fitting[-1] if fitting else (86400 * {"P0": 1, "P1": 3, "P2": 7}.get(priority or "P2", 14), None)

    def pace(self, step: str, facts: Facts, at: datetime) -> Rule:
        seconds, office = self.find(step, facts.priority, facts.category, facts.agency, at)
        hours = Hours(*office) if office else None
        return Rule(timedelta(seconds=seconds), WorkTime(hours, BURKINA.__contains__))


PLAIN = Book()
ONE_DAY = Book((START, {}, 86400, None))


def wind(log: Sequence[tuple[datetime, str, dict[str, Any]]], now: datetime, book: Book = PLAIN) -> list[ClockState]:
    return run_clocks([Happening(*event) for event in log], book.pace, now, book.changes)


def one(states: Sequence[ClockState], step: str, number: int = 0) -> ClockState:
    return next(state for state in states if (state.step, state.round) == (step, number))


def opened(priority: str = "P1") -> list[tuple[datetime, str, dict[str, Any]]]:
    return [
        (START, "opened", {}),
        (START, "acknowledged", {}),
        (START, "classified", {"category": "EHA.EAU"}),
        (START, "prioritised", {"priority": priority}),
    ]


def referred(at: datetime = START, agency: int = 1) -> tuple[datetime, str, dict[str, Any]]:
    return (at, "referred", {"agency": agency})


def test_a_step_is_due_when_its_time_has_run() -> None:
    answer = one(wind(opened(), after(days=1)), "answer")
    assert (answer.due_at, answer.share, answer.breached_at) == (after(days=3), Fraction(1, 3), None)


def test_a_step_that_was_not_done_has_run_out_at_its_due_time_however_late_one_looks() -> None:
    for late in (3, 4, 400):
        answer = one(wind(opened(), after(days=late)), "answer")
        assert answer.breached_at == answer.due_at == after(days=3)


def test_done_in_time_it_never_runs_out() -> None:
    answer = one(wind([*opened(), (after(days=2), "responded", {})], after(days=90)), "answer")
    assert (answer.stopped_at, answer.breached_at, answer.share) == (after(days=2), None, Fraction(2, 3))


def test_done_at_the_very_moment_of_its_end_is_too_late() -> None:
    assert one(wind([*opened(), (after(days=3), "responded", {})], after(days=3)), "answer").breached_at


def test_while_the_person_is_waited_for_nothing_is_due() -> None:
    log = [*opened(), referred(), (START, "accepted", {}), (after(days=1), "waiting_began", {})]
    still = one(wind(log, after(days=30)), "answer")
    assert (still.due_at, still.share, still.is_running) == (None, Fraction(1, 3), False)
    assert still.reaches(Fraction(1)) is None
    going = one(wind([*log, (after(days=30), "waiting_ended", {})], after(days=30)), "answer")
    assert going.due_at == after(days=32)


def test_what_ran_out_before_the_waiting_is_not_due_while_it_stands_still() -> None:
    log = [*opened(), (after(days=4), "waiting_began", {})]
    still = one(wind(log, after(days=5)), "answer")
    assert (still.due_at, still.breached_at) == (None, after(days=3))
    assert not still.is_running


def test_noise_stands_still_and_a_complaint_after_all_goes_on() -> None:
    log = [*opened(), (after(days=1), "noise_marked", {"noise": "test"})]
    assert one(wind(log, after(days=9)), "answer").due_at is None
    log.append((after(days=9), "noise_marked", {"noise": None}))
    assert one(wind(log, after(days=9)), "answer").due_at == after(days=11)


def test_a_higher_priority_runs_faster_from_then_on_and_takes_nothing_back() -> None:
    log = [*opened("P2"), (after(days=3.5), "prioritised", {"priority": "P0", "before": "P2"})]
    answer = one(wind(log, after(days=3.5)), "answer")
    assert (answer.share, answer.due_at) == (Fraction(1, 2), after(days=4))


def test_a_log_that_begins_in_the_middle_counts_by_the_priority_of_before() -> None:
    log = [(START, "opened", {}), (after(days=3.5), "prioritised", {"priority": "P0", "before": "P2"})]
    answer = one(wind(log, after(days=3.5)), "answer")
    assert (answer.share, answer.breached_at) == (Fraction(1, 2), None)


def test_a_policy_of_working_hours_counts_them_from_the_day_it_begins() -> None:
    book = Book((START, {}, 86400, None), (after(hours=6), {}, 6 * 3600, OFFICE))
    answer = one(wind(opened(), after(hours=6), book), "answer")  # at two in the afternoon: two hours are left today
    assert answer.share == Fraction(1, 4)
    assert answer.due_at == after(hours=23.5 + 2.5)


def test_a_referral_that_comes_back_begins_both_anew() -> None:
    log = [*opened(), referred(), (after(days=1), "rejected", {"agency": 1, "to": None})]
    states = wind(log, after(days=2))
    assert one(states, "accept").stopped_at == after(days=1)
    assert one(states, "refer").stopped_at == START
    assert one(states, "refer", 1).due_at == after(days=4)


def test_referred_again_is_a_new_round_of_the_acceptance() -> None:
    log = [*opened(), referred(), referred(after(days=1), 2)]
    states = wind(log, after(days=1))
    assert one(states, "accept").agency == 1
    assert (one(states, "accept", 1).started_at, one(states, "accept", 1).agency) == (after(days=1), 2)


@pytest.mark.parametrize(("agency", "owed"), [(1, "accept"), (None, "refer")])
def test_a_reopened_case_has_to_be_taken_again(agency: int | None, owed: str) -> None:
    log = [*opened(), *([referred()] if agency else []), (after(days=1), "closed", {}), (after(days=9), "reopened", {})]
    running = {state.step: state for state in wind(log, after(days=9)) if state.is_running}
    assert set(running) == {"answer", "close", owed}
    assert running[owed].due_at == after(days=12)


def test_a_request_to_reopen_has_a_clock_that_never_stands_still() -> None:
    log = [*opened(), (after(days=1), "closed", {}), (after(days=2), "reopening_asked", {})]
    log += [(after(days=2), "waiting_began", {})]
    assert one(wind(log, after(days=2)), "reopen").due_at == after(days=5)


def test_it_is_known_when_a_share_will_have_run() -> None:
    answer = one(wind(opened(), after(days=1), ONE_DAY), "answer")
    assert answer.reaches(Fraction(5, 4)) == after(days=1.25)
    assert answer.reaches(Fraction(1, 2)) == after(days=1), "a share that has run: now"


def test_every_kind_that_a_clock_looks_at_is_known_by_the_log() -> None:
    started = set().union(*(cycle.starts | cycle.stops for cycle in CYCLES.values()))
    assert started < KINDS


# Anything that may stand in a log, in any order.

KIND = st.one_of(
    st.sampled_from(sorted(KINDS - {"prioritised", "referred", "rejected", "returned", "noise_marked"})).map(
        lambda kind: (kind, {"category": "EHA.EAU"} if kind in naive_clocks.SAYS_WHAT else {})
    ),
    st.sampled_from(["P0", "P1", "P2", "P3"]).map(lambda priority: ("prioritised", {"priority": priority})),
    st.sampled_from([1, 2]).map(lambda agency: ("referred", {"agency": agency})),
    st.tuples(st.sampled_from(["rejected", "returned"]), st.sampled_from([None, 1, 2])).map(
        lambda back: (back[0], {"to": back[1]})
    ),
    st.sampled_from([None, "test"]).map(lambda noise: ("noise_marked", {"noise": noise})),
    st.sampled_from(["SAN.EPI", None]).map(lambda category: ("recategorised", {"category": category})),
)
GAP = st.one_of(st.just(0), st.integers(0, 3600), st.integers(0, 12 * 86400))
LATER = st.integers(0, 90 * 86400)


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[datetime, str, dict[str, Any]]]:
    at, log = START, opened(draw(st.sampled_from(["P0", "P1", "P2", "P3"])))
    for kind, data in draw(st.lists(KIND, max_size=14)):
        at += timedelta(seconds=draw(GAP))
        log.append((at, kind, data))
    return log


@st.composite
def books(draw: st.DrawFn) -> Book:
    wanted = st.fixed_dictionaries(
        {},
        optional={
            "step": st.sampled_from(list(CYCLES)),
            "priority": st.sampled_from(["P0", "P1", "P2"]),
            "agency": st.sampled_from([1, 2]),
            "category": st.just("EHA.EAU"),
        },
    )
    since = st.integers(-10, 60 * 24).map(lambda hours: after(hours=hours))
    row = st.tuples(since, wanted, st.integers(60, 20 * 86400), st.sampled_from([None, OFFICE, NIGHTS]))
    return Book(*sorted(draw(st.lists(row, max_size=5)), key=lambda row: row[0]))


def is_off(day: date) -> bool:
    return day in BURKINA


@given(logs(), books(), LATER)
def test_the_same_comes_out_when_it_is_counted_another_way(
    log: list[tuple[datetime, str, dict[str, Any]]], book: Book, later: int
) -> None:
    now = log[-1][0] + timedelta(seconds=later)
    found = wind(log, now, book)
    expected = naive_clocks.run(log, book.find, now, book.changes, is_off)
    assert [(state.step, state.round, state.started_at, state.stopped_at) for state in found] == [
        (run.step, run.round, run.started, run.stopped) for run in expected
    ]
    assert [(state.share, state.breached_at, state.due_at, state.agency) for state in found] == [
        (run.share, run.breached, run.due, run.agency) for run in expected
    ]


@given(logs(), books(), LATER, LATER)
def test_what_holds_of_every_clock(
    log: list[tuple[datetime, str, dict[str, Any]]], book: Book, sooner: int, later: int
) -> None:
    sooner, later = sorted((sooner, later))
    end = log[-1][0]
    then, now = end + timedelta(seconds=sooner), end + timedelta(seconds=later)
    before = {(state.step, state.round): state for state in wind(log, then, book)}
    for state in wind(log, now, book):
        was = before[state.step, state.round]
        assert state.share >= was.share >= 0
        assert state.due_at is None or state.due_at >= state.started_at
        assert was.breached_at in (None, state.breached_at), "a breach does not move"
        assert (state.share >= 1) == (state.breached_at is not None)
        if state.breached_at is not None:
            assert state.started_at < state.breached_at <= (state.stopped_at or now)
        if state.stopped_at is not None:
            assert state == was, "what has stopped is over"
        elif state.due_at is not None and not state.breached_at:
            assert state.due_at > now


@given(logs(), books(), st.data())
def test_no_event_makes_a_clock_jump(
    log: list[tuple[datetime, str, dict[str, Any]]], book: Book, data: st.DataObject
) -> None:
    known = len(opened())
    at = data.draw(st.integers(known, len(log)))
    rest, event = log[:at], log[at] if at < len(log) else (log[-1][0], "closed", {})
    before = {(state.step, state.round): state for state in wind(rest, event[0], book)}
    for state in wind([*rest, event], event[0], book):
        was = before.get((state.step, state.round))
        if was is None:
            assert (state.share, state.started_at, state.breached_at) == (0, event[0], None)
        else:
            assert (state.share, state.breached_at) == (was.share, was.breached_at)


@given(logs(), books(), LATER, st.sampled_from([Fraction(1, 2), Fraction(4, 5), Fraction(1), Fraction(5, 4)]))
def test_a_share_is_reached_exactly_when_it_was_foretold(
    log: list[tuple[datetime, str, dict[str, Any]]], book: Book, later: int, share: Fraction
) -> None:
    now = log[-1][0] + timedelta(seconds=later)
    for state in wind(log, now, book):
        moment = state.reaches(share)
        if moment is None or state.share >= share:
            continue
        then = {(each.step, each.round): each for each in wind(log, moment, book)}
        just_before = {(each.step, each.round): each for each in wind(log, moment - timedelta(microseconds=1), book)}
        key = state.step, state.round
        assert just_before[key].share < share <= then[key].share
