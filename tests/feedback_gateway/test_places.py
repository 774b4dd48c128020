"""The tree of places: regions and provinces old and new (2025), and what is inherited along it."""

import pytest

from feedback_gateway import work
from feedback_gateway.places import PlaceTree, build_tree, place_tree
from feedback_gateway.worklist import Filter
from feedback_gateway.world import DatabaseWorld
from flows.book import open_book
from flows.ladder import leading_place, named_place
from models import Case, Contact, Place
from models.words import Level
from tests.conftest import House
from tests.factories import make_case

SAME_GROUND = {
    ("Centre", "Kadiogo"): ("BF13", "BF1300"),
    ("Boucle du Mouhoun",): ("BF46",),
    ("Cascades", "Tannounyan"): ("BF47",),
    ("Centre-Est", "Nakambé"): ("BF48",),
    ("Centre-Nord", "Kuilsé"): ("BF49",),
    ("Centre-Ouest", "Nando"): ("BF50",),
    ("Centre-Sud", "Nazinon"): ("BF51",),
    ("Est",): ("BF52",),
    ("Hauts-Bassins", "Guiriko"): ("BF53",),
    ("Nord", "Yaadga"): ("BF54",),
    ("Plateau-Central", "Oubri"): ("BF55",),
    ("Sahel",): ("BF56",),
    ("Sud-Ouest", "Djôrô"): ("BF57",),
    ("Tapoa",): ("BF5205",),
    ("Soum",): ("BF5603",),
    ("Kossi", "Kossin", "Koosin"): ("BF4603",),
    ("Sanmatenga", "Sandbondtenga"): ("BF4903",),
    ("Oubritenga", "Bassitenga"): ("BF5503",),
}
"""Names that mean the same ground, and the code: of the region and of the province where one region is one province."""

CARVED_OUT = {
    "Bankui": ("BF46A", "BF46", {"Balé", "Banwa", "Mouhoun"}),
    "Sourou": ("BF46B", "BF46", {"Kossi", "Nayala", "Sourou"}),
    "Goulmou": ("BF52A", "BF52", {"Gourma", "Kompienga"}),
    "Sirba": ("BF52B", "BF52", {"Gnagna", "Komondjari"}),
    "Liptako": ("BF56A", "BF56", {"Oudalan", "Séno", "Yagha"}),
    "Gobnangou": ("BF5205A", "BF5205", set()),
    "Dyamongou": ("BF5205B", "BF5205", set()),
    "Djelgodji": ("BF5603A", "BF5603", {"Djibo"}),
    "Karo-Peli": ("BF5603B", "BF5603", set()),
}
"""The regions and provinces of 2025 that are a part of an old one: code, the old one, what is inside."""


@pytest.fixture
def tree(house: House) -> PlaceTree:
    with work.reading() as db:
        return place_tree(db)


def meant(words: str) -> str | None:
    with work.reading() as db:
        place = named_place(open_book(), DatabaseWorld(db, Contact()), words)
    return place.code if place else None


def found(words: str) -> list[str]:
    with work.reading() as db:
        return [place.code for place in DatabaseWorld(db, Contact()).find_places(words)]


def test_old_and_new_names_of_the_same_ground_mean_the_same_place(house: House) -> None:
    for names, codes in SAME_GROUND.items():
        for name in names:
            assert meant(name) in codes, name
            assert meant(name.upper()) == meant(name)
            assert found(f"région {name}" if len(codes[0]) == 4 else f"province {name}") == [codes[0]], name


def test_a_part_is_a_place_of_its_own_and_never_the_whole(tree: PlaceTree) -> None:
    for name, (code, whole, inside) in CARVED_OUT.items():
        assert meant(name) == code, name
        assert found(f"nous sommes a {name} depuis un mois") == [code], name
        assert tree.ladder(code)[1] == whole
        assert {place.name for place in tree.children.get(code, ())} == inside, name


