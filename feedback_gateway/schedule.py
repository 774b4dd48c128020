"""What is done from time to time, as a list. The dispatcher goes through it; each must be quick and may fail alone."""

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from feedback_gateway import alarms, entry_import, gaps, learning, notices, reminders, undelivered, unfinished, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.fault import describe
from feedback_gateway.lib.process import describe_exit
from feedback_gateway.responsibility import watch
from models import Heartbeat
from models.words import Duty

log = logging.getLogger(__name__)

HEARTBEAT = "dispatcher"
TRAIN = (sys.executable, str(Path(sys.executable).with_name("feedback")), "model", "train", "--gently")


class Periodic(NamedTuple):
    """Something to do every so many seconds."""

    name: str
    seconds: int
    do: Callable[[], object]


def beat() -> None:
    """Says that the dispatcher lives."""
    with work.unit_of_work() as db:
        db.merge(Heartbeat(name=HEARTBEAT, at=clock.now()))


def keep_unfinished() -> int:
    """Makes cases of what was written in sessions that broke off and were not taken up again; returns how many."""
    with work.reading() as db:
        ids = unfinished.unfinished(db)
    for conversation_id in ids:
        try:
            with work.unit_of_work() as db:
                unfinished.keep_unfinished(db, conversation_id)
        except Exception as error:
            # One conversation that cannot be read must not keep the dispatcher from ringing for all the others.
            log.error("conversation %s could not be kept: %s", conversation_id, describe(error))
            with work.unit_of_work() as db:
                unfinished.put_off_unfinished(db, conversation_id)
    return len(ids)


def watch_for_alarms() -> None:
    """Raises the alarms of today; whoever coordinates is told of each new one."""
    with work.unit_of_work() as db:
        for alarm in alarms.watch(db, clock.now()):
            work.enqueue(db, Duty.TELL_COORDINATION, alarm_id=alarm.id)


def follow_cases() -> int:
    """Has the cases followed whose clocks ask for something; returns how many."""
    with work.unit_of_work() as db:
        due = reminders.take_cases_due(db, clock.now())
        for case_id in due:
            work.enqueue(db, Duty.FOLLOW_CASE, case_id=case_id)
    return len(due)


def send_digests() -> int:
    """Has a digest sent to everybody for whom one is due; returns how many."""
    with work.unit_of_work() as db:
        due = notices.users_due(db, clock.now())
        for user_id in due:
            work.enqueue(db, Duty.SEND_DIGEST, user_id=user_id)
    return len(due)


def watch_for_gaps() -> None:
    """Opens the gaps that complaints show, and brings the register's figures up to date."""
    with work.unit_of_work() as db:
        gaps.watch(db, clock.now())


def mind_unreported() -> int:
    """Has the answers called of which no gateway says whether they have arrived; returns how many."""
    with work.unit_of_work() as db:
        return undelivered.mind_unreported(db, clock.now())


def ask_for_confirmation() -> int:
    """Asks those who may confirm the rules that soon grow stale; returns how many were asked."""
    with work.unit_of_work() as db:
        return len(watch.ask_for_confirmation(db))


def forget_imports() -> None:
    """Deletes what people wrote from files that were brought in some time ago."""
    with work.unit_of_work() as db:
        entry_import.forget_old(db, clock.now())


_training: subprocess.Popen[bytes] | None = None


def train_when_due() -> None:
    """Begins a training in a process of its own when one is due; there it may take a minute and a lot of memory."""
    global _training
    if _training is not None:
        code = _training.poll()
        if code is None:
            return
        _training = None
        if code:
            log.error("the training of the model ended with %s; the old model goes on reading", describe_exit(code))
            with work.unit_of_work() as db:
                learning.give_up_training(db, clock.now())
    with work.reading() as db:
        if not learning.training_due(db, clock.now()):
            return
    _training = subprocess.Popen(TRAIN, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def stop_training() -> None:
    """Ends a training that is under way: whatever asked for it asks again."""
    if _training is not None and _training.poll() is None:
        _training.terminate()
        _training.wait()


PERIODIC: tuple[Periodic, ...] = (
    Periodic("beat", 5, beat),
    Periodic("unfinished sessions", 5, keep_unfinished),
    Periodic("clocks", 2, follow_cases),
    Periodic("digests", 10, send_digests),
    Periodic("training", 20, train_when_due),
    Periodic("alarms", 300, watch_for_alarms),
    Periodic("rules to confirm", 24 * 3600, ask_for_confirmation),
    Periodic("unreported answers", 600, mind_unreported),
    Periodic("gaps", 600, watch_for_gaps),
    Periodic("old imports", 3600, forget_imports),
)
"""In the order in which they are done."""
