"""A rule is never rewritten: another one ends it the day before, and the past can be read for ever."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility import rules
from feedback_gateway.responsibility.rules import Standing, Subject, standing
from models import Route
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.feedback_gateway.responsibility.house_rules import NOW, WATER, clear, day, history, set_rule


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_another_agency_ends_the_rule_before_it_by_a_day(house: House, today: time_machine.Traveller) -> None:
    set_rule("EHA")
    today.shift(timedelta(days=30))
    set_rule("GSAT", since="2027-01-10")
    assert history() == [("EHA", "2026-12-01", "2027-01-09"), ("GSAT", "2027-01-10", "..")]
    assert make_case(WATER.category, place=WATER.place).agency_id == agency_id("EHA")
    today.move_to(NOW + timedelta(days=50))
    assert make_case(WATER.category, place=WATER.place, phone="+22670000002").agency_id == agency_id("GSAT")


def test_for_a_time_only_the_one_before_goes_on_after_it(house: House) -> None:
    set_rule("EHA")
    set_rule("GSAT", since="2026-12-10", until="2026-12-20")
    assert history() == [
        ("EHA", "2026-12-01", "2026-12-09"),
        ("GSAT", "2026-12-10", "2026-12-20"),
        ("EHA", "2026-12-21", ".."),
    ]


def test_what_was_replaced_on_its_first_day_stays_in_the_history_and_never_held(house: House) -> None:
    set_rule("EHA")
    set_rule("GSAT")
    assert history() == [("EHA", "2026-12-01", "2026-11-30"), ("GSAT", "2026-12-01", "..")]
    assert make_case(WATER.category, place=WATER.place).agency_id == agency_id("GSAT")


def test_a_rule_that_has_not_begun_gives_way_without_a_trace(house: House) -> None:
    set_rule("EHA", since="2027-01-01")
    set_rule("GSAT", since="2026-12-05")
    assert history() == [("GSAT", "2026-12-05", "..")]


def test_the_same_agency_for_longer_is_the_same_rule(house: House) -> None:
    first = set_rule("EHA", until="2026-12-31")
    assert set_rule("EHA", since="2026-12-15", until="2027-06-30") == first
    assert history() == [("EHA", "2026-12-01", "2027-06-30")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"since": "2026-11-30"}, "past"),
        ({"since": "2026-12-05", "until": "2026-12-04"}, "period"),
        ({"subject": Subject("XXX", None)}, "category"),
        ({"subject": Subject("EHA", "BF99")}, "place"),
        ({}, "same_rule"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(house: House, change: dict[str, object], code: str) -> None:
    set_rule("EHA")
    with pytest.raises(RefusedError, match=f"^{code}$"):
        set_rule("EHA", **change)  # type: ignore[arg-type]
    assert history() == [("EHA", "2026-12-01", "..")]


def test_a_rule_is_ended_today_or_with_a_day_and_before_its_beginning_it_is_taken_away(house: House) -> None:
    ada = actors.make("ada")
    now_on, later, other = set_rule("EHA"), set_rule("GSAT", since="2027-02-01"), set_rule("EHA", Subject("FSL", None))
    with work.unit_of_work() as db:
        rules.end_rule(db, later, by=ada)
        rules.end_rule(db, now_on, last_day=day("2026-12-24"), by=ada)
        rules.end_rule(db, other, by=ada)
    assert history() == [("EHA", "2026-12-01", "2026-12-24")]
    with work.reading() as db:
        assert db.get_one(Route, other).valid_to == day("2026-11-30")
    for rule, last, code in ((other, None, "gone"), (later, None, "gone"), (now_on, day("2026-11-01"), "past")):
        with pytest.raises(RefusedError, match=code), work.unit_of_work() as db:
            rules.end_rule(db, rule, last_day=last, by=ada)


def test_rules_grow_stale_and_are_confirmed_by_those_who_answer(house: House, today: time_machine.Traveller) -> None:
    rule = set_rule("EHA")

    def look() -> Standing:
        with work.reading() as db:
            return standing(db.get_one(Route, rule), clock.now())

    assert look() == Standing.HOLDS
    today.shift(timedelta(days=155))
    assert look() == Standing.AGEING
    today.shift(timedelta(days=30))
    assert look() == Standing.STALE
    for name in ("charlie", "dora"):
        with pytest.raises(RefusedError, match="not_yours"), work.unit_of_work() as db:
            rules.confirm_rules(db, [rule], by=actors.make(name))
    for name in ("alice", "marc", "ada"):
        with work.unit_of_work() as db:
            assert rules.confirm_rules(db, [rule], by=actors.make(name)) == 1
        with work.reading() as db:
            assert db.get_one(Route, rule).confirmed_by_id == actors.make(name).id
    assert look() == Standing.HOLDS


def test_to_confirm_all_is_refused_when_one_of_them_is_anothers(house: House) -> None:
    own, others = set_rule("EHA"), set_rule("VIVRES", Subject("FSL", "BF49"))
    with work.unit_of_work() as db:
        db.get_one(Route, own).confirmed_at = None
    with pytest.raises(RefusedError, match="not_yours"), work.unit_of_work() as db:
        rules.confirm_rules(db, [own, others], by=actors.make("alice"))
    with work.reading() as db:
        assert db.get_one(Route, own).confirmed_at is None


def test_what_is_done_to_rules_is_logged_by_ids(house: House, caplog: pytest.LogCaptureFixture) -> None:
    ada = actors.make("ada")
    with caplog.at_level(logging.INFO, "feedback_gateway.responsibility"):
        rule = set_rule("EHA")
        with work.unit_of_work() as db:
            rules.confirm_rules(db, [rule], by=ada)
            rules.end_rule(db, rule, by=ada)
    assert [record.getMessage().split(" ", 2)[2] for record in caplog.records] == [
        f"set route {rule}",
        f"confirmed routes [{rule}]",
        f"ended route {rule}",
    ]


DAYS = st.integers(0, 40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["EHA", "GSAT", "ACTION"]), DAYS, DAYS | st.none()), max_size=6))
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_on_no_day_do_two_rules_hold_and_the_last_word_counts(
    house: House, changes: list[tuple[str, int, int | None]]
) -> None:
    clear()
    said: dict[int, str] = {}
    for agency, first, length in changes:
        last = None if length is None else first + length
        if said.get(first) == agency:  # then it is the same rule, with another end
            continue
        set_rule(
            agency,
            since=str(NOW.date() + timedelta(days=first)),
            until=None if last is None else str(NOW.date() + timedelta(days=last)),
        )
        said |= dict.fromkeys(range(first, 100 if last is None else last + 1), agency)
    with work.reading() as db:
        found = db.scalars(select(Route)).all()
        names = {agency_id(code): code for code in ("EHA", "GSAT", "ACTION")}
    for number in range(90):
        then = NOW.date() + timedelta(days=number)
        holding = [names[rule.agency_id] for rule in found if rules.overlaps(rule, then, then)]
        assert holding == ([said[number]] if number in said else [])
