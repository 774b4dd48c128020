"""A session that broke off: nothing while the person may come back, then a case if something was written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import engine
from flows.book import open_book
from flows.events import OpenCase
from flows.gsm7 import fold_for_sms, parts
from flows.simulation import DictWorld, sample_tree
from flows.state import State, Turn

BOOK = open_book()
LIMITS = engine.Limits()
WRITTEN = ["1", "4", "8", "Où est ma carte ?"]


def drop(keys: list[str], minutes: float, language: str = "fr") -> tuple[Turn, DictWorld]:
    """What was on the screen when the connection broke, and the world some minutes later."""
    world = DictWorld(sample_tree())
    turn = engine.dial(BOOK, State(language), keys, world, LIMITS)
    world.clock += timedelta(minutes=minutes)
    return turn, world


def test_while_the_person_may_come_back_nothing_changes() -> None:
    turn, world = drop(WRITTEN, 29.9)
    assert engine.abandon(BOOK, turn.state, world) == Turn(turn.state, "", False)


@pytest.mark.parametrize("language", BOOK.languages)
def test_what_was_written_becomes_a_case_and_one_sms(language: str) -> None:
    turn, world = drop(WRITTEN, 30, language)
    left = engine.abandon(BOOK, turn.state, world)
    assert left.state == State(language)
    assert left.ends
    assert left.events == (
        OpenCase("0000000013", "question", None, "Où est ma carte ?", None, False, sealed=False, incomplete=True),
    )
    assert "000 000 0013" in left.text
    assert parts(fold_for_sms(left.text)) == 1
    assert engine.abandon(BOOK, left.state, world) == Turn(State(language), "", True)


def test_the_window_can_be_set() -> None:
    turn, world = drop(WRITTEN, 2)
    assert not engine.abandon(BOOK, turn.state, world, engine.Limits(resume_seconds=121)).events
    assert engine.abandon(BOOK, turn.state, world, engine.Limits(resume_seconds=120)).events


@pytest.mark.parametrize("keys", [[], ["3", "1"], ["3", "1", "8"], ["5"], ["7", "1"], ["0"], ["6"]])
def test_where_nothing_was_written_nothing_is_said(keys: list[str]) -> None:
    turn, world = drop(keys, 60)
    assert engine.abandon(BOOK, turn.state, world) == Turn(State("fr"), "", True)


def test_a_sealed_case_is_kept_and_nothing_is_sent_or_offered() -> None:
    turn, world = drop(WRITTEN, 60)
    sealed = replace(turn.state, answers={**turn.state.answers, "sealed": "yes", "may_contact": "yes"})
    left = engine.abandon(BOOK, sealed, world)
    (event,) = left.events
    assert isinstance(event, OpenCase)
    assert (event.sealed, event.may_contact, event.incomplete) == (True, True, True)
    assert left.text == ""
    just_now = replace(sealed, asked_at=int(world.clock.timestamp()))
    assert engine.dial(BOOK, just_now, [], world, LIMITS).state.flow == "home"


def test_words_before_turning_to_a_private_flow_open_no_case() -> None:
    turn, world = drop(WRITTEN, 60)
    turned = replace(turn.state, flow="callback", node="agree")
    assert engine.abandon(BOOK, turned, world) == Turn(State("fr"), "", True)


def test_a_node_that_is_gone_is_not_offered_but_its_words_are_kept() -> None:
    turn, world = drop(WRITTEN, 1)
    gone = replace(turn.state, node="gone")
    dialled = engine.dial(BOOK, gone, [], world, LIMITS)
    assert dialled.state.flow == "home"
    assert [type(event) for event in dialled.events] == [OpenCase]


@given(st.lists(st.sampled_from([*"0123456789", "pas d'eau", "Kaya"]), max_size=12), st.sampled_from(["fr", "mos"]))
def test_a_session_dropped_anywhere_goes_on_with_the_same_screen(keys: list[str], language: str) -> None:
    turn, world = drop(keys, 29, language)
    again = engine.dial(BOOK, turn.state, [], world, LIMITS)
    if not again.state.resuming:
        assert again.state.flow == "home"
        return
    assert again.events == ()
    stored = State.from_json(again.state.to_json())
    on = engine.press(BOOK, stored, "1", world, LIMITS)
    asked = replace(turn.state, asked_at=int(world.clock.timestamp()), tries=0)
    assert on == Turn(asked, on.text, False)
    if not turn.state.tries:
        assert on.text == turn.text
