"""Is somebody there for every case: desks, coordination, and cases that nobody may see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedback_gateway import doctor, work
from feedback_gateway.lib import clock
from feedback_gateway.responsibility import staffing
from models import Concern, SealedReader, User
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case


def look(check: Callable[[Any], tuple[bool, str]]) -> tuple[bool, str]:
    with work.reading() as db:
        return check(db)


def change(login: str, **values: Any) -> None:
    with work.unit_of_work() as db:
        for name, value in values.items():
            setattr(db.scalars(select(User).where(User.login == login)).one(), name, value)


def test_the_sample_house_is_staffed(house: House) -> None:
    make_case("EHA.EAU")
    make_case("CON.EAS")
    for check in (staffing.desks, staffing.coordination, staffing.unseen):
        well, text = look(check)
        assert well, text


@pytest.mark.parametrize(
    ("login", "values", "said"),
    [
        ("eau", {"active": False}, "no focal point at EHA"),
        ("eau", {"absent_until": clock.now().date() + timedelta(days=3)}, "everybody is away today at EHA"),
        ("sante", {"may_read_restricted": False}, "nobody may read the restricted cases that go to SANTE"),
        ("eau", {"email": None}, "1 focal points have neither an address nor a phone"),
    ],
)
def test_a_desk_at_which_nobody_is_able_to_act(house: House, login: str, values: dict[str, Any], said: str) -> None:
    change(login, **values)
    assert look(staffing.desks) == (False, said)


def test_a_deputy_who_is_there_keeps_the_desk(house: House) -> None:
    deputy = actors.make("alice")
    change("alice", active=True, absent_until=None)
    change("eau", absent_until=clock.now().date(), deputy_id=deputy.id)
    assert look(staffing.desks)[0]


def test_coordination_with_nobody_in_it(house: House) -> None:
    change("manager", email=None)
    assert look(staffing.coordination) == (True, "1 of 2 managers of all agencies can be told")
    change("tri", active=False)
    assert look(staffing.coordination) == (False, "0 of 1 managers of all agencies can be told")
    change("manager", active=False)
    assert not look(staffing.coordination)[0]
    assert "administrators only" in look(staffing.coordination)[1]


def test_a_complaint_about_the_only_readers_is_counted_and_not_named(house: House) -> None:
    case = make_case("CON.EAS")
    with work.unit_of_work() as db:
        db.add(Concern(case_id=case.id, agency_id=agency_id("PROTEC"), at=clock.now()))
    well, text = look(staffing.unseen)
    assert not well
    assert text.startswith("1 open cases that nobody may see")
    assert case.reference not in text
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        db.add(SealedReader(user_id=alice.id, category_code="*"))
    assert look(staffing.unseen)[0]


def test_the_doctor_says_so(house: House) -> None:
    checks = {check.name: check for check in doctor.examine()}
    assert checks["desks"].ok
    assert "one agency" in checks["sealed readers"].detail
    change("eau", active=False)
    change("manager", active=False)
    change("tri", active=False)
    checks = {check.name: check for check in doctor.examine()}
    assert not checks["desks"].ok
    assert not checks["coordination"].ok
