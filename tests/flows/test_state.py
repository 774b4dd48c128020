"""The state survives storage, and rubbish in the store is a new state."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.state import State

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=10,
)
KEYS = st.sampled_from(list(State().to_json()))


def test_there_and_back() -> None:
    state = State(
        language="mos",
        flow="tell",
        edition=3,
        node="where",
        answers={"category": "EHA.EAU"},
        tries=1,
        page=2,
        path=("*", "BF49"),
        calls=("callback/pin",),
        stack=("home/menu>callback/pin",),
        asked_at=1_700_000_000,
        resuming=True,
        guessed=True,
    )
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_unknown_keys_are_ignored() -> None:
    assert State.from_json({"language": "fr", "of_a_later_version": 1}) == State("fr")


@pytest.mark.parametrize("rubbish", [None, 3, "x", [], {"flow": 3}, {"answers": [1]}, {"flow": "tell"}, {"node": "x"}])
def test_rubbish_is_a_new_state(rubbish: object) -> None:
    assert State.from_json(rubbish) == State()


@given(st.dictionaries(KEYS, JSON) | JSON)
def test_whatever_was_stored_gives_a_state_that_can_be_stored(stored: object) -> None:
    state = State.from_json(stored)
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_speaking_changes_the_language_only() -> None:
    state = State("fr", "tell", 1, "where")
    assert state.speaking("mos") == State("mos", "tell", 1, "where")
