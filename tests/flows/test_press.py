"""USSD, whatever is pressed: never an exception, every screen fits, nothing is left open at the end."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import engine
from flows.book import open_book
from flows.events import OpenCase
from flows.gsm7 import fits, septets
from flows.simulation import DictWorld, sample_tree
from flows.state import State, Turn
from flows.world import KnownCase

BOOK = open_book()
LANGUAGES = st.sampled_from([None, *BOOK.languages, "xx"])
KEYS = st.sampled_from([*"0123456789", *"1111222333555", "4821937058"])
ODD = st.sampled_from(["", "😭", "\x00\x1b", "a" * 10_000, "*", "1*2", "{name}", "KY12", "oui", "١", "²", "\ud800"])
INPUTS = st.lists(KEYS | KEYS | KEYS | ODD | st.text(max_size=30), max_size=25)
SIZES = st.integers(60, 182)


def make_world() -> DictWorld:
    answer = "La pompe sera réparée. " * 20
    return DictWorld(sample_tree(), {"4821937058": KnownCase("4821937058", "closed", "resolved", False, answer)})


def assert_good(turn: Turn, limits: engine.Limits) -> None:
    counted = septets(turn.text)
    assert counted is not None
    assert 0 < counted <= limits.size
    assert (turn.state.node is None) == turn.ends
    assert State.from_json(turn.state.to_json()) == turn.state


@settings(max_examples=300)
@given(LANGUAGES, INPUTS, SIZES)
def test_any_keys_give_screens_that_fit(language: str | None, inputs: list[str], size: int) -> None:
    world, limits = make_world(), engine.Limits(size)
    turn = engine.dial(BOOK, State(language), [], world, limits)
    assert_good(turn, limits)
    for text in inputs:
        turn = engine.press(BOOK, turn.state, text, world, limits)
        world.apply(turn.events, by_sms=False)
        assert_good(turn, limits)


@settings(max_examples=50)
@given(LANGUAGES, INPUTS, st.sampled_from([156, 182]))
def test_screens_that_are_not_folded_fit_as_they_are_encoded(
    language: str | None, inputs: list[str], size: int
) -> None:
    world, limits = make_world(), engine.Limits(size, folds=False)
    turn = engine.dial(BOOK, State(language), [], world, limits)
    for text in inputs:
        turn = engine.press(BOOK, turn.state, text, world, limits)
        world.apply(turn.events, by_sms=False)
        assert turn.text
        assert fits(turn.text, size)


@settings(max_examples=100)
@given(LANGUAGES, INPUTS)
def test_a_deep_dial_is_the_same_keys_one_by_one(language: str | None, inputs: list[str]) -> None:
    limits = engine.Limits()
    deep = engine.dial(BOOK, State(language), inputs, make_world(), limits)
    assert_good(deep, limits)
    if language in BOOK.languages:
        world = make_world()
        turn = engine.dial(BOOK, State(language), [], world, limits)
        for text in inputs:
            if turn.ends:
                break
            turn = engine.press(BOOK, turn.state, text, world, limits)
        assert turn.state == deep.state
        assert turn.text == deep.text


@given(st.lists(st.text(max_size=5), max_size=6), st.text(max_size=5))
def test_a_stored_state_that_makes_no_sense_begins_again(path: list[str], key: str) -> None:
    limits = engine.Limits()
    for flow, node in (("tell", "where"), ("home", "menu"), ("tell", "open"), ("gone", "gone"), ("aid", "topic")):
        for stack in ((), ("gone/gone",), ("gone/gone", "tell/done"), tuple(path)):
            state = State("fr", flow, 7, node, {}, 2, 0, tuple(path), stack)
            assert_good(engine.press(BOOK, state, key, make_world(), limits), limits)
            assert_good(engine.press(BOOK, replace(state, page=99), "0", make_world(), limits), limits)


@given(st.text(max_size=60))
def test_a_complaint_is_kept_to_the_letter(text: str) -> None:
    world, limits = make_world(), engine.Limits()
    words = f"il manque {text} ici"
    turn = engine.dial(BOOK, State("fr"), ["3", "1", "8", words, "1"], world, limits)
    (event,) = turn.events
    assert isinstance(event, OpenCase)
    assert event.text == words
