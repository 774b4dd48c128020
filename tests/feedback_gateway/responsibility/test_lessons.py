"""What "not responsible" teaches: one click makes the rule, or leaves the rules alone."""

from uuid import UUID

import pytest
from sqlalchemy import select

from feedback_gateway import cases, work
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility import lessons
from feedback_gateway.responsibility.matrix import who_answers
from models import Agency, Case, RouteLesson
from models.words import Rejection
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case


def refuse(number: int, but: str | None, place: str = "BF490304") -> UUID:
    alice = actors.make("alice")
    case = make_case("EHA.EAU", place=place, phone=f"+2267000000{number}")
    with work.unit_of_work() as db:
        other = db.get(Agency, agency_id(but)) if but else None
        cases.reject(db, db.get_one(Case, case.id), Rejection.NOT_RESPONSIBLE, by=alice, but=other)
    return case.id


def open_ones() -> list[lessons.Lesson]:
    with work.reading() as db:
        return lessons.open_lessons(db)


def test_refusals_are_counted_by_subject_with_whom_they_named(house: House) -> None:
    for number, but in enumerate(["GSAT", None, "GSAT", "ACTION"]):
        refuse(number, but)
    refuse(7, None, place="BF560304")
    first, second = open_ones()
    assert (first.category, first.place, first.agency_id, first.times) == ("EHA.EAU", "BF490304", agency_id("EHA"), 4)
    assert first.but == ((agency_id("GSAT"), 2), (agency_id("ACTION"), 1))
    assert (second.place, second.times, second.but) == ("BF560304", 1, ())


def test_one_click_makes_the_rule_and_the_next_case_goes_there(house: House) -> None:
    refuse(1, "GSAT")
    ada = actors.make("ada")
    with work.unit_of_work() as db:
        rule = lessons.make_rule(db, "EHA.EAU", "BF490304", agency_id("EHA"), agency_id("GSAT"), by=ada)
    assert (rule.category, rule.place_code, rule.confirmed_by_id) == ("EHA.EAU", "BF490304", ada.id)
    assert make_case("EHA.EAU", phone="+22670000009").agency_id == agency_id("GSAT")
    assert open_ones() == []
    with work.reading() as db:
        row = db.scalars(select(RouteLesson)).one()
        assert (row.handled_by_id, row.handled_at is None) == (ada.id, False)
        assert who_answers(db, "EHA.EAU", "BF490304") == agency_id("GSAT")


def test_a_lesson_is_dismissed_once_and_nothing_else_is(house: House) -> None:
    refuse(1, "GSAT")
    refuse(2, None, place="BF560304")
    ada = actors.make("ada")
    with work.unit_of_work() as db:
        lessons.dismiss(db, "EHA.EAU", "BF490304", agency_id("EHA"), by=ada)
    assert [lesson.place for lesson in open_ones()] == ["BF560304"]
    assert make_case("EHA.EAU", phone="+22670000009").agency_id == agency_id("EHA")
    with pytest.raises(RefusedError, match="gone"), work.unit_of_work() as db:
        lessons.dismiss(db, "EHA.EAU", "BF490304", agency_id("EHA"), by=ada)


def test_a_rule_that_cannot_be_made_leaves_the_lesson_open(house: House) -> None:
    refuse(1, "GSAT")
    ada = actors.make("ada")
    with pytest.raises(RefusedError, match="agency"), work.unit_of_work() as db:
        lessons.make_rule(db, "EHA.EAU", "BF490304", agency_id("EHA"), 999, by=ada)
    assert len(open_ones()) == 1
