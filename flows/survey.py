"""Every screen and SMS that the book can show, in every language, measured as it would be encoded."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flows.book import SENT, Book
from flows.definition import Ask, Menu, Node, Say, Target
from flows.graph import reach_by
from flows.gsm7 import fits, fold, fold_for_sms, parts, septets, size
from flows.ladder import ELSEWHERE
from flows.samples import sample_values, sample_world
from flows.screens import Limits
from flows.simulation import DictWorld
from flows.state import State
from flows.steps import Walk
from flows.texts import take_apart

ENGINE = "engine"
"""Stands for the flow in the rows of texts that no flow holds."""

MOST_STRINGS = 16
"""Ways of joining texts into one SMS that are measured from one node on: their number doubles with every branch."""


@dataclass(frozen=True)
class Shown:
    """One screen (`medium` ussd) or SMS (`sms`) as it goes out.

    `size` in septets, folded; `kept_size` unfolded, in UCS-2 units when `ucs2`, else in septets; `parts` and
    `kept_parts` are what an SMS costs. A screen whose limits keep its letters is measured as it is: its `size` may be
    in units. `step` is the page, and the way down the ladder, of a screen with several; of an SMS that says more than
    one text, what comes after the first. `pages` is how many the text has (1 for a list of places), `cut` that
    something of it is lost. `borrowed`: in French, for want of a translation; `draft`: nobody has confirmed it.
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
    pages: int
    cut: bool
    borrowed: bool
    draft: bool


@dataclass(frozen=True)
class _Unfolded(Limits):
    """Screens with the same lines as the folded ones, not folded: what each would measure."""

    folds: bool = False

    def holds(self, words: str) -> bool:
        return fits(fold(words), self.size)


def survey(book: Book, limits: Limits | None = None, languages: Collection[str] = ()) -> Iterator[Shown]:
    """Every node that shows something, by each medium that comes to it, at every page and step of the ladder.

    `languages`: these only; without any, all that the book has.
    """
    for language in languages or book.languages:
        yield from _Surveyor(book, language, limits or Limits()).walk()


