"""A flood: many complaints about one pump. Nobody is flooded in turn, and every person is answered.

SIMULATED_FLOOD makes it larger.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback_gateway import work
from models import Case, Message
from models.words import Purpose, Role
from tests.conftest import House
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import change, hire, user

PEOPLE = {"sqlite": int(os.environ.get("SIMULATED_FLOOD", 80)), "postgresql": 40}
TEAM = ("eau", "two", "three", "four")


@pytest.mark.timeout(600)
def test_many_complaints_about_one_pump(story: Simulation, house: House) -> None:
    for login in TEAM[1:]:
        hire(login, Role.FOCAL_POINT, "EHA")
    change("four", notify_by="sms", phone="+22676111222", email=None)
    people = PEOPLE[house.database]
    for number in range(people):
        phone = Phone(f"+2267{number:07d}")
        moment = story.now + timedelta(minutes=4 * (number // 20))
        story.at(moment, lambda phone=phone: phone.sms("la pompe du quartier est en panne à Kaya, pas d'eau"))
    story.run_for(hours=2)
    with work.reading() as db:
        load = Counter(db.scalars(select(Case.focal_point_id)))
        replies = Counter(db.scalars(select(Message.contact_id).where(Message.purpose == Purpose.REPLY)))
    assert sum(load.values()) == people
    assert load.keys() == {user(login).id for login in TEAM}
    assert max(load.values()) - min(load.values()) <= 1, "the load is spread evenly"
    assert len(replies) == people
    assert set(replies.values()) == {1}, "each person was answered, once"
    for login in TEAM:
        heard = story.hears(login)
        assert 1 <= len(heard) <= 5, "one every half an hour"
        assert {each.by for each in heard} == {"sms" if login == "four" else "email"}
    assert any("dossiers à prendre" in heard.text for heard in story.letters)
    assert all(heard.text.count("/console/cases/") <= 20 for heard in story.letters)
    before = len(story.letters)
    story.run_for(days=3)  # everything becomes late: digests again
    by_day = Counter((heard.user, heard.at.date()) for heard in story.letters[before:])
    assert max(by_day.values()) <= 20
