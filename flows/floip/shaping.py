"""Changing nodes: where they lead, and in which order they stand."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace

from flows.definition import Action, Ask, Branch, Call, Menu, Node, Say, Target, targets

END = Target("", "end")
"""Where a flow ends, as long as it is not known whether others call it."""


def redirect(node: Node, to: Callable[[Target], Target]) -> Node:
    """The node with every target (but the flow that it calls) put through `to`."""

    def perhaps(target: Target | None) -> Target | None:
        return target and to(target)

    match node:
        case Menu(options=options, otherwise=otherwise):
            changed = {key: replace(option, then=to(option.then)) for key, option in options.items()}
            return replace(node, options=changed, otherwise=perhaps(otherwise))
        case Ask(then=then, skip=skip, otherwise=otherwise, late=late):
            return replace(node, then=to(then), skip=perhaps(skip), otherwise=perhaps(otherwise), late=perhaps(late))
        case Branch(cases=cases, otherwise=otherwise):
            return replace(node, cases={value: to(target) for value, target in cases.items()}, otherwise=to(otherwise))
        case Say(then=then):
            return replace(node, then=perhaps(then))
        case Action(then=then) | Call(then=then):
            return replace(node, then=to(then))


def bypass(nodes: MutableMapping[str, Node], at: Target, to: Target) -> None:
    """Leaves a node out: what leads to it leads on. A node that a flow starts at stays, as a branch of one way."""
    nodes[at.node] = Branch("medium", {}, to)
    for name, node in nodes.items():
        nodes[name] = redirect(node, lambda target: to if target == at else target)


def in_order(flow: str, start: str, nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The nodes that can be reached from the start, in the order that a person comes to them."""
    waiting, ordered = [start], dict[str, Node]()
    while waiting:
        name = waiting.pop(0)
        if name in nodes and name not in ordered:
            ordered[name] = nodes[name]
            waiting += [target.node for target in targets(nodes[name]) if target.flow == flow]
    return ordered
