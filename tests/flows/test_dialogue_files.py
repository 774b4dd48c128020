"""tests/flows/dialogues/*.yaml: conversations in six languages that must go as they are written, on bad networks too.

`feedback flows try tests/flows/dialogues` plays them; with `--update` it writes what comes now, to be read in the diff.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from flows.book import open_book
from flows.dialogue import Dialogue, Recorder, Step, play, read_dialogues, write_dialogues
from flows.events import Event, OpenCase

FOLDER = Path(__file__).parent / "dialogues"
BOOK = open_book()
FILES = {str(path.relative_to(FOLDER).with_suffix("")): read_dialogues(path) for path in sorted(FOLDER.rglob("*.yaml"))}
WINDOW = 30 * 60
PRIVATE = ("callback", "follow")


@dataclass(frozen=True)
class Call:
    """One USSD session inside a conversation: the turns before it, and its own, from the one that dials."""

    before: tuple[Step, ...]
    turns: tuple[Step, ...]


def calls(dialogue: Dialogue) -> Iterator[Call]:
    """The sessions of a conversation that nothing interrupts: keys only, after a dial."""
    for start, first in enumerate(dialogue.turns):
        if first.kind != "dial":
            continue
        stop = start + 1
        while stop < len(dialogue.turns) and dialogue.turns[stop].kind == "press" and not dialogue.turns[stop - 1].ends:
            stop += 1
        yield Call(dialogue.turns[:start], dialogue.turns[start:stop])


def dropped(dialogue: Dialogue, call: Call) -> Iterator[tuple[int, Recorder]]:
    """For each turn of a session that leaves it open: its number, and a phone on which it was the last to come."""
    for stop, turn in enumerate(call.turns, start=1):
        if turn.ends:
            return
        phone = Recorder(BOOK, world=dialogue.scene)
        for step in (*call.before, *call.turns[:stop]):
            phone.do(step)
        phone.drop()
        yield stop, phone


def is_private(phone: Recorder) -> bool:
    """Whether nobody who picks the phone up may see where it stood."""
    flows = {phone.state.flow, *(at.partition("/")[0] for at in phone.state.calls)}
    return bool(flows & set(PRIVATE)) or phone.state.answers.get("sealed") == "yes"


@pytest.mark.parametrize("dialogues", FILES.values(), ids=FILES)
def test_it_goes_as_written(dialogues: list[Dialogue]) -> None:
    differing = {each.about: "\n".join(map(str, found)) for each in dialogues if (found := play(BOOK, each))}
    assert not differing, "\n".join(f"{about}\n{found}" for about, found in differing.items())


@pytest.mark.parametrize("dialogues", FILES.values(), ids=FILES)
def test_a_session_dropped_at_any_turn_is_taken_up_again(dialogues: list[Dialogue]) -> None:
    """The same screen, the rest as written and the same events in all; where that may not be, as if never dialled."""
    for dialogue in dialogues:
        for call in calls(dialogue):
            for stop, phone in dropped(dialogue, call):
                where = f"{dialogue.about}: dropped after turn {stop} of {len(call.turns)}"
                before, decided, dropped_at = phone.screen, len(phone.events), phone.state
                phone.wait(60)
                fresh = replace(phone.scene, language=None, asked=phone.world.open_question())
                offered = phone.dial()
                if not phone.state.resuming:
                    assert offered == Recorder(BOOK, phone.language, fresh).dial(), where
                    continue
                assert not is_private(phone), where
                assert phone.events[decided:] == [], where
                screen = offered if dropped_at.resuming else phone.press("1")
                if dropped_at.tries:  # the hint is not repeated, and wrong keys are counted anew
                    assert len(set(before.splitlines()) - set(screen.splitlines())) == 1, where
                    continue
                assert screen == before, where
                for turn in call.turns[stop:]:
                    assert phone.do(turn) == turn, where
                written = [event for turn in (*call.before, *call.turns) for event in turn.events]
                assert written == [event for turn in phone.turns for event in turn.events], where


@pytest.mark.parametrize("dialogues", FILES.values(), ids=FILES)
def test_a_session_abandoned_at_any_turn_keeps_what_was_written(dialogues: list[Dialogue]) -> None:
    """Words become one incomplete case, nothing written none; and no SMS goes to a phone where it is private."""
    for dialogue in dialogues:
        for call in calls(dialogue):
            for stop, phone in dropped(dialogue, call):
                where = f"{dialogue.about}: abandoned after turn {stop} of {len(call.turns)}"
                answers, private = phone.state.answers, is_private(phone)
                kept = leave(phone, where)
                written = answers.get("words")
                assert [event.text for event in kept] == ([written] if written and not private else []), where
                for event in kept:
                    assert event.incomplete, where
                    assert event.may_contact == (answers.get("may_contact") == "yes"), where
                sms = phone.turns[-1].shown
                assert bool(sms) == bool(kept), where


def leave(phone: Recorder, where: str) -> list[OpenCase]:
    """The cases that come of a session that nobody takes up again, however often the sweeper looks."""
    decided = len(phone.events)
    phone.wait(phone.state.asked_at + WINDOW - 1 - int(phone.world.now().timestamp()))
    assert phone.abandon() == "", where
    assert phone.events[decided:] == [], where
    phone.wait(1)
    phone.abandon()
    last = phone.turns[-1]
    kept: list[Event] = phone.events[decided:]
    assert phone.state.node is None, where
    phone.abandon()
    assert phone.turns.pop().shown == "", where
    assert phone.turns[-1] is last
    assert phone.events[decided:] == kept, where
    assert all(isinstance(event, OpenCase) for event in kept), where
    return [event for event in kept if isinstance(event, OpenCase)]


def test_every_language_goes_every_road() -> None:
    """The same files stand under each language."""
    roads = {
        language: {name for at in FILES if (parts := at.split("/"))[0] == language for name in parts[1:]}
        for language in BOOK.languages
    }
    assert all(names == roads["fr"] for names in roads.values())
    assert len(roads["fr"]) > 10


def test_the_files_are_written_as_a_recording_is() -> None:
    for name, dialogues in FILES.items():
        assert (FOLDER / f"{name}.yaml").read_text(encoding="utf-8") == write_dialogues(dialogues), name
