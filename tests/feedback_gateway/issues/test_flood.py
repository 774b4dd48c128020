"""A flood of complaints about one pump: one issue, one answer, nobody twice and nobody forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, select, update

from feedback_gateway import issues, jobs, outbox, places, work
from feedback_gateway.channels.contract import Report
from feedback_gateway.delivery import record_report
from feedback_gateway.issues import answering
from feedback_gateway.lib import clock
from models import Case, IssueAnswer, Message, OutboxRow
from models.words import CaseState, Delivery, Duty, Given, OutboxState, Outcome
from tests import actors
from tests.conftest import House
from tests.feedback_gateway.issues.pump import (
    KAYA,
    REPAIRED,
    WATER,
    WEDNESDAY,
    answers_sent,
    flood,
    given,
    make_issue,
    order,
    refresh,
    stored,
)
from tests.worker import work_off

PEOPLE = 500
FEW = 60


@pytest.fixture(autouse=True)
def by_day() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that the database is given."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    yield seen
    event.remove(house.engine, "before_cursor_execute", note)


def next_batch() -> int | None:
    with work.unit_of_work() as db:
        due = select(OutboxRow.id).where(OutboxRow.duty == Duty.ANSWER_ISSUE, OutboxRow.state != OutboxState.DONE)
        return db.scalar(due.order_by(OutboxRow.id).limit(1))


def give_all() -> None:
    while (row := next_batch()) is not None:
        jobs.run(row)


def test_five_hundred_complaints_about_one_pump(house: House) -> None:
    alice = actors.make("alice")
    found = flood(PEOPLE)
    with work.reading() as db:
        (crowd,) = issues.crowds(db, alice, clock.now())
        assert (crowd.category.code, crowd.place, crowd.count, crowd.issue) == (WATER, KAYA, PEOPLE, None)
        tree = places.place_tree(db)
        ids = list(db.scalars(select(Case.id).where(issues.candidates(alice, WATER, KAYA, tree, clock.now()))))
    with counted(house) as joining:
        issue = make_issue(ids)
    assert len(joining) < 20
    with work.reading() as db:
        plan = issues.plan_answer(db, issue, {"fr": REPAIRED}, alice)
    assert (plan.cases, plan.people, plan.parts) == (PEOPLE, PEOPLE, PEOPLE)
    answer = order(issue)
    batches = 0
    while (row := next_batch()) is not None:
        with counted(house) as seen:
            jobs.run(row)
        assert len(seen) <= 30 * answering.BATCH
        batches += 1
    assert batches == PEOPLE / answering.BATCH
    assert given(answer) == {Given.SMS: PEOPLE}
    assert refresh(answer).ended_at is not None
    assert len(answers_sent()) == PEOPLE
    assert stored(found[0]).state == CaseState.AGENCY_RESPONDED


@pytest.fixture
def sent(house: House) -> IssueAnswer:
    issue = make_issue(flood(FEW))
    work_off()
    return order(issue, outcome=Outcome.RESOLVED)


def test_who_the_answer_reaches_is_told_and_their_case_closed(house: House, sent: IssueAnswer) -> None:
    work_off()  # the phones of the simulator report at once
    assert given(sent) == {Given.SMS: FEW}
    assert len({message.contact_id for message in answers_sent()}) == FEW
    with work.reading() as db:
        told = select(func.count()).where(Case.told_at.is_not(None), Case.state == CaseState.CLOSED)
        assert db.scalar(told.where(Case.outcome == Outcome.RESOLVED)) == FEW
    assert refresh(sent).done == FEW


@pytest.mark.parametrize("after", [3, 24, 25, 40])
def test_a_worker_that_dies_in_between_loses_nothing_and_sends_nothing_twice(
    house: House, sent: IssueAnswer, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    give, calls = answering._give_one, iter(range(10_000))

    class Killed(BaseException):
        """What no handler of the product catches: the process is gone."""

    def die_once(*args: Any, **values: Any) -> Any:
        if next(calls) == after:
            raise Killed
        return give(*args, **values)

    monkeypatch.setattr(answering, "_give_one", die_once)
    with pytest.raises(Killed):
        give_all()
    assert refresh(sent).done == after // answering.BATCH * answering.BATCH
    assert len(answers_sent()) == refresh(sent).done
    give_all()
    assert given(sent) == {Given.SMS: FEW}
    assert len({message.contact_id for message in answers_sent()}) == len(answers_sent()) == FEW


def test_a_bell_that_rings_twice_gives_it_once(house: House, sent: IssueAnswer) -> None:
    rows = []
    while (row := next_batch()) is not None:
        rows.append(row)
        jobs.run(row)
        jobs.run(row)
    for row in rows:  # as after a lease that ran out under a worker that was slow, not dead
        with work.unit_of_work() as db:
            values = {"state": OutboxState.PENDING, "next_attempt_at": clock.now()}
            db.execute(update(OutboxRow).where(OutboxRow.id == row).values(values))
        jobs.run(row)
    assert refresh(sent).done == len(answers_sent()) == FEW


def test_ordering_it_twice_from_one_page_orders_it_once(house: House) -> None:
    issue = make_issue(flood(3))
    first, second = order(issue, key="page"), order(issue, key="page")
    assert first.id == second.id
    work_off()
    assert order(issue, key="page").id == first.id
    assert len(answers_sent()) == 3


def test_a_report_by_a_provider_tells_each_of_them(house: House) -> None:
    found = flood(2)
    issue = make_issue(found)
    order(issue)
    row = next_batch()
    assert row is not None
    jobs.run(row)
    with work.unit_of_work() as db:
        message = db.scalars(select(Message).where(Message.case_id == found[0])).one()
        message.delivery, message.provider_id = Delivery.SENT, "one"
    with work.unit_of_work() as db:
        record_report(db, Report("simulator", "one", Delivery.DELIVERED, "Success"))
    assert [stored(case_id).state for case_id in found] == [CaseState.PERSON_INFORMED, CaseState.AGENCY_RESPONDED]


def test_the_rows_of_a_killed_worker_are_due_again_after_the_lease(house: House) -> None:
    order(make_issue(flood(2)))
    row = next_batch()
    assert row is not None
    with work.unit_of_work() as db:
        assert outbox.claim(db, row) is not None
    jobs.run(row)
    assert answers_sent() == []
    with time_machine.travel(WEDNESDAY + 2 * outbox.lease(), tick=False):
        work_off()
    assert len(answers_sent()) == 2
