"""The seed and the import of places: safe to repeat, loud about what makes no sense."""

import pytest
from sqlalchemy import func, select

from feedback_gateway import seed, work
from feedback_gateway.places import place_tree
from models import Category, Place, User
from models.words import Level, Sensitivity
from tests.conftest import House

HEAD = "code,parent_code,level,name,aliases\n"
HEAD_WITH_LANGUAGES = "code,parent_code,level,name,aliases,languages\n"


def load(text: str, head: str = HEAD) -> int:
    with work.unit_of_work() as db:
        return seed.import_places(db, iter((head + text).splitlines(keepends=True)))


def count(table: type[Category] | type[Place] | type[User]) -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_all_regions_and_provinces_are_there_and_those_carved_out_of_them(house: House) -> None:
    with work.reading() as db:
        tree = place_tree(db)
    for level, whole, parts in ((Level.REGION, 13, 5), (Level.PROVINCE, 45, 4)):
        places = [place for place in tree.by_code.values() if place.level == level]
        assert (len(places), sum(map(tree.is_part, places))) == (whole + parts, parts)


def test_seeding_again_changes_nothing(house: House) -> None:
    before = [count(table) for table in (Category, Place, User)]
    with work.unit_of_work() as db:
        db.get_one(Category, "EHA.EAU").name_fr = "Changé"
        seed.seed_reference(db)
        assert seed.seed_samples(db) == []
    assert [count(table) for table in (Category, Place, User)] == before
    with work.reading() as db:
        assert db.get_one(Category, "EHA.EAU").name_fr == "Changé"


def test_sensitive_categories_are_sealed(house: House) -> None:
    with work.reading() as db:
        sealed = set(db.scalars(select(Category.code).where(Category.sensitivity == Sensitivity.SEALED)))
    assert {"CON.EAS", "PRO.VBG", "PRO.ENF", "PRO.TRA", "CON.FRA", "PAR.RAP"} <= sealed


def test_communes_and_sites_are_imported_and_found_by_name_and_alias(house: House) -> None:
    assert load("BF490302,BF4903,commune,Boussouma,\nKY12,BF490304,site,Secteur 6,secteur six;camp six\n") == 2
    with work.reading() as db:
        tree = place_tree(db)
    assert [p.code for p in tree.named_in("nous sommes au camp six")] == ["KY12"]
    assert [p.code for p in tree.named_in("KY12 pas d'eau")] == ["KY12"]
    assert tree.ladder("KY12") == ["KY12", "BF490304", "BF4903", "BF49"]


def test_importing_again_updates(house: House) -> None:
    load("KY12,BF490304,site,Secteur 6,\n")
    load("KY12,BF490304,site,Secteur 7,\n")
    with work.reading() as db:
        assert db.get_one(Place, "KY12").name == "Secteur 7"


def languages(code: str) -> list[str]:
    with work.reading() as db:
        return db.get_one(Place, code).languages


def test_languages_are_read_kept_and_taken_back(house: House) -> None:
    load("KY12,BF490304,site,Secteur 6,,ff; mos\n", HEAD_WITH_LANGUAGES)
    assert languages("KY12") == ["ff", "mos"]
    load("KY12,BF490304,site,Secteur 7,\n")
    assert languages("KY12") == ["ff", "mos"]
    load("KY12,BF490304,site,Secteur 7,,\n", HEAD_WITH_LANGUAGES)
    assert languages("KY12") == []


def test_seeding_fills_in_languages_where_there_are_none_and_changes_no_others(house: House) -> None:
    with work.unit_of_work() as db:
        db.get_one(Place, "BF49").languages = []
        db.get_one(Place, "BF56").languages = ["mos"]
        seed.seed_reference(db)
    assert languages("BF49") == ["mos", "ff"]
    assert languages("BF56") == ["mos"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (",BF49,commune,X,", "line 2: code and name"),
        ("A1,BF49,village,X,", "line 2: level 'village'"),
        ("A1,NOWHERE,site,X,", "line 2: parent 'NOWHERE'"),
        ("A1,BF490304,site,X,,mos;mooré", "line 2: language 'mooré'"),
    ],
)
def test_a_line_that_makes_no_sense_is_named_and_nothing_is_taken(house: House, line: str, fault: str) -> None:
    before = count(Place)
    with pytest.raises(ValueError, match=fault):
        load(f"{line}\nA2,BF490304,site,Y,\n", HEAD_WITH_LANGUAGES)
    assert count(Place) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("la pompe est cassee a barsalogo", "BF490301"),
        ("Djibo, province du Soum", "BF560304"),
        ("FADA N'GOURMA", "BF520203"),
        ("region du kuilsé", "BF49"),
        ("rien de connu ici", None),
    ],
)
def test_old_and_new_names_are_found_in_what_people_write(house: House, words: str, code: str | None) -> None:
    with work.reading() as db:
        found = place_tree(db).named_in(words)
    assert (found[0].code if found else None) == code
