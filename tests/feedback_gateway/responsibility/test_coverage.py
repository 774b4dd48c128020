"""What would keep a case from reaching somebody is found before a case does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select, update

from feedback_gateway import work
from feedback_gateway.responsibility.coverage import Lack, Shortage, find_shortages
from feedback_gateway.responsibility.rules import Subject
from models import SealedReader, User
from tests import actors
from tests.conftest import House
from tests.factories import agency_id
from tests.feedback_gateway.responsibility.house_rules import NOW, clear, set_rule


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def change(login: str, **values: Any) -> None:
    with work.unit_of_work() as db:
        db.execute(update(User).where(User.login == login).values(**values))


def lacks(agency: str | None = None) -> list[tuple[Lack, str | None]]:
    with work.reading() as db:
        found = find_shortages(db, agency_id(agency) if agency else None)
        return [(each.lack, each.user.login if each.user else None) for each in found]


def test_the_sample_house_lacks_nothing(house: House) -> None:
    assert lacks() == []


def test_rules_without_anybody_to_answer(house: House) -> None:
    change("eau", active=False)
    assert lacks("EHA") == [(Lack.FOCAL_POINT, None)]
    assert lacks("VIVRES") == []
    actors.make("alice")
    assert lacks("EHA") == []


def test_an_absence_without_a_deputy_or_with_one_who_is_away_too(house: House) -> None:
    alice, bob = actors.make("alice"), actors.make("bob")
    day = NOW.date()
    change("alice", absent_from=day, absent_until=day + timedelta(days=5))
    assert lacks("EHA") == [(Lack.DEPUTY, "alice")]
    change("alice", deputy_id=bob.id)
    assert lacks("EHA") == []
    change("bob", absent_until=day, deputy_id=alice.id)
    assert lacks("EHA") == [(Lack.DEPUTY_ABSENT, "alice"), (Lack.DEPUTY_ABSENT, "bob")]


def test_an_absence_is_told_two_weeks_before_it_begins(house: House) -> None:
    actors.make("alice")
    change("alice", absent_from=NOW.date() + timedelta(days=15))
    assert lacks("EHA") == []
    change("alice", absent_from=NOW.date() + timedelta(days=14))
    assert lacks("EHA") == [(Lack.DEPUTY, "alice")]
    change("alice", absent_from=NOW.date() - timedelta(days=9), absent_until=NOW.date() - timedelta(days=1))
    assert lacks("EHA") == []


def test_who_cannot_be_reached(house: House) -> None:
    change("eau", email=None)
    assert lacks("EHA") == [(Lack.REACH, "eau")]


def test_sensitive_categories_that_nobody_may_read(house: House) -> None:
    change("sante", may_read_restricted=False)
    with work.unit_of_work() as db:
        db.execute(delete(SealedReader))
        found = {each.lack: each for each in find_shortages(db)}
    assert found[Lack.RESTRICTED] == Shortage(
        Lack.RESTRICTED, agency_id("SANTE"), None, ("NUT.ENF", "SAN.ACC", "SAN.EPI")
    )
    assert "PRO.VBG" in found[Lack.SEALED].categories
    with work.unit_of_work() as db:
        reader = db.scalars(select(User.id).where(User.login == "protection")).one()
        db.add(SealedReader(user_id=reader, category_code="PRO.VBG"))
        db.flush()
        found = {each.lack: each for each in find_shortages(db)}
    assert "PRO.VBG" not in found[Lack.SEALED].categories


def test_somebody_has_to_look_after_all_agencies(house: House) -> None:
    change("manager", active=False)
    assert lacks() == []
    change("tri", active=False)
    assert lacks() == [(Lack.COORDINATION, None)]


def test_rules_that_have_ended_ask_for_nobody(house: House) -> None:
    clear()
    change("eau", active=False)
    set_rule("EHA", Subject("EHA", None), since="2027-01-01")
    assert lacks("EHA") == []
