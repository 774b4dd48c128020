"""Webhooks, workers and reports that meet at the same person at the same moment: none waits for ever, none fails."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from feedback_gateway import delivery, jobs, outbox, receive, work
from feedback_gateway.channels.contract import Inbound, Report
from feedback_gateway.lib import clock
from models import Case, Event, Message, OutboxRow
from models.words import Delivery, Direction, Medium, OutboxState
from tests.conftest import House

PHONE = "+22670123456"
MESSAGES = 25


def write(number: int) -> None:
    text = f"pas d'eau a Kaya {number}"
    receive.take(Inbound("simulator", Medium.SMS, f"m{number}", PHONE, text, clock.now()))


def report_all() -> None:
    with work.reading() as db:
        sent = db.scalars(
            select(Message).where(Message.direction == Direction.OUT, Message.provider_id.is_not(None))
        ).all()
    for message in sent:
        report = Report("simulator", str(message.provider_id), Delivery.DELIVERED, "x", recipient=PHONE)
        work.persist(lambda db, r=report: delivery.record_report(db, r))  # type: ignore[misc]


def work_round() -> None:
    with work.unit_of_work() as db:
        due = outbox.ring_due(db)
    for row_id, _, _ in due:
        jobs.run(row_id)


def test_messages_jobs_and_reports_of_one_person(house: House, caplog: pytest.LogCaptureFixture) -> None:
    over = threading.Event()

    def until_over(do: object) -> None:
        while not over.is_set():
            do()  # type: ignore[operator]

    with ThreadPoolExecutor(8) as pool:
        helpers = [pool.submit(until_over, do) for do in (work_round, work_round, report_all)]
        try:
            list(pool.map(write, range(MESSAGES)))
        finally:
            over.set()
        for helper in helpers:
            helper.result()
    for _ in range(5):
        work_round()
    with work.reading() as db:
        stored = db.scalar(select(func.count()).where(Message.direction == Direction.IN))
        words = db.scalar(select(func.count()).where(Event.kind.in_(["opened", "message_added"])))
        due = OutboxRow.next_attempt_at <= clock.now()  # the person hears some hours from now where the case has gone
        undone = db.scalar(select(func.count()).where(OutboxRow.state != OutboxState.DONE, due))
        assert db.scalar(select(func.count()).select_from(Case)) == 1
    assert (stored, words, undone) == (MESSAGES, MESSAGES, 0)
    assert "failed" not in caplog.text
    assert "away" not in caplog.text
