"""The gap register: opened by rule, closed by a person, never from what is sealed, and quiet about few people."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, gaps, places, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Case, Category, Gap, GapChange, Notice, Place, User
from models.words import GapState, Level, NoticeKind, Sensitivity, SiteService
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case

SITE = "KY01"
NOON = datetime.fromisoformat("2026-12-01T12:00:00+00:00")


@pytest.fixture(autouse=True)
def site(house: House) -> Iterator[time_machine.Traveller]:
    with work.unit_of_work() as db:
        db.add(Place(code=SITE, parent_code="BF490304", level=Level.SITE, name="Site de Louda", aliases=[]))
    places.forget_places()
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def complain(count: int, category: str = "EHA.EAU", *, place: str = SITE, phones: int | None = None) -> list[Case]:
    return [
        make_case(category, place=place, phone=f"+2267000{at % (phones or count):04d}", text=f"pas d'eau ici {at}")
        for at in range(count)
    ]


def watch() -> list[Gap]:
    with work.unit_of_work() as db:
        return gaps.watch(db, clock.now())


def the_gap() -> Gap:
    with work.reading() as db:
        return db.scalars(select(Gap)).one()


def change(gap: Gap, name: str = "marc", **values: object) -> None:
    user = actors.make(name)
    given = {"state": GapState.IN_ACTION, "missing": "", "due_on": None, "note": "", **values}
    with work.unit_of_work() as db:
        stored = db.get_one(Gap, gap.id)
        gaps.update(db, stored, by=user, **given)  # type: ignore[arg-type]


def test_three_people_of_a_site_are_a_gap_with_its_responsible_agency(site: object) -> None:
    complain(3)
    (gap,) = watch()
    assert (gap.place_code, gap.service, gap.people, gap.cases) == (SITE, SiteService.WATER, 3, 3)
    assert (gap.state, gap.agency_id) == (GapState.REFERRED, agency_id("EHA"))
    assert watch() == []


@pytest.mark.parametrize(("count", "phones"), [(2, 2), (6, 2)])
def test_two_people_are_none_however_often_they_write(site: object, count: int, phones: int) -> None:
    complain(count, phones=phones)
    assert watch() == []


def test_what_is_old_does_not_count(site: time_machine.Traveller) -> None:
    complain(2)
    site.shift(timedelta(days=15))
    complain(2)
    assert watch() == []


def test_a_whole_region_is_no_place_that_lacks_water(site: object) -> None:
    complain(4, place="BF49")
    assert watch() == []


def test_figures_follow_and_action_shows(site: object) -> None:
    first = complain(3)[0]
    watch()
    complain(5)
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, first.id), by=alice)
    watch()
    gap = the_gap()
    assert (gap.people, gap.cases, gap.state) == (5, 8, GapState.IN_ACTION)


def test_sealed_and_held_cases_are_counted_nowhere(site: object) -> None:
    for case in complain(4):
        with work.unit_of_work() as db:
            db.get_one(Case, case.id).sensitivity = Sensitivity.SEALED
    assert watch() == []


def test_restricted_complaints_make_a_gap_that_only_those_see_who_may(site: object) -> None:
    complain(3, "SAN.ACC")
    watch()
    gap = the_gap()
    assert not gap.shown
    marc, tina = actors.make("marc"), actors.make("tina")
    with work.reading() as db:
        assert gaps.register(db, marc) == []
        assert gaps.find(db, marc, gap.id) is None
        assert [found.id for found in gaps.register(db, tina)] == [gap.id]
    with pytest.raises(NotAllowedError, match="not_yours"), work.unit_of_work() as db:
        gaps.publish(db, db.get_one(Gap, gap.id), by=marc)
    with work.unit_of_work() as db:
        gaps.publish(db, db.get_one(Gap, gap.id), by=tina)
    with work.reading() as db:
        assert [found.id for found in gaps.register(db, marc)] == [gap.id]
        assert db.get_one(Category, "SAN.ACC").sensitivity == Sensitivity.RESTRICTED


def test_only_a_person_closes_it_and_says_what_was_done(site: time_machine.Traveller) -> None:
    complain(3)
    watch()
    gap = the_gap()
    with pytest.raises(NotAllowedError, match="empty"):
        change(gap, state=GapState.CLOSED)
    change(gap, state=GapState.CLOSED, note="pompe réparée")
    site.shift(timedelta(hours=1))
    assert watch() == [], "the complaints of before have had their answer"
    with pytest.raises(NotAllowedError, match="closed"):
        change(gap)
    complain(3)
    assert len(watch()) == 1
    with work.reading() as db:
        assert [found.id for found in gaps.register(db, actors.make("marc"), closed=True)] == [gap.id]
        notes = db.scalars(select(GapChange.note).where(GapChange.gap_id == gap.id)).all()
    assert notes == ["", "pompe réparée"]


def test_its_agency_may_keep_it_and_another_may_not(site: object) -> None:
    complain(3)
    watch()
    change(the_gap(), "alice", missing="une pièce", due_on=date(2026, 12, 20))
    assert (the_gap().missing, the_gap().due_on) == ("une pièce", date(2026, 12, 20))
    with pytest.raises(NotAllowedError, match="not_yours"):
        change(the_gap(), "charlie")


def test_a_gap_without_anybody_responsible_cannot_be_under_way(site: object) -> None:
    marc = actors.make("marc")
    with work.unit_of_work() as db:
        gap = gaps.open_by_hand(db, SITE, SiteService.PROTECTION, by=marc, missing="un espace")
    assert (gap.state, gap.agency_id, gap.by_rule) == (GapState.OPEN, None, False)
    with pytest.raises(NotAllowedError, match="no_agency"):
        change(gap, state=GapState.IN_ACTION)
    with pytest.raises(NotAllowedError, match="gap_is_open"), work.unit_of_work() as db:
        gaps.open_by_hand(db, SITE, SiteService.PROTECTION, by=marc)


def test_the_agency_hears_of_it_in_its_digest(site: object) -> None:
    complain(3)
    watch()
    with work.reading() as db:
        told = db.scalars(
            select(User.login).join(Notice, Notice.user_id == User.id).where(Notice.kind == NoticeKind.GAP)
        ).all()
    assert told == ["eau"]


def test_a_gap_of_which_nobody_speaks_any_more_is_to_be_looked_at(site: time_machine.Traveller) -> None:
    complain(3)
    watch()
    assert not gaps.is_quiet(the_gap(), clock.now())
    site.shift(gaps.QUIET_AFTER)
    assert gaps.is_quiet(the_gap(), clock.now())
