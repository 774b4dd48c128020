"""Every screen and SMS that the book can show, in every language, measured as it would be encoded."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.book import SENT, Book
from flows.definition import Ask, Menu, Say, Target
from flows.graph import reach_by
from flows.gsm7 import fits, fold, parts, septets, size
from flows.ladder import ELSEWHERE
from flows.screens import Limits
from flows.simulation import DictWorld, sample_tree
from flows.state import State
from flows.steps import Walk
from flows.texts import Text

SAMPLE_REFERENCE = "4821937058"
SAMPLE_ANSWER = "Le point d'eau sera réparé."
"""An agency's answer: in an SMS once, on a screen so often that cutting it is tried."""

ENGINE = "engine"
"""Stands for the flow in the rows of texts that no flow holds."""


@dataclass(frozen=True)
class Shown:
    """One screen (`medium` ussd) or SMS (`sms`) as it goes out.

    `size` in septets, folded; `kept_size` unfolded, in UCS-2 units when `ucs2`, else in septets. `parts` and
    `kept_parts` are what an SMS costs. `step` is the page, and the way down the ladder, of a screen with several.
    `borrowed`: in French, for want of a translation; `draft`: nobody has confirmed it.
    """

    flow: str
    node: str
    medium: str
    language: str
    step: str
    text: str
    size: int
    parts: int
    kept_size: int
    kept_parts: int
    ucs2: bool
    borrowed: bool
    draft: bool


@dataclass(frozen=True)
class _Unfolded(Limits):
    """Screens with the same lines as the folded ones, not folded: what each would measure."""

    folds: bool = False

    def holds(self, words: str) -> bool:
        return fits(fold(words), self.size)


def survey(book: Book, limits: Limits | None = None) -> Iterator[Shown]:
    """Every node that shows something, by each medium that comes to it, at every page and step of the ladder."""
    limits = limits or Limits()
    for language in book.languages:
        for medium in ("ussd", "sms"):
            reached = reach_by(book, medium)
            for at, node in book.walk():
                if at in reached and isinstance(node, Menu | Ask | Say):
                    yield from _show(book, language, medium, at, node, limits)
        offer = Walk(book, State(language), _world(), limits).offer().text
        plain = Walk(book, State(language), _world(), _Unfolded(limits.size)).offer().text
        yield _measure(ENGINE, "resume", "ussd", "", language, offer, plain, book.texts.get(language, "resume"))
        for key in ("give_up", *SENT):
            yield _sms(book, language, ENGINE, key, key)


def _show(
    book: Book, language: str, medium: str, at: Target, node: Menu | Ask | Say, limits: Limits
) -> Iterator[Shown]:
    if medium == "sms":
        yield _sms(book, language, at.flow, at.node, node.text)
        return
    text = book.texts.get(language, node.text)
    plain = _Unfolded(limits.size)
    for step, state in _states(book, language, at, node, limits):
        words, kept = (_words(book, state, node, given) for given in (limits, plain))
        yield _measure(at.flow, at.node, medium, step, language, words, kept, text)


def _sms(book: Book, language: str, flow: str, node: str, key: str) -> Shown:
    values = {"reference": SAMPLE_REFERENCE, "answer": SAMPLE_ANSWER, "case_answer": SAMPLE_ANSWER}
    words, kept = book.say(language, key, values), book.fill(language, key, values)
    return _measure(flow, node, "sms", "", language, words, kept, book.texts.get(language, key))


def _measure(flow: str, node: str, medium: str, step: str, language: str, words: str, kept: str, text: Text) -> Shown:
    return Shown(
        flow=flow,
        node=node,
        medium=medium,
        language=language,
        step=step,
        text=words,
        size=size(words),
        parts=parts(words),
        kept_size=size(kept),
        kept_parts=parts(kept),
        ucs2=septets(kept) is None,
        borrowed=text.borrowed,
        draft=text.draft,
    )


def _world() -> DictWorld:
    world = DictWorld(sample_tree())
    world.last = max((place for places in world.tree.values() for place in places), key=lambda place: len(place.name))
    return world


def _words(book: Book, state: State, node: Menu | Ask | Say, limits: Limits) -> str:
    walk = Walk(book, state, _world(), limits)
    return (walk.close(node.text) if isinstance(node, Say) else walk.show(node)).text


def _states(
    book: Book, language: str, at: Target, node: Menu | Ask | Say, limits: Limits
) -> Iterator[tuple[str, State]]:
    """Every step at which the node shows something else, with the way back always below it."""
    answers = {"reference": SAMPLE_REFERENCE, "case_answer": " ".join([SAMPLE_ANSWER] * 12)}
    paths = list(_paths(_world())) if isinstance(node, Ask) and node.kind == "place" else [()]
    for path in paths:
        seen = set[str]()
        for page in range(100):
            state = State(language, at.flow, 1, at.node, answers, page=page, path=path, stack=("home/menu",))
            words = _words(book, state, node, limits)
            if words in seen:
                break
            seen.add(words)
            yield f"{'/'.join(path)} {page + 1}".strip(), state


def _paths(world: DictWorld) -> Iterator[tuple[str, ...]]:
    """Every step of the ladder: the offer of the last place, the regions, and each place with others below it."""
    yield ()
    waiting: list[tuple[str, ...]] = [(ELSEWHERE,)]
    while waiting:
        path = waiting.pop()
        yield path
        below = world.places(None if path[-1] == ELSEWHERE else path[-1])
        waiting += [(*path, place.code) for place in below if world.places(place.code)]
