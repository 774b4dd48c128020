"""Which nodes can be come to, from where, and by which medium."""

from collections.abc import Iterable, Mapping, Sequence

from flows.book import ENTRIES, HOME, LANGUAGE, LAST_WORD, Book
from flows.definition import Branch, Node, Target

BEGINS: Mapping[str, Sequence[str]] = {
    "ussd": (HOME, LANGUAGE, LAST_WORD),
    "sms": tuple(flow for flow in ENTRIES if flow != HOME),
}
"""The flows that the engine begins, by medium."""


def reach(book: Book, begin: Iterable[Target], medium: str | None = None) -> set[Target]:
    """The nodes that one can come to, those one begins at among them; by one medium (`ussd`, `sms`) or by any."""
    waiting, reached = list(begin), set[Target]()
    while waiting:
        at = waiting.pop()
        node = book.node(at)
        if at not in reached and node is not None:
            reached.add(at)
            waiting += _next(book, node, medium)
    return reached


def reach_by(book: Book, medium: str) -> set[Target]:
    """The nodes that a person can come to by `ussd` or by `sms`."""
    return reach(book, [book.start(flow) for flow in BEGINS[medium]], medium)


def _next(book: Book, node: Node, medium: str | None) -> Iterable[Target]:
    if isinstance(node, Branch) and node.on == "medium" and medium:
        return [node.cases.get(medium, node.otherwise)]
    return book.next(node)
