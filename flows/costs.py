"""What one complaint by SMS costs us, from the first answer to the thanks at its end."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows import engine
from flows.book import Book
from flows.gsm7 import preview
from flows.samples import ANSWER, REFERENCE, sample_world
from flows.state import State

SAID, PLACE, YES = "Le forage est en panne depuis hier", "Kaya", "1"
"""What the person writes: a complaint without a place, then the place, then that the answer helped."""


@dataclass(frozen=True)
class Cost:
    """The SMS that a person is sent in one whole conversation, as written, and what they cost in parts."""

    language: str
    messages: tuple[str, ...]
    folded: int
    kept: int


def complaint_cost(book: Book, language: str) -> Cost:
    """A complaint, where it is, the agency's answer, the question whether it helped, and the thanks."""
    messages = tuple(text for text in _messages(book, language) if text)
    seen = [preview(text) for text in messages]
    return Cost(language, messages, sum(each.parts_folded for each in seen), sum(each.parts_kept for each in seen))


def _messages(book: Book, language: str) -> Iterator[str]:
    world = sample_world()
    turn = engine.hear(book, State(language), SAID, world)
    yield turn.text
    turn = engine.hear(book, turn.state, PLACE, world)
    yield turn.text
    yield book.say(language, "sms.answer", {"reference": REFERENCE, "answer": ANSWER})
    turn = engine.ask(book, turn.state, "satisfaction", {"reference": REFERENCE}, world)
    yield turn.text
    yield engine.hear(book, turn.state, YES, world).text
