"""Whom a complaint is about: named in its words, kept from them, and given to somebody else."""

import pytest
from sqlalchemy import select

from feedback_gateway import access, cases, triage, work
from feedback_gateway.lib import clock
from models import Agency, Case, Concern, Route, User
from models.words import CaseState
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.worker import work_off


def concerned(case: Case) -> set[str]:
    """Codes of agencies and log-ins of users."""
    with work.reading() as db:
        agencies = select(Agency.code).join(Concern, Concern.agency_id == Agency.id).where(Concern.case_id == case.id)
        users = select(User.login).join(Concern, Concern.user_id == User.id).where(Concern.case_id == case.id)
        return {*db.scalars(agencies), *db.scalars(users)}


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


@pytest.fixture
def named(house: House) -> None:
    with work.unit_of_work() as db:
        water = db.scalars(select(Agency).where(Agency.code == "EHA")).one()
        water.name, water.aliases = "Eau Vive Sahel", ["EVS"]
        protection = db.scalars(select(Agency).where(Agency.code == "PROTEC")).one()
        protection.name = "Refuge Abris Surs"
        user = db.scalars(select(User).where(User.login == "protection")).one()
        user.name = "Salimata Ouedraogo"


@pytest.mark.parametrize(
    ("category", "text", "expected"),
    [
        ("CON.CMP", "les gens d'Eau Vive Sahel nous insultent", {"EHA"}),
        ("CON.CMP", "EVS nous insulte", {"EHA"}),
        ("CON.CMP", "evsa nous insulte", set()),
        ("CON.CMP", "l'eau est vive au sahel", set()),
        ("EHA.EAU", "la pompe d'Eau Vive Sahel est en panne", set()),  # who gives it has to mend it
        ("EHA.EAU", "Ouédraogo Salimata ne vient jamais", {"protection"}),
        ("EHA.EAU", "Salimata ne vient jamais", set()),
    ],
)
def test_who_is_named_in_the_words(house: House, named: None, category: str, text: str, expected: set[str]) -> None:
    assert concerned(make_case(category, text=text)) == expected


def test_a_complaint_about_the_agency_that_a_rule_would_give_it_to_goes_elsewhere(house: House, named: None) -> None:
    with work.unit_of_work() as db:
        db.add(Route(category="CON.CMP", place_code="BF49", agency_id=agency_id("EHA"), confirmed_at=clock.now()))
    assert make_case("CON.CMP", text="on nous insulte").agency_id == agency_id("EHA")
    case = make_case("CON.CMP", text="les gens d'EVS nous insultent", phone="+22670000001")
    assert case.agency_id == agency_id("INFO"), "by the next rule"


def test_what_a_person_has_taken_back_a_machine_does_not_put_in_again(house: House, named: None) -> None:
    case, tina = make_case("CON.CMP", text="EVS nous insulte"), actors.make("tina")
    with work.unit_of_work() as db:
        triage.set_concerns(db, db.get_one(Case, case.id), agencies=[], users=[], by=tina)
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), "c'est un agent d'Eau Vive Sahel et Salimata Ouedraogo")
    work_off()
    assert concerned(case) == {"protection"}, "only who was not named before"


def test_named_by_a_person_later_it_leaves_the_agency_at_once(house: House, named: None) -> None:
    case, tina, alice = make_case("EHA.EAU"), actors.make("tina"), actors.make("alice")
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, case.id), by=alice)
        cases.wait_for_person(db, db.get_one(Case, case.id), "Où ?", by=alice)
    with work.unit_of_work() as db:
        triage.set_concerns(db, db.get_one(Case, case.id), agencies=[agency_id("EHA")], users=[], by=tina)
    moved = fresh(case)
    assert (moved.agency_id, moved.state, moved.waiting_since) == (None, CaseState.REJECTED, None)
    with work.reading() as db:
        assert access.find_case(db, alice, case.id) is None
        assert access.find_case(db, tina, case.id) is not None


def test_a_case_about_its_focal_point_is_given_to_a_colleague(house: House) -> None:
    case, alice, tina = make_case("EHA.EAU"), actors.make("alice"), actors.make("tina")
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, case.id), by=alice)
    with work.unit_of_work() as db:
        triage.set_concerns(db, db.get_one(Case, case.id), users=[alice.id], by=tina)
    moved = fresh(case)
    assert moved.agency_id == agency_id("EHA")
    assert moved.focal_point_id not in (None, alice.id)
