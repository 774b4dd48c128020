"""Which place is meant."""

import pytest

from flows.ladder import sure_place
from flows.world import Place

EAST = Place("BF52", "Est", "region")
CENTRE = Place("BF13", "Centre", "region")
NORTH = Place("BF54", "Nord", "region")
CENTRE_NORTH = Place("BF49", "Centre-Nord", "region")
KAYA = Place("BF490304", "Kaya", "commune")
DORI = Place("BF5602", "Dori", "commune")
SOUM_PROVINCE = Place("BF5603", "Soum", "province")
SOUM_COMMUNE = Place("BF560301", "Soum", "commune")
ANOTHER_SOUM = Place("BF470101", "Soum", "commune")
ORDINARY = {"est", "centre", "nord"}


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ([], None),
        ([KAYA], KAYA),
        ([KAYA, DORI], None),
        ([KAYA, CENTRE_NORTH], KAYA),
        ([CENTRE_NORTH, CENTRE, NORTH], CENTRE_NORTH),
        ([KAYA, EAST], KAYA),
        ([EAST], None),
        ([SOUM_COMMUNE, SOUM_PROVINCE], SOUM_COMMUNE),
        ([SOUM_COMMUNE, ANOTHER_SOUM], None),
    ],
)
def test_the_place_that_a_message_means(found: list[Place], meant: Place | None) -> None:
    assert sure_place(found, ORDINARY) == meant


def test_an_everyday_word_is_a_place_when_the_question_was_where() -> None:
    assert sure_place([EAST]) == EAST