def test_between_them_all_seventeen_regions_and_forty_seven_provinces_have_names(house: House) -> None:
    regions = {"Tapoa", "Soum", "Kadiogo", "Tannounyan", "Nakambé", "Kuilsé", "Nando", "Nazinon", "Guiriko", "Yaadga"}
    regions |= {"Oubri", "Djôrô", "Bankui", "Sourou", "Goulmou", "Sirba", "Liptako"}
    assert len(regions) == 17
    assert all(meant(name) for name in regions)
    with work.reading() as db:
        tree = place_tree(db)
    provinces = [place for place in tree.by_code.values() if place.level == Level.PROVINCE]
    divided = {place.parent_code for place in provinces if tree.is_part(place)}
    assert len([place for place in provinces if place.code not in divided]) == 47
    assert all(place.code in found(f"province {place.name}") for place in provinces)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Sourou", "BF46B"),
        ("région du Sourou", "BF46B"),
        ("province du Sourou", "BF4606"),
        ("Tougan, province du Sourou", "BF460608"),
        ("Tougan (Sourou)", "BF460608"),
        ("Kossin, région du Sourou", "BF4603"),
        ("Dori dans le Liptako", "BF560202"),
        ("Djibo, Djelgodji, région du Soum", "BF560304"),
        ("Liptako, Sahel", "BF56A"),
        ("Séno, région du Liptako", "BF5602"),
        ("Fada, Goulmou", "BF520203"),
        ("Dya-Mongou", "BF5205B"),
        ("KARO PELI", "BF5603B"),
        ("région de l'Est", "BF52"),
        ("province du Kadiogo", "BF1300"),
        ("région du Kadiogo", "BF13"),
        ("bf56a pas d'eau", "BF56A"),
    ],
)
def test_what_is_said_beside_a_name_tells_which_is_meant(house: House, words: str, code: str | None) -> None:
    assert meant(words) == code


def test_menus_offer_the_old_regions_and_their_provinces_without_the_parts(tree: PlaceTree) -> None:
    assert len(tree.children[None]) == 13
    assert [place.name for place in tree.children["BF56"]] == ["Oudalan", "Séno", "Soum", "Yagha"]
    assert [place.name for place in tree.children["BF52"]] == ["Gnagna", "Gourma", "Komondjari", "Kompienga", "Tapoa"]
    assert [place.name for place in tree.children["BF5603"]] == ["Djibo"]
    assert "BF5205" not in tree.children
    offered = {place.code for places in tree.children.values() for place in places}
    assert offered.isdisjoint(code for code, _, _ in CARVED_OUT.values())


def test_a_place_lies_in_the_new_region_and_in_the_old_one(tree: PlaceTree) -> None:
    assert tree.ladder("BF560202") == ["BF560202", "BF5602", "BF56A", "BF56"]
    region = tree.region("BF560202")
    assert region is not None
    assert region.name == "Sahel"


def test_cases_of_a_part_are_listed_under_the_whole(house: House) -> None:
    inside = {make_case("EHA.EAU", place=code).id for code in ("BF56A", "BF560202", "BF56")}
    make_case("EHA.EAU", place="BF49")
    with work.reading() as db:
        tree = place_tree(db)
        for region, ids in (("BF56", inside), ("BF99", set())):
            where = Filter(region=region).conditions(tree, None)  # type: ignore[arg-type]
            assert {case.id for case in db.query(Case).filter(*where)} == ids


def test_languages_are_those_of_the_next_place_above_that_says_them(tree: PlaceTree) -> None:
    assert tree.languages("BF490304") == ["mos", "ff"]
    assert tree.languages("BF560202") == ["ff", "mos"]
    assert tree.languages("BF46B") == ["dyu", "mos"]
    assert tree.languages("BF520203")[0] == "gux"
    assert tree.languages(None) == []
    assert all(tree.languages(code) for code in tree.by_code)


def make_tree(*codes: str) -> PlaceTree:
    region = Place(code="R1", parent_code=None, level=Level.REGION, name="Région", aliases=[], languages=["mos"])
    sites = [
        Place(code=code, parent_code="R1", level=Level.SITE, name=f"Site {code}", aliases=[], languages=[])
        for code in codes
    ]
    return build_tree([region, *sites])


def test_a_place_with_a_word_of_its_own_inherits_nothing() -> None:
    tree = make_tree("KY12", "KY13")
    tree.by_code["KY13"].languages = ["ff"]
    assert tree.languages("KY12") == ["mos"]
    assert tree.languages("KY13") == ["ff"]


@pytest.mark.parametrize("written", ["KY-12 pas d'eau", "ky12 pas d'eau", "ky 12, pas d'eau", "Ky_12"])
def test_a_code_with_a_hyphen_is_found_however_it_is_written(written: str) -> None:
    tree = make_tree("KY-12")

    class World(DatabaseWorld):
        def _tree(self) -> PlaceTree:
            return tree

    place = leading_place(World(None, Contact()), written)  # type: ignore[arg-type]
    assert place is not None
    assert place.code == "KY-12"


def test_inside_is_the_place_and_all_below_it(tree: PlaceTree) -> None:
    assert {place.code for place in tree.inside("BF56")} == {code for code in tree.by_code if code.startswith("BF56")}
    assert [place.code for place in tree.inside("BF490304")] == ["BF490304"]
    assert tree.inside("nowhere") == []
