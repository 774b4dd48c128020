"""A flood: 500 complaints about one pump. Nobody is flooded in turn, and every person is answered."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from feedback_gateway import work
from models import Case, Message
from models.words import Purpose, Role
from tests.conftest import House
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import change, hire, user

PEOPLE = {"sqlite": 500, "postgresql": 60}
TEAM = ("eau", "two", "three", "four")


@pytest.mark.timeout(300)
def test_five_hundred_complaints_about_one_pump(story: Simulation, house: House) -> None:
    for login in TEAM[1:]:
        hire(login, Role.FOCAL_POINT, "EHA")
    change("four", notify_by="sms", phone="+22676111222", email=None)
    budget: list[list[str]] = []
    Phone("+22679999999").sms("la pompe est en panne a Kaya")  # fills the caches of places and flows

    def write(number: int) -> None:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            # Which edition is in force is asked anew every few seconds, by whoever comes then: no cost of a message.
            if not statement.startswith("BEGIN") and "max(editions.number)" not in statement:
                asked.append(statement[:90])

        event.listen(house.engine, "before_cursor_execute", note)
        Phone(f"+2267{number:07d}").sms("la pompe du quartier est en panne à Kaya, pas d'eau")
        event.remove(house.engine, "before_cursor_execute", note)
        budget.append(asked)

    people = PEOPLE[house.database]
    for number in range(people):
        story.at(story.now + timedelta(minutes=4 * (number // 20)), lambda number=number: write(number))
    story.run_for(hours=2)
    costliest = max(budget, key=len)
    assert len(costliest) <= 10, "what a webhook may cost does not grow with the flood\n" + "\n".join(costliest)
    with work.reading() as db:
        load = Counter(db.scalars(select(Case.focal_point_id)))
        replies = Counter(db.scalars(select(Message.contact_id).where(Message.purpose == Purpose.REPLY)))
    team = {user(login).id for login in TEAM}
    assert {load[each] for each in team} == {people // len(TEAM)}, "the load is spread evenly"
    assert len(replies) == people + 1
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
