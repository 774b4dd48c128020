"""Circles that ask nobody anything, which a container may have and a flow file may not."""

from collections.abc import Callable, MutableMapping

from flows.circles import Starts, begin_at, find_circle
from flows.definition import Branch, Call, Node, Target
from flows.floip.shaping import END, redirect


def cut_circles(nodes: MutableMapping[Target, Node], starts: Starts) -> list[Target]:
    """Cuts every circle where it closes, so that the conversation ends there; gives the nodes that were changed.

    By SMS a text on the way asks nothing, so only menus and questions break a circle. A flow that is called comes back
    to where it was called from and nowhere else.
    """
    cut = []
    while (found := find_circle(nodes, starts)) is not None:
        at, to = found
        node = nodes[at]
        if isinstance(node, Call) and begin_at(node.flow, starts) == to:
            nodes[at] = Branch("medium", {}, END)  # nothing is left to call
        else:
            nodes[at] = redirect(node, _leave(to, starts))
        cut.append(at)
    return cut


def _leave(cut: Target, starts: Starts) -> Callable[[Target], Target]:
    """Sends what leads to one node to the end."""
    return lambda target: END if begin_at(target, starts) == cut else target
