"""Walking every node in every language: what would fail in the field is found here, not by a person on a phone.

What a book must have at all (targets, French and English texts, variables, menu lines) load_book refuses already.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.book import BUILT_IN, ENTRIES, SENT, Book, used_texts
from flows.definition import Ask, Menu, Say, Target, targets
from flows.gsm7 import parts, size
from flows.ladder import ELSEWHERE
from flows.screens import Limits
from flows.simulation import DictWorld, sample_tree
from flows.state import State
from flows.steps import Walk
from flows.texts import COMPLETE, FALLBACK, Text

SAMPLE_REFERENCE = "4821937058"
SAMPLE_ANSWER = "Le point d'eau sera réparé. " * 12
"""Longer than a screen, so that cutting it is tried."""

SMS_ONLY = frozenset({"intake", "joined", "satisfaction", "stop", "start", "leave", "help"})
"""Flows whose screens never meet a USSD limit."""

MOST_PARTS = 1
"""Paid parts of an SMS of ours, without an agency's answer in it."""


@dataclass(frozen=True)
class Problem:
    """Something to mend. `language` is empty when it is about the flow itself."""

    flow: str
    node: str
    language: str
    what: str

    def __str__(self) -> str:
        where = f"{self.flow}/{self.node}" if self.node else self.flow
        return f"{where} [{self.language}]: {self.what}" if self.language else f"{where}: {self.what}"


@dataclass(frozen=True)
class Shown:
    """One screen or SMS as it goes out, folded: its size in septets and, for an SMS, its paid parts."""

    flow: str
    node: str
    language: str
    step: str
    text: str
    size: int
    parts: int
    borrowed: bool
    draft: bool


@dataclass(frozen=True)
class Coverage:
    """How far a language is: its texts, those of them that are drafts, and those still shown in French."""

    language: str
    name: str
    texts: int
    drafts: int
    missing: int


@dataclass(frozen=True)
class Report:
    """What `feedback flows check` prints."""

    problems: tuple[Problem, ...]
    screens: tuple[Shown, ...]
    languages: tuple[Coverage, ...]


def check(book: Book, limits: Limits | None = None) -> list[Problem]:
    """The problems of a book; none when it may be published."""
    limits = limits or Limits()
    return [*_graph_problems(book), *_text_problems(book), *_size_problems(list(_screens(book, limits)), limits)]


def report(book: Book, limits: Limits | None = None) -> Report:
    """The problems, every screen in every language with its size, and how far each language is."""
    limits = limits or Limits()
    return Report(tuple(check(book, limits)), tuple(_screens(book, limits)), tuple(_coverage(book)))


def _graph_problems(book: Book) -> Iterator[Problem]:
    reached = _reach(book, [book.start(flow) for flow in ENTRIES])
    for at, _ in book.walk():
        if at not in reached:
            yield Problem(at.flow, at.node, "", "nothing leads here")
        if not any(isinstance(book.node(end), Say) for end in _reach(book, [at])):
            yield Problem(at.flow, at.node, "", "a dead end: no last words can be reached from here")


def _reach(book: Book, begin: list[Target]) -> set[Target]:
    reached: set[Target] = set()
    while begin:
        at = begin.pop()
        node = book.node(at)
        if at not in reached and node is not None:
            reached.add(at)
            begin += targets(node)
    return reached


def _text_problems(book: Book) -> Iterator[Problem]:
    used = {*BUILT_IN, *SENT, *(key for _, node in book.walk() for key in used_texts(node))}
    for language, words in book.texts.words.items():
        for key in sorted(set(words) - used):
            yield Problem("texts", key, language, "no screen uses this text")
        if language in COMPLETE:
            for key in sorted(set(book.texts.words[FALLBACK]) - set(words)):
                yield Problem("texts", key, language, "the text is missing")


def _size_problems(screens: list[Shown], limits: Limits) -> Iterator[Problem]:
    for shown in screens:
        if shown.flow in SMS_ONLY:
            if shown.parts > MOST_PARTS:
                yield Problem(shown.flow, shown.node, shown.language, f"costs {shown.parts} SMS")
        elif shown.size > limits.size or _is_cut(shown.text):
            yield Problem(shown.flow, shown.node, shown.language, f"does not fit {limits.size} septets: {shown.text!r}")


def _is_cut(words: str) -> bool:
    """Whether the engine had to shorten a screen; an agency's answer may be."""
    return any(line.endswith("...") for line in words.splitlines()) and SAMPLE_ANSWER[:9] not in words


def _screens(book: Book, limits: Limits) -> Iterator[Shown]:
    """Every node that shows something, at every page and every step of the ladder, with the way back below."""
    for language in book.languages:
        for at, node in book.walk():
            if not isinstance(node, Menu | Ask | Say):
                continue
            text = book.texts.get(language, node.text)
            for step, words in _show(book, language, at, node, limits):
                yield _shown(at, language, step, words, text)


def _shown(at: Target, language: str, step: str, words: str, text: Text) -> Shown:
    return Shown(at.flow, at.node, language, step, words, size(words), parts(words), text.borrowed, text.draft)


def _show(book: Book, language: str, at: Target, node: Menu | Ask | Say, limits: Limits) -> Iterator[tuple[str, str]]:
    answers = {"reference": SAMPLE_REFERENCE, "case_answer": SAMPLE_ANSWER}
    state = State(language, at.flow, 1, at.node, answers, stack=("home/menu",))
    world = DictWorld(sample_tree())
    walk = Walk(book, state, world, None if at.flow in SMS_ONLY else limits)
    if isinstance(node, Say):
        yield "", walk.close(node.text).text
        return
    if walk.limits is None:
        yield "", walk.show(node).text
        return
    if isinstance(node, Ask) and node.kind == "place":
        world.last = max((place for places in world.tree.values() for place in places), key=lambda p: len(p.name))
    for path in _paths(world) if isinstance(node, Ask) and node.kind == "place" else [()]:
        page, seen = 0, set[str]()
        while True:
            walk.state = replace(state, path=path, page=page)
            words = walk.show(node).text
            if words in seen:
                break
            seen.add(words)
            yield f"{'/'.join(path)} {page + 1}".strip(), words
            page += 1


def _paths(world: DictWorld) -> Iterator[tuple[str, ...]]:
    """Every step of the ladder: the offer of the last place, the regions, and each place with others below it."""
    yield ()
    waiting: list[tuple[str, ...]] = [(ELSEWHERE,)]
    while waiting:
        path = waiting.pop()
        yield path
        below = world.places(None if path[-1] == ELSEWHERE else path[-1])
        waiting += [(*path, place.code) for place in below if world.places(place.code)]


def _coverage(book: Book) -> Iterator[Coverage]:
    needed = len(book.texts.words[FALLBACK])
    for language, words in book.texts.words.items():
        drafts = sum(text.draft for text in words.values())
        yield Coverage(language, book.languages[language], len(words), drafts, needed - len(words))
