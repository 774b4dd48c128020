"""The matrix says what routing would do, for every field of it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, update

from feedback_gateway import work
from feedback_gateway.places import place_tree
from feedback_gateway.responsibility import matrix
from feedback_gateway.responsibility.matrix import Box, Gap, read_matrix
from feedback_gateway.responsibility.rules import Subject
from models import Route
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.feedback_gateway.responsibility.house_rules import NOW, clear, set_rule

pytestmark = pytest.mark.parametrize("db_url", ["sqlite", "postgresql"], indirect=True)


def box(category: str | None, place: str | None, *, unfolded: str = "all", within: str | None = None) -> Box:
    with work.reading() as db:
        found = read_matrix(db, place=within, unfolded=unfolded)
    row = next(row for row in found.rows if row.category == category)
    return row.boxes[list(found.columns).index(place)]


def test_groups_unfold_into_categories_and_regions_into_what_lies_in_them(house: House) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF490304"))
    with work.reading() as db:
        folded, unfolded = read_matrix(db), read_matrix(db, place="BF49", unfolded="EHA")
        regions = [region.code for region in matrix.regions(place_tree(db))]
    assert folded.columns == [None, *regions]
    assert all(row.is_group for row in folded.rows)
    assert [row.category for row in unfolded.rows if (row.category or "").startswith("EHA")] == [
        "EHA",
        "EHA.EAU",
        "EHA.LAT",
    ]
    assert unfolded.columns[0] == "BF49"
    assert "BF490304" in unfolded.columns
    assert "BF4903" in unfolded.columns


def test_a_field_says_what_routing_does(house: House) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    own, inherited, elsewhere = box("EHA.EAU", "BF49"), box("EHA.LAT", "BF49"), box("EHA.EAU", "BF56")
    assert (own.agencies, own.own) == ((agency_id("GSAT"),), True)
    assert (inherited.agencies, inherited.own) == ((agency_id("EHA"),), False)
    assert elsewhere.agencies == (agency_id("EHA"),)
    assert box("EHA", "BF49").agencies == (agency_id("GSAT"), agency_id("EHA")), "a group is all that is in it"
    for place, seen in (("BF490304", own), ("BF560304", elsewhere)):
        assert make_case("EHA.EAU", place=place, phone=f"+226700{place[-5:]}").agency_id == seen.agencies[0]


def test_rules_further_down_are_counted(house: House) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF490304"))
    set_rule("GSAT", Subject("EHA", "BF4901"))
    assert box("EHA", "BF49").inside == 2
    assert box("EHA.LAT", "BF49").inside == 0
    assert box("EHA.EAU", "BF490304", within="BF49").own


def test_a_gap_is_shown_and_named_with_its_regions(house: House) -> None:
    clear()
    with work.reading() as db:
        assert Gap("EHA.EAU", None) in matrix.gaps(db)
    set_rule("EHA", Subject("EHA", "BF49"))
    set_rule("EHA", Subject("EHA.LAT", None))
    assert box("EHA.EAU", None).gap
    assert not box("EHA.EAU", "BF49").gap
    with work.reading() as db:
        gaps = {gap.category: gap.regions for gap in matrix.gaps(db)}
    assert "EHA.LAT" not in gaps
    assert gaps["EHA.EAU"] is not None
    assert "BF49" not in gaps["EHA.EAU"]
    assert len(gaps["EHA.EAU"]) == 12


def test_stale_later_ended_and_sample_rules_are_marked(house: House) -> None:
    assert box("EHA", None).sample
    clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        set_rule("EHA", Subject("EHA", None))
        set_rule("GSAT", Subject("EHA.EAU", "BF49"), since="2027-01-01")
        assert box("EHA.EAU", "BF49") == Box((agency_id("EHA"),), later=True)
        traveller.shift(timedelta(days=160))
        assert box("EHA.LAT", None).ageing
        traveller.shift(timedelta(days=30))
        assert box("EHA.LAT", None) == Box((), gap=True, stale=True)
        with work.unit_of_work() as db:
            db.execute(update(Route).values(valid_to=NOW.date()))
        assert box("EHA.EAU", "BF49") == Box((), gap=True)


def test_a_rule_for_all_categories_has_a_row_of_its_own(house: House) -> None:
    clear()
    set_rule("INFO", Subject(None, "BF56"))
    assert box(None, "BF56").own
    assert box("EHA.EAU", "BF56").agencies == (agency_id("INFO"),)
    with work.unit_of_work() as db:
        db.execute(delete(Route))
    with work.reading() as db:
        assert None not in [row.category for row in read_matrix(db).rows]


def test_a_row_in_few_words_puts_equal_answers_together(house: House) -> None:
    set_rule("GSAT", Subject("EHA", "BF49"))
    with work.reading() as db:
        found = read_matrix(db)
    row = next(row for row in found.rows if row.category == "EHA")
    said = [(box.agencies, len(places)) for box, places in row.summary(found.columns)]
    assert said == [((agency_id("EHA"),), 13), ((agency_id("GSAT"),), 1)]
