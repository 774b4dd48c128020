"""How a private case stands is told only to whoever knows the reference and the four digits."""

import pytest

from flows import engine
from flows.book import open_book
from flows.events import OpenCase, SetPin, SetSafeTime, WrongPin
from flows.simulation import DictWorld, sample_tree
from flows.state import State
from flows.world import KnownCase
from tests.flows.own import Dialled

BOOK, REF = open_book(), "4821937058"
NEUTRAL = "482 193 7058 : nous avons bien reçu votre demande."


def make_world(*, pin: str | None = "4321", answer: str | None = "Venez au bureau") -> DictWorld:
    case = KnownCase(REF, "in_action", None, True, answer, has_pin=pin is not None)
    return DictWorld(sample_tree(), {REF: case}, pins={REF: pin} if pin else {})


def test_the_digits_open_the_state_and_never_the_answer() -> None:
    phone = Dialled(BOOK, "follow", make_world())
    assert phone.press(REF).startswith("Tapez vos 4 chiffres.")
    assert phone.press("4321") == "482 193 7058 : le service responsable s'occupe de votre demande."


def test_wrong_digits_are_counted_and_end_in_the_neutral_sentence() -> None:
    phone = Dialled(BOOK, "follow", make_world())
    assert phone.press(REF, "1111").startswith("Ce ne sont pas ces 4 chiffres.")
    assert phone.press("2222", "3333") == NEUTRAL.replace("ç", "c")
    assert phone.events == [WrongPin(REF)] * 3


@pytest.mark.parametrize("keys", [(REF, "0"), (REF, "12", "12", "12")])
def test_without_the_digits_the_neutral_sentence(keys: tuple[str, ...]) -> None:
    phone = Dialled(BOOK, "follow", make_world())
    assert phone.press(*keys) == NEUTRAL.replace("ç", "c")


def test_a_private_case_without_digits_is_never_told() -> None:
    phone = Dialled(BOOK, "follow", make_world(pin=None))
    assert phone.press(REF) == NEUTRAL.replace("ç", "c")


@pytest.mark.parametrize(
    ("text", "told", "counted"),
    [
        (f"SUIVI {REF}", NEUTRAL, 0),
        (f"suivi {REF} 4321", "482 193 7058 : le service responsable s'occupe de votre demande.", 0),
        ("suivi 482 193 7058 43 21", "482 193 7058 : le service responsable s'occupe de votre demande.", 0),
        (f"{REF} 4321", "482 193 7058 : le service responsable s'occupe de votre demande.", 0),
        (f"suivi {REF} 9999", NEUTRAL, 1),
    ],
)
def test_by_sms_the_digits_stand_behind_the_reference(text: str, told: str, counted: int) -> None:
    turn = engine.hear(BOOK, State("fr"), text, make_world())
    assert turn.text == told
    assert turn.events == (WrongPin(REF),) * counted


def test_digits_behind_a_case_that_is_open_to_see_change_nothing() -> None:
    world = DictWorld(sample_tree(), {REF: KnownCase(REF, "referred", None, False, None)})
    assert "transmise" in engine.hear(BOOK, State("fr"), f"suivi {REF} 1234", world).text


def test_a_call_back_keeps_the_safe_time_and_the_digits_and_forgets_them_here() -> None:
    phone = Dialled(BOOK, "callback")
    phone.press("1")
    (opened,) = phone.events
    assert isinstance(opened, OpenCase)
    assert (opened.sealed, opened.text, opened.contact_by) == (True, "", "call")
    phone.press("3", "7788")
    assert phone.events[1:] == [SetSafeTime(opened.reference, "afternoon"), SetPin(opened.reference, "7788")]
    assert phone.screen.startswith("C'est noté. Une personne vous appellera.")
    assert "7788" not in repr(phone.events)


def test_whoever_is_interrupted_after_agreeing_is_called_all_the_same() -> None:
    phone = Dialled(BOOK, "callback")
    phone.press("1")
    assert [type(event) for event in phone.events] == [OpenCase]
    turn = engine.dial(BOOK, phone.turn.state, [], phone.world, phone.limits)
    assert turn.text.startswith("Bonjour.")
    assert turn.events == ()


def test_no_time_and_no_digits_are_needed() -> None:
    phone = Dialled(BOOK, "callback")
    phone.press("1", "x", "x", "x", "0")
    assert phone.turn.ends
    assert [type(event) for event in phone.events] == [OpenCase]


def test_going_back_does_not_ask_for_a_second_call() -> None:
    phone = Dialled(BOOK, "callback")
    phone.press("1", "0", "0", "1", "0")
    assert sum(isinstance(event, OpenCase) for event in phone.events) == 1
