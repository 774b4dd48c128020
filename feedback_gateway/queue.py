"""Redis and RQ: a bell, not a memory. All may be lost at any time; the outbox rings again."""

import logging
import signal
import time
from contextlib import suppress

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.worker import SimpleWorker

from feedback_gateway.settings import Settings

log = logging.getLogger(__name__)

JOB = "feedback_gateway.jobs.run"
JOB_SECONDS = 60
PREFIX = "out"
WAIT_SECONDS = 1.0


def connect(settings: Settings) -> Redis:
    """A connection that fails at once when Redis is away, instead of holding up whoever asks."""
    return Redis.from_url(settings.redis_url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=0.5, socket_timeout=1)


def ring(redis: Redis, row_id: int, queue: str, attempt: int) -> None:
    """Asks the workers of a queue to look at a row. Ringing again for the same attempt leaves one job waiting.

    Raises redis.RedisError when Redis is away.
    """
    job_id = f"{PREFIX}-{row_id}-{attempt}"
    bell = Queue(queue, connection=redis)
    try:
        _enqueue(bell, row_id, job_id)
    except DuplicateJobError:
        if redis.lpos(bell.key, job_id) is not None:
            return  # it waits its turn
        # Redis remembers a job that no list holds: its worker was killed between taking it and claiming the row.
        with suppress(NoSuchJobError):
            Job.fetch(job_id, connection=redis).delete()
        with suppress(DuplicateJobError):
            _enqueue(bell, row_id, job_id)


def _enqueue(bell: Queue, row_id: int, job_id: str) -> None:
    bell.enqueue(JOB, row_id, job_id=job_id, unique=True, result_ttl=0, failure_ttl=60, job_timeout=JOB_SECONDS)


def run_worker(settings: Settings, queue: str) -> None:
    """Works on one queue until SIGTERM or SIGINT; a Redis that goes away is waited for.

    One queue a process: on one queue RQ moves a job atomically, on several it can lose it in between. A worker that
    loses Redis in the middle of its bookkeeping ends; what it was at is rung for again when its lease is over.
    """
    while True:
        redis = Redis.from_url(settings.redis_url)
        try:
            bell = Queue(queue, connection=redis)
            SimpleWorker([bell], connection=redis, worker_ttl=60, maintenance_interval=30).work(logging_level="WARNING")
        except RedisError as error:
            log.warning("Redis is away (%s); the worker of %s waits for it", type(error).__name__, queue)
            # The handlers of the worker that has ended would only tell that one to stop.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            time.sleep(WAIT_SECONDS)
        else:
            return
        finally:
            redis.close()
