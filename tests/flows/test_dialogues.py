"""Conversations as data: tests/flows/dialogues/*.yaml, each a list of steps with what is seen and what is decided.

A step is one of `dial` (the keys a deep dial carries, joined by *), `press`, `sms`, `ask` (a flow that we begin, with
its answers) or `later` (hours that pass). `sees` and `not` are parts of the words shown, `ends` whether it is over,
`events` exactly what is decided (a part of each event's fields is enough; none unless said).
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import engine
from flows.book import open_book
from flows.events import Event, SetLanguage
from flows.files import read_yaml
from flows.simulation import DictWorld, sample_tree
from flows.state import State, Turn
from flows.world import KnownCase, Place

DIALOGUES = {
    f"{path.stem}: {name}": steps
    for path in sorted((Path(__file__).parent / "dialogues").glob("*.yaml"))
    for name, steps in read_yaml(path).items()
}
LIMITS = engine.Limits()


class Phone:
    """One phone: its two conversations, its language, and its world."""

    def __init__(self) -> None:
        self.world = DictWorld(sample_tree())
        self.states = {"sms": State(), "ussd": State()}

    def step(self, step: dict[str, Any]) -> Turn:
        book, world = open_book(), self.world
        medium = "sms" if {"sms", "ask"} & set(step) else "ussd"
        state = self.states[medium]
        if "dial" in step:
            turn = engine.dial(book, state, step["dial"].split("*") if step["dial"] else [], world, LIMITS)
        elif "press" in step:
            turn = engine.press(book, state, step["press"], world, LIMITS)
        elif "sms" in step:
            turn = engine.hear(book, state, step["sms"], world)
        else:
            turn = engine.ask(book, state, step["ask"], {"reference": step["reference"]}, world)
        world.apply(turn.events, by_sms=medium == "sms")
        self.states[medium] = State.from_json(turn.state.to_json())
        for event in turn.events:
            if isinstance(event, SetLanguage):
                self.states = {name: state.speaking(event.language) for name, state in self.states.items()}
        return turn

    def given(self, what: dict[str, Any]) -> None:
        """Sets the scene: the language, the last place, the recent case, cases that exist, hours that pass."""
        if "language" in what:
            self.states = {name: state.speaking(what["language"]) for name, state in self.states.items()}
        if "later" in what:
            self.world.clock += timedelta(hours=float(what["later"]))
            self.world.recent = None
        if "no_places" in what:
            self.world.tree = {}
        if "last" in what:
            self.world.last = Place(what["last"], what["name"], "commune")
        if "case" in what:
            known = KnownCase(what["case"], what["state"], None, "private" in what, what.get("answer"))
            self.world.cases[known.reference] = known


def plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def check_event(event: Event, expected: dict[str, Any]) -> None:
    (name, fields), *_ = expected.items()
    assert type(event).__name__ == name
    assert {key: plain(getattr(event, key)) for key in fields or {}} == (fields or {})


@pytest.mark.parametrize("steps", DIALOGUES.values(), ids=DIALOGUES)
def test_dialogue(steps: list[dict[str, Any]]) -> None:
    phone = Phone()
    for number, step in enumerate(steps, start=1):
        if "given" in step:
            phone.given(step["given"])
            continue
        turn = phone.step(step)
        where = f"step {number} {step}: {turn}"
        assert all(part in turn.text for part in step.get("sees", [])), where
        assert not any(part in turn.text for part in step.get("not", [])), where
        assert turn.ends == (step.get("ends", "no") == "yes"), where
        expected = step.get("events", [])
        assert len(turn.events) == len(expected), where
        for event, fields in zip(turn.events, expected, strict=True):
            check_event(event, fields)


def test_a_dialogue_names_only_steps_that_exist() -> None:
    known = {"dial", "press", "sms", "ask", "reference", "given", "sees", "not", "ends", "events"}
    for steps in DIALOGUES.values():
        assert all(set(step) <= known for step in steps), steps


def test_the_same_turn_sent_twice_gives_the_same_screen() -> None:
    state = replace(State("fr"), flow="home", node="menu")
    world = DictWorld(sample_tree())
    first, second = (engine.press(open_book(), state, "3", world, LIMITS) for _ in range(2))
    assert first == second
