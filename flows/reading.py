"""Reading one flow file into its definition, loudly: every fault names the file and the node."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, cast, get_args

from flows.actions import ACTIONS, PURPOSES
from flows.definition import NONE, Action, Ask, AskKind, Branch, Flow, Menu, Node, Option, Say, Target
from flows.errors import BookError
from flows.files import read_yaml

MOST_OPTIONS = "12345678"
"""Keys of a menu's own options; 9 turns the page and 0 goes back (a menu may use 0 itself)."""

FLOW_KEYS = frozenset({"flow", "version", "about", "start", "resume", "nodes"})
"""What a flow file holds; `resume` only where it is `yes`."""

NODE_KEYS = {
    "menu": {"menu", "options"},
    "ask": {"ask", "text", "save", "then", "skip", "otherwise", "late"},
    "say": {"say"},
    "branch": {"branch", "cases", "otherwise"},
    "action": {"action", "then"},
}
"""The kinds of nodes, each with its keys; an action has its parameters besides. flows/schema.json says the same."""


def read_flow(path: Path) -> Flow:
    """One flow. Raises BookError; whether targets and texts exist is checked when the book is put together."""
    content = read_yaml(path)
    _allow(content, FLOW_KEYS, path.name)
    name = _word(content, "flow", path.name)
    if name != path.stem:
        raise BookError(f"{path.name}: the flow is called {name!r}; it belongs in {name}.yaml")
    if not str(content.get("version", "")).isdigit():
        raise BookError(f"{path.name}: version is a whole number")
    if content.get("resume", "yes") != "yes":
        raise BookError(f"{path.name}: resume is yes, or left out")
    nodes = content.get("nodes")
    if not isinstance(nodes, dict):
        raise BookError(f"{path.name}: nodes are missing")
    reader = _NodeReader(path.name, name)
    return Flow(
        name=name,
        version=int(content["version"]),
        about=_word(content, "about", path.name),
        start=Target(name, _word(content, "start", path.name)),
        resume="resume" in content,
        nodes={key: reader.read(key, node) for key, node in nodes.items()},
    )


class _NodeReader:
    def __init__(self, file: str, flow: str) -> None:
        self.file = file
        self.flow = flow

    def read(self, name: str, content: object) -> Node:
        where = f"{self.file}: node {name}"
        if not isinstance(content, dict):
            raise BookError(f"{where}: a node is a list of keys and values")
        kinds = [kind for kind in NODE_KEYS if kind in content]
        if len(kinds) != 1:
            raise BookError(f"{where}: a node has exactly one of {', '.join(NODE_KEYS)}")
        kind = kinds[0]
        if kind == "action":
            return self._action(content, where)
        _allow(content, NODE_KEYS[kind], where)
        if kind == "menu":
            return Menu(_word(content, "menu", where), self._options(content.get("options"), where))
        if kind == "ask":
            return self._ask(content, where)
        if kind == "branch":
            cases = _mapping(content.get("cases"), where)
            return Branch(
                on=_word(content, "branch", where),
                cases={value: self._target(cases, value, where) for value in cases},
                otherwise=self._target(content, "otherwise", where),
            )
        return Say(_word(content, "say", where))

    def _options(self, content: object, where: str) -> Mapping[str, Option]:
        if not isinstance(content, dict) or not content:
            raise BookError(f"{where}: a menu has options")
        options = {}
        for key, option in content.items():
            if key not in {"0", *MOST_OPTIONS}:
                raise BookError(f"{where}: option {key!r} is not one of 0 to 8")
            if not isinstance(option, dict):
                raise BookError(f"{where}: option {key} leads nowhere")
            _allow(option, {"then", "set"}, f"{where}: option {key}")
            sets = _mapping(option.get("set", {}), f"{where}: option {key}")
            if sets.get("purpose", NONE) not in {NONE, *PURPOSES}:
                raise BookError(f"{where}: option {key}: no purpose is called {sets['purpose']!r}")
            options[key] = Option(self._target(option, "then", f"{where}: option {key}"), _unset(sets))
        return options

    def _ask(self, content: dict[str, Any], where: str) -> Ask:
        kind = _word(content, "ask", where)
        if kind not in get_args(AskKind):
            raise BookError(f"{where}: one can ask for {', '.join(get_args(AskKind))}, not for {kind!r}")
        return Ask(
            kind=cast(AskKind, kind),
            text=_word(content, "text", where),
            save=_word(content, "save", where),
            then=self._target(content, "then", where),
            skip=self._target(content, "skip", where) if "skip" in content else None,
            otherwise=self._target(content, "otherwise", where) if "otherwise" in content else None,
            late=self._target(content, "late", where) if "late" in content else None,
        )

    def _action(self, content: dict[str, Any], where: str) -> Action:
        name = _word(content, "action", where)
        if name not in ACTIONS:
            raise BookError(f"{where}: no action is called {name!r}")
        _allow(content, NODE_KEYS["action"] | ACTIONS[name].params, where)
        params = {key: _word(content, key, where) for key in content if key in ACTIONS[name].params}
        if params.get("purpose", NONE) not in {NONE, *PURPOSES}:
            raise BookError(f"{where}: no purpose is called {params['purpose']!r}")
        return Action(name, self._target(content, "then", where), _unset(params))

    def _target(self, content: Mapping[str, Any], key: str, where: str) -> Target:
        """`then: node` is a node of this flow, `then: flow home` the start of another (the book fills in which)."""
        written = _word(content, key, where)
        other = written.removeprefix("flow ")
        return Target(self.flow, written) if other == written else Target(other.strip(), "")


def _allow(content: Mapping[str, Any], known: AbstractSet[str], where: str) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise BookError(f"{where}: unknown key {', '.join(unknown)}")


def _word(content: Mapping[str, Any], key: str, where: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise BookError(f"{where}: {key} is missing")
    return value


def _unset(values: Mapping[str, str]) -> dict[str, str | None]:
    return {name: None if value == NONE else value for name, value in values.items()}


def _mapping(content: object, where: str) -> dict[str, str]:
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise BookError(f"{where}: a list of keys and plain values is expected")
    return content
