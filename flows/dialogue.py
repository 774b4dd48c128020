"""Dialogues as data: what a person does and what comes back, read, played against the engine, and recorded.

The format is in flows.script and docs/flows.md; what is true before the first turn in flows.scene.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.book import Book
from flows.errors import BookError
from flows.recorder import Recorder
from flows.scene import Scene, SceneCase
from flows.script import SHOWN, Dialogue, Step, read_dialogue, read_dialogues, write_dialogues

__all__ = [
    "Dialogue",
    "Mismatch",
    "Recorder",
    "Scene",
    "SceneCase",
    "Step",
    "play",
    "read_dialogue",
    "read_dialogues",
    "rerecord",
    "write_dialogues",
]


@dataclass(frozen=True)
class Mismatch:
    """One difference. `turn` counts from 1; `field` is what the file calls it (screen, answer, sms, ends, events)."""

    turn: int
    field: str
    expected: object
    got: object

    def __str__(self) -> str:
        if isinstance(self.expected, str) and isinstance(self.got, str):
            return f"turn {self.turn}: {self.field} is not\n{_indent(self.expected)}\n  but\n{_indent(self.got)}"
        return f"turn {self.turn}: {self.field} is not\n    {self.expected}\n  but\n    {self.got}"


def play(book: Book, dialogue: Dialogue) -> list[Mismatch]:
    """Every difference between what is written and what comes; none when all is as written.

    Raises BookError for a flow that we are to begin and that does not exist.
    """
    came = rerecord(book, dialogue).turns
    return [
        mismatch
        for number, turns in enumerate(zip(dialogue.turns, came, strict=True), start=1)
        for mismatch in _compare(number, *turns)
    ]


def rerecord(book: Book, dialogue: Dialogue) -> Dialogue:
    """The same turns with what comes back now. Raises BookError as play does."""
    recorder = Recorder(book, world=dialogue.scene)
    for number, turn in enumerate(dialogue.turns, start=1):
        if turn.kind == "ask" and turn.said not in book.flows:
            raise BookError(f"turn {number}: no flow is called {turn.said!r}")
        recorder.do(turn)
    return recorder.recording(dialogue.about)


def _compare(number: int, written: Step, came: Step) -> Iterator[Mismatch]:
    if written.shown is not None and written.shown != (came.shown or "").rstrip("\n"):
        yield Mismatch(number, SHOWN[written.kind], written.shown, came.shown or "")
    if written.ends != came.ends:
        yield Mismatch(number, "ends", written.ends, came.ends)
    if written.events != came.events:
        yield Mismatch(number, "events", _tell(written), _tell(came))


def _tell(step: Step) -> list[dict[str, object]]:
    return [{name: dict(values)} for name, values in step.events]


def _indent(text: str) -> str:
    return "\n".join(f"    | {line}" for line in text.splitlines() or [""])
