"""The dispatcher: looks for outbox rows that are due and rings for them, twice a second, for ever.

It is the only one that writes to Redis, so a webhook never waits for it; and it keeps a heartbeat that /ready reads.
"""

import logging
import signal
import threading

from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_gateway import outbox, queue, receive, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.fault import describe
from models import Heartbeat

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.5
HEARTBEAT = "dispatcher"
BEAT_SECONDS = 5


def dispatch_once(redis: Redis) -> int:
    """Rings for every row that is due now; returns how many. Rows that could not be rung for are due again soon."""
    with work.reading() as db:
        if not outbox.any_due(db):
            return 0
    with work.unit_of_work() as db:
        due = outbox.ring_due(db)
    rung = 0
    try:
        for row_id, name, attempts in due:
            queue.ring(redis, row_id, name, attempts)
            rung += 1
    except RedisError as error:
        log.warning("Redis is away (%s); %s rows wait", type(error).__name__, len(due) - rung)
        with work.unit_of_work() as db:
            outbox.unring(db, [row_id for row_id, _, _ in due[rung:]])
    return rung


def sweep() -> int:
    """Makes cases of what was written in sessions that broke off and were not taken up again; returns how many."""
    with work.reading() as db:
        ids = receive.unfinished(db)
    for conversation_id in ids:
        try:
            with work.unit_of_work() as db:
                receive.keep_unfinished(db, conversation_id)
        except Exception as error:
            # One conversation that cannot be read must not keep the dispatcher from ringing for all the others.
            log.error("conversation %s could not be kept: %s", conversation_id, describe(error))
            with work.unit_of_work() as db:
                receive.put_off_unfinished(db, conversation_id)
    return len(ids)


def beat(db: Session) -> None:
    """Says that the dispatcher lives."""
    db.merge(Heartbeat(name=HEARTBEAT, at=clock.now()))


def run_dispatcher() -> None:
    """Runs until SIGTERM or SIGINT. A database that is away is waited for."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    redis = queue.connect(work.settings())
    last_beat = 0.0
    while not stop.is_set():
        try:
            if clock.now().timestamp() - last_beat >= BEAT_SECONDS:
                with work.unit_of_work() as db:
                    beat(db)
                last_beat = clock.now().timestamp()
                sweep()
            busy = dispatch_once(redis)
        except SQLAlchemyError as error:
            log.warning("the database is away (%s)", type(error).__name__)
            busy = 0
        stop.wait(0 if busy >= outbox.BATCH else EVERY_SECONDS)
