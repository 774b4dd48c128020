"""kill -9 at the worst moments: nothing that was answered is lost, nothing that a provider confirmed is sent twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import and_, func, select

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Case, Message, OutboxRow
from models.words import Delivery, Direction, OutboxState
from tests.application import application
from tests.conftest import House
from tests.processes.installation import Installation, installed, redis_binary, wait_for

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(redis_binary() is None, reason="no Redis on this machine and none in a wheel"),
    pytest.mark.timeout(400),
]

STAFF = ("send", "cases", "dispatcher")


@pytest.fixture
def place(house: House, tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path, house.engine.url.render_as_string(hide_password=False)) as installation:
        yield installation


def all_done() -> bool:
    """Whether everything is done but what is for later: a word to the person some hours from now."""
    for_later = and_(
        OutboxRow.state == OutboxState.PENDING, OutboxRow.next_attempt_at > clock.now() + timedelta(hours=1)
    )
    with work.reading() as db:
        still = select(func.count()).where(OutboxRow.state != OutboxState.DONE, ~for_later)
        return db.scalar(still) == 0 and bool(db.scalar(select(func.count()).select_from(OutboxRow)))


def deliveries() -> Counter[Delivery | None]:
    with work.reading() as db:
        return Counter(db.scalars(select(Message.delivery).where(Message.direction == Direction.OUT)))


def cases_read() -> tuple[int, int]:
    with work.reading() as db:
        total = db.scalar(select(func.count()).select_from(Case)) or 0
        read = db.scalar(select(func.count()).where(Case.classified_at.is_not(None))) or 0
        return total, read


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # what is told here is of Redis
def test_with_redis_gone_webhooks_answer_and_all_is_made_good_when_it_is_back(place: Installation) -> None:
    place.start("web", *STAFF)
    place.wait_for_web()
    assert place.post_sms(1) == 200
    wait_for(all_done, "the first message to be done")
    place.kill("redis")
    for number in range(2, 12):
        assert place.post_sms(number) == 200
    assert place.ready()["queue"] is False
    place.redis_socket.unlink(missing_ok=True)
    place.start("redis")
    wait_for(all_done, "the outbox to be worked off", 120)
    assert len(place.sent()) == 11
    assert len({sent["to"] for sent in place.sent()}) == 11
    assert cases_read() == (11, 11)


def test_a_web_server_killed_after_its_answers_has_lost_nothing(place: Installation) -> None:
    place.start("web")
    place.wait_for_web()
    answered = [number for number in range(1, 21) if place.post_sms(number) == 200]
    place.kill("web")
    place.start(*STAFF)
    wait_for(all_done, "the outbox to be worked off", 120)
    assert len(answered) == len(place.sent()) == 20
    assert cases_read() == (20, 20)


def test_workers_killed_in_the_middle_send_nothing_twice(house: House, tmp_path: Path) -> None:
    url = house.engine.url.render_as_string(hide_password=False)
    with installed(tmp_path, url, provider_delay=0.25) as place:
        line = application(house.settings).test_client()
        for number in range(1, 13):
            assert line.post(place.sms_path, data=place.sms_form(number)).status_code == 200
        place.start(*STAFF)
        for _ in range(3):
            before = len(place.sent())
            wait_for(lambda seen=before: len(place.sent()) > seen, "a send to be under way")  # type: ignore[misc]
            place.kill("send")
            place.kill("cases")
            place.start("send", "cases")
        # Those that were under way are unknown and wait for a report; all the others are sent.
        wait_for(lambda: set(deliveries()) <= {Delivery.SENT, Delivery.UNKNOWN}, "every message to be settled", 120)
        unknown = deliveries()[Delivery.UNKNOWN]
        per_phone = Counter(sent["to"] for sent in place.sent())
        assert unknown <= 3
        assert max(per_phone.values()) == 1, "somebody got the same SMS twice"
        assert len(per_phone) >= 12 - unknown
        wait_for(lambda: cases_read() == (12, 12), "every case to be read", 120)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # what is told here is of Redis
def test_ready_names_what_does_not_work(place: Installation) -> None:
    place.start("web")
    place.wait_for_web()
    wait_for(lambda: place.ready() == {"database": True, "queue": True, "dispatcher": False}, "all but the dispatcher")
    place.start("dispatcher")
    wait_for(lambda: all(place.ready().values()), "the house to be ready")


def test_a_worker_waits_for_a_redis_that_is_not_there_and_can_be_stopped(place: Installation) -> None:
    place.kill("redis")
    place.redis_socket.unlink(missing_ok=True)
    place.start("send")
    log = place.home / "send.log"
    wait_for(lambda: "waits for it" in log.read_text(), "the worker to notice")
    worker = place.processes["send"]
    assert worker.poll() is None
    worker.terminate()
    assert worker.wait(60) is not None
