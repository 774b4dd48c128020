"""The outbox: one worker at a time, nothing lost, nothing done twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import outbox, work
from feedback_gateway.lib import clock
from models import OutboxRow
from models.words import Duty, OutboxState
from tests.conftest import House
from tests.factories import make_case


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """Time passes only where a test lets it pass, however busy the machine is."""
    with time_machine.travel(clock.now(), tick=False):
        yield


def one_row() -> int:
    case = make_case(classify=False)
    with work.reading() as db:
        return db.scalars(select(OutboxRow.id).where(OutboxRow.case_id == case.id)).one()


def ring() -> list[int]:
    with work.unit_of_work() as db:
        return [row_id for row_id, _, _ in outbox.ring_due(db)]


def claim(row_id: int) -> outbox.Task | None:
    with work.unit_of_work() as db:
        return outbox.claim(db, row_id)


def row(row_id: int) -> OutboxRow:
    with work.reading() as db:
        return db.get_one(OutboxRow, row_id)


def after(seconds: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False)


def test_a_due_row_is_rung_once(house: House) -> None:
    row_id = one_row()
    assert ring() == [row_id]
    assert ring() == []


def test_a_bell_that_nobody_heard_is_rung_again(house: House) -> None:
    row_id = one_row()
    ring()
    with after(house.settings.lease_seconds + 1):
        assert ring() == [row_id]


def test_only_one_worker_gets_a_row(house: House) -> None:
    row_id = one_row()
    ring()
    task = claim(row_id)
    assert task is not None
    assert (task.duty, task.attempt) == (Duty.CLASSIFY_CASE, 1)
    assert claim(row_id) is None


def test_the_row_of_a_worker_that_died_comes_back(house: House) -> None:
    row_id = one_row()
    claim(row_id)
    with after(house.settings.lease_seconds + 1):
        assert ring() == [row_id]
        task = claim(row_id)
    assert task is not None
    assert task.attempt == 2


def test_a_worker_that_comes_too_late_changes_nothing(house: House) -> None:
    row_id = one_row()
    late = claim(row_id)
    assert late is not None
    with after(house.settings.lease_seconds + 1):
        ring()
        assert claim(row_id) is not None
        with work.unit_of_work() as db:
            assert outbox.finish(db, late) is False
    assert row(row_id).state == OutboxState.RUNNING


def test_waiting_grows_and_ends(house: House) -> None:
    row_id = one_row()
    waits = []
    for _ in range(outbox.MOST_ATTEMPTS):
        with time_machine.travel(row(row_id).next_attempt_at + timedelta(seconds=1), tick=False):
            task = claim(row_id)
            assert task is not None
            with work.unit_of_work() as db:
                outbox.postpone(db, task, "Fault")
            waits.append((row(row_id).next_attempt_at - clock.now()).total_seconds())
    assert waits[:-1] == sorted(waits[:-1])
    assert row(row_id).state == OutboxState.FAILED
    assert row(row_id).last_error == "Fault"


def test_a_row_that_could_not_be_rung_is_due_in_a_moment(house: House) -> None:
    row_id = one_row()
    ring()
    with work.unit_of_work() as db:
        outbox.unring(db, [row_id])
    assert ring() == []
    with after(3):
        assert ring() == [row_id]


def test_a_row_that_is_done_stays_done(house: House) -> None:
    row_id = one_row()
    task = claim(row_id)
    assert task is not None
    with work.unit_of_work() as db:
        assert outbox.finish(db, task)
    with after(10**6):
        assert ring() == []
        assert claim(row_id) is None