class _Surveyor:
    """The survey of one language."""

    def __init__(self, book: Book, language: str, limits: Limits) -> None:
        self.book = book
        self.language = language
        self.limits = limits
        self.world = sample_world()

    def walk(self) -> Iterator[Shown]:
        for medium in ("ussd", "sms"):
            values = sample_values(self.book, medium)
            reached = reach_by(self.book, medium)
            for at, node in self.book.walk():
                if at in reached and isinstance(node, Menu | Ask | Say):
                    show = self._screens if medium == "ussd" else self._messages
                    yield from show(at, node, values)
        yield from self._own_screens()
        for key in ("give_up", *SENT):
            yield self._sms(ENGINE, key, key, "", [key], sample_values(self.book, "sms"))

    # --- screens ---

    def _own_screens(self) -> Iterator[Shown]:
        """The engine's: the offer to go on with a dropped session, and the end after too many wrong keys."""
        walks = [Walk(self.book, State(self.language), self.world, each) for each in self._both()]
        for key, shown in (
            ("resume", [walk.offer().text for walk in walks]),
            ("give_up", [walk.close("give_up").text for walk in walks]),
        ):
            cut = not _is_whole_menu(self._text(key, {}), shown[:1])
            yield self._measure(ENGINE, key, "ussd", key, "1", *shown, pages=1, cut=cut)

    def _both(self) -> tuple[Limits, Limits]:
        """The limits, and what shows the same lines unfolded."""
        return self.limits, _Unfolded(self.limits.size) if self.limits.folds else self.limits

    def _screens(self, at: Target, node: Menu | Ask | Say, values: dict[str, str]) -> Iterator[Shown]:
        text = self._text(node.text, values)
        is_ladder = isinstance(node, Ask) and node.kind == "place"
        for path in _paths(self.world) if is_ladder else [()]:
            pages = self._pages(at, node, path, values)
            lost = not is_ladder and not _is_whole(node, text, [words for words, _ in pages])
            for number, (words, kept) in enumerate(pages, start=1):
                step = f"{'/'.join(path)} {number}".strip()
                count, cut = (1, _is_cut_ladder(words)) if is_ladder else (len(pages), lost)
                yield self._measure(at.flow, at.node, "ussd", node.text, step, words, kept, pages=count, cut=cut)

    def _pages(
        self, at: Target, node: Menu | Ask | Say, path: tuple[str, ...], values: dict[str, str]
    ) -> list[tuple[str, str]]:
        """Every page at which the node shows something else, with the way back always below it; folded and kept."""
        pages: dict[str, str] = {}
        for page in range(100):
            state = State(self.language, at.flow, 0, at.node, values, page=page, path=path, stack=("home/menu",))
            words, kept = (Walk(self.book, state, self.world, each).show(node).text for each in self._both())
            if words in pages:
                break
            pages[words] = kept
        return list(pages.items())

    def _text(self, key: str, values: dict[str, str]) -> str:
        return self.limits.dress(self.book.fill(self.language, key, values))

    # --- SMS ---

    def _messages(self, at: Target, node: Menu | Ask | Say, values: dict[str, str]) -> Iterator[Shown]:
        """The node's SMS. A text on the way is no SMS of its own: it is sent with what can follow."""
        for ends, keys in islice(self._strings(at), MOST_STRINGS):
            yield self._sms(at.flow, at.node, node.text, " ".join(map(str, ends)), keys, values)

    def _strings(self, at: Target) -> Iterator[tuple[tuple[Target, ...], list[str]]]:
        """The texts that one SMS can join, from this node on, and the nodes that come after it."""
        node = self.book.node(at)
        if isinstance(node, Say) and node.then:
            for following in self._stops(node):
                for ends, keys in self._strings(following):  # load_book refuses circles that ask nothing
                    yield (following, *ends), [node.text, *keys]
        elif isinstance(node, Menu | Ask | Say):
            yield (), [node.text]

    def _stops(self, after: Node) -> Iterator[Target]:
        """The nodes that say something which can be come to from one without saying anything before."""
        waiting, seen = self.book.next(after), set[Target]()
        while waiting:
            at = waiting.pop()
            node = self.book.node(at)
            if node is None or at in seen:
                continue
            seen.add(at)
            if isinstance(node, Menu | Ask | Say):
                yield at
            else:
                waiting += self.book.next(node)

    def _sms(self, flow: str, node: str, key: str, step: str, keys: Sequence[str], values: dict[str, str]) -> Shown:
        words = "\n".join(self.book.fill(self.language, each, values) for each in keys)
        kept = unicodedata.normalize("NFC", words)
        return self._measure(flow, node, "sms", key, step, fold_for_sms(kept), kept, pages=1, cut=False)

    def _measure(
        self, flow: str, node: str, medium: str, key: str, step: str, words: str, kept: str, *, pages: int, cut: bool
    ) -> Shown:
        text = self.book.texts.get(self.language, key)
        return Shown(
            flow=flow,
            node=node,
            medium=medium,
            language=self.language,
            step=step,
            text=words,
            size=size(words),
            parts=parts(words),
            kept_size=size(kept),
            kept_parts=parts(kept),
            ucs2=septets(kept) is None,
            pages=pages,
            cut=cut,
            borrowed=text.borrowed,
            draft=text.draft,
        )


def _is_whole(node: Menu | Ask | Say, text: str, pages: Sequence[str]) -> bool:
    """Whether the pages of a screen say everything that its text says."""
    if isinstance(node, Menu):
        return _is_whole_menu(text, pages)
    if isinstance(node, Ask):
        return all(page.startswith(text) for page in pages)
    said = iter(" ".join(pages).split())  # with the keys of every page in between
    return all(word in said for word in text.split())


def _is_whole_menu(text: str, pages: Sequence[str]) -> bool:
    screen = take_apart(text)
    lines = {line for page in pages for line in page.splitlines()}
    return all(page.startswith(screen.title) for page in pages) and lines.issuperset(screen.lines.values())


def _is_cut_ladder(page: str) -> bool:
    """The names of places that are too long end with `...` too; those of the samples are not."""
    lines = page.splitlines()
    return re.match(r"[0-9] ", lines[0]) is not None or any(line.endswith("...") for line in lines)


def _paths(world: DictWorld) -> Iterator[tuple[str, ...]]:
    """Every step of the ladder: the offer of the last place, the regions, and each place with others below it."""
    yield ()
    waiting: list[tuple[str, ...]] = [(ELSEWHERE,)]
    while waiting:
        path = waiting.pop()
        yield path
        below = world.places(None if path[-1] == ELSEWHERE else path[-1])
        waiting += [(*path, place.code) for place in below if world.places(place.code)]
