"""Dialogue files: a conversation written down, what the person does and what comes back.

One YAML document a conversation, several in a file after `---`. Words are text however they look, and `true`, `false`
and `null` mean themselves unless they are quoted; see docs/flows.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from flows import events
from flows.errors import BookError
from flows.scene import Scene

Kind = Literal["dial", "press", "sms", "ask", "drop", "again", "wait", "abandon"]
KINDS: tuple[Kind, ...] = ("abandon", "dial", "press", "ask", "drop", "again", "wait", "sms")
"""`sms` comes last: beside `abandon` it is what is sent."""

SHOWN: Mapping[Kind, str] = {
    **dict.fromkeys(("dial", "press", "again"), "screen"),
    **dict.fromkeys(("sms", "ask"), "answer"),
    "abandon": "sms",
}
"""How the words that come back are called."""

EVENTS: Mapping[str, type[events.Event]] = {kind.__name__: kind for kind in get_args(events.Event)}

PlainEvent = tuple[str, Mapping[str, str | bool | None]]
"""The name of an event and its fields, without those that are as usual."""


@dataclass(frozen=True)
class Step:
    """One turn: what is done and, from `shown` on, what comes back.

    `said` is what is dialled, pressed or written, the seconds of a `wait`, or the flow that we begin (`ask`, about the
    case `reference`). With `shown` None the words that come back are not looked at.
    """

    kind: Kind
    said: str = ""
    reference: str | None = None
    note: str | None = None
    shown: str | None = None
    ends: bool = False
    events: tuple[PlainEvent, ...] = ()


@dataclass(frozen=True)
class Dialogue:
    """A conversation, and what is true before it begins."""

    about: str
    scene: Scene
    turns: tuple[Step, ...]


def read_dialogues(source: Path | str) -> list[Dialogue]:
    """The conversations of a file, or of a text. Raises BookError naming the conversation, by number, and the turn."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise BookError(f"not YAML: {error}") from error
    dialogues = []
    for number, document in enumerate(documents, start=1):
        try:
            dialogues.append(_read_dialogue(document))
        except BookError as error:
            raise BookError(f"conversation {number}: {error}" if len(documents) > 1 else str(error)) from error
    return dialogues


def read_dialogue(source: Path | str) -> Dialogue:
    """The only conversation of a file, or of a text. Raises BookError as read_dialogues does, or for several."""
    dialogues = read_dialogues(source)
    if len(dialogues) != 1:
        raise BookError(f"{len(dialogues)} conversations where one is looked for")
    return dialogues[0]


def write_dialogues(dialogues: Sequence[Dialogue]) -> str:
    """A file that read_dialogues reads back."""
    documents = [_write_dialogue(dialogue) for dialogue in dialogues]
    dumped: str = yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6, explicit_start=len(documents) > 1
    )
    return dumped


def plain_event(event: events.Event) -> PlainEvent:
    """An event as a dialogue file writes it."""
    kept = {
        each.name: getattr(event, each.name)
        for each in fields(event)
        if each.default is MISSING or getattr(event, each.name) != each.default
    }
    return type(event).__name__, kept


# --- reading ---


class _Loader(yaml.SafeLoader):
    """Guesses nothing but true, false and null; a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return mapping


_Loader.yaml_implicit_resolvers = {
    **{first: [("tag:yaml.org,2002:bool", re.compile("^(true|false)$"))] for first in "tf"},
    **{first: [("tag:yaml.org,2002:null", re.compile("^(null|)$"))] for first in ("n", "")},
}


def _read_dialogue(written: object) -> Dialogue:
    if not isinstance(written, dict):
        raise BookError("a conversation has about: and turns:")
    unknown = set(written) - {"about", "language", "world", "limits", "turns"}
    if unknown:
        raise BookError(f"unknown: {', '.join(sorted(map(str, unknown)))}")
    about, turns = written.get("about"), written.get("turns")
    if not isinstance(about, str):
        raise BookError("about: what the conversation shows")
    if not isinstance(turns, list) or not turns:
        raise BookError("turns: a list of turns")
    return Dialogue(about.strip(), Scene.from_plain(written), tuple(_read_turns(turns)))


def _read_turns(turns: list[Any]) -> Iterator[Step]:
    for number, turn in enumerate(turns, start=1):
        try:
            yield _read_step(turn)
        except BookError as error:
            raise BookError(f"turn {number}: {error}") from error


def _read_step(written: object) -> Step:
    if not isinstance(written, dict):
        raise BookError(f"a turn begins with one of {', '.join(KINDS)}")
    kind = next((kind for kind in KINDS if kind in written), None)
    if kind is None:
        raise BookError(f"none of {', '.join(KINDS)}")
    allowed = {kind, "note"} | ({SHOWN[kind], "ends", "events"} if kind in SHOWN else set())
    allowed |= {"reference"} if kind == "ask" else set()
    unknown = sorted(str(name) for name in set(written) - allowed)
    if unknown:
        raise BookError(f"{kind} has no {', '.join(unknown)}")
    said, ends = _text(written, kind), written.get("ends", False)
    if kind == "wait" and not said.isdecimal():
        raise BookError("wait: seconds")
    if not isinstance(ends, bool):
        raise BookError("ends: true or false")
    return Step(
        kind,
        said,
        _text(written, "reference") if "reference" in written else None,
        _text(written, "note") if "note" in written else None,
        _text(written, SHOWN[kind]).rstrip("\n") if kind in SHOWN and SHOWN[kind] in written else None,
        ends,
        tuple(_read_events(written.get("events") or [])),
    )


def _text(written: Mapping[str, Any], name: str) -> str:
    value = written[name]
    if not isinstance(value, str | None):
        raise BookError(f"{name}: a text; in quotes if it looks like something else")
    return value or ""


def _read_events(written: object) -> Iterator[PlainEvent]:
    if not isinstance(written, list):
        raise BookError("events: a list")
    for each in written:
        if not isinstance(each, dict) or len(each) != 1:
            raise BookError("events: the name of an event and its fields")
        ((name, values),) = each.items()
        if name not in EVENTS:
            raise BookError(f"events: {name} is none of {', '.join(EVENTS)}")
        values = values or {}
        known = {field.name for field in fields(EVENTS[name])}
        unknown = sorted(str(field) for field in set(values) - known)
        if unknown:
            raise BookError(f"events: {name} has no {', '.join(unknown)}")
        yield name, values


# --- writing ---


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Nothing:
    """What stands after `drop:`."""


class _Dumper(yaml.SafeDumper):
    """Screens as blocks, other words in double quotes, lists set in under their names."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if text.endswith("\n") else None if re.fullmatch(r"[A-Za-z_]+", text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)
_Dumper.add_representer(_Line, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line, True))
_Dumper.add_representer(_Nothing, lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))


def _write_dialogue(dialogue: Dialogue) -> dict[str, Any]:
    scene = dialogue.scene.to_plain()
    return {"about": dialogue.about, **scene, "turns": [_write_step(turn) for turn in dialogue.turns]}


def _write_step(step: Step) -> dict[str, Any]:
    written: dict[str, Any] = {step.kind: step.said}
    if step.kind == "wait":
        written = {step.kind: int(step.said)}
    elif step.kind in ("drop", "again", "abandon"):
        written = {step.kind: _Nothing()}
    if step.note:
        written["note"] = step.note
    if step.reference:
        written["reference"] = step.reference
    if step.shown is not None:
        written[SHOWN[step.kind]] = f"{step.shown}\n" if step.shown else ""
    if step.ends:
        written["ends"] = True
    if step.events:
        written["events"] = [{name: _Line(values)} for name, values in step.events]
    return written
