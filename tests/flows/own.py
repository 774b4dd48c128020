"""A book with a flow of the test's own beside the shipped ones, and a phone to walk through it."""

from dataclasses import dataclass, field

from flows import engine
from flows.book import HERE, Book, load_book
from flows.events import Event
from flows.overlay import Overlay, Wording
from flows.simulation import DictWorld, sample_tree
from flows.state import State, Turn


def make_book(texts: dict[str, str], number: int = 1, **flows: str) -> Book:
    """The shipped book with these flows (each the YAML below `nodes:`, begun at its first node) and French texts."""
    sources = {name: _source(name, nodes) for name, nodes in flows.items()}
    return load_book(HERE, Overlay(sources, {"fr": {key: Wording(words) for key, words in texts.items()}}, number))


def _source(name: str, nodes: str) -> str:
    lines = [line for line in nodes.splitlines() if line.strip()]
    start = lines[0].strip().partition(":")[0]
    below = "\n".join(f"  {line}" for line in lines)
    return f"flow: {name}\nversion: 1\nabout: A test.\nstart: {start}\nresume: yes\nnodes:\n{below}\n"


@dataclass
class Dialled:
    """A USSD session inside one flow."""

    book: Book
    flow: str
    world: DictWorld = field(default_factory=lambda: DictWorld(sample_tree()))
    limits: engine.Limits = field(default_factory=engine.Limits)
    answers: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        from flows.steps import Walk

        self._keep(Walk(self.book, State("fr"), self.world, self.limits).begin(self.flow, self.answers))

    def _keep(self, turn: Turn) -> None:
        self.turn = turn
        self.events += turn.events
        self.world.apply(turn.events, by_sms=False)

    @property
    def screen(self) -> str:
        return self.turn.text

    def press(self, *keys: str) -> str:
        for key in keys:
            self._keep(engine.press(self.book, self.turn.state, key, self.world, self.limits))
        return self.screen
