"""One turn through a flow: from the node that asks, over branches and actions, to the next one that asks or ends.

Variables set by the engine: `reference`, `case_state` and `case_answer` (a case that was looked up), `heard` (the words
of an SMS that said more than was asked), `private` (an SMS about what nothing is asked of), besides what the nodes
save. Computed when they are needed: `medium` (ussd or sms), `hotline`, `sms_number`.
"""

from collections.abc import Mapping
from dataclasses import replace

from flows import reference
from flows.actions import ACTIONS
from flows.answers import read_date, read_number, read_pin, read_words
from flows.book import HOME, LANGUAGE
from flows.definition import Action, Ask, Branch, Call, Flow, Menu, Say, Target
from flows.display import Display, Stop
from flows.events import OpenCase, SetLanguage, WrongPin
from flows.fold import fold_words
from flows.ladder import ELSEWHERE, Chosen, Ladder, Left, Moved, named_place
from flows.screens import BACK_KEY, HOME_KEY, MORE_KEY, compose
from flows.state import Turn
from flows.texts import take_apart

LATE_SECONDS = 40
"""With less than this left of a USSD session, nothing is asked that takes long to type."""

DEEPEST_CALL = 8

WRONG = {
    "reference": "status.unknown",
    "place": "wrong.place",
    "number": "wrong.number",
    "date": "wrong.date",
    "phone": "wrong.phone",
    "pin": "wrong.pin",
    "new_pin": "wrong.new_pin",
}
"""What is said above the screen after an answer that is none, by what was asked; else `wrong`."""


