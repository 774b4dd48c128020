"""Passwords and the lock after too many wrong ones."""

from datetime import timedelta

import pytest
import time_machine
from argon2 import profiles

from feedback_gateway import accounts, work
from feedback_gateway.lib import clock
from tests import actors
from tests.conftest import PRODUCT_HASHER, House


def enter(login: str, password: str) -> bool:
    with work.unit_of_work() as db:
        return accounts.log_in(db, login, password) is not None


def test_the_right_password_opens(house: House) -> None:
    actors.make("alice")
    assert enter(" Alice ", actors.PASSWORD)


@pytest.mark.parametrize(("login", "password"), [("alice", "wrong"), ("nobody", actors.PASSWORD), ("", "")])
def test_a_wrong_one_does_not(house: House, login: str, password: str) -> None:
    actors.make("alice")
    assert not enter(login, password)


def test_six_wrong_ones_lock_for_a_quarter_of_an_hour(house: House) -> None:
    actors.make("alice")
    for _ in range(accounts.WRONG_TRIES):
        assert not enter("alice", "wrong")
    assert not enter("alice", actors.PASSWORD)
    with time_machine.travel(clock.now() + accounts.LOCK + timedelta(seconds=1)):
        assert enter("alice", actors.PASSWORD)


def test_somebody_switched_off_does_not_get_in(house: House) -> None:
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        db.merge(alice).active = False
    assert not enter("alice", actors.PASSWORD)


def test_a_short_password_is_refused() -> None:
    with pytest.raises(accounts.WeakPasswordError):
        accounts.new_password("short")


def test_a_password_is_hashed_as_argon2_recommends() -> None:
    recommended = profiles.RFC_9106_LOW_MEMORY
    assert (PRODUCT_HASHER.time_cost, PRODUCT_HASHER.memory_cost, PRODUCT_HASHER.parallelism) == (
        recommended.time_cost,
        recommended.memory_cost,
        recommended.parallelism,
    )
    assert PRODUCT_HASHER.type == recommended.type
