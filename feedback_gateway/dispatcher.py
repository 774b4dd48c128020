"""The dispatcher: looks for outbox rows that are due and rings for them, twice a second, for ever.

It is the only one that writes to Redis, so a webhook never waits for it; and it keeps a heartbeat that /ready reads.
"""

import logging
import signal
import threading
import time

from redis import Redis, RedisError
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from feedback_gateway import outbox, queue, work
from feedback_gateway.lib.fault import describe
from feedback_gateway.schedule import PERIODIC, stop_training

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.5


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


def do_periodic(last: dict[str, float], now: float) -> None:
    """Does what is due of the list. `last` is kept by the caller: when each was done, in seconds.

    What fails is logged and waits for its next turn; that the database is away is raised.
    """
    for each in PERIODIC:
        if now - last.get(each.name, 0.0) < each.seconds:
            continue
        last[each.name] = now
        try:
            each.do()
        except OperationalError:
            raise
        except Exception as error:
            log.error("%s failed: %s", each.name, describe(error))


def run_dispatcher() -> None:
    """Runs until SIGTERM or SIGINT. A database that is away is waited for."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    redis = queue.connect(work.settings())
    last: dict[str, float] = {}
    while not stop.is_set():
        try:
            do_periodic(last, time.monotonic())
            busy = dispatch_once(redis)
        except SQLAlchemyError as error:
            log.warning("the database is away (%s)", type(error).__name__)
            busy = 0
        stop.wait(0 if busy >= outbox.BATCH else EVERY_SECONDS)
    stop_training()
