"""A conversation goes on in the edition that it began with; what begins anew is in the one in force."""

from flows import engine
from flows.simulation import DictWorld, sample_tree
from flows.state import State
from tests.flows.own import make_book

OLD = make_book({"tell.what": "Ancienne question."}, number=1)
NEW = make_book({"tell.what": "Nouvelle question.", "home": "Neuf\n1 A\n2 B\n3 C\n4 D\n5 E\n6 F\n7 G\n0 L"}, number=2)
LIMITS = engine.Limits()


def dialled_in_the_old() -> tuple[State, DictWorld]:
    world = DictWorld(sample_tree())
    state = engine.dial(OLD, State("fr"), ["3", "1"], world, LIMITS).state
    assert state.edition == 1
    return state, world


def test_a_session_goes_on_in_its_own_edition() -> None:
    state, world = dialled_in_the_old()
    turn = engine.press(NEW, state, "8", world, LIMITS, OLD)
    assert turn.text.startswith("Ancienne question.")
    assert turn.state.edition == 1


def test_taken_up_again_too() -> None:
    state, world = dialled_in_the_old()
    state = engine.press(NEW, state, "8", world, LIMITS, OLD).state
    offer = engine.dial(NEW, state, [], world, LIMITS, OLD)
    assert engine.press(NEW, offer.state, "1", world, LIMITS, OLD).text.startswith("Ancienne question.")


def test_home_and_beginning_again_are_in_the_one_in_force() -> None:
    state, world = dialled_in_the_old()
    home = engine.press(NEW, state, "00", world, LIMITS, OLD)
    assert home.text.startswith("Neuf")
    assert home.state.edition == 2
    offer = engine.dial(NEW, state, [], world, LIMITS, OLD)
    assert engine.press(NEW, offer.state, "2", world, LIMITS, OLD).state.edition == 2


def test_an_open_question_by_sms_is_answered_in_its_edition_and_the_rest_in_the_one_in_force() -> None:
    old = make_book({"satisfaction.thanks": "Merci, ancien."}, number=1)
    new = make_book({"satisfaction.thanks": "Merci, nouveau.", "help": "Aide neuve."}, number=2)
    world = DictWorld(sample_tree())
    asked = engine.ask(old, State("fr"), "satisfaction", {"reference": "4821937058"}, world).state
    assert engine.hear(new, asked, "1", world, old).text == "Merci, ancien."
    assert engine.hear(new, asked, "aide", world, old).text == "Aide neuve."


def test_an_edition_that_is_gone_begins_again() -> None:
    state, world = dialled_in_the_old()
    gone = State.from_json({**state.to_json(), "node": "no_longer_there"})
    assert engine.press(NEW, gone, "1", world, LIMITS, NEW).text.startswith("Neuf")
