"""What is done from time to time: each in its turn, none in the way of another, and a training only when one is due."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from feedback_gateway import dispatcher, learning, schedule, work
from feedback_gateway.lib import clock
from feedback_gateway.schedule import PERIODIC, Periodic
from models import Heartbeat, OutboxRow
from models.words import Duty
from tests.conftest import House
from tests.feedback_gateway.test_alarms import NOON, begin, tell


def test_the_list_holds_what_must_be_done_and_how_often() -> None:
    assert {each.name: each.seconds for each in PERIODIC} == {
        "beat": 5,
        "unfinished sessions": 5,
        "clocks": 2,
        "digests": 10,
        "training": 20,
        "alarms": 300,
        "rules to confirm": 24 * 3600,
        "unreported answers": 600,
        "gaps": 600,
        "old imports": 3600,
    }


def test_each_is_done_in_its_turn_and_one_that_fails_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fails")
        raise KeyError("what a person wrote")

    monkeypatch.setattr(
        dispatcher, "PERIODIC", (Periodic("fails", 5, fail), Periodic("slow", 60, lambda: done.append("slow")))
    )
    last: dict[str, float] = {}
    for now in (1000.0, 1004.9, 1005.0, 1059.0, 1060.0):
        dispatcher.do_periodic(last, now)
    assert done == ["fails", "slow", "fails", "fails", "slow"]
    assert "fails failed: KeyError" in caplog.text
    assert "what a person wrote" not in caplog.text


def test_that_the_database_is_away_is_said_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setattr(dispatcher, "PERIODIC", (Periodic("fails", 5, fail),))
    with pytest.raises(OperationalError):
        dispatcher.do_periodic({}, 1000.0)


def test_a_beat_is_noted(house: House) -> None:
    schedule.beat()
    with work.reading() as db:
        assert (clock.now() - db.get_one(Heartbeat, schedule.HEARTBEAT).at).total_seconds() < 60


@pytest.fixture
def no_training() -> Iterator[None]:
    """Whatever a test has started is ended with it."""
    schedule._training = None
    yield
    schedule.stop_training()
    schedule._training = None


def stand_in(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(schedule, "TRAIN", (sys.executable, "-S", "-c", code))


def under_way() -> "subprocess.Popen[bytes] | None":
    """What is in hand now; in a function, for each call may have changed it."""
    return schedule._training


def ask() -> None:
    with work.unit_of_work() as db:
        learning.ask_training(db)


def test_no_process_is_started_when_no_training_is_due(
    house: House, no_training: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "TRAIN", ("/no/such/program",))
    schedule.train_when_due()
    assert under_way() is None


@pytest.mark.processes
def test_one_process_is_started_when_one_is_due_and_none_beside_it(
    house: House, no_training: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, "import sys; sys.stdin.read(); import time; time.sleep(60)")
    ask()
    schedule.train_when_due()
    started = under_way()
    assert started is not None
    schedule.train_when_due()
    assert under_way() is started
    schedule.stop_training()
    assert started.poll() is not None


@pytest.mark.processes
def test_one_that_fails_is_said_and_begun_again_only_when_somebody_asks_again(
    house: House, no_training: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in(monkeypatch, "raise SystemExit(3)")
    ask()
    schedule.train_when_due()
    failed = under_way()
    assert failed is not None
    failed.wait()
    schedule.train_when_due()
    assert "ended with exit code 3; the old model goes on reading" in caplog.text
    assert under_way() is None
    schedule.train_when_due()
    assert under_way() is None
    ask()
    schedule.train_when_due()
    assert under_way() not in (None, failed)


def test_what_is_started_is_the_command_itself() -> None:
    program, *arguments = schedule.TRAIN[1:]
    assert Path(program).name == "feedback"
    assert arguments == ["model", "train", "--gently"]


def test_coordination_is_told_of_each_new_alarm_once(house: House) -> None:
    begin()
    tell(5)
    with time_machine.travel(NOON):
        schedule.watch_for_alarms()
        schedule.watch_for_alarms()
    with work.reading() as db:
        rows = db.scalars(select(OutboxRow).where(OutboxRow.duty == Duty.TELL_COORDINATION)).all()
    assert [row.alarm_id is not None for row in rows] == [True]
