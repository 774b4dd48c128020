"""One answer to all: what it comes to before, whom it reaches by which way, and what of it fails."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from feedback_gateway import cases, issues, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Callback, Case, Concern, Event, Issue, IssueAnswer, Message, User
from models.words import CaseState, ContactBy, Given, Outcome, Purpose
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_contact
from tests.feedback_gateway.issues.pump import (
    FOOD,
    REPAIRED,
    WEDNESDAY,
    answers_sent,
    complain,
    given,
    kinds,
    make_issue,
    order,
    phone_of,
    refresh,
    stored,
)
from tests.worker import work_off

LONG = "La pompe est reparee. " * 9


@pytest.fixture
def environment() -> dict[str, str]:
    return {"SMS_PRICE": "12"}


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def change(case: Case, **values: Any) -> None:
    with work.unit_of_work() as db:
        for name, value in values.items():
            setattr(db.get_one(Case, case.id), name, value)


def plan(issue: Issue, by: str = "alice", outcome: Outcome | None = None, **texts: str) -> issues.Plan:
    user = actors.make(by)
    with work.reading() as db:
        return issues.plan_answer(db, db.get_one(Issue, issue.id), texts or {"fr": REPAIRED}, user, outcome)


def several() -> tuple[Issue, dict[str, Case]]:
    """An issue of people who are reached in every way that there is."""
    named = {name: complain(number) for number, name in enumerate(("fr", "en", "mos", "call", "stop", "silent"))}
    named["twice"], named["again"] = complain(0), complain(1)
    for number, language in enumerate(("fr", "en", "mos")):
        make_contact(phone_of(number), language=language)
    make_contact(phone_of(4), opted_out_at=clock.now())
    change(named["call"], contact_by=ContactBy.CALL)
    change(named["silent"], may_contact=False)
    return make_issue([case.id for case in named.values()]), named


def test_what_an_answer_comes_to_is_known_before(house: House) -> None:
    issue, _ = several()
    found = plan(issue, outcome=Outcome.RESOLVED, fr=REPAIRED, en=LONG)
    assert {share.language: (share.written_in, share.people, share.parts) for share in found.shares} == {
        "fr": ("fr", 1, 1),
        "en": ("en", 1, 2),
        "mos": ("fr", 1, 1),
    }
    assert (found.cases, found.people, found.parts) == (8, 3, 4)
    assert (found.same_phone, found.by_call, found.on_asking) == (2, 1, 2)
    assert (found.questions, found.cost) == (3, 12 * (4 + 3))
    assert plan(issue).questions == 0
    with work.reading() as db:
        alice = actors.make("alice")
        assert issues.languages_of(db, issue, alice) == {"fr": 5, "en": 2, "mos": 1}


def test_each_person_has_it_once_in_their_language_by_their_way(house: House) -> None:
    issue, named = several()
    texts = {"fr": REPAIRED, "en": "The pump is repaired."}
    answer = order(issue, texts=texts)
    work_off()
    assert given(answer) == {Given.SMS: 3, Given.SAME_PHONE: 2, Given.CALL: 1, Given.ON_ASKING: 2}
    sent = {message.language: message.text for message in answers_sent()}
    assert len(answers_sent()) == 3
    assert "The pump is repaired." in sent["en"]
    assert REPAIRED in sent["fr"]
    assert REPAIRED in sent["mos"]
    assert all(stored(case.id).responded_at is not None for case in named.values())
    told = {name for name, case in named.items() if stored(case.id).state == CaseState.PERSON_INFORMED}
    assert told == {"fr", "en", "mos", "twice", "again"}
    with work.reading() as db:
        assert db.scalars(select(Callback.case_id)).all() == [named["call"].id]


def test_once_told_each_case_is_closed_and_each_person_asked_once(house: House) -> None:
    issue, named = several()
    order(issue, outcome=Outcome.RESOLVED)
    work_off()
    for name, case in named.items():
        closed = stored(case.id).outcome == Outcome.RESOLVED
        assert closed is (name in {"fr", "en", "mos", "twice", "again"}), name
    with time_machine.travel(WEDNESDAY.replace(day=4), tick=False):
        work_off()
    with work.reading() as db:
        asked = select(Message.contact_id, func.count()).where(Message.purpose == Purpose.SATISFACTION)
        assert [count for _, count in db.execute(asked.group_by(Message.contact_id))] == [1, 1, 1]
        ended = select(func.count()).where(Message.purpose == Purpose.CLOSED)
        assert db.scalar(ended) == 0


def test_who_is_told_by_call_has_their_case_closed_as_well(house: House) -> None:
    issue, named = several()
    order(issue, outcome=Outcome.PARTLY)
    work_off()
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        cases.mark_told(db, db.get_one(Case, named["call"].id), "call", by=alice)
    assert stored(named["call"].id).outcome == Outcome.PARTLY


def test_an_answer_of_its_own_that_came_after_ends_what_was_planned(house: House) -> None:
    issue, named = several()
    order(issue, outcome=Outcome.RESOLVED)
    work_off()
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        case = db.get_one(Case, named["silent"].id)
        cases.respond(db, case, "Venez demain au bureau.", by=alice)
        cases.mark_told(db, case, "visit", by=alice)
    assert stored(named["silent"].id).state == CaseState.PERSON_INFORMED


def test_what_nobody_has_taken_is_taken_by_the_owner_on_the_way(house: House) -> None:
    alice, bob = actors.make("alice"), actors.make("bob")
    case, hers = complain(0), complain(1)
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, hers.id), by=alice)
    issue = make_issue([case.id, hers.id], owner=bob)
    order(issue, by="marc")
    work_off()
    assert (stored(case.id).focal_point_id, stored(hers.id).focal_point_id) == (bob.id, alice.id)
    with work.reading() as db:
        said = db.scalars(select(Event).where(Event.case_id == case.id, Event.kind == "responded")).one()
    assert said.user_id == actors.make("marc").id


def test_what_stands_elsewhere_comes_to_the_owner_on_the_way(house: House) -> None:
    water, food = agency_id("EHA"), complain(1, FOOD)
    issue = make_issue([complain(0).id, food.id], by="marc", agency_id=water)
    answer = order(issue, by="marc")
    work_off()
    assert given(answer) == {Given.SMS: 2}
    assert stored(food.id).agency_id == water


def test_what_fails_with_one_case_is_written_down_and_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = actors.make("alice")
    found = [complain(number) for number in range(5)]
    closed, hidden, gone, broken, good = found
    issue = make_issue([case.id for case in found])
    answer = order(issue)
    with work.unit_of_work() as db:
        cases.close(db, db.get_one(Case, closed.id), Outcome.OUT_OF_SCOPE, by=alice)
        db.add(Concern(case_id=hidden.id, agency_id=alice.agency_id, at=clock.now()))
        cases.leave_issue(db, db.get_one(Case, gone.id), by=alice)
    respond = cases.respond

    def break_one(db: Any, case: Case, text: str, **values: Any) -> Message | None:
        message = respond(db, case, text, **values)
        if case.id == broken.id:
            raise RuntimeError("a fault in the middle")
        return message

    monkeypatch.setattr(cases, "respond", break_one)
    work_off()
    assert given(answer) == {Given.SMS: 1, Given.FAILED: 4}
    ended = refresh(answer)
    assert (ended.done, ended.failed, ended.ended_at) == (1, 4, clock.now())
    assert [message.case_id for message in answers_sent()] == [good.id]
    assert "responded" not in kinds(broken.id)
    with work.reading() as db:
        failures = {case.id: reason for case, reason in issues.list_failures(db, ended, alice)}
    assert failures == {closed.id: "closed->agency_responded", gone.id: "gone", broken.id: "fault"}


def test_a_variable_that_stands_for_nothing_leaves_no_hole(house: House) -> None:
    known, unknown = complain(0), complain(1)
    issue = make_issue([known.id, unknown.id])
    change(unknown, place_code=None)
    text = "A {place} la pompe est reparee."
    found = plan(issue, fr=text)
    assert (found.people, found.unknown) == (1, 1)
    answer = order(issue, text=text)
    work_off()
    assert given(answer) == {Given.SMS: 1, Given.FAILED: 1}
    assert "A Kaya la pompe" in answers_sent()[0].text


@pytest.mark.parametrize(
    ("by", "values", "refusal"),
    [
        ("alice", {"text": "  "}, "empty"),
        ("alice", {"texts": {"en": "Only English."}}, "empty"),
        ("alice", {"text": "x" * 1001}, "too_long"),
        ("alice", {"text": "Bonjour {nom}"}, "unknown_variable"),
        ("alice", {"outcome": Outcome.DUPLICATE}, "choose"),
        ("charlie", {}, "not_yours"),
    ],
)
def test_what_is_not_ordered(house: House, by: str, values: dict[str, Any], refusal: str) -> None:
    issue = make_issue([complain(0).id])
    with pytest.raises(NotAllowedError, match=refusal):
        order(issue, by=by, **values)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(IssueAnswer)) == 0


def test_one_answer_at_a_time_and_none_once_solved_or_without_cases(house: House) -> None:
    issue, alice = make_issue([complain(0).id]), actors.make("alice")
    order(issue, key="first")
    with pytest.raises(NotAllowedError, match="under_way"):
        order(issue, key="second")
    work_off()
    order(issue, "Elle marche toujours.", key="second")
    work_off()
    assert len(answers_sent()) == 2
    with work.unit_of_work() as db:
        issues.mark_solved(db, db.get_one(Issue, issue.id), by=alice)
    with pytest.raises(NotAllowedError, match="state"):
        order(issue, key="third")


def test_an_account_that_was_closed_meanwhile_answers_to_nobody(house: House) -> None:
    issue, alice = make_issue([complain(0).id]), actors.make("alice")
    answer = order(issue)
    with work.unit_of_work() as db:
        db.get_one(User, alice.id).active = False
    work_off()
    assert given(answer) == {Given.FAILED: 1}
    assert answers_sent() == []
