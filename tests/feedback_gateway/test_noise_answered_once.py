"""What is no complaint is stored, kept apart and answered once a day."""

from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Case, Message
from models.words import Direction, Noise
from tests.conftest import House
from tests.phone import Phone
from tests.worker import work_off


def replies() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Message).where(Message.direction == Direction.OUT)) or 0


def heard() -> int:
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(Message).where(Message.direction == Direction.IN)) or 0


def noises() -> list[Noise | None]:
    with work.reading() as db:
        return list(db.scalars(select(Case.noise).order_by(Case.opened_at)))


def test_a_test_is_answered_once_and_every_one_is_kept(house: House) -> None:
    phone = Phone()
    for hour, text in enumerate(("test", "TEST 123", "essai essai")):
        with time_machine.travel(clock.now() + timedelta(hours=7 * hour)):
            phone.sms(text)
            work_off()
    assert set(noises()) == {Noise.TEST}
    assert (heard(), replies()) == (3, 1)


def test_one_that_joins_the_last_is_kept_without_an_answer(house: House) -> None:
    phone = Phone()
    for text in ("test", "test 2"):
        phone.sms(text)
    work_off()
    assert noises() == [Noise.TEST]
    assert replies() == 1


def test_a_complaint_after_a_test_is_answered(house: House) -> None:
    phone = Phone()
    phone.sms("test")
    phone.sms("la pompe est en panne depuis 3 jours")
    work_off()
    assert replies() == 2
    assert noises() == [None]


def test_the_next_day_it_is_answered_again(house: House) -> None:
    phone = Phone()
    phone.sms("test")
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        phone.sms("test")
    assert replies() == 2
