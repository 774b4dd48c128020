"""What is wrong with the ways through a book: nodes that nothing leads to, ways without an end, calls that go wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.book import ENTRIES, Book
from flows.definition import Ask, Call, Node, Say, Target, targets
from flows.graph import reach


@dataclass(frozen=True)
class Problem:
    """Something to mend. `language` is empty when it is about the flow itself, `flow` when about the whole book."""

    flow: str
    node: str
    language: str
    what: str

    def __str__(self) -> str:
        where = f"{self.flow}/{self.node}" if self.node else self.flow
        named = f"{where} [{self.language}]" if self.language else where
        return f"{named}: {self.what}" if named else self.what


def find_in_paths(book: Book) -> Iterator[Problem]:
    """Every problem of the graph; none says anything about texts."""
    yield from _strangers(book)
    yield from _lost_returns(book)
    yield from _circles(book)
    for at, node in book.walk():
        if isinstance(node, Ask) and node.least is not None and node.most is not None and node.least > node.most:
            yield Problem(at.flow, at.node, "", f"no answer can be right: least {node.least} is above most {node.most}")


def _strangers(book: Book) -> Iterator[Problem]:
    reached = reach(book, [book.start(flow) for flow in ENTRIES])
    entered = {at.flow for at in reached}
    for flow in book.flows:
        if flow not in entered:  # said once: as many findings as it has nodes would hide all others
            yield Problem(flow, "", "", "nothing leads to this flow")
    for at, _ in book.walk():
        if at.flow in entered and at not in reached:
            yield Problem(at.flow, at.node, "", "nothing leads here")
        if not any(_is_end(book.node(end)) for end in reach(book, [at])):
            yield Problem(at.flow, at.node, "", "a dead end: a loop without exit, no last words can be reached")


def _is_end(node: Node | None) -> bool:
    return isinstance(node, Say) and node.then is None


def _lost_returns(book: Book) -> Iterator[Problem]:
    """`return` where nobody has called: the flow is begun, or another goes on to it."""
    waiting = [(book.start(flow), False) for flow in ENTRIES]
    seen = set[tuple[Target, bool]]()
    while waiting:
        at, is_called = waiting.pop()
        node = book.node(at)
        if node is None or (at, is_called) in seen:
            continue
        seen.add((at, is_called))
        if isinstance(node, Call):
            waiting.append((node.flow, True))
        following = [node.then] if isinstance(node, Call) else list(targets(node))
        waiting += [(to, is_called) for to in following if not to.is_return]
        if not is_called and any(to.is_return for to in following):
            yield Problem(at.flow, at.node, "", "returns to nobody: its flow is also come to without a call")


def _circles(book: Book) -> Iterator[Problem]:
    """Calls that come round to themselves: a conversation would sink deeper with every round."""
    for at, node in book.walk():
        if isinstance(node, Call) and at in _ahead(book, node.flow):
            yield Problem(at.flow, at.node, "", "calls in a circle: what it calls comes back here to call again")


def _ahead(book: Book, begin: Target) -> set[Target]:
    """The nodes from here on, the flows that are called among them, but not back over a `return`."""
    waiting, seen = [begin], set[Target]()
    while waiting:
        at = waiting.pop()
        node = book.node(at)
        if node is not None and at not in seen:
            seen.add(at)
            waiting += [to for to in targets(node) if not to.is_return]
    return seen
