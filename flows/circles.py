"""Circles that ask nobody anything: a conversation would go round in one for ever."""

from collections.abc import Iterator, Mapping

from flows.definition import Ask, Call, Menu, Node, Target, targets

Starts = Mapping[str, Target]
"""Where each flow begins, by name."""


def find_circle(nodes: Mapping[Target, Node], starts: Starts) -> tuple[Target, Target] | None:
    """An edge that leads back to where one came from without anybody having been asked; None when there is none."""
    done: set[Target] = set()
    returns: dict[Target, bool] = {}
    for first in nodes:
        way: list[tuple[Target, Iterator[Target]]] = [(first, iter(_next(first, nodes, starts, returns)))]
        on_way = {first}
        while way:
            at, following = way[-1]
            to = next((one for one in following if one not in done), None)
            if to is None:
                way.pop()
                on_way.discard(at)
                done.add(at)
            elif to in on_way:
                return at, to
            else:
                way.append((to, iter(_next(to, nodes, starts, returns))))
                on_way.add(to)
    return None


def _next(at: Target, nodes: Mapping[Target, Node], starts: Starts, returns: dict[Target, bool]) -> list[Target]:
    node = nodes.get(at)
    if node is None or isinstance(node, Menu | Ask):
        return []
    if isinstance(node, Call):
        called = begin_at(node.flow, starts)
        following = [called, node.then] if _returns(called, nodes, starts, returns) else [called]
    else:
        following = list(targets(node))
    return [begin_at(target, starts) for target in following]


def _returns(start: Target, nodes: Mapping[Target, Node], starts: Starts, known: dict[Target, bool]) -> bool:
    """Whether a flow can come back without having asked anything."""
    if start not in known:
        known[start] = False  # a flow that gets back only through itself never does
        waiting, seen = [start], set[Target]()
        while waiting:
            at = waiting.pop()
            if not at.flow:  # the end of a flow
                known[start] = True
                break
            if at not in seen:
                seen.add(at)
                waiting += _next(at, nodes, starts, known)
    return known[start]


def begin_at(target: Target, starts: Starts) -> Target:
    """A node, or the first one of the flow that a target names."""
    return target if target.node else starts.get(target.flow, target)
