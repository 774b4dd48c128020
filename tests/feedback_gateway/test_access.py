"""Who may know that a case exists: Alice and Bob of the water agency, Charlie of another, Dora of the sealed list,
Marc who manages all, Ada who administers. Every kind of case against every actor."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback_gateway import access, notices, work
from feedback_gateway.lib import clock
from models import Case, Concern, User
from models.words import Recipient, Role
from tests import actors
from tests.conftest import House
from tests.factories import make_case

CASES: dict[str, Callable[[], Case]] = {
    "water": lambda: make_case("EHA.EAU"),
    "health (restricted)": lambda: make_case("SAN.ACC"),
    "no owner": lambda: make_case(None, text="test 1"),
    "in no known language": lambda: make_case(None, text="xyzzy"),
    "sealed": lambda: make_case("CON.EAS"),
    "asks for a call": lambda: make_case("PAR.RAP", text="", sealed=True),
    "not read yet": lambda: make_case("EHA.EAU", classify=False),
}
SEEN = {
    "water": {"alice", "bob", "marc", "tina", "mona"},
    "health (restricted)": {"tina"},
    "no owner": {"marc", "tina", "ada"},
    "in no known language": {"tina"},
    "sealed": {"dora"},
    "asks for a call": {"dora"},
    "not read yet": set(),
}


@pytest.mark.parametrize("kind", list(CASES))
def test_each_actor_sees_exactly_what_is_theirs(house: House, kind: str) -> None:
    case = CASES[kind]()
    seen = set()
    for name in actors.ACTORS:
        user = actors.make(name)
        with work.reading() as db:
            if access.find_case(db, user, case.id) is not None:
                seen.add(name)
            listed = db.scalars(access.cases_for(user)).all()
            assert (case.id in [c.id for c in listed]) == (name in seen)
    assert seen == SEEN[kind]


def test_the_protection_role_opens_restricted_cases_of_its_own_agency_only(house: House) -> None:
    case = make_case("SAN.ACC")
    with work.unit_of_work() as db:
        health = db.scalars(select(User).where(User.login == "sante")).one()
        sites = db.scalars(select(User).where(User.login == "sites")).one()
    with work.reading() as db:
        assert access.find_case(db, health, case.id) is not None
        assert access.find_case(db, sites, case.id) is None


def test_a_user_who_was_switched_off_sees_nothing(house: House) -> None:
    case = make_case("EHA.EAU")
    alice = actors.make("alice")
    alice.active = False
    with work.reading() as db:
        assert access.find_case(db, alice, case.id) is None


def test_a_focal_point_without_an_agency_sees_nothing_not_even_cases_without_one(house: House) -> None:
    case = make_case(None, text="xyzzy")
    alice = actors.make("alice")
    alice.agency_id = None
    with work.reading() as db:
        assert access.find_case(db, alice, case.id) is None


def test_a_sealed_reader_of_one_category_reads_no_other(house: House) -> None:
    fraud, abuse = make_case("CON.FRA"), make_case("CON.EAS")
    dora = actors.make("dora")
    with work.unit_of_work() as db:
        line = db.scalars(select(access.SealedReader).where(access.SealedReader.user_id == dora.id)).one()
        line.category_code = "CON.FRA"
    with work.reading() as db:
        assert access.find_case(db, dora, fraud.id) is not None
        assert access.find_case(db, dora, abuse.id) is None


def test_only_those_who_may_read_a_case_are_told_of_it(house: House) -> None:
    alice, dora = actors.make("alice"), actors.make("dora")
    water, sealed = make_case("EHA.EAU"), make_case("CON.EAS")
    with work.unit_of_work() as db:
        told_of_water = {user.login for user in notices.recipients(db, water, Recipient.FOCAL_POINT)}
        told_of_sealed = {user.login for user in notices.recipients(db, sealed, Recipient.FOCAL_POINT)}
    assert told_of_water < {"alice", "eau"}  # one of them has it
    assert len(told_of_water) == 1
    assert told_of_sealed == {"dora", "protection"}
    assert all(user.role == Role.FOCAL_POINT for user in (alice, dora))


@pytest.mark.parametrize("kind", list(CASES))
def test_many_are_asked_for_at_once_and_the_same_comes_out(house: House, kind: str) -> None:
    case = CASES[kind]()
    users = [actors.make(name) for name in actors.ACTORS]
    with work.unit_of_work() as db:
        mine = db.get_one(Case, case.id)
        together = {user.login for user in access.who_may_see(db, users, mine)}
        assert together == {user.login for user in users if access.may_see(db, user, mine)} == SEEN[kind]
        assert access.who_may_see(db, users * 20, mine) == [u for u in users * 20 if u.login in together]


def test_whom_a_case_is_about_sees_nothing_of_it_and_their_agency_neither(house: House) -> None:
    case = make_case("EHA.EAU")
    alice, bob, marc, tina = (actors.make(name) for name in ("alice", "bob", "marc", "tina"))
    with work.unit_of_work() as db:
        db.add(Concern(case_id=case.id, user_id=alice.id, at=clock.now()))
    with work.reading() as db:
        assert [user.login for user in (alice, bob, marc) if access.find_case(db, user, case.id)] == ["bob", "marc"]
    with work.unit_of_work() as db:
        db.add(Concern(case_id=case.id, agency_id=bob.agency_id, at=clock.now()))
        db.add(Concern(case_id=case.id, user_id=marc.id, at=clock.now()))
    with work.reading() as db:
        assert [u.login for u in (alice, bob, marc, tina) if access.find_case(db, u, case.id)] == ["tina"]


def test_coordination_is_who_manages_all_agencies(house: House) -> None:
    case = make_case("SAN.ACC")  # restricted
    with work.unit_of_work() as db:
        assert {user.login for user in access.coordination(db)} == {"manager", "tri"}
        assert {user.login for user in access.coordination(db, db.get_one(Case, case.id))} == {"tri"}
