"""Dialogue files: what can be written and what is refused, what a player notices, and what a phone records."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.book import open_book
from flows.dialogue import Dialogue, Recorder, Scene, SceneCase, play, read_dialogue, read_dialogues, rerecord
from flows.dialogue import write_dialogues as write
from flows.errors import BookError
from flows.events import Helped, OpenCase
from flows.screens import Limits
from flows.world import Place

BOOK = open_book()
STOP = "C'est noté, nous ne vous écrirons plus. Vous pouvez toujours nous écrire. Pour recevoir nos réponses : START."
STOPPED = f"""
about: STOP
language: fr
turns:
  - sms: STOP
    answer: |
      {STOP}
    ends: true
    events:
      - OptOut: {{}}
"""


def test_what_goes_as_written_differs_in_nothing() -> None:
    assert play(BOOK, read_dialogue(STOPPED)) == []


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (("START.", "STOP."), "answer", "START."),
        (("ends: true", "ends: false"), "ends", "True"),
        (("OptOut", "OptIn"), "events", "OptOut"),
        (("    events:\n      - OptOut: {}\n", ""), "events", "OptOut"),
        (("- OptOut: {}", "- OptOut: {}\n      - OptOut: {}"), "events", "OptOut"),
    ],
)
def test_every_difference_is_found_and_told(change: tuple[str, str], field: str, said: str) -> None:
    (mismatch,) = play(BOOK, read_dialogue(STOPPED.replace(*change)))
    assert (mismatch.turn, mismatch.field) == (1, field)
    assert str(mismatch).startswith(f"turn 1: {field} is not")
    assert said in str(mismatch).partition("but")[2]


def test_an_answer_that_is_not_written_is_not_looked_at() -> None:
    turns = "turns: [{sms: STOP, ends: true, events: [{OptOut: {}}]}]"
    assert play(BOOK, read_dialogue(f"about: STOP\n{turns}")) == []


@pytest.mark.parametrize(
    ("event", "differs"),
    [
        ('text: "un", place: null, may_contact: true, sealed: false', False),
        ('text: "un", place: "null", may_contact: true, sealed: false', True),
        ('text: "un", place: null, may_contact: "true", sealed: false', True),
        ('text: "un", place: null, may_contact: true, sealed: false, incomplete: true', True),
        ('text: "un", place: null, may_contact: true', True),
    ],
)
def test_the_fields_of_an_event_are_compared_with_their_types(event: str, differs: bool) -> None:
    opened = f"OpenCase: {{reference: '0000000013', purpose: complaint, category: null, {event}}}"
    dialogue = read_dialogue(f"about: one\nturns: [{{sms: un, events: [{{{opened}}}]}}]")
    assert bool(play(BOOK, dialogue)) is differs


WRONG: Mapping[str, tuple[str, str]] = {
    "no turns": ("about: a", "turns: a list"),
    "no turn": ("about: a\nturns: []", "turns: a list"),
    "no about": ("turns: [{drop: }]", "about:"),
    "no mapping": ("[]", "about: and turns:"),
    "no YAML": ("about: [", "not YAML"),
    "a key twice": ("about: a\nabout: b\nturns: [{drop: }]", "twice"),
    "an unknown key": ("about: a\nturn: []\nturns: [{drop: }]", "unknown: turn"),
    "a turn of no kind": ("about: a\nturns: [{drop: }, {say: a}]", "turn 2: none of"),
    "a turn that is a word": ("about: a\nturns: [drop]", "turn 1: a turn begins"),
    "a turn of two kinds": ('about: a\nturns: [{dial: "", press: "1"}]', "turn 1: dial has no press"),
    "an answer for a screen": ('about: a\nturns: [{dial: "", answer: a}]', "turn 1: dial has no answer"),
    "something after a drop": ("about: a\nturns: [{drop: , screen: a}]", "turn 1: drop has no screen"),
    "a yes that is a word": ('about: a\nturns: [{dial: "", ends: "yes"}]', "turn 1: ends"),
    "words that are none": ("about: a\nturns: [{sms: true}]", "turn 1: sms: a text"),
    "a wait of words": ("about: a\nturns: [{wait: long}]", "turn 1: wait: seconds"),
    "an event that is none": ("about: a\nturns: [{sms: a, events: [{Opened: {}}]}]", "turn 1: events: Opened is none"),
    "an event's field": (
        "about: a\nturns: [{sms: a, events: [{OptOut: {by: a}}]}]",
        "turn 1: events: OptOut has no by",
    ),
    "events that are none": ("about: a\nturns: [{sms: a, events: OptOut}]", "turn 1: events: a list"),
    "an event without a name": ("about: a\nturns: [{sms: a, events: [OptOut]}]", "turn 1: events: the name"),
    "an unknown place": ("about: a\nworld: {last_place: BF00}\nturns: [{drop: }]", "last_place: BF00"),
    "an unknown thing": ("about: a\nworld: {weather: dry}\nturns: [{drop: }]", "world: weather"),
    "a world of words": ("about: a\nworld: dry\nturns: [{drop: }]", "world: names and values"),
    "no reference": ('about: a\nworld: {cases: {"123": {}}}\nturns: [{drop: }]', "'123' is no reference"),
    "a yes for a word": ("about: a\nworld: {hotline: true}\nturns: [{drop: }]", "world: hotline: not true"),
    "a word for a yes": ("about: a\nworld: {places: some}\nturns: [{drop: }]", "world: places: true or false"),
    "a size of words": ("about: a\nlimits: {size: large}\nturns: [{drop: }]", "limits: size: a number"),
    "a language of lists": ("about: a\nlanguage: [fr]\nturns: [{drop: }]", "language: a language code"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(BookError, match=re.escape(said)):
        read_dialogue(text)


def test_a_flow_that_does_not_exist_is_named_with_its_turn() -> None:
    dialogue = read_dialogue("about: a\nturns: [{drop: }, {ask: nothing}]")
    with pytest.raises(BookError, match="turn 2: no flow is called 'nothing'"):
        play(BOOK, dialogue)


def test_a_file_of_several_conversations_names_the_one_that_is_wrong() -> None:
    assert len(read_dialogues(f"{STOPPED}---{STOPPED}")) == 2
    with pytest.raises(BookError, match="conversation 2: turn 1"):
        read_dialogues(f"{STOPPED}---\nabout: a\nturns: [drop]")
    with pytest.raises(BookError, match="2 conversations"):
        read_dialogue(f"{STOPPED}---{STOPPED}")


SCENE = Scene(
    language="en",
    last_place="KY03",
    hotline="80 00 11 11",
    sms_number="3434",
    cases={"4821937058": SceneCase("closed", answer="Mended.", outcome="resolved"), "0000000013": SceneCase()},
    languages={"yaa soaba": "mos"},
    limits=Limits(182, folds=False, seconds_left=180),
)


def test_a_scene_is_written_and_read_back() -> None:
    dialogue = Dialogue("A scene", SCENE, (*read_dialogue(STOPPED).turns,))
    assert read_dialogue(write([dialogue])) == dialogue
    bare = Dialogue("Nothing", Scene(places=False), dialogue.turns)
    assert read_dialogue(write([bare])) == bare
    assert read_dialogues(write([dialogue, bare])) == [dialogue, bare]


def test_a_scene_makes_its_world_anew_each_time() -> None:
    world = SCENE.make_world()
    assert world.last_place() == Place("KY03", "Site 3 de Kaya", "site")
    assert world.hotline("BF49") == "80 00 11 11"
    assert world.sms_number() == "3434"
    assert world.sure_language("yaa soaba") == "mos"
    known = world.case("4821937058")
    assert known is not None
    assert (known.state, known.outcome, known.answer, known.has_pin) == ("closed", "resolved", "Mended.", False)
    world.cases.clear()
    assert SCENE.make_world().cases
    assert Scene(places=False).make_world().places(None) == ()


def test_a_case_with_digits_opens_with_them() -> None:
    world = Scene(cases={"4821937058": SceneCase(sensitive=True, pin="0420")}).make_world()
    known = world.case("4821937058")
    assert known is not None
    assert known.has_pin
    assert world.opens("4821937058", "0420")
    assert not world.opens("4821937058", "0421")


def test_a_phone_says_what_happens_and_records_it() -> None:
    phone = Recorder(BOOK, "en")
    assert phone.ended
    assert "1 Question" in phone.dial()
    assert not phone.ended
    assert "In which region" in phone.dial("3*1")
    phone.press("8")
    screen = phone.press("The pump is * broken 😭")
    phone.drop()
    assert phone.ended
    phone.wait(60)
    assert "1 Go on" in phone.dial()
    assert phone.press("1") == screen == phone.again() == phone.screen
    phone.press("1")
    assert phone.ended
    helped = phone.ask("satisfaction", "0000000013")
    answer = phone.sms("yes")
    assert phone.inbox == [helped, answer]
    assert [type(event) for event in phone.events] == [OpenCase, Helped]
    recorded = read_dialogue(phone.to_yaml("A pump"))
    assert recorded == phone.recording("A pump")
    assert play(BOOK, recorded) == []


def test_what_nobody_took_up_again_is_recorded_with_its_sms() -> None:
    phone = Recorder(BOOK, "fr")
    phone.dial("3*1*8*plus d'eau")
    phone.drop()
    assert phone.abandon() == ""
    phone.wait(1800)
    assert "000 000 0013" in phone.abandon()
    assert phone.inbox == [phone.turns[-1].shown]
    assert phone.state.node is None
    assert play(BOOK, read_dialogue(phone.to_yaml("Nobody came back"))) == []


def test_after_stop_one_message_is_answered_and_nothing_else_is_sent() -> None:
    phone = Recorder(BOOK, "en")
    assert phone.sms("STOP")
    assert "START" in phone.sms("no water in Kaya")
    assert [phone.sms("and no food"), phone.sms("stop"), phone.ask("satisfaction", "4821937058")] == ["", "", ""]
    phone.dial("3*1*1*No school")
    phone.wait(1800)
    assert phone.abandon() == ""
    assert len(phone.inbox) == 2
    assert phone.sms("START")
    assert phone.sms("no school")


def test_a_key_without_a_session_is_dialled() -> None:
    phone = Recorder(BOOK, "fr")
    assert phone.press("3") == Recorder(BOOK, "fr").dial("3")


def test_the_network_allows_a_session_so_many_seconds() -> None:
    phone = Recorder(BOOK, "fr", limits=Limits(seconds_left=180))
    phone.dial("3*1")
    phone.wait(150)
    assert "par SMS" in phone.press("8")
    assert phone.ended


def test_both_conversations_speak_the_language_that_was_chosen() -> None:
    phone = Recorder(BOOK)
    phone.dial()
    phone.press("6")
    assert "Follow up" in phone.sms("HELP")


ACTS = st.lists(
    st.tuples(st.sampled_from(["dial", "press", "sms"]), st.text(max_size=12) | st.sampled_from("012356"))
    | st.sampled_from([("drop", ""), ("again", ""), ("wait", "1800"), ("abandon", ""), ("ask", "satisfaction")]),
    min_size=1,
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(ACTS, st.sampled_from([None, "fr", "mos"]))
def test_every_recording_can_be_read_and_goes_as_written(acts: list[tuple[str, str]], language: str | None) -> None:
    phone = Recorder(BOOK, language)
    for name, said in acts:
        act: Any = getattr(phone, name)
        if name == "ask":
            act(said, "4821937058")
        elif name == "wait":
            act(int(said))
        else:
            act(*([said] if name in ("dial", "press", "sms") else []))
    written = phone.to_yaml("Something")
    dialogue = read_dialogue(written)
    assert play(BOOK, dialogue) == []
    assert rerecord(BOOK, dialogue) == dialogue
    kept = json.loads(json.dumps(phone.to_json()))
    again = Recorder.from_json(BOOK, kept)
    assert again.to_yaml("Something") == written
    assert (again.state, again.screen, again.ended, again.inbox) == (
        phone.state,
        phone.screen,
        phone.ended,
        phone.inbox,
    )
