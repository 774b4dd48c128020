"""Alarms: when many say the same at one place, who is told of it, and what is never shown as a number."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import alarms, places, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Alarm, Case, Category, Message, Place, Route, User
from models.words import Level, Noise, Purpose, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case

DAY = timedelta(days=1)
NOON = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
BARSALOGHO, KAYA = "BF490301", "BF490304"


def tell(
    count: int,
    category: str = "EHA.EAU",
    *,
    days_ago: int = 0,
    place: str = BARSALOGHO,
    phones: int = 1000,
    at: datetime = NOON,
) -> list[Case]:
    """So many cases on one day, each from a phone of its own unless there are fewer phones."""
    with time_machine.travel(at - days_ago * DAY, tick=False):
        made = [
            make_case(category, text="", place=place, phone=f"+22670{days_ago:02}{n % phones:04}", classify=False)
            for n in range(count)
        ]
        with work.unit_of_work() as db:
            for case in made:  # read, and found to be as sensitive as its category
                stored = db.get_one(Case, case.id)
                stored.classified_at = clock.now()
                stored.sensitivity = db.get_one(Category, category).sensitivity
    return made


def begin() -> None:
    """Four weeks ago the line opened, with something else somewhere else."""
    tell(1, "EDU.ACC", days_ago=28, place=KAYA)


def watch(now: datetime = NOON) -> list[Alarm]:
    with work.unit_of_work() as db:
        return alarms.watch(db, now)


def test_more_than_usual_gives_one_alarm_and_its_count_rises(house: House) -> None:
    begin()
    for days_ago in range(1, 29):
        tell(1, days_ago=days_ago)
    tell(5)
    assert watch() == []
    tell(9)
    raised = watch()
    assert [(a.category, a.place_code, a.day, a.count, a.usual) for a in raised] == [
        ("EHA.EAU", BARSALOGHO, NOON.date(), 14, 1.0)
    ]
    tell(2)
    assert watch() == []
    with work.reading() as db:
        assert db.scalars(select(Alarm)).one().count == 16


def test_of_two_dispatchers_one_tells(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    tell(6)
    assert len(watch()) == 1
    monkeypatch.setattr(alarms, "_of_day", lambda *_: [])  # the other one's row was not there yet when we looked
    assert watch() == []


def test_each_day_has_its_own_alarm(house: House) -> None:
    begin()
    tell(5, days_ago=1)
    assert len(watch(NOON - DAY)) == 1
    assert watch() == []
    tell(8)
    assert [a.day for a in watch()] == [NOON.date()]


def test_the_sites_of_a_commune_count_together_and_the_phones_too(house: House) -> None:
    begin()
    with work.unit_of_work() as db:
        for number in (1, 2):
            code = f"{BARSALOGHO}-S{number}"
            db.add(Place(code=code, parent_code=BARSALOGHO, level=Level.SITE, name=f"Site {number}"))
    places.forget_places()
    tell(2, place=f"{BARSALOGHO}-S1")
    tell(2, place=f"{BARSALOGHO}-S2")
    assert watch() == []  # four cases, but of two phones
    tell(3, place=BARSALOGHO)
    assert [(a.place_code, a.count) for a in watch()] == [(BARSALOGHO, 7)]


def test_where_only_the_region_is_known_it_is_counted_there(house: House) -> None:
    begin()
    tell(4, place="BF49")
    tell(3, place=BARSALOGHO)
    assert [(a.place_code, a.count) for a in watch()] == [("BF49", 4)]


def test_one_person_who_writes_often_is_no_alarm(house: House) -> None:
    begin()
    tell(9, phones=2)
    assert watch() == []


def test_what_is_sealed_or_noise_or_not_read_yet_is_not_counted(house: House) -> None:
    begin()
    tell(8, "CON.EAS")
    told = tell(7)
    with work.unit_of_work() as db:
        for case, (name, value) in zip(
            told,
            [("noise", Noise.SPAM), ("sensitivity", Sensitivity.SEALED), ("classified_at", None), ("place_code", None)],
            strict=False,
        ):
            setattr(db.get_one(Case, case.id), name, value)
    assert watch() == []  # three are left


def test_a_line_that_has_just_opened_has_no_past_to_compare_with(house: House) -> None:
    tell(14, days_ago=1)
    tell(14)
    assert watch() == []


def test_midnight_is_that_of_utc(house: House) -> None:
    begin()
    midnight = NOON.replace(hour=0)
    tell(2, at=midnight - timedelta(seconds=1))
    tell(4, at=midnight)
    assert [a.count for a in watch(midnight)] == [4]


def raise_alarm(category: str = "EHA.EAU", **values: object) -> Alarm:
    with work.unit_of_work() as db:
        alarm = Alarm(category=category, place_code=BARSALOGHO, day=NOON.date(), count=14, usual=1.0, at=NOON)
        for name, value in values.items():
            setattr(alarm, name, value)
        db.add(alarm)
        return alarm


def letters(alarm: Alarm) -> dict[str, tuple[str, str]]:
    with work.unit_of_work() as db:
        return {letter.to: (letter.subject, letter.body) for letter in alarms.letters_for(db, alarm)}


def change(name: str, **values: object) -> None:
    actors.make(name)
    with work.unit_of_work() as db:
        user = db.scalars(select(User).where(User.login == name)).one()
        for field, value in values.items():
            setattr(user, field, value)


def test_coordination_is_told_in_its_language(house: House) -> None:
    for name in actors.ACTORS:
        actors.make(name)
    french = "Point d'eau en panne à Barsalogho : 14 aujourd'hui, d'habitude 1"
    link = "http://feedback.test/console/"
    everybody = letters(raise_alarm())
    assert everybody["marc@example.org"] == (french, f"{french}\n\n{link}\n")
    assert set(everybody) == {f"{name}@example.org" for name in ("marc", "tina", "manager", "tri")}
    change("marc", language="en")
    english = "Water point broken / no water at Barsalogho: 14 today, usually 1"
    with work.reading() as db:
        alarm = db.scalars(select(Alarm)).one()
    assert letters(alarm)["marc@example.org"] == (english, f"{english}\n\n{link}\n")


@pytest.mark.parametrize("values", [{"active": False}, {"agency_id": 1}, {"notify_by": "none"}, {"email": None}])
def test_who_is_not_told(house: House, values: dict[str, object]) -> None:
    change("marc", **values)
    assert "marc@example.org" not in letters(raise_alarm())


def test_an_alarm_on_a_restricted_category_is_not_named_and_goes_to_the_protection_role_only(house: House) -> None:
    alarm = raise_alarm("SAN.EPI")
    actors.make("marc")
    assert "marc@example.org" not in letters(alarm)
    change("marc", may_read_restricted=True)
    subject, body = letters(alarm)["marc@example.org"]
    assert subject == "Alerte à Barsalogho : 14 aujourd'hui, d'habitude 1"
    assert "pid" not in body
    assert "SAN" not in body


def test_a_manager_may_be_told_by_sms(house: House) -> None:
    tell(1)
    change("marc", notify_by="sms", phone="+22676111222", language="en")
    assert "marc@example.org" not in letters(raise_alarm("EHA.LAT", usual=0.0))
    with work.reading() as db:
        notice = db.scalars(select(Message).where(Message.purpose == Purpose.NOTICE)).one()
    assert notice.text == "Latrine / hygiene / waste at Barsalogho: 14 today, usually less than one"
    assert notice.channel == "simulator"


@pytest.mark.parametrize(
    ("category", "seen_by"),
    [
        ("EHA.EAU", {"alice", "bob", "marc", "tina", "mona", "ada"}),
        ("FSL.MIS", {"charlie", "marc", "tina", "ada"}),
        ("PRO.HAN", {"dora", "tina"}),  # restricted
        ("CON.EAS", set()),  # sealed after the alarm
    ],
)
def test_each_actor_sees_the_alarms_that_are_theirs(house: House, category: str, seen_by: set[str]) -> None:
    alarm = raise_alarm(category)
    seen = set()
    for name in actors.ACTORS:
        with work.reading() as db:
            if [a.id for a in alarms.visible_alarms(db, actors.make(name), NOON)] == [alarm.id]:
                seen.add(name)
    assert seen == seen_by


def test_the_route_of_the_place_says_whose_alarm_it_is(house: House) -> None:
    with work.unit_of_work() as db:
        db.add(Route(category="EHA", place_code="BF49", agency_id=agency_id("VIVRES")))
    raise_alarm()
    with work.reading() as db:
        assert alarms.visible_alarms(db, actors.make("alice"), NOON) == []
        assert len(alarms.visible_alarms(db, actors.make("charlie"), NOON)) == 1


def test_who_was_switched_off_sees_no_alarm(house: House) -> None:
    raise_alarm()
    change("ada", active=False)
    with work.reading() as db:
        assert alarms.visible_alarms(db, db.scalars(select(User).where(User.login == "ada")).one(), NOON) == []


def test_an_alarm_is_shown_for_three_days_or_until_coordination_has_seen_it(house: House) -> None:
    alarm = raise_alarm()
    alice, marc, ada = (actors.make(name) for name in ("alice", "marc", "ada"))
    with work.reading() as db:
        assert [len(alarms.visible_alarms(db, marc, NOON + days * DAY)) for days in (2, 3)] == [1, 0]
    with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="not_yours"):
        alarms.mark_seen(db, db.get_one(Alarm, alarm.id), alice)
    for user in (marc, ada):
        with work.unit_of_work() as db:
            alarms.mark_seen(db, db.get_one(Alarm, alarm.id), user)
    with work.reading() as db:
        assert db.get_one(Alarm, alarm.id).seen_by_id == marc.id
        assert [alarms.visible_alarms(db, user, NOON) for user in (alice, marc, ada)] == [[], [], []]


def test_nobody_marks_an_alarm_that_they_may_not_know(house: House) -> None:
    alarm = raise_alarm("SAN.EPI")
    marc = actors.make("marc")
    with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="not_yours"):
        alarms.mark_seen(db, db.get_one(Alarm, alarm.id), marc)


def test_every_alarm_shows_at_least_four(house: House) -> None:
    begin()
    with work.reading() as db:
        normal = db.scalars(select(Category.code).where(Category.sensitivity == Sensitivity.NORMAL)).all()
    for code in normal[:3]:
        tell(3, code)
    assert watch() == []
