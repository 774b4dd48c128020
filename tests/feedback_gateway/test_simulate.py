"""Phones to try the line with: what a code carries, what a screen holds, a live phone done again as a pure one."""

from datetime import timedelta

import pytest
import time_machine

from feedback_gateway import simulate
from feedback_gateway.lib import clock
from feedback_gateway.simulate import LivePhone, Room, let_pass, new_pure, replay
from flows.book import open_book
from flows.dialogue import play
from flows.screens import Limits
from models.words import Direction
from tests.conftest import House
from tests.factories import make_contact
from tests.phone import Phone

NUMBER = "+22670123456"


@pytest.mark.parametrize(
    ("dialled", "carried"),
    [
        ("*384*1#", ""),
        (" *384*1 ", ""),
        ("*384*1*2*1#", "2*1"),
        ("*384*1*KY12#", "KY12"),
        ("*384*1*#", ""),
        ("*384*12#", None),
        ("384*1#", None),
        ("", None),
    ],
)
def test_what_a_dialled_code_carries(dialled: str, carried: str | None) -> None:
    assert simulate.read_code(dialled) == carried


@pytest.mark.parametrize(
    ("text", "septets", "room"),
    [
        ("", 156, Room(0, 156, True)),
        ("abc", 156, Room(3, 156, True)),
        ("[a]", 156, Room(5, 156, True)),
        ("yɛla", 160, Room(4, 70, False)),
        ("yɛla", 182, Room(4, 80, False)),
        ("😀", 182, Room(2, 80, False)),
    ],
)
def test_what_a_screen_holds_as_it_is_encoded(text: str, septets: int, room: Room) -> None:
    assert simulate.room_of(text, septets) == room
    assert room.left == room.limit - room.size


def test_a_live_phone_comes_back_from_its_json(house: House) -> None:
    phone = LivePhone(NUMBER)
    first = phone.dial()
    again = LivePhone.from_json(phone.to_json())
    assert again == phone
    assert again.press("1") != first
    assert again.done[-1][1:] == ("press", "1")


def test_what_a_live_phone_did_is_done_again_without_a_database(house: House) -> None:
    make_contact(NUMBER, language="en")
    phone = LivePhone(NUMBER)
    phone.dial()
    phone.press("3")
    phone.drop()
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        phone.dial("4")
        phone.again()
        phone.sms("STATUS 1234567890")
    dialogue = replay(phone, open_book(), Limits()).recording("done again")
    assert dialogue.scene.language == "en"
    done = [(turn.kind, turn.said) for turn in dialogue.turns]
    assert done[:3] == [("dial", ""), ("press", "3"), ("drop", "")]
    assert done[3][0] == "wait"
    assert 120 <= int(done[3][1]) <= 125
    assert done[4:] == [("dial", "4"), ("again", ""), ("sms", "STATUS 1234567890")]
    assert play(open_book(), dialogue) == []


def test_keys_that_a_pure_phone_has_no_screen_for_are_left_out(house: House) -> None:
    phone = LivePhone(NUMBER, language="fr", done=[(0, "press", "1"), (0, "again", ""), (0, "drop", "")])
    assert replay(phone, open_book(), Limits()).turns == []


@pytest.mark.parametrize(("seconds", "sent"), [(600, False), (30 * 60, True), (7200, True)])
def test_time_closes_a_session_and_the_line_looks_at_it_when_it_is_too_late_to_go_on(seconds: int, sent: bool) -> None:
    phone = new_pure(open_book(), Limits(), "fr")
    phone.dial("3*1*8*la pompe est en panne")
    assert bool(let_pass(phone, seconds)) is sent
    assert phone.ended
    assert ("1 Continuer" in phone.dial()) is not sent


def test_time_sends_nothing_where_nothing_is_open() -> None:
    phone = new_pure(open_book(), Limits(), "fr")
    assert let_pass(phone, 7200) == ""
    assert [turn.kind for turn in phone.turns] == ["wait"]


def test_only_letters_of_the_simulator_arrive(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "WAIT_SECONDS", 0.0)  # no worker runs here: the SMS stays on its way
    LivePhone(NUMBER).sms("AIDE")
    came = simulate.await_letters(NUMBER, 0)
    assert [letter.direction for letter in came] == [Direction.OUT]
    assert simulate.await_letters(NUMBER, came[-1].id) == []
    Phone("+22670000042", channel="africastalking").sms("AIDE")
    assert simulate.arrived("+22670000042") == []
