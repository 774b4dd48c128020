"""Redis as a bell: ringing twice is one job, a lost job can be rung again, and a Redis that is away costs no time."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis, RedisError
from rq import Queue
from rq.job import Job, JobStatus
from sqlalchemy import select

from feedback_gateway import dispatcher, queue, work
from feedback_gateway.settings import Settings
from models import OutboxRow
from models.words import OutboxState
from tests.conftest import House
from tests.factories import make_case
from tests.processes.installation import redis_binary, running_redis
from tests.settings import make_settings

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(redis_binary() is None, reason="no Redis on this machine and none in a wheel"),
]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with running_redis() as sock:
        connection = queue.connect(settings_for(tmp_path, sock))
        connection.connection_pool.connection_kwargs["socket_timeout"] = 30  # a busy machine is no Redis that is away
        yield connection
        connection.close()


def settings_for(home: Path, sock: Path) -> Settings:
    return make_settings(home, "sqlite://", REDIS_URL=f"unix://{sock}")


def waiting(redis: Redis) -> list[str]:
    return Queue("cases", connection=redis).job_ids


def test_ringing_twice_is_one_job(redis: Redis) -> None:
    queue.ring(redis, 42, "cases", 0)
    queue.ring(redis, 42, "cases", 0)
    assert waiting(redis) == ["out-42-0"]


def test_a_job_whose_worker_died_with_it_can_be_rung_again(redis: Redis) -> None:
    queue.ring(redis, 42, "cases", 0)
    redis.lpop(Queue("cases", connection=redis).key)
    Job.fetch("out-42-0", connection=redis).set_status(JobStatus.STARTED)
    queue.ring(redis, 42, "cases", 0)
    assert waiting(redis) == ["out-42-0"]


def test_the_job_holds_an_id_and_nothing_else(redis: Redis) -> None:
    queue.ring(redis, 42, "cases", 3)
    job = Job.fetch("out-42-3", connection=redis)
    assert (job.args, job.kwargs) == ((42,), {})


def test_a_redis_that_is_away_is_noticed_at_once(tmp_path: Path) -> None:
    away = queue.connect(settings_for(tmp_path, tmp_path / "none.sock"))

    def noticed_after() -> float:
        started = time.monotonic()
        with pytest.raises(RedisError):
            queue.ring(away, 42, "cases", 0)
        return time.monotonic() - started

    quickest = min(noticed_after() for _ in range(3))  # a busy machine may stop us for a while, but not each time
    away.close()
    assert quickest < 2, "the default of the library waits more than three seconds"


def test_the_dispatcher_rings_for_what_is_due(house: House, redis: Redis) -> None:
    make_case(classify=False)
    assert dispatcher.dispatch_once(redis) == 1
    assert len(waiting(redis)) == 1
    assert dispatcher.dispatch_once(redis) == 0


def test_with_redis_away_the_dispatcher_lets_the_rows_wait(house: House, tmp_path: Path) -> None:
    make_case(classify=False)
    away = queue.connect(settings_for(tmp_path, tmp_path / "none.sock"))
    assert dispatcher.dispatch_once(away) == 0
    away.close()
    with work.reading() as db:
        assert db.scalars(select(OutboxRow.state)).all() == [OutboxState.PENDING]