class Walk(Display):
    """One turn of one person. With `limits` it is USSD, without it is SMS."""

    # --- going from node to node ---

    def begin(self, flow: str, answers: Mapping[str, str] | None = None) -> Turn:
        """Starts a flow afresh; of what was before, only the language stays."""
        self.state = replace(self.state.over(), answers=dict(answers or {}), edition=self.book.edition)
        return self.go(self.book.start(flow))

    def begin_home(self) -> Turn:
        """The first screen, or the choice of language for whoever has not chosen one."""
        return self.begin(HOME if self.state.language in self.book.languages else LANGUAGE)

    def here(self) -> Stop | None:
        """The node that is open; None when nothing is or the flows have changed since."""
        if self.state.flow is None or self.state.node is None:
            return None
        node = self.book.node(Target(self.state.flow, self.state.node))
        return node if isinstance(node, Menu | Ask) or (isinstance(node, Say) and self.limits) else None

    def go(self, target: Target, stack: tuple[str, ...] = ()) -> Turn:
        """Follows branches, actions and calls until somebody must answer or all is said."""
        while True:
            if target.is_return:
                if not self.state.calls:
                    return self.close("give_up")  # a stored state that lost its caller; flows.check refuses such flows
                target = Target.parse(self.state.calls[0])
                self.state = replace(self.state, calls=self.state.calls[1:])
                continue
            node = self.book.node(target)
            match node:
                case Branch(on=on, cases=cases, otherwise=otherwise):
                    target = cases.get(self.value(on), otherwise)
                case Action():
                    self._act(node)
                    target, stack = node.then, ()  # what is done is done: going back must not do it twice
                case Call(flow=flow, then=then):
                    if len(self.state.calls) >= DEEPEST_CALL:
                        raise LookupError(f"{target} is called too deep")
                    self.state = replace(self.state, calls=(str(then), *self.state.calls))
                    target = flow
                case Ask(kind="place", then=then) if self._nowhere_to_choose():
                    target = then
                case Ask(late=Target() as late) if self._is_late():
                    target = late
                case Say(text=text, then=Target() as then) if self.limits is None:
                    self._said.append(self._text(text))
                    target = then
                case Say() if self.limits is None or (node.then is None and len(self._text_pages(node, stack)) == 1):
                    return self.close(node.text)
                case Menu() | Ask() | Say():
                    return self._stop_at(target, node, stack)
                case None:
                    raise LookupError(f"{target} is not in the book")

    def save(self, **answers: str | None) -> None:
        """Sets variables; None unsets them."""
        values = {**self.state.answers, **answers}
        self.state = replace(self.state, answers={name: value for name, value in values.items() if value is not None})

    def close(self, text: str) -> Turn:
        """The last words: nothing is open any more."""
        return Turn(self.state.over(), self._last_words(text), True, tuple(self.events))

    def kept_words(self) -> tuple[OpenCase, ...]:
        """The case of a complaint that was written but not finished; none when nothing was written."""
        words = self.state.answers.get("words", "").strip()
        if not words or not any(flow and flow.resume for flow in self.flows_around()):
            return ()
        event, _ = ACTIONS["open_case"].make(self.state.answers.get, self.world)
        assert isinstance(event, OpenCase)
        return (replace(event, incomplete=True),)

    def flows_around(self) -> list[Flow | None]:
        """The flow that is open, and those that have called it; None for one that is no longer there."""
        names = [self.state.flow or "", *(at.partition("/")[0] for at in self.state.calls)]
        return [self.book.flows.get(name) for name in names]

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

    def _stop_at(self, target: Target, node: Stop, stack: tuple[str, ...]) -> Turn:
        at = _mark(target, self.state.calls)
        if at in stack:
            stack = stack[: stack.index(at)]
        is_ladder = isinstance(node, Ask) and node.kind == "place" and self.limits
        self.state = replace(
            self.state,
            flow=target.flow,
            edition=self.book.edition,
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
        here = Target(self.state.flow or "", self.state.node or "")
        return self.go(target, (*self.state.stack, _mark(here, self.state.calls)))

    # --- a dropped USSD session ---

    def offer(self) -> Turn:
        """The question whether to go on where the session was dropped; what is open stays open behind it."""
        assert self.limits is not None
        self.state = replace(self.state, resuming=True)
        screen = take_apart(self._text("resume"))
        hint = self._text("wrong") if self.state.tries else ""
        return Turn(self.state, compose(screen.title, list(screen.lines.values()), self.limits, hint), False)

    def _seconds(self) -> int:
        return max(0, int(self.world.now().timestamp()))

    # --- a USSD key ---

    def press(self, text: str) -> Turn | None:
        """The turn after one USSD input; None when the session must begin again: no screen is open, the person goes
        home, or answers the offer with 2."""
        node, key = self.here(), fold_words(text)
        if node is None or self.limits is None or key == HOME_KEY:
            return None
        if self.state.resuming:
            return self._answer_offer(key, node)
        match node:
            case Menu():
                return self._press_menu(node, key)
            case Ask():
                return self._press_ask(node, text, key)
            case Say():
                return self._press_say(node, key)

    def _answer_offer(self, key: str, node: Stop) -> Turn | None:
        """1 goes on and 2 begins again, which drops what was answered; after three other keys it goes on."""
        if key == "2":
            return None
        tries = 0 if key == "1" else self.state.tries + 1
        if 0 < tries < 3:
            self.state = replace(self.state, tries=tries)
            return self.offer()
        self.state = replace(self.state, resuming=False, tries=0, asked_at=self._seconds())
        return self.show(node)

    def _press_menu(self, node: Menu, key: str) -> Turn:
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

    def _press_ask(self, node: Ask, text: str, key: str) -> Turn:
        if node.kind == "place":
            return self._press_place(node, text)
        if key == BACK_KEY:
            if node.skip is None:
                return self._back(node)
            return self._forward(node.skip)  # what was said before, and come back to, stays
        if answer := self.read(node, text):
            self.save(**{node.save: answer})
            return self._forward(node.then)
        return self._wrong(node, WRONG.get(node.kind, "wrong"))

    def read(self, node: Ask, text: str) -> str | None:
        """What was typed as the answer to a question other than where; None when it is none."""
        match node.kind:
            case "yes_no":
                return self.yes_or_no(fold_words(text))
            case "number":
                return read_number(text, node.least, node.most)
            case "date":
                return read_date(text, self.world.now().date(), node.least, node.most)
            case "phone":
                return self.world.read_phone(text)
            case "reference":
                return self._look_up(text)
            case "new_pin":
                return read_pin(text)
            case "pin":
                return "yes" if self.unlock(text) else None
            case _:
                return read_words(text, node.least, node.most)

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
                return self._wrong(node, WRONG["place"] if len(fold_words(text)) > 1 else "wrong")

    def _press_say(self, node: Say, key: str) -> Turn:
        """0 goes back, every other key goes on."""
        if key == BACK_KEY:
            return self._turn_page(node, self.state.page - 1) if self.state.page else self._back(node)
        if self.state.page + 1 < len(self._text_pages(node, self.state.stack)):
            return self._turn_page(node, self.state.page + 1)
        return self._forward(node.then) if node.then else self.show(node)

    def yes_or_no(self, said: str) -> str | None:
        """A folded answer as `yes` or `no`."""
        if said == "1" or said in self.book.keywords.yes:
            return "yes"
        return "no" if said == "2" or said in self.book.keywords.no else None

    def know_case(self, ref: str | None) -> None:
        """Sets what may be told of a case: `case_state` is a state, `answered`, `private`, `locked` (private, and its
        digits open it) or, not found, `unknown`."""
        case = self.world.case(ref) if ref and reference.is_valid(ref) else None
        if case is None:
            self.save(reference=ref, case_state="unknown")
        elif case.has_pin or case.sensitive:
            self.save(reference=ref, case_state="locked" if case.has_pin else "private")
        else:
            self.save(reference=ref, case_state="answered" if case.answer else case.state, case_answer=case.answer)

    def unlock(self, text: str) -> bool:
        """Whether these are the digits of the case that was looked up: its state may then be told."""
        ref, pin = self.value("reference"), read_pin(text)
        case = self.world.case(ref)
        if pin is None or case is None or self.value("case_state") != "locked":
            return False
        if not self.world.opens(ref, pin):
            self.events.append(WrongPin(ref))
            return False
        answer = None if case.sensitive else case.answer
        self.save(case_state="answered" if answer else case.state, case_answer=answer)
        return True

    def _look_up(self, text: str) -> str | None:
        """A reference that is known. A wrong check digit and an unknown reference look the same from outside."""
        ref = reference.read(text) or next(iter(reference.find(text)), None)
        self.know_case(ref)
        return ref if self.value("case_state") != "unknown" else None

    def _turn_page(self, node: Stop, page: int) -> Turn:
        self.state = replace(self.state, page=page, tries=0)
        return self.show(node)

    def _back(self, node: Stop) -> Turn:
        stack = [at for at in self.state.stack if self.book.node(_place(at)[0])]  # flows may have changed since
        if not stack:
            return self._wrong(node)
        target, calls = _place(stack[-1])
        self.state = replace(self.state, calls=calls)
        return self.go(target, tuple(stack[:-1]))

    def _wrong(self, node: Stop, hint: str = "wrong") -> Turn:
        """The same screen with a hint; at last the end, or where the flow says to go without an answer."""
        self.state = replace(self.state, tries=self.state.tries + 1)
        if isinstance(node, Say) or self.state.tries < node.tries:
            return self.show(node, self._text(self._said_best(hint)))
        if node.otherwise:
            return self._forward(node.otherwise)
        self.events.extend(self.kept_words())
        return self.close("give_up")

    def _said_best(self, hint: str) -> str:
        """A closer hint only in the person's own language; the plain one before a French one."""
        return "wrong" if self.book.texts.get(self.state.language, hint).borrowed else hint

    # --- an SMS ---

    def reply(self, text: str) -> Turn | None:
        """The turn after a short answer to what is open; None when it is none."""
        node, said = self.here(), fold_words(text)
        if isinstance(node, Menu) and said in node.options:
            return self.choose(node, said)
        if not isinstance(node, Ask) or node.kind in ("text", "place"):
            return None
        answer = self.read(node, text)
        if answer is None:
            return None
        self.save(**{node.save: answer})
        return self._forward(node.then)

    def remark(self, text: str) -> Turn | None:
        """The turn after an SMS that says something else about what is open; None when nothing takes it up.

        Asked where, the place that is named counts; what was said besides is `heard` and not lost.
        """
        node = self.here()
        if isinstance(node, Ask) and node.kind == "place":
            place = named_place(self.book, self.world, text)
            only = place and fold_words(text) in {fold_words(place.name), fold_words(place.code)}
            self.save(**{node.save: place.code if place else None, "heard": None if only else text})
            return self._forward(node.then)
        if isinstance(node, Ask) and node.kind == "text" and (words := read_words(text, node.least, node.most)):
            self.save(**{node.save: words})
            return self._forward(node.then)
        if not isinstance(node, Ask | Menu) or node.otherwise is None:
            return None
        self.save(heard=text)
        return self._forward(node.otherwise)


def _mark(target: Target, calls: tuple[str, ...]) -> str:
    """A screen on the way back, with where the flows around it go on."""
    return ">".join((str(target), *calls))


def _place(mark: str) -> tuple[Target, tuple[str, ...]]:
    at, *calls = mark.split(">")
    return Target.parse(at), tuple(calls)
