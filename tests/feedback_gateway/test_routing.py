"""The most specific rule wins; nothing that fits means no owner."""

from datetime import timedelta

import pytest

from feedback_gateway import work
from feedback_gateway.routing import choose_route
from feedback_gateway.timetable import USUAL
from models import Route
from models.words import Priority, Sensitivity, Step
from tests.conftest import House
from tests.factories import agency_id, make_case

KAYA = ["BF490304", "BF4903", "BF49"]
N, R = Sensitivity.NORMAL, Sensitivity.RESTRICTED


def rule(
    number: int, category: str | None = None, place: str | None = None, sensitivity: Sensitivity | None = None
) -> Route:
    return Route(id=number, category=category, place_code=place, sensitivity=sensitivity, agency_id=number)


RULES = [
    rule(1, "EHA"),
    rule(2, "EHA.EAU"),
    rule(3, "EHA.EAU", "BF49"),
    rule(4, "EHA.EAU", "BF490304"),
    rule(5, "EHA", "BF490304"),
    rule(6, "SIT", None, R),
    rule(7, "SIT"),
    rule(8, None, "BF56"),
]


@pytest.mark.parametrize(
    ("category", "ladder", "sensitivity", "agency"),
    [
        ("EHA.EAU", KAYA, N, 4),
        ("EHA.EAU", KAYA[1:], N, 3),
        ("EHA.EAU", ["BF5603", "BF56"], N, 2),
        ("EHA.LAT", KAYA, N, 5),
        ("EHA.LAT", [], N, 1),
        ("SIT.SEC", KAYA, R, 6),
        ("SIT.SEC", KAYA, N, 7),
        ("FSL.MIS", ["BF5603", "BF56"], N, 8),
        ("FSL.MIS", KAYA, N, None),
        (None, ["BF56"], N, 8),
        (None, KAYA, N, None),
    ],
)
def test_the_most_specific_rule_wins(
    category: str | None, ladder: list[str], sensitivity: Sensitivity, agency: int | None
) -> None:
    assert choose_route(RULES, category, ladder, sensitivity).agency_id == agency


def test_the_reason_names_the_rule() -> None:
    assert choose_route(RULES, "EHA.EAU", KAYA[1:], N).because == "EHA.EAU|BF49|*"


def test_of_two_equal_rules_the_older_wins_always() -> None:
    twins = [rule(9, "EHA"), rule(2, "EHA")]
    assert choose_route(twins, "EHA.EAU", [], N).agency_id == choose_route(twins[::-1], "EHA.EAU", [], N).agency_id == 2


def test_a_case_goes_to_its_agency_with_due_times(house: House) -> None:
    case = make_case("EHA.EAU")
    assert case.agency_id == agency_id("EHA")
    assert case.state == "referred"
    assert case.priority == Priority.P1
    assert case.answer_due_at == case.opened_at + timedelta(days=7)


def test_a_case_without_category_has_no_owner(house: House) -> None:
    case = make_case(None, text="xyzzy")
    assert case.agency_id is None
    assert case.state == "acknowledged"


def test_a_rule_for_a_place_covers_the_places_below_it(house: House) -> None:
    with work.unit_of_work() as db:
        db.add(Route(category="EHA.EAU", place_code="BF49", agency_id=agency_id("ACTION")))
    assert make_case("EHA.EAU", place="BF490304").agency_id == agency_id("ACTION")
    assert make_case("EHA.EAU", place="BF5603").agency_id == agency_id("EHA")


def test_the_usual_times_grow_with_each_priority() -> None:
    for step in Step:
        times = [USUAL[priority][step] for priority in Priority]
        assert times == sorted(times), step
