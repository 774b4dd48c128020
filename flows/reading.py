"""Reading one flow file into its definition, loudly: every fault names the file and the node."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, cast, get_args

from flows.actions import ACTIONS, CONTACT_BY, PACES, PURPOSES, SAFE_TIMES
from flows.definition import (
    NONE,
    RETURN,
    TRIES,
    Action,
    Ask,
    AskKind,
    Branch,
    Call,
    Flow,
    Menu,
    Node,
    Option,
    Say,
    Target,
)
from flows.errors import BookError
from flows.files import cut, parse_yaml

MOST_OPTIONS = "12345678"
"""Keys of a menu's own options; 9 turns the page and 0 goes back (a menu may use 0 itself)."""

FLOW_KEYS = frozenset({"flow", "version", "about", "start", "resume", "nodes"})
"""What a flow file holds; `resume` only where it is `yes`."""

NODE_KEYS = {
    "menu": {"menu", "options", "otherwise", "tries"},
    "ask": {"ask", "text", "save", "then", "skip", "otherwise", "late", "least", "most", "tries"},
    "say": {"say", "then"},
    "branch": {"branch", "cases", "otherwise"},
    "action": {"action", "then"},
    "call": {"call", "then"},
}
"""The kinds of nodes, each with its keys; an action has its parameters besides. flows/schema.json says the same."""


def read_flow(source: str, name: str) -> Flow:
    """The flow `name` from its YAML.

    Raises BookError; whether targets and texts exist is checked when the book is put together.
    """
    file = f"{name}.yaml"
    content = parse_yaml(source, file)
    _allow(content, FLOW_KEYS, file)
    called = _word(content, "flow", file)
    if called != name:
        raise BookError(f"{file}: the flow is called {_show(called)}; it belongs in {cut(called)}.yaml")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) or name == RETURN.node:
        raise BookError(f"{file}: a flow's name is lower-case letters, digits and _")
    version = content.get("version")
    if not isinstance(version, str) or not re.fullmatch(r"[0-9]{1,9}", version):
        raise BookError(f"{file}: version is a whole number of at most nine digits")
    if content.get("resume", "yes") != "yes":
        raise BookError(f"{file}: resume is yes, or left out")
    nodes = content.get("nodes")
    if not isinstance(nodes, dict):
        raise BookError(f"{file}: nodes are missing")
    reader = _NodeReader(file, name)
    return Flow(
        name=name,
        version=int(version),
        about=_word(content, "about", file),
        start=Target(name, _word(content, "start", file)),
        resume="resume" in content,
        nodes={key: reader.read(key, node) for key, node in nodes.items()},
    )


_YES_NO = ("yes", "no")
VALUES = {
    "purpose": PURPOSES,
    "sealed": _YES_NO,
    "may_contact": _YES_NO,
    "contact_by": CONTACT_BY,
    "safe_time": SAFE_TIMES,
    "pace": PACES,
}
"""The words that the engine knows for a variable of its own; `none` unsets it."""

RESERVED = frozenset(
    {
        "answer",
        "case_answer",
        "case_state",
        "category",
        "date",
        "hotline",
        "language",
        "medium",
        "place_name",
        "private",
    }
    | {"purpose", "sealed", "sms_number", "contact_by", "safe_time", "pace"}
)
"""Variables that are never what somebody has typed."""

