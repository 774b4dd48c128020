"""Which places get a poster, and in which languages."""

import pytest

from feedback_gateway.places import build_tree
from feedback_gateway.posters import PosterError, check_code, find_place, languages_for, places_to_print
from flows.book import open_book
from models import Place
from models.words import Level
from tests.feedback_gateway.posters.samples import sample_tree

TREE = sample_tree()
TEXTS = open_book().texts


def codes(*named: str, below: str | None = None) -> list[str]:
    return [place.code for place in places_to_print(TREE, named, below)]


def test_every_site_when_nothing_is_named() -> None:
    assert codes() == ["BOB7", "FA1", "FA2", "KY12", "KY13", "KY14", "SECTEUR-12-DE-KAYANORD1"]


def test_a_named_place_of_any_level_and_the_sites_below_one_each_once() -> None:
    assert codes("KY12", "BF490304") == ["KY12", "BF490304"]
    assert codes(below="BF52") == ["FA1", "FA2"]
    assert codes("FA2", "Kaya", below="Est") == ["FA2", "BF490304", "FA1"]


@pytest.mark.parametrize(
    ("named", "below", "why"),
    [
        (("NOWHERE",), None, "no place has the code or the name 'NOWHERE'"),
        ((), "NOWHERE", "NOWHERE"),
        (("Kaya et Belleville",), None, "several places; give the code: .*BOB7"),
        ((), "KY99", "KY99"),
    ],
)
def test_a_place_that_is_not_there_is_named(named: tuple[str, ...], below: str | None, why: str) -> None:
    with pytest.raises(PosterError, match=why):
        places_to_print(TREE, named, below)


def test_no_sites_is_said_and_not_an_empty_folder() -> None:
    region = Place(code="BF49", parent_code=None, level=Level.REGION, name="Centre-Nord", aliases=[], languages=[])
    tree = build_tree([region])
    with pytest.raises(PosterError, match="no site is known yet"):
        places_to_print(tree)
    with pytest.raises(PosterError, match="no site is known in Centre-Nord"):
        places_to_print(tree, below="BF49")


@pytest.mark.parametrize("code", ["K1", "ABC", "1"])
def test_a_code_that_an_sms_cannot_begin_with_is_refused(code: str) -> None:
    site = Place(code=code, parent_code=None, level=Level.SITE, name="Secteur 6", aliases=[], languages=[])
    with pytest.raises(PosterError, match=f"begins with {code} would not be understood"):
        check_code(build_tree([site]), site)


@pytest.mark.parametrize(
    ("place", "wished", "languages"),
    [
        ("KY12", (), ["mos", "ff"]),
        ("KY14", (), ["ff"]),
        ("BOB7", (), ["dyu"]),
        ("FA1", (), ["mos"]),
        ("FA2", (), []),
        ("KY12", ("dyu",), ["dyu"]),
        ("KY12", ("ff", "mos"), ["ff", "mos"]),
        ("KY12", ("en",), ["en"]),
        ("KY12", ("fr",), []),
    ],
)
def test_the_languages_of_a_place(place: str, wished: tuple[str, ...], languages: list[str]) -> None:
    assert languages_for(TREE, TREE.by_code[place], TEXTS, wished) == languages


@pytest.mark.parametrize(
    ("wished", "why"),
    [(("xx",), "'xx' has no texts"), (("mos", "ff", "dyu"), "room for 2 languages")],
)
def test_languages_that_cannot_be(wished: tuple[str, ...], why: str) -> None:
    with pytest.raises(PosterError, match=why):
        languages_for(TREE, TREE.by_code["KY12"], TEXTS, wished)


def test_a_third_language_has_no_room() -> None:
    tree = sample_tree()
    tree.by_code["BF49"].languages = ["mos", "ff", "dyu"]
    assert languages_for(tree, tree.by_code["KY12"], TEXTS) == ["mos", "ff"]


def test_a_name_finds_its_place() -> None:
    assert find_place(TREE, "belleville").code == "BOB7"
