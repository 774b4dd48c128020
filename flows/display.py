"""What a person is shown at a node: the screen or SMS, its pages, and the variables in its text."""

import unicodedata
from collections.abc import Mapping

from flows.book import COMPUTED, Book
from flows.definition import NONE, Ask, Menu, Say
from flows.events import Event
from flows.ladder import Ladder
from flows.pages import split_text
from flows.screens import BACK_KEY, HOME_KEY, MORE_KEY, Limits, compose, split_pages
from flows.state import State, Turn
from flows.template import variables
from flows.texts import take_apart
from flows.world import World

MENU_LINES = 9
"""Lines a static menu may have on a page; its size decides before that."""

SHOWN_LENGTH = 40
"""Characters of an answer that a text repeats: what a person typed must not push the rest off the screen."""

Stop = Menu | Ask | Say
"""The nodes at which a USSD screen may stay open; by SMS a text does not."""


class Display:
    """A state in a book, and how it looks. With `limits` it is USSD, without it is SMS."""

    def __init__(self, book: Book, state: State, world: World, limits: Limits | None) -> None:
        self.book = book
        self.state = state
        self.world = world
        self.limits = limits
        self.events: list[Event] = []
        self._said: list[str] = []  # by SMS: texts on the way, sent before what follows

    def value(self, name: str) -> str:
        """A variable, `none` when it is not set."""
        return self._values(frozenset({name})).get(name) or NONE

    def show(self, node: Stop, hint: str = "") -> Turn:
        """The screen or SMS of the node that is open; of a text's last page, the end."""
        if isinstance(node, Say):
            pages = self._text_pages(node, self.state.stack)
            page = min(self.state.page, len(pages) - 1)
            if page == len(pages) - 1 and node.then is None:
                assert self.limits is not None
                return Turn(self.state.over(), compose(pages[page], [], self.limits), True, tuple(self.events))
        return Turn(self.state, self._screen(node, hint), False, tuple(self.events))

    def _screen(self, node: Stop, hint: str) -> str:
        if self.limits is None:
            return self._by_sms(self._text(node.text))
        match node:
            case Ask(kind="place"):
                return Ladder(self.book, self.world, self.limits, node, self.state).screen(hint)
            case Ask(skip=skip):
                way_back = skip or self.state.stack
                lines = [f"{BACK_KEY} {self._text('skip' if skip else 'back')}"] if way_back else []
                return self._compose(self._text(node.text), lines, hint)
            case Say():
                pages = self._text_pages(node, self.state.stack)
                return self._compose(pages[min(self.state.page, len(pages) - 1)], self._text_tail(self.state.stack), "")
            case Menu():
                screen, menu_pages = take_apart(self._text(node.text)), self._menu_pages(node)
                shown = menu_pages[min(self.state.page, len(menu_pages) - 1)]
                choices = self._choices(screen.lines)
                lines = [choices[index] for index in shown] + self._menu_tail(node, several=len(menu_pages) > 1)
                return self._compose(screen.title, lines, hint)

    def _compose(self, title: str, lines: list[str], hint: str) -> str:
        """The screen, with the way home below it where that is more than one step back and there is room."""
        assert self.limits is not None
        if len(self.state.stack) > 1 and self.limits.holds(
            whole := self.limits.dress(hint, title, *lines, f"{HOME_KEY} {self._text('home.back')}")
        ):
            return whole
        return compose(title, lines, self.limits, hint)

    def _text_pages(self, node: Say, stack: tuple[str, ...]) -> list[str]:
        """Measured with the way back always there: the pages must not shift between one key and the next."""
        assert self.limits is not None
        tail = self._text_tail(stack or ("",))
        return split_text(self._text(node.text), tail, self.limits, tail if node.then else ())

    def _text_tail(self, stack: tuple[str, ...]) -> list[str]:
        back = [f"{BACK_KEY} {self._text('back')}"] if stack or self.state.page else []
        return [f"{MORE_KEY} {self._text('more')}", *back]

    def _choices(self, lines: Mapping[str, str]) -> list[str]:
        return [line for key, line in lines.items() if key != BACK_KEY]

    def _menu_pages(self, node: Menu) -> list[range]:
        """The lines that go on each page: all on one if they fit, else with room for the way on."""
        assert self.limits is not None
        screen = take_apart(self._text(node.text))
        for several in (False, True):
            tail = self._menu_tail(node, several=several)
            pages = split_pages(screen.title, self._choices(screen.lines), tail, self.limits, MENU_LINES)
            if len(pages) == 1:
                break
        return pages

    def _menu_tail(self, node: Menu, *, several: bool) -> list[str]:
        own = take_apart(self._text(node.text)).lines.get(BACK_KEY)
        more = [f"{MORE_KEY} {self._text('more')}"] if several else []
        back = [own] if own else [f"{BACK_KEY} {self._text('back')}"] if self.state.stack or several else []
        return [*more, *back]

    def _last_words(self, key: str) -> str:
        return compose(self._text(key), [], self.limits) if self.limits else self._by_sms(self._text(key))

    def _by_sms(self, text: str) -> str:
        return unicodedata.normalize("NFC", "\n".join([*self._said, text]))

    def _text(self, key: str) -> str:
        needed = variables(self.book.texts.get(self.state.language, key).words)
        return self.book.fill(self.state.language, key, self._values(needed))

    def _values(self, needed: frozenset[str]) -> Mapping[str, str]:
        """The variables that are needed, on one line each; the world is asked only for those."""
        found = {name: self._shown(name, value) for name, value in self.state.answers.items() if name in needed}
        for name in needed.intersection(COMPUTED):
            found[name] = self._compute(name) or ""
        return found

    def _shown(self, name: str, value: str) -> str:
        if name == "case_answer":  # an agency's words, paged where they are long
            return value
        words = " ".join(value.split())
        return words if len(words) <= SHOWN_LENGTH else f"{words[: SHOWN_LENGTH - 3].rstrip()}..."

    def _compute(self, name: str) -> str | None:
        match name:
            case "medium":
                return "ussd" if self.limits else "sms"
            case "hotline":
                return self.world.hotline(self.state.answers.get("place"))
            case _:
                return self.world.sms_number()
