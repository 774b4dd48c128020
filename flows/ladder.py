"""Saying where without typing: the last place first, then region, province, commune and site as far as they are known.

Keys: 1-7 the places of this page, 8 "no nearer than this" (at the top: not said), 9 the next page, 0 back. A name or
a site code may be typed at any step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flows.book import Book
from flows.definition import Ask
from flows.fold import fold_words
from flows.gsm7 import cut
from flows.screens import BACK_KEY, MORE_KEY, SKIP_PLACE_KEY, Limits, compose, split_pages
from flows.state import State
from flows.world import Place, World

PLACES_A_PAGE = 7
NAME_LENGTH = 30
ELSEWHERE = "*"
"""First element of a path that has left the offer of the last place behind."""

_TITLES = {"province": "place.province", "commune": "place.commune", "site": "place.site"}


@dataclass(frozen=True)
class Chosen:
    """The answer: a place code, or None when the person does not say."""

    code: str | None


@dataclass(frozen=True)
class Moved:
    """Still asking, at another step of the ladder."""

    path: tuple[str, ...]
    page: int = 0


@dataclass(frozen=True)
class Left:
    """Back to the screen before the question."""


Step = Chosen | Moved | Left | None
"""None: a key that means nothing here."""


def sure_place(places: Sequence[Place], ordinary: Collection[str] = frozenset()) -> Place | None:
    """The one place that is meant, or None when it could be several.

    A place named beside a narrower one inside it (its p-code begins with the wider one's) and a name that is part of
    a longer one (Centre in Centre-Nord) do not count; neither do names that are everyday words (`ordinary`).
    """
    named = [(place, fold_words(place.name)) for place in places]
    named = [(place, name) for place, name in named if name not in ordinary]

    def is_inside(wide: Place, name: str) -> bool:
        return any(
            (other.code != wide.code and other.code.startswith(wide.code))
            or (name != longer and f" {name} " in f" {longer} ")
            for other, longer in named
        )

    meant = [place for place, name in named if not is_inside(place, name)]
    return meant[0] if len(meant) == 1 else None


def leading_place(world: World, words: str) -> Place | None:
    """The place whose code stands in front of the words: `KY12 pas d'eau`, `ky 12, pas d'eau`. Codes hold a digit."""
    first = fold_words(words).split()[:2]
    for code in ("".join(first[:1]), "".join(first)):
        if any(character.isdigit() for character in code):
            found = (place for place in world.find_places(code) if fold_words(place.code).replace(" ", "") == code)
            if place := next(found, None):
                return place
    return None


def named_place(book: Book, world: World, words: str) -> Place | None:
    """The place that answers the question where: a code in front, then names, of everyday words ("Est") only alone."""
    if place := leading_place(world, words):
        return place
    places = world.find_places(words)
    return sure_place(places, book.keywords.ordinary) or sure_place(places)


class Ladder:
    """The question where at the step that a state is at."""

    def __init__(self, book: Book, world: World, limits: Limits, node: Ask, state: State) -> None:
        self.book = book
        self.world = world
        self.limits = limits
        self.node = node
        self.state = state

    def screen(self, hint: str = "") -> str:
        """What is shown at this step."""
        if not self.state.path:
            last = self.world.last_place()
            name = self._short(last.name) if last else ""
            return compose(self._text("place.last", name), self._back_line(), self.limits, hint)
        places = self._places()
        pages = self._pages(places)
        shown = pages[min(self.state.page, len(pages) - 1)]
        lines = [f"{key} {self._short(places[index].name)}" for key, index in enumerate(shown, start=1)]
        return compose(
            self._title(places),
            [*lines, *self._tail(several=len(pages) > 1), *self._back_line()],
            self.limits,
            hint,
        )

    def press(self, text: str) -> Step:
        """What a key, or a place written out, leads to."""
        key = fold_words(text)
        if len(key) > 1:
            place = named_place(self.book, self.world, text)
            return Chosen(place.code) if place else None
        if key == BACK_KEY:
            return self._back()
        return self._press_ladder(key) if self.state.path else self._press_offer(key)

    def _press_offer(self, key: str) -> Step:
        last = self.world.last_place()
        if key == "1" and last:
            return Chosen(last.code)
        return Moved((ELSEWHERE,)) if key == "2" else None

    def _press_ladder(self, key: str) -> Step:
        path, places = self.state.path, self._places()
        pages = self._pages(places)
        page = min(self.state.page, len(pages) - 1)
        if key == SKIP_PLACE_KEY:
            return Chosen(self._parent())
        if key == MORE_KEY and len(pages) > 1:
            return Moved(path, (page + 1) % len(pages))
        shown = pages[page]
        if key not in "1234567" or not key or int(key) > len(shown):
            return None
        place = places[shown[int(key) - 1]]
        return Moved((*path, place.code)) if self.world.places(place.code) else Chosen(place.code)

    def _back(self) -> Step:
        path = self.state.path
        if self.state.page:
            return Moved(path, self.state.page - 1)
        if len(path) > 1:
            return Moved(path[:-1])
        if path and self.world.last_place():
            return Moved(())
        return Left() if self.state.stack else None

    def _parent(self) -> str | None:
        return None if self.state.path[-1] == ELSEWHERE else self.state.path[-1]

    def _places(self) -> Sequence[Place]:
        return self.world.places(self._parent())

    def _pages(self, places: Sequence[Place]) -> list[range]:
        """Measured with the way back always there: the pages must not shift between one key and the next."""
        lines = [f"1 {self._short(place.name)}" for place in places]
        title, back = self._title(places), f"{BACK_KEY} {self._text('back')}"
        for several in (False, True):
            tail = [*self._tail(several=several), back]
            pages = split_pages(title, lines, tail, self.limits, PLACES_A_PAGE)
            if len(pages) == 1:
                break
        return pages

    def _title(self, places: Sequence[Place]) -> str:
        path = self.state.path
        if len(path) < 2 or not places:
            return self._text(self.node.text)
        above = self.world.places(None if path[-2] == ELSEWHERE else path[-2])
        name = next((place.name for place in above if place.code == path[-1]), "")
        return self._text(_TITLES.get(places[0].level, "place.site"), self._short(name))

    def _tail(self, *, several: bool) -> list[str]:
        skip = "place.unknown" if self._parent() is None else "place.here"
        more = [f"{MORE_KEY} {self._text('more')}"] if several else []
        return [f"{SKIP_PLACE_KEY} {self._text(skip)}", *more]

    def _back_line(self) -> list[str]:
        inside = len(self.state.path) > 1 or self.state.page or (self.state.path and self.world.last_place())
        return [f"{BACK_KEY} {self._text('back')}"] if inside or self.state.stack else []

    def _text(self, key: str, place_name: str = "") -> str:
        return self.book.fill(self.state.language, key, {"place_name": place_name})

    def _short(self, name: str) -> str:
        return cut(self.limits.dress(name), NAME_LENGTH)
