"""Which cases become part of an issue: what is offered to whom, what may join, and what leaves by itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import cases, issues, places, triage, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Case, Category, Concern, Event, Issue, IssueChange, Place
from models.words import CaseState, Hold, Level, Noise, Outcome, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case
from tests.feedback_gateway.issues.pump import (
    BARSALOGHO,
    FOOD,
    KAYA,
    WATER,
    WEDNESDAY,
    complain,
    kinds,
    make_issue,
    phone_of,
    stored,
)
from tests.worker import work_off

SITE = f"{KAYA}-S1"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def site(house: House) -> str:
    with work.unit_of_work() as db:
        db.add(Place(code=SITE, parent_code=KAYA, level=Level.SITE, name="Site 1"))
    places.forget_places()
    return SITE


def offered(name: str = "alice", alarmed: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str, int, int | None]]:
    user = actors.make(name)
    with work.reading() as db:
        found = issues.crowds(db, user, clock.now(), alarmed)
        return [(each.category.code, each.place, each.count, each.issue.id if each.issue else None) for each in found]


def many(count: int, place: str = KAYA, category: str = WATER, start: int = 0) -> list[Case]:
    return [complain(start + number, category, place) for number in range(count)]


def add(issue: Issue, *found: Case, by: str = "alice") -> int:
    user = actors.make(by)
    with work.unit_of_work() as db:
        return issues.add_cases(db, db.get_one(Issue, issue.id), [case.id for case in found], by=user)


def changes(issue: Issue) -> list[str]:
    with work.reading() as db:
        return [change.kind for change in issues.list_changes(db, issue)]


def test_five_at_one_place_are_offered_as_an_issue_to_those_who_see_them(house: House) -> None:
    many(4)
    assert offered() == []
    complain(4)
    assert offered() == offered("marc") == [(WATER, KAYA, 5, None)]
    assert offered("charlie") == []


def test_where_there_is_an_alarm_two_are_enough(house: House) -> None:
    many(2)
    assert offered(alarmed=((WATER, KAYA),)) == [(WATER, KAYA, 2, None)]
    assert offered(alarmed=((WATER, BARSALOGHO),)) == []


def test_what_does_not_count(house: House) -> None:
    many(4)
    complain(10, at=clock.now() - 15 * DAY)
    complain(11, place=BARSALOGHO)
    complain(12, place="BF49")
    complain(13, "EHA.LAT")
    closed, noise, held, restricted = (complain(20 + number) for number in range(4))
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, closed.id), Outcome.OUT_OF_SCOPE, by=alice)
        db.get_one(Case, noise.id).noise = Noise.SPAM
        db.get_one(Case, held.id).hold = Hold.SCORE
        db.get_one(Case, restricted.id).sensitivity = Sensitivity.RESTRICTED
    assert offered() == []


def test_sealed_and_restricted_categories_are_never_offered_nor_gathered(house: House) -> None:
    found = many(6, category="PRO.VIE") + many(6, category="SAN.EPI", start=10)
    assert offered("dora") == offered("tina") == offered("marc") == []
    with pytest.raises(NotAllowedError, match="no_cases"):
        make_issue([case.id for case in found], by="tina")
    with work.reading() as db:
        sealed = db.get_one(Category, "PRO.VIE")
    with pytest.raises(NotAllowedError, match="sealed"):
        make_issue([complain(20).id], by="tina", category=sealed)


def test_cases_of_one_site_are_offered_at_the_site_and_of_several_at_the_commune(site: str) -> None:
    many(5, site)
    assert offered() == [(WATER, site, 5, None)]
    many(1, KAYA, start=10)
    assert offered() == [(WATER, KAYA, 6, None)]


def test_new_cases_are_offered_to_the_open_issue_of_their_category_and_place(site: str) -> None:
    issue = make_issue([case.id for case in many(5)])
    assert offered() == []
    newer = complain(10, place=site)
    complain(11, place=BARSALOGHO)
    assert offered() == [(WATER, KAYA, 1, issue.id)]
    with work.reading() as db:
        assert [each.id for each in issues.issues_for(db, actors.make("alice"), newer)] == [issue.id]
    assert add(issue, newer) == 1
    assert offered() == []


def test_joining_and_leaving_stand_on_the_case_and_on_the_issue(house: House) -> None:
    first, second = many(2)
    issue = make_issue([first.id, second.id])
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        issues.remove_case(db, db.get_one(Issue, issue.id), db.get_one(Case, second.id), by=alice)
    assert [kind for kind in kinds(second.id) if kind.startswith("issue")] == ["issue_joined", "issue_left"]
    assert (stored(first.id).issue_id, stored(second.id).issue_id) == (issue.id, None)
    with work.reading() as db:
        joined = db.scalars(select(Event).where(Event.case_id == first.id, Event.kind == "issue_joined")).one()
    assert (joined.data, joined.user_id) == ({"issue": issue.id}, alice.id)
    assert changes(issue) == ["opened", "removed"]


def test_a_case_is_part_of_one_issue_at_most(house: House) -> None:
    case, other = many(2)
    first, second = make_issue([case.id]), make_issue([other.id])
    assert add(second, case) == 0
    assert stored(case.id).issue_id == first.id


@pytest.mark.parametrize("how", ["category", "noise", "words"])
def test_a_case_that_is_not_for_all_any_more_leaves_by_itself(house: House, how: str) -> None:
    case, other = many(2)
    make_issue([case.id, other.id])
    alice = actors.make("alice")
    if how == "words":
        with work.unit_of_work() as db:
            cases.add_message(db, db.get_one(Case, case.id), "il menace de me tuer cette nuit")
        work_off()
    else:
        with work.unit_of_work() as db:
            one = db.get_one(Case, case.id)
            if how == "category":
                triage.recategorise(db, one, db.get_one(Category, "PRO.VIE"), by=alice)
            else:
                triage.mark_noise(db, one, Noise.TEST, by=alice)
    assert stored(case.id).issue_id is None
    assert "issue_left" in kinds(case.id)


def test_an_issue_may_gather_new_cases_by_itself(house: House) -> None:
    issue = make_issue([complain(0).id], gathers=True)
    newer = make_case(WATER, phone=phone_of(1), text="la pompe du secteur 4 est en panne")
    elsewhere = make_case(WATER, phone=phone_of(2), place=BARSALOGHO, text="la pompe du secteur 4 est en panne")
    work_off()
    assert stored(newer.id).issue_id == issue.id
    assert stored(elsewhere.id).issue_id is None
    with work.reading() as db:
        joined = db.scalars(select(Event).where(Event.case_id == newer.id, Event.kind == "issue_joined")).one()
        assert joined.user_id is None
    assert changes(issue) == ["opened", "gathered"]


def test_what_a_person_took_out_does_not_come_back_by_itself(house: House) -> None:
    case = complain(0)
    issue = make_issue([case.id, complain(1).id], gathers=True)
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        issues.remove_case(db, db.get_one(Issue, issue.id), db.get_one(Case, case.id), by=alice)
        cases.add_message(db, db.get_one(Case, case.id), "toujours rien a la pompe")
    work_off()
    assert stored(case.id).issue_id is None


def test_cases_that_stand_elsewhere_go_to_the_agency_of_the_issue(house: House) -> None:
    water, food = agency_id("EHA"), agency_id("VIVRES")
    mine, theirs, nobodys = complain(0), complain(1, FOOD), complain(2)
    with work.unit_of_work() as db:
        case = db.get_one(Case, nobodys.id)
        case.agency_id, case.state, case.triaged_at = None, CaseState.ACKNOWLEDGED, None
    issue = make_issue([mine.id, theirs.id, nobodys.id], by="marc", agency_id=water)
    assert stored(theirs.id).agency_id == food
    work_off()
    assert issue.agency_id == water
    assert {stored(case.id).agency_id for case in (mine, theirs, nobodys)} == {water}
    assert "referred" in kinds(nobodys.id)


def test_a_complaint_about_an_agency_does_not_go_there_with_an_issue(house: House) -> None:
    water = agency_id("EHA")
    mine, about = complain(0), complain(1, FOOD)
    with work.unit_of_work() as db:
        db.add(Concern(case_id=about.id, agency_id=water, at=clock.now()))
    make_issue([mine.id, about.id], by="marc", agency_id=water)
    work_off()
    assert stored(about.id).agency_id == agency_id("VIVRES")


def test_what_somebody_may_not_see_they_cannot_gather(house: House) -> None:
    mine, theirs = complain(0), complain(1, FOOD)
    issue = make_issue([mine.id, theirs.id])
    assert stored(theirs.id).issue_id is None
    with pytest.raises(NotAllowedError, match="not_yours"):
        add(issue, theirs, by="charlie")
    with work.reading() as db:
        assert db.scalars(select(IssueChange.data)).all() == [{"cases": 1}]