SAVED_BY = {"place": "place", "reference": "reference", "pin": "new_pin", "may_contact": "yes_no"}
"""Variables that only one kind of question may fill."""


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
        if not re.fullmatch(r"[a-z0-9_]{1,80}", name):
            raise BookError(f"{self.file}: node {name[:40]}: a node's name is lower-case letters, digits and _")
        if name == RETURN.node:
            raise BookError(f"{where}: no node may be called return, which leads back to the flow that called")
        if kind == "menu":
            return Menu(
                text=_word(content, "menu", where),
                options=self._options(content.get("options"), where),
                otherwise=self._perhaps(content, "otherwise", where),
                tries=_number(content, "tries", where, least=1) or TRIES,
            )
        if kind == "ask":
            return self._ask(content, where)
        if kind == "branch":
            cases = _mapping(content.get("cases"), where)
            return Branch(
                on=_word(content, "branch", where),
                cases={value: self._target(cases, value, where) for value in cases},
                otherwise=self._target(content, "otherwise", where),
            )
        if kind == "call":
            return Call(Target(_word(content, "call", where), ""), self._target(content, "then", where))
        return Say(_word(content, "say", where), self._perhaps(content, "then", where))

    def _options(self, content: object, where: str) -> Mapping[str, Option]:
        if not isinstance(content, dict) or not content:
            raise BookError(f"{where}: a menu has options")
        options = {}
        for key, option in content.items():
            if key not in {"0", *MOST_OPTIONS}:
                raise BookError(f"{where}: option {_show(key)} is not one of 0 to 8")
            if not isinstance(option, dict):
                raise BookError(f"{where}: option {key} leads nowhere")
            _allow(option, {"then", "set"}, f"{where}: option {key}")
            sets = _mapping(option.get("set", {}), f"{where}: option {key}")
            _check_values(sets, f"{where}: option {key}")
            options[key] = Option(self._target(option, "then", f"{where}: option {key}"), _unset(sets))
        return options

    def _ask(self, content: dict[str, Any], where: str) -> Ask:
        kind = _word(content, "ask", where)
        if kind not in get_args(AskKind):
            raise BookError(f"{where}: one can ask for {', '.join(get_args(AskKind))}, not for {_show(kind)}")
        save = _word(content, "save", where)
        if save in RESERVED or SAVED_BY.get(save, kind) != kind:
            raise BookError(f"{where}: save: {cut(save)} is a name of the engine's; choose another")
        return Ask(
            kind=cast(AskKind, kind),
            text=_word(content, "text", where),
            save=save,
            then=self._target(content, "then", where),
            skip=self._perhaps(content, "skip", where),
            otherwise=self._perhaps(content, "otherwise", where),
            late=self._perhaps(content, "late", where),
            least=_number(content, "least", where),
            most=_number(content, "most", where),
            tries=_number(content, "tries", where, least=1) or TRIES,
        )

    def _action(self, content: dict[str, Any], where: str) -> Action:
        name = _word(content, "action", where)
        if name not in ACTIONS:
            raise BookError(f"{where}: no action is called {_show(name)}")
        _allow(content, NODE_KEYS["action"] | ACTIONS[name].params, where)
        params = {key: _word(content, key, where) for key in content if key in ACTIONS[name].params}
        _check_values(params, where)
        return Action(name, self._target(content, "then", where), _unset(params))

    def _target(self, content: Mapping[str, Any], key: str, where: str) -> Target:
        """`then: node` is a node of this flow, `then: flow home` the start of another (the book fills in which)."""
        written = _word(content, key, where)
        if written == RETURN.node:
            return RETURN
        other = written.removeprefix("flow ")
        return Target(self.flow, written) if other == written else Target(other.strip(), "")

    def _perhaps(self, content: Mapping[str, Any], key: str, where: str) -> Target | None:
        return self._target(content, key, where) if key in content else None


def _check_values(values: Mapping[str, str], where: str) -> None:
    for name, value in values.items():
        if value != NONE and value not in VALUES.get(name, (value,)):
            known = ", ".join(VALUES[name])
            raise BookError(f"{where}: no {name} is called {_show(value)}; there are {known}")


def _allow(content: Mapping[str, Any], known: AbstractSet[str], where: str) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise BookError(f"{where}: unknown key {cut(', '.join(unknown))}")


def _word(content: Mapping[str, Any], key: str, where: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise BookError(f"{where}: {key} is missing")
    return value


def _show(written: object) -> str:
    return repr(cut(written)) if isinstance(written, str) else "a list"


def _number(content: Mapping[str, Any], key: str, where: str, least: int | None = None) -> int | None:
    if key not in content:
        return None
    written = content[key]
    if not isinstance(written, str) or not re.fullmatch(r"-?[0-9]{1,9}", written):
        raise BookError(f"{where}: {key} is a whole number, not {_show(written)}")
    if least is not None and int(written) < least:
        raise BookError(f"{where}: {key} is at least {least}")
    return int(written)


def _unset(values: Mapping[str, str]) -> dict[str, str | None]:
    return {name: None if value == NONE else value for name, value in values.items()}


def _mapping(content: object, where: str) -> dict[str, str]:
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise BookError(f"{where}: a list of keys and plain values is expected")
    return content
