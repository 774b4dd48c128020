"""A flow that calls another: it comes back, back keys lead through both, and a dropped session finds its way."""

import pytest

from flows import engine
from flows.book import Book
from flows.errors import BookError
from flows.events import OpenCase
from flows.state import State
from tests.flows.own import Dialled, make_book

TEXTS = {
    "outer.first": "Premier\n1 Aller",
    "outer.last": "Dernier\n1 Finir",
    "outer.end": "Fin {size}",
    "inner.ask": "Combien ?",
    "inner.more": "Et puis ?\n1 Revenir",
}
OUTER = """
first: {menu: outer.first, options: {1: {then: sub}}}
sub: {call: inner, then: last}
last: {menu: outer.last, options: {1: {then: end}}}
end: {say: outer.end}
"""
INNER = """
ask: {ask: number, text: inner.ask, save: size, least: 1, most: 99, then: more}
more: {menu: inner.more, options: {1: {then: return}}}
"""


@pytest.fixture
def book() -> Book:
    return make_book(TEXTS, outer=OUTER, inner=INNER)


def test_through_and_out_again(book: Book) -> None:
    phone = Dialled(book, "outer")
    assert phone.press("1").startswith("Combien ?")
    assert phone.press("12").startswith("Et puis ?")
    assert phone.press("1").startswith("Dernier")
    assert phone.press("1") == "Fin 12"
    assert phone.turn.ends


def test_back_leads_into_the_called_flow_and_it_still_comes_back(book: Book) -> None:
    phone = Dialled(book, "outer")
    phone.press("1", "12", "1")
    assert phone.press("0").startswith("Et puis ?")
    assert phone.press("0").startswith("Combien ?")
    assert phone.press("0").startswith("Premier")
    assert phone.press("1", "7", "1", "1") == "Fin 7"


def test_a_number_out_of_bounds_is_asked_again(book: Book) -> None:
    phone = Dialled(book, "outer")
    assert phone.press("1", "100").startswith("Tapez un nombre.")


def test_dropped_inside_the_called_flow_it_goes_on_and_comes_back(book: Book) -> None:
    phone = Dialled(book, "outer")
    phone.press("1", "12")
    state = State.from_json(phone.turn.state.to_json())
    assert state.calls == ("outer/last",)
    phone.turn = engine.dial(book, state, [], phone.world, phone.limits)
    assert phone.press("1").startswith("Et puis ?")
    assert phone.press("1", "1") == "Fin 12"


def test_a_private_flow_is_not_taken_up_again_from_one_that_it_called() -> None:
    book = make_book(TEXTS, outer=OUTER, inner=INNER)
    outer = book.flows["outer"]
    object.__setattr__(outer, "resume", False)
    phone = Dialled(book, "outer")
    phone.press("1")
    turn = engine.dial(book, phone.turn.state, [], phone.world, phone.limits)
    assert turn.text.startswith("Bonjour.")


def test_home_leaves_everything(book: Book) -> None:
    phone = Dialled(book, "outer")
    phone.press("1", "12")
    assert "00 Accueil" in phone.screen
    assert phone.press("00").startswith("Bonjour.")
    assert phone.turn.state.calls == ()


def test_a_call_of_a_flow_that_is_not_there_is_named() -> None:
    with pytest.raises(BookError, match=r"outer\.yaml: no flow is called 'inner'"):
        make_book(TEXTS, outer=OUTER)


def test_calls_and_texts_in_a_circle_are_refused() -> None:
    with pytest.raises(BookError, match="leads round in a circle"):
        make_book(TEXTS, outer="sub: {call: inner, then: sub}", inner="on: {call: outer, then: return}")


def test_asked_once_when_to_call_the_complaint_goes_on() -> None:
    book = make_book({})
    phone = Dialled(book, "tell")
    phone.press("8", "pas d'eau", "2")
    assert phone.screen.startswith("Quand vous appeler ?")
    assert phone.press("4").startswith("C'est noté, merci.")
    (event,) = phone.events
    assert isinstance(event, OpenCase)
    assert (event.contact_by, event.safe_time, event.may_contact) == ("call", "evening", True)
