"""Who knows of an issue and how much of it, who answers for it, and whether it is solved."""

from collections.abc import Iterator

import pytest
import time_machine

from feedback_gateway import issues, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Agency, Case, Concern, Issue, User
from models.words import IssueState, Role, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id
from tests.feedback_gateway.issues.pump import FOOD, WEDNESDAY, complain, make_issue, stored
from tests.worker import work_off


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def numbers(issue: Issue, name: str) -> issues.Numbers:
    user = actors.make(name)
    with work.reading() as db:
        return issues.numbers_of(db, user, [issue.id])[issue.id]


def sees(issue: Issue, name: str) -> bool:
    user = actors.make(name)
    with work.reading() as db:
        listed = issue.id in [each.id for each in issues.list_issues(db, user)]
        assert listed is (issues.find_issue(db, user, issue.id) is not None)
        return listed


def change_user(name: str, **values: object) -> User:
    user = actors.make(name)
    with work.unit_of_work() as db:
        stored_user = db.get_one(User, user.id)
        for field, value in values.items():
            setattr(stored_user, field, value)
        return stored_user


def test_an_issue_is_known_to_its_agency_and_to_coordination(house: House) -> None:
    issue = make_issue([complain(0).id])
    assert {name for name in actors.ACTORS if sees(issue, name)} == {"alice", "bob", "mona", "marc", "tina"}
    change_user("bob", active=False)
    assert not sees(issue, "bob")


def test_an_operator_and_an_administrator_know_of_no_more_than_their_cases(house: House) -> None:
    issue = make_issue([complain(0).id])
    change_user("bob", role=Role.OPERATOR)
    assert not sees(issue, "bob")
    assert not sees(issue, "ada")
    with pytest.raises(NotAllowedError, match="not_yours"):
        make_issue([complain(1).id], by="bob")


def test_a_viewer_is_shown_as_many_cases_as_they_may_see(house: House) -> None:
    found = [complain(number) for number in range(4)]
    issue = make_issue([case.id for case in found])
    with work.unit_of_work() as db:
        db.add(Concern(case_id=found[0].id, agency_id=agency_id("EHA"), at=clock.now()))
        db.get_one(Case, found[1].id).sensitivity = Sensitivity.RESTRICTED  # not yet taken out
        db.get_one(Case, found[2].id).contact_id = found[3].contact_id
    assert (numbers(issue, "alice").cases, numbers(issue, "alice").people) == (2, 1)
    assert (numbers(issue, "marc").cases, numbers(issue, "tina").cases) == (3, 3)
    assert numbers(issue, "charlie") == issues.Numbers()


def test_who_makes_it_answers_for_it(house: House) -> None:
    issue = make_issue([complain(0).id])
    assert (issue.agency_id, issue.owner_id) == (agency_id("EHA"), actors.make("alice").id)
    of_coordination = make_issue([complain(1).id], by="marc")
    assert (of_coordination.agency_id, of_coordination.owner_id) == (agency_id("EHA"), None)


@pytest.mark.parametrize(
    ("by", "agency", "owner", "refusal"),
    [
        ("alice", "EHA", "bob", None),
        ("bob", "EHA", None, None),
        ("alice", "EHA", "charlie", "owner"),
        ("alice", "VIVRES", "charlie", "not_yours"),
        ("charlie", "VIVRES", "charlie", "not_yours"),
        ("marc", "VIVRES", "charlie", None),
        ("marc", "VIVRES", "alice", "owner"),
        ("marc", None, None, None),
    ],
)
def test_who_gives_it_to_whom(
    house: House, by: str, agency: str | None, owner: str | None, refusal: str | None
) -> None:
    case = complain(0)
    issue = make_issue([case.id])
    user, chosen = actors.make(by), actors.make(owner) if owner else None

    def give() -> None:
        with work.unit_of_work() as db:
            theirs = db.get_one(Agency, agency_id(agency)) if agency else None
            known = db.get_one(Issue, issue.id)
            issues.set_owner(db, known, theirs, chosen, by=user)

    if refusal:
        with pytest.raises(NotAllowedError, match=refusal):
            give()
        return
    give()
    work_off()
    with work.reading() as db:
        known = db.get_one(Issue, issue.id)
        assert (known.owner_id, [change.kind for change in issues.list_changes(db, known)]) == (
            chosen.id if chosen else None,
            ["opened", "owner"],
        )
    if agency:
        assert stored(case.id).agency_id == agency_id(agency)


def test_what_is_solved_takes_no_more_cases_until_it_is_taken_up_again(house: House) -> None:
    issue, alice = make_issue([complain(0).id]), actors.make("alice")
    newer = complain(1)
    with work.unit_of_work() as db:
        known = db.get_one(Issue, issue.id)
        issues.mark_solved(db, known, by=alice)
        assert (known.state, known.solved_at) == (IssueState.SOLVED, clock.now())
        with pytest.raises(NotAllowedError, match="state"):
            issues.add_cases(db, known, [newer.id], by=alice)
        with pytest.raises(NotAllowedError, match="state"):
            issues.mark_solved(db, known, by=alice)
        issues.take_up(db, known, by=alice)
        assert issues.add_cases(db, known, [newer.id], by=alice) == 1


def test_a_title_is_changed_by_those_who_work_on_it(house: House) -> None:
    issue = make_issue([complain(0).id, complain(1, FOOD).id])
    alice, charlie = actors.make("alice"), actors.make("charlie")
    with work.unit_of_work() as db:
        known = db.get_one(Issue, issue.id)
        with pytest.raises(NotAllowedError, match="not_yours"):
            issues.change_issue(db, known, title="Autre", gathers=True, by=charlie)
        with pytest.raises(NotAllowedError, match="empty"):
            issues.change_issue(db, known, title=" ", gathers=True, by=alice)
        issues.change_issue(db, known, title=" Pompe du marché ", gathers=True, by=alice)
        assert (known.title, known.gathers) == ("Pompe du marché", True)
