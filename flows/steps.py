"""One turn through a flow: from the node that asks, over branches and actions, to the next one that asks or ends.

Variables set by the engine: `medium` (ussd or sms), `reference`, `case_state` and `case_answer` (a case that was
looked up), `heard` (the words of an SMS that said more than was asked), besides what the nodes save.
"""

from collections.abc import Mapping
from dataclasses import replace

from flows import reference
from flows.actions import ACTIONS
from flows.book import HOME, Book
from flows.definition import NONE, Action, Ask, Branch, Menu, Say, Target
from flows.events import Event, SetLanguage
from flows.fold import fold_words
from flows.gsm7 import fold_for_sms
from flows.ladder import ELSEWHERE, Chosen, Ladder, Left, Moved, named_place
from flows.screens import BACK_KEY, MORE_KEY, Limits, compose, shorten, split_pages
from flows.state import State, Turn
from flows.texts import take_apart
from flows.world import World

GIVE_UP_AFTER = 3
"""Wrong keys at one screen before the conversation ends politely."""

LATE_SECONDS = 40
"""With less than this left of a USSD session, nothing is asked that takes long to type."""

MENU_LINES = 9
"""Lines a static menu may have on a page; its size decides before that."""


class Walk:
    """One turn of one person. With `limits` it is USSD, without it is SMS."""

    def __init__(self, book: Book, state: State, world: World, limits: Limits | None) -> None:
        self.book = book
        self.state = state
        self.world = world
        self.limits = limits
        self.events: list[Event] = []

    # --- going from node to node ---

    def begin(self, flow: str, answers: Mapping[str, str] | None = None) -> Turn:
        """Starts a flow afresh; of what was before, only the language stays."""
        self.state = State(language=self.state.language, answers=dict(answers or {}))
        return self.go(self.book.start(flow))

    def here(self) -> Menu | Ask | None:
        """The node that has asked; None when nothing is open or the flows have changed since."""
        if self.state.flow is None or self.state.node is None:
            return None
        node = self.book.node(Target(self.state.flow, self.state.node))
        return node if isinstance(node, Menu | Ask) else None

    def go(self, target: Target, stack: tuple[str, ...] = ()) -> Turn:
        """Follows branches and actions until somebody must answer or all is said."""
        while True:
            node = self.book.node(target)
            match node:
                case Branch(on=on, cases=cases, otherwise=otherwise):
                    target = cases.get(self.value(on), otherwise)
                case Action():
                    self._act(node)
                    target = node.then
                case Ask(kind="place", then=then) if self._nowhere_to_choose():
                    target = then
                case Ask(late=Target() as late) if self._is_late():
                    target = late
                case Menu() | Ask():
                    return self._stop_at(target, node, stack)
                case Say(text=text):
                    return self.close(text)
                case None:
                    raise LookupError(f"{target} is not in the book")

    def value(self, name: str) -> str:
        """A variable, `none` when it is not set."""
        if name == "medium":
            return "ussd" if self.limits else "sms"
        return self.state.answers.get(name, NONE)

    def save(self, **answers: str | None) -> None:
        """Sets variables; None unsets them."""
        values = {**self.state.answers, **answers}
        self.state = replace(self.state, answers={name: value for name, value in values.items() if value is not None})

    def close(self, text: str) -> Turn:
        """The last words: nothing is open any more."""
        return Turn(State(language=self.state.language), self._last_words(text), True, tuple(self.events))

    def _act(self, action: Action) -> None:
        event, gives = ACTIONS[action.name].make(
            lambda name: action.params[name] if name in action.params else self.state.answers.get(name), self.world
        )
        self.events.append(event)
        self.save(**gives)
        if isinstance(event, SetLanguage):
            self.state = self.state.speaking(event.language)

    def _nowhere_to_choose(self) -> bool:
        """USSD offers places; where none are known yet there is nothing to ask."""
        return bool(self.limits) and not self.world.last_place() and not self.world.places(None)

    def _is_late(self) -> bool:
        left = self.limits.seconds_left if self.limits else None
        return left is not None and left < LATE_SECONDS

    def _stop_at(self, target: Target, node: Menu | Ask, stack: tuple[str, ...]) -> Turn:
        at = str(target)
        if at in stack:
            stack = stack[: stack.index(at)]
        is_ladder = isinstance(node, Ask) and node.kind == "place" and self.limits
        self.state = replace(
            self.state,
            flow=target.flow,
            version=self.book.flows[target.flow].version,
            node=target.node,
            tries=0,
            page=0,
            path=(ELSEWHERE,) if is_ladder and not self.world.last_place() else (),
            stack=stack,
            asked_at=self._seconds(),
            resuming=False,
        )
        return self.show(node)

    def _forward(self, target: Target) -> Turn:
        """On from the present screen, which stays on the way back."""
        return self.go(target, (*self.state.stack, f"{self.state.flow}/{self.state.node}"))

    # --- a dropped USSD session ---

    def offer(self) -> Turn:
        """The question whether to go on where the session was dropped; what is open stays open behind it."""
        assert self.limits is not None
        self.state = replace(self.state, resuming=True)
        screen = take_apart(self._text("resume"))
        hint = self._text("wrong") if self.state.tries else ""
        return Turn(self.state, compose(screen.title, list(screen.lines.values()), self.limits, hint), False)

    def _answer_offer(self, key: str, node: Menu | Ask) -> Turn:
        """1 goes on and 2 begins again, which drops what was answered; after three other keys it goes on."""
        if key == "2":
            return self.begin(HOME)
        tries = 0 if key == "1" else self.state.tries + 1
        if 0 < tries < GIVE_UP_AFTER:
            self.state = replace(self.state, tries=tries)
            return self.offer()
        self.state = replace(self.state, resuming=False, tries=0, asked_at=self._seconds())
        return self.show(node)

    def _seconds(self) -> int:
        return max(0, int(self.world.now().timestamp()))

    # --- a USSD key ---

    def press(self, text: str) -> Turn | None:
        """The turn after one USSD input; None when no screen is open (the session must begin again)."""
        node = self.here()
        if node is None or self.limits is None:
            return None
        if self.state.resuming:
            return self._answer_offer(fold_words(text), node)
        return self._press_menu(node, text) if isinstance(node, Menu) else self._press_ask(node, text)

    def _press_menu(self, node: Menu, text: str) -> Turn:
        key = fold_words(text)
        if key in node.options:
            return self.choose(node, key)
        pages = self._menu_pages(node)
        if key == MORE_KEY and len(pages) > 1:
            return self._turn_page(node, (self.state.page + 1) % len(pages))
        if key == BACK_KEY and self.state.page:
            return self._turn_page(node, self.state.page - 1)
        return self._back(node) if key == BACK_KEY else self._wrong(node)

    def choose(self, node: Menu, key: str) -> Turn:
        """Takes one option of a menu."""
        option = node.options[key]
        self.save(**option.sets)
        return self._forward(option.then)

    def _press_ask(self, node: Ask, text: str) -> Turn:
        if node.kind == "place":
            return self._press_place(node, text)
        key = fold_words(text)
        if key == BACK_KEY:
            if node.skip is None:
                return self._back(node)
            self.save(**{node.save: None})
            return self._forward(node.skip)
        match node.kind:
            case "yes_no":
                answer = self.yes_or_no(key)
            case "reference":
                answer = self._look_up(text)
            case _:
                answer = None if _is_stray_key(key) else text.strip()
        if answer is None:
            return self._wrong(node, "status.unknown" if node.kind == "reference" else "wrong")
        self.save(**{node.save: answer})
        return self._forward(node.then)

    def _press_place(self, node: Ask, text: str) -> Turn:
        assert self.limits is not None
        match Ladder(self.book, self.world, self.limits, node, self.state).press(text):
            case Chosen(code=code):
                self.save(**{node.save: code})
                return self._forward(node.then)
            case Moved(path=path, page=page):
                self.state = replace(self.state, path=path, page=page, tries=0)
                return self.show(node)
            case Left():
                return self._back(node)
            case None:
                return self._wrong(node)

    def yes_or_no(self, said: str) -> str | None:
        """A folded answer as `yes` or `no`."""
        if said == "1" or said in self.book.keywords.yes:
            return "yes"
        return "no" if said == "2" or said in self.book.keywords.no else None

    def know_case(self, ref: str | None) -> None:
        """Sets what may be told of a case: `case_state` is a state, `answered`, `private` or, not found, `unknown`."""
        case = self.world.case(ref) if ref and reference.is_valid(ref) else None
        if case is None:
            self.save(reference=ref, case_state="unknown")
        elif case.sensitive:
            self.save(reference=ref, case_state="private")
        else:
            self.save(reference=ref, case_state="answered" if case.answer else case.state, case_answer=case.answer)

    def _look_up(self, text: str) -> str | None:
        """A reference that is known. A wrong check digit and an unknown reference look the same from outside."""
        ref = reference.read(text)
        self.know_case(ref)
        return ref if self.value("case_state") != "unknown" else None

    def _turn_page(self, node: Menu | Ask, page: int) -> Turn:
        self.state = replace(self.state, page=page, tries=0)
        return self.show(node)

    def _back(self, node: Menu | Ask) -> Turn:
        stack = [at for at in self.state.stack if self.book.node(Target.parse(at))]  # flows may have changed since
        return self.go(Target.parse(stack[-1]), tuple(stack[:-1])) if stack else self._wrong(node)

    def _wrong(self, node: Menu | Ask, hint: str = "wrong") -> Turn:
        """The same screen with a hint; the third time the end, or where the flow says to go without an answer."""
        self.state = replace(self.state, tries=self.state.tries + 1)
        if self.state.tries < GIVE_UP_AFTER:
            return self.show(node, self._text(hint))
        if isinstance(node, Ask) and node.otherwise:
            return self._forward(node.otherwise)
        return self.close("give_up")

    # --- an SMS ---

    def reply(self, said: str) -> Turn | None:
        """The turn after a short answer (folded) to the open menu or yes/no question; None when it is none."""
        node = self.here()
        if isinstance(node, Menu) and said in node.options:
            return self.choose(node, said)
        if isinstance(node, Ask) and node.kind == "yes_no" and (answer := self.yes_or_no(said)):
            self.save(**{node.save: answer})
            return self._forward(node.then)
        return None

    def remark(self, text: str) -> Turn | None:
        """The turn after an SMS that says something else about what is open; None when nothing takes it up.

        Asked where, the place that is named counts; what was said besides is `heard` and not lost.
        """
        node = self.here()
        if not isinstance(node, Ask):
            return None
        if node.kind == "place":
            place = named_place(self.book, self.world, text)
            only = place and fold_words(text) in {fold_words(place.name), fold_words(place.code)}
            self.save(**{node.save: place.code if place else None, "heard": None if only else text})
            return self._forward(node.then)
        if node.otherwise is None:
            return None
        self.save(heard=text)
        return self._forward(node.otherwise)

    # --- what is shown ---

    def show(self, node: Menu | Ask, hint: str = "") -> Turn:
        """The screen or SMS of the node that is open."""
        return Turn(self.state, self._screen(node, hint), False, tuple(self.events))

    def _screen(self, node: Menu | Ask, hint: str) -> str:
        if self.limits is None:
            return fold_for_sms(self._text(node.text))
        if isinstance(node, Ask):
            if node.kind == "place":
                return Ladder(self.book, self.world, self.limits, node, self.state).screen(hint)
            key = "skip" if node.skip else "back"
            lines = [f"{BACK_KEY} {self._text(key)}"] if node.skip or self.state.stack else []
            return compose(self._text(node.text), lines, self.limits, hint)
        screen, pages = take_apart(self._text(node.text)), self._menu_pages(node)
        shown = pages[min(self.state.page, len(pages) - 1)]
        choices = self._choices(screen.lines)
        lines = [choices[index] for index in shown] + self._menu_tail(node, several=len(pages) > 1)
        return compose(screen.title, lines, self.limits, hint)

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
        if self.limits is None:
            return self.book.say(self.state.language, key, self.state.answers)
        text = self.book.texts.get(self.state.language, key).words
        return shorten(text, "case_answer", dict(self.state.answers), self.limits)

    def _text(self, key: str) -> str:
        return self.book.fill(self.state.language, key, self.state.answers)


def _is_stray_key(key: str) -> bool:
    """Nothing, or a key pressed where words are asked for."""
    return not key or (key.isdigit() and len(key) < 3)
