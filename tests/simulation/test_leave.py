"""A focal point on leave: the deputy stands in; where nobody is there, the manager hears of it."""

from datetime import date, timedelta

from models.words import Role
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import change, fresh, hire, newest, user


def complain(number: int = 0) -> None:
    Phone(f"+2267000{number:04d}").sms("la pompe est en panne à Kaya, pas d'eau depuis 3 jours")


def leave(login: str, story: Simulation, days: int) -> None:
    first = story.now.date()
    change(login, absent_from=first, absent_until=first + timedelta(days=days))


def test_the_deputy_gets_what_comes_and_what_was_waiting(story: Simulation) -> None:
    second = hire("second", Role.FOCAL_POINT, "EHA")
    change("eau", deputy_id=second.id)
    story.run_for(hours=14)  # ten at night: what comes now waits for the morning
    complain(1)
    story.run_for(minutes=10)
    before = newest()
    change("second", workdays="12345", opens=450, closes=960)
    if fresh(before.id).focal_point_id == second.id:
        complain(2)
        story.run_for(minutes=10)
        before = newest()
    assert fresh(before.id).focal_point_id == user("eau").id
    change("eau", absent_from=story.now.date() + timedelta(days=1), absent_until=date(2026, 12, 31))
    story.run_for(hours=11)
    assert story.hears("eau") == []
    assert any("dossier" in heard.text for heard in story.hears("second"))
    complain(3)
    story.run_for(hours=1)
    assert newest().focal_point_id == second.id


def test_with_nobody_there_the_manager_hears_of_it_and_nothing_is_given_to_who_is_away(story: Simulation) -> None:
    hire("chief", Role.MANAGER, "EHA")
    leave("eau", story, 20)
    complain()
    story.run_for(hours=1)
    assert newest().focal_point_id is None
    assert [heard.user for heard in story.letters] == ["chief"]
    story.run_for(days=2)
    assert {heard.user for heard in story.letters} == {"chief"}, "reminders as well"


def test_back_from_leave_they_hear_again(story: Simulation) -> None:
    hire("chief", Role.MANAGER, "EHA")
    leave("eau", story, 6)
    story.run_for(days=7)
    complain()
    story.run_for(hours=1)
    assert {heard.user for heard in story.letters} == {"eau"}
