"""Writing a flow file as a person would: short lines, no quotes where none are needed."""

import json
import re
from collections.abc import Mapping

from flows.definition import NONE, RETURN, TRIES, Action, Ask, Branch, Call, Flow, Menu, Node, Option, Say, Target

SCHEMA_LINE = "# yaml-language-server: $schema=../schema.json"

_PLAIN = re.compile(r"[A-Za-z0-9À-ɏ_](?:[\w ./'()+-]*[\w.)'])?")

Plain = dict[str, "str | Plain"]
"""A node as its YAML holds it."""


def to_plain(node: Node, flow: str) -> Plain:
    """A node of a flow as the mapping that its YAML is."""
    match node:
        case Menu(text=text, options=options, otherwise=otherwise, tries=tries):
            plain: Plain = {"menu": text, "options": {key: _option(one, flow) for key, one in options.items()}}
            return plain | _some(otherwise=_to(otherwise, flow)) | _tries(tries)
        case Ask():
            plain = {"ask": node.kind, "text": node.text, "save": node.save}
            ways = {"skip": node.skip, "then": node.then, "otherwise": node.otherwise, "late": node.late}
            plain |= _some(**{key: _to(target, flow) for key, target in ways.items()})
            return plain | _some(least=_number(node.least), most=_number(node.most)) | _tries(node.tries)
        case Say(text=text, then=then):
            plain = {"say": text}
            return plain | _some(then=_to(then, flow))
        case Branch(on=on, cases=cases, otherwise=otherwise):
            ways_on: Plain = {value: _to(target, flow) or "" for value, target in cases.items()}
            plain = {"branch": on, "cases": ways_on}
            return plain | _some(otherwise=_to(otherwise, flow))
        case Action(name=name, params=params, then=then):
            plain = {"action": name}
            return plain | _values(params) | _some(then=_to(then, flow))
        case Call(flow=called, then=then):
            plain = {"call": called.flow}
            return plain | _some(then=_to(then, flow))


def write_flow(flow: Flow) -> str:
    """The source of a flow file that reads back as this flow."""
    lines = [SCHEMA_LINE, f"flow: {flow.name}", f"version: {flow.version}", f"about: {_scalar(flow.about)}"]
    lines.append(f"start: {_scalar(flow.start.node)}")
    if flow.resume:
        lines.append("resume: yes")
    lines.append("nodes:")
    for name, node in flow.nodes.items():
        plain = to_plain(node, flow.name)
        if list(plain) == ["say"]:
            lines.append(f"  {_scalar(name)}: {_inline(plain)}")
            continue
        lines.append(f"  {_scalar(name)}:")
        for key, value in plain.items():
            lines += _entry(key, value)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: "str | Plain") -> list[str]:
    if isinstance(value, str):
        return [f"    {key}: {_scalar(value)}"]
    short = f"    {key}: {_inline(value)}"
    if key != "options" and len(short) <= 100:
        return [short]
    inner = (
        f"      {_scalar(name)}: {_inline(one) if isinstance(one, dict) else _scalar(one)}"
        for name, one in value.items()
    )
    return [f"    {key}:", *inner]


def _inline(value: Plain) -> str:
    pairs = (f"{_scalar(key)}: {_inline(one) if isinstance(one, dict) else _scalar(one)}" for key, one in value.items())
    return f"{{{', '.join(pairs)}}}"


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _option(option: Option, flow: str) -> Plain:
    sets = _values(option.sets)
    return ({"set": sets} if sets else {}) | _some(then=_to(option.then, flow))


def _to(target: Target | None, flow: str) -> str | None:
    if target is None:
        return None
    if target == RETURN:
        return RETURN.node
    return target.node if target.flow == flow and target.node else f"flow {target.flow}"


def _values(values: Mapping[str, str | None]) -> Plain:
    plain: Plain = {name: NONE if value is None else value for name, value in values.items()}
    return plain


def _some(**values: str | None) -> Plain:
    some: Plain = {name: value for name, value in values.items() if value is not None}
    return some


def _tries(tries: int) -> Plain:
    return {} if tries == TRIES else {"tries": str(tries)}


def _number(number: int | None) -> str | None:
    return None if number is None else str(number)
