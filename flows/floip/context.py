"""What the flows of one container share while they are read: names, variables, who calls whom."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flows.floip.choices import read_choices
from flows.floip.container import Block, Container, FloipFlow
from flows.floip.expressions import Choice
from flows.floip.fields import as_line, as_list, as_number, as_object, pick
from flows.floip.losses import Loss
from flows.floip.naming import Names
from flows.floip.ours import kept, kept_name
from flows.floip.resources import read_resource
from flows.floip.variables import MEDIUM, Variable, choices_of

DEEPEST_CALLS = 7
"""Flows that may be inside one another; the engine stops at one more."""

KINDS = {
    "selectoneresponse": "one",
    "advancedselectone": "one",
    "selectmanyresponses": "many",
    "selectmanyresponse": "many",
    "numericresponse": "number",
    "openresponse": "text",
    "read": "text",
}
"""The blocks that ask something, and for what."""

_SIDES = {"value": "value", "response": "value", "__value__": "value", "name": "value", "text": "value"} | {
    "index": "index",
    "number": "number",
}
_ENGINE_NAMES = frozenset(
    {"answer", "category", "contact_by", "happy", "heard", "helped", "hotline", "language", "may_contact", "medium"}
    | {
        "pace",
        "pin",
        "place",
        "place_name",
        "purpose",
        "reference",
        "reopen",
        "safe_time",
        "sealed",
        "sms_number",
        "words",
    }
    | {"case_answer", "case_state", "none"}
)
"""Variables that mean something to the engine or to an action; an answer called so would end up in a case."""


@dataclass
class Context:
    """One import."""

    container: Container
    languages: Mapping[str, str]
    ours: dict[str, str] = field(default_factory=dict)  # the flows that we exported
    flow_names: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[str, str], Variable] = field(default_factory=dict)  # by flow and block
    named: dict[tuple[str, str], Variable] = field(default_factory=dict)  # by flow and the block's name
    properties: dict[str, Variable] = field(default_factory=dict)
    from_zero: set[str] = field(default_factory=set)
    losses: list[Loss] = field(default_factory=list)
    gone_over: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, container: Container, languages: Mapping[str, str]) -> "Context":
        """Names everything. Flows that we exported keep the names they have."""
        context = cls(container, languages, losses=list(container.losses))
        for uuid, flow in container.flows.items():
            name = kept_name(flow)
            if name and name not in context.ours.values():
                context.ours[uuid] = name
        names, variables = Names(frozenset(context.ours.values())), Names(_ENGINE_NAMES)
        for uuid, flow in container.flows.items():
            context.flow_names[uuid] = context.ours.get(uuid) or names.flow(flow.name, flow.label)
            for block in flow.blocks.values():
                if block.kind in KINDS:
                    variable = context.answers[uuid, block.uuid] = _variable(block, flow, variables)
                    context.named.setdefault((uuid, block.name.lower()), variable)
        context._read_properties()
        context._find_recursion()
        return context

    def is_ours(self, flow: str) -> bool:
        """Whether we exported this flow (by uuid)."""
        return flow in self.ours

    def find(self, flow: str, block: Variable | None, words: tuple[str, ...]) -> tuple[Variable, str] | None:
        """The variable of a path that is asked for in a flow (by uuid), and which side of it; None when unknown."""
        root, rest = words[0], words[1:]
        if words[-1] == "mode" and root in ("mode", "flow", "channel"):
            return MEDIUM, "value"
        if root == "block":
            return _side(block, rest)
        if root == "contact" and rest:
            return _side(self.properties.get(rest[0]), rest[1:])
        if root in ("flow", "results") and rest:
            return _side(self._named(flow, rest[0]), rest[1:])
        return _side(self._named(flow, root), rest)

    def _named(self, flow: str, name: str) -> Variable | None:
        own = self.named.get((flow, name))
        return own or next((found for (_, called), found in self.named.items() if called == name), None)

    def _read_properties(self) -> None:
        """Contact properties that hold the answer of a block are as good as that answer."""
        for uuid, flow in self.container.flows.items():
            for block in flow.blocks.values():
                own = self.answers.get((uuid, block.uuid))
                for key, value in properties(block):
                    words = tuple(value.strip("@() ").lower().split("."))
                    found = self.find(uuid, own, words) if value.startswith("@") else None
                    if found and found[1] == "value" and key:
                        self.properties.setdefault(key.lower(), found[0])

    def _find_recursion(self) -> None:
        """Notes the calls that go over instead: between flows that run one another round, which would be inside
        themselves ever deeper, and those that lead too deep."""
        flows = self.container.flows
        calls = {uuid: list(dict.fromkeys(called_flows(flow, flows))) for uuid, flow in flows.items()}
        reached = {uuid: _reached(uuid, calls) for uuid in flows}
        heights: dict[str, int] = {}

        def height(uuid: str) -> int:
            if uuid not in heights:
                below = 0
                for called in calls[uuid]:
                    if uuid in reached[called] or height(called) >= DEEPEST_CALLS:
                        self.gone_over.add((uuid, called))
                    else:
                        below = max(below, heights[called])
                heights[uuid] = below + 1
            return heights[uuid]

        for uuid in flows:
            height(uuid)


def _reached(uuid: str, calls: Mapping[str, list[str]]) -> set[str]:
    """The flows that a flow runs, itself among them, at once or by way of others."""
    waiting, seen = [uuid], set[str]()
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += calls[at]
    return seen


def called_flows(flow: FloipFlow, flows: Mapping[str, FloipFlow]) -> Iterable[str]:
    """The flows of the container that a flow runs."""
    return (uuid for block in flow.blocks.values() if block.kind == "runflow" and (uuid := called_flow(block)) in flows)


def called_flow(block: Block) -> str:
    """The uuid of the flow that a RunFlow block runs."""
    return as_line(pick(block.config, "flow_id", "flow_uuid", "flow"))


def properties(block: Block) -> list[tuple[str, str]]:
    """The contact properties that a block sets, each with its expression."""
    written = pick(block.config, "set_contact_property")
    listed = [as_object(one) for one in ([written] if isinstance(written, dict) else as_list(written))]
    return [(as_line(pick(one, "property_key")), as_line(pick(one, "property_value"))) for one in listed]


def limits(block: Block) -> tuple[float | None, float | None]:
    """The least and most that a numeric block takes."""
    config = block.config
    return as_number(pick(config, "validation_minimum")), as_number(pick(config, "validation_maximum"))


def _variable(block: Block, flow: FloipFlow, names: Names) -> Variable:
    had = as_line(as_object(kept(block.content).get("is")).get("save"))
    name = had if re.fullmatch("[a-z_]+", had) else names.variable(block.name, block.label)
    match KINDS[block.kind]:
        case "one":
            return Variable(name, "choice", _choices(block, flow))
        case "many":
            choices = _choices(block, flow)
            each = {choice.name: names.variable(f"{name} {choice.name}") for choice in choices}
            return Variable(name, "many", choices, each=each)
        case "number":
            least, most = limits(block)
            if least is not None and most is not None and least > most:
                least = most = None
            return Variable(name, "number", (), *whole(least, most))
        case _:
            return Variable(name, "text")


def whole(least: float | None, most: float | None) -> tuple[int | None, int | None]:
    """The whole numbers between two bounds."""
    return None if least is None else -int(-least // 1), None if most is None else int(most // 1)


def _choices(block: Block, flow: FloipFlow) -> tuple[Choice, ...]:
    written = read_choices(pick(block.config, "choices"))
    return choices_of((choice.name, _labels(choice.prompt, flow)) for choice in written)


def _labels(prompt: object, flow: FloipFlow) -> Iterable[str]:
    if isinstance(prompt, str):
        return flow.resources[prompt].texts().values() if prompt in flow.resources else [prompt]
    return read_resource(prompt).texts().values()


def _side(variable: Variable | None, rest: tuple[str, ...]) -> tuple[Variable, str] | None:
    if variable is None or len(rest) > 1:
        return None
    side = _SIDES.get(rest[0]) if rest else "value"
    return (variable, side) if side else None
