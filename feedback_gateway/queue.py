"""Redis and RQ: a bell, not a memory. All may be lost at any time; the outbox rings again."""

from contextlib import suppress

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.worker import SimpleWorker

from feedback_gateway.settings import Settings

JOB = "feedback_gateway.jobs.run"
JOB_SECONDS = 60
PREFIX = "out"


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


def make_worker(settings: Settings, queue: str) -> SimpleWorker:
    """A worker of one queue: on one queue RQ moves a job atomically, on several it can lose it in between."""
    redis = Redis.from_url(settings.redis_url)
    return SimpleWorker([Queue(queue, connection=redis)], connection=redis, worker_ttl=60, maintenance_interval=30)
