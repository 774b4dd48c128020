"""The pages and the file of the gap register."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback_gateway import gaps, places, work
from feedback_gateway.lib import clock
from models import Gap, Place
from models.words import GapState, Level
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.handlers.console.browser import Browser

SignIn = Callable[[str], Browser]
SITE = "KY01"


@pytest.fixture(autouse=True)
def gap(house: House) -> Gap:
    """Six people of one site who have no water."""
    with work.unit_of_work() as db:
        db.add(Place(code=SITE, parent_code="BF490304", level=Level.SITE, name="Site de Louda", aliases=[]))
    places.forget_places()
    for at in range(6):
        make_case("EHA.EAU", place=SITE, phone=f"+2267000000{at}", text="motsecret")
    with work.unit_of_work() as db:
        (found,) = gaps.watch(db, clock.now())
        return found


def stored() -> Gap:
    with work.reading() as db:
        return db.scalars(select(Gap)).one()


def test_the_register_says_where_what_who_and_how_many(sign_in: SignIn) -> None:
    page = sign_in("charlie").get("/console/gaps").text
    for word in ("Site de Louda", "Kaya", "Eau", "[Exemple] Eau hygiène assainissement", "Référé", ">6<"):
        assert word in page, word
    assert "motsecret" not in page
    assert "70000000" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"place": "BF49"}, True),
        ({"place": "BF56"}, False),
        ({"service": "water"}, True),
        ({"service": "school"}, False),
        ({"service": "nonsense", "agency": "x"}, True),
        ({"tab": "closed"}, False),
    ],
)
def test_the_register_is_narrowed_by_its_address(sign_in: SignIn, query: dict[str, str], found: bool) -> None:
    assert ("Site de Louda" in sign_in("marc").get("/console/gaps", **query).text) is found


def test_few_people_are_not_counted_on_paper(sign_in: SignIn) -> None:
    with work.unit_of_work() as db:
        db.scalars(select(Gap)).one().people = 4
    marc = sign_in("marc")
    assert "moins de 5" in marc.get("/console/gaps").text
    row = list(csv.reader(io.StringIO(marc.get("/console/gaps.csv").text.lstrip("\ufeff"))))[2]
    assert row[5:7] == ["moins de 5", ""]


def test_the_file_holds_the_same_with_tags(sign_in: SignIn, gap: Gap) -> None:
    heads, tags, row = csv.reader(io.StringIO(sign_in("marc").get("/console/gaps.csv").text.lstrip("\ufeff")))
    assert len(heads) == len(tags) == len(row)
    assert all(tag.startswith("#") for tag in tags)
    assert row[:7] == ["Centre-Nord", "Kaya", "Site de Louda", SITE, "Eau", "6", "6"]


def test_coordination_brings_it_up_to_date_and_closes_it(sign_in: SignIn, gap: Gap) -> None:
    marc = sign_in("marc")
    address = f"/console/gaps/{gap.id}"
    refused = marc.post(address, state="closed", missing="x", version=gap.version)
    assert refused.status_code == 422
    assert "dites ce qui a été fait" in refused.text
    marc.post(address, state="in_action", missing="une <pièce>", due="2027-01-15", note="", version=gap.version)
    page = marc.get(address).text
    assert "une &lt;pièce&gt;" in page
    marc.post(address, state="closed", missing="", due="", note="pompe réparée", version=stored().version)
    assert stored().state == GapState.CLOSED
    assert "pompe réparée" in marc.get(address).text


def test_two_who_change_it_at_once_are_told(sign_in: SignIn, gap: Gap) -> None:
    marc = sign_in("marc")
    answer = marc.post(f"/console/gaps/{gap.id}", state="in_action", missing="à moi", version=99)
    assert answer.status_code == 422
    assert "à moi" in answer.text
    assert stored().missing == ""


def test_another_agency_reads_and_changes_nothing(sign_in: SignIn, gap: Gap) -> None:
    charlie = sign_in("charlie")
    assert "Mettre à jour" not in charlie.get(f"/console/gaps/{gap.id}").text
    assert charlie.post(f"/console/gaps/{gap.id}", state="in_action", version=gap.version).status_code == 422


def test_it_is_referred_to_another_agency(sign_in: SignIn, gap: Gap) -> None:
    sign_in("marc").post(f"/console/gaps/{gap.id}/refer", agency=agency_id("GSAT"), version=gap.version)
    assert stored().agency_id == agency_id("GSAT")


def test_a_gap_that_somebody_has_seen_is_added_by_hand(sign_in: SignIn) -> None:
    marc = sign_in("marc")
    assert marc.post("/console/gaps/new", place="nulle part", service="school").status_code == 422
    marc.post("/console/gaps/new", place=f"Site de Louda ({SITE})", service="school", missing="une classe")
    assert "une classe" in marc.get("/console/gaps").text


def test_what_only_some_may_read_is_not_found_by_others(sign_in: SignIn, gap: Gap) -> None:
    with work.unit_of_work() as db:
        db.get_one(Gap, gap.id).shown = False
    assert sign_in("marc").get(f"/console/gaps/{gap.id}").status_code == 404
    assert "Site de Louda" not in sign_in("marc").get("/console/gaps").text
    assert "Site de Louda" not in sign_in("marc").get("/console/gaps.csv").text
    assert sign_in("tina").get(f"/console/gaps/{gap.id}").status_code == 200


def test_a_stranger_is_sent_to_the_log_in(stranger: Browser) -> None:
    assert "Mot de passe" in stranger.get("/console/gaps").text
