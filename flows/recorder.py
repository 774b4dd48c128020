"""A phone without a network: it goes through conversations with the engine alone, and keeps what was said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flows import engine
from flows.book import LAST_WORD, Book
from flows.events import Event, OptIn, OptOut, SetLanguage
from flows.scene import Scene
from flows.screens import Limits
from flows.script import Dialogue, Step, plain_event, write_dialogues
from flows.state import State, Turn


class Recorder:
    """One phone. It has one conversation by USSD and one by SMS, as every phone has; `limits.seconds_left` is what the
    network allows a session from its beginning.

    `screen` is the last one shown, `ended` whether no session is open, `inbox` all SMS that came, `events` all that
    was decided, `turns` all that was done and what came of it. Around the engine it does what feedback_gateway.receive
    does: the language counts for both conversations, and `is_stopped` says that STOP holds back what we send.
    """

    def __init__(
        self, book: Book, language: str | None = None, world: Scene | None = None, limits: Limits | None = None
    ) -> None:
        scene = world or Scene()
        self.book = book
        self.scene = replace(scene, language=language or scene.language, limits=limits or scene.limits)
        self.world = self.scene.make_world()
        self.language = self.scene.language
        self.states: dict[str, State] = {"ussd": State(), "sms": State()}
        self.screen = ""
        self.ended = True
        self.inbox: list[str] = []
        self.events: list[Event] = []
        self.turns: list[Step] = []
        self.is_stopped = False
        self._stop_answered = False
        self._began = self.world.now()

    @property
    def state(self) -> State:
        """Where the person stands in the USSD conversation."""
        return self.states["ussd"]

    def dial(self, inputs: str = "") -> str:
        """A new session; `2*1` is a deep dial. Returns the screen."""
        return self.do(Step("dial", inputs)).shown or ""

    def press(self, key: str) -> str:
        """A key or words; where no session is open they are dialled along with the code. Returns the screen."""
        return self.do(Step("press", key)).shown or ""

    def sms(self, text: str) -> str:
        """An SMS to us. Returns the answer, empty when there is none."""
        return self.do(Step("sms", text)).shown or ""

    def ask(self, flow: str, reference: str) -> str:
        """A flow that we begin by SMS about a case. Returns our SMS. Raises KeyError for a flow that does not exist."""
        return self.do(Step("ask", flow, reference)).shown or ""

    def drop(self) -> None:
        """The network drops the session."""
        self.do(Step("drop"))

    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.do(Step("wait", str(seconds)))

    def again(self) -> str:
        """The provider repeats its last request. Returns the screen."""
        return self.do(Step("again")).shown or ""

    def abandon(self) -> str:
        """The sweeper looks at a session that broke off. Returns the SMS that is sent, empty for none."""
        return self.do(Step("abandon")).shown or ""

    def do(self, step: Step) -> Step:
        """One turn. Returns it with what really came back, and keeps that in `turns`."""
        turn = self._take(step)
        done = replace(step, shown=None, ends=False, events=())
        if turn is not None:
            events = tuple(plain_event(event) for event in turn.events)
            done = replace(done, shown=turn.text, ends=turn.ends and step.kind != "abandon", events=events)
        self.turns.append(done)
        return done

    def recording(self, about: str) -> Dialogue:
        """What was done so far."""
        return Dialogue(about, self.scene, tuple(self.turns))

    def to_yaml(self, about: str) -> str:
        """What was done so far as a dialogue file."""
        return write_dialogues([self.recording(about)])

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dictionary for from_json: what the person did, from which all else follows."""
        turns = [[turn.kind, turn.said, *([turn.reference] if turn.reference else [])] for turn in self.turns]
        return {**self.scene.to_plain(), "turns": turns}

    @classmethod
    def from_json(cls, book: Book, stored: Mapping[str, Any]) -> "Recorder":
        """The phone again, by doing once more what was done. In another book it stands where that one leads to."""
        recorder = cls(book, world=Scene.from_plain(stored))
        for kind, said, *reference in stored["turns"]:
            recorder.do(Step(kind, said, *reference))
        return recorder

    # --- one turn ---

    def _take(self, step: Step) -> Turn | None:
        book, world = self.book, self.world
        match step.kind:
            case "wait":
                world.clock += timedelta(seconds=int(step.said))
                return None
            case "drop":
                self.ended = True
                return None
            case "again":
                return Turn(self.state, self.screen, self.ended)
            case "press" if not self.ended:
                return self._show(engine.press(book, self._state("ussd"), step.said, world, self._limits()))
            case "dial" | "press":
                self._began = world.now()
                inputs = step.said.split("*") if step.said else []
                return self._show(engine.dial(book, self._state("ussd"), inputs, world, self._limits()))
            case "sms":
                return self._receive(engine.hear(book, self._state("sms"), step.said, world))
            case "ask":
                answers = {"reference": step.reference} if step.reference else {}
                if step.said == LAST_WORD:
                    world.ask(step.reference)
                asked = self._keep(engine.ask(book, self._state("sms"), step.said, answers, world), "sms")
                return self._deliver(replace(asked, text="") if self.is_stopped else asked)
            case "abandon":
                left = self._keep(engine.abandon(book, self._state("ussd"), world, self._limits()), "ussd")
                return self._deliver(replace(left, text="") if self.is_stopped else left)

    def _state(self, medium: str) -> State:
        state = self.states[medium]
        return state.speaking(self.language) if self.language else state

    def _limits(self) -> Limits:
        limits = self.scene.limits
        if limits.seconds_left is None:
            return limits
        gone = int((self.world.now() - self._began).total_seconds())
        return replace(limits, seconds_left=max(0, limits.seconds_left - gone))

    def _show(self, turn: Turn) -> Turn:
        self.screen, self.ended = turn.text, turn.ends
        return self._keep(turn, "ussd")

    def _receive(self, turn: Turn) -> Turn:
        was_stopped = self.is_stopped
        self._keep(turn, "sms")
        return self._deliver(replace(turn, text=self._after_stop(turn)) if was_stopped and self.is_stopped else turn)

    def _after_stop(self, turn: Turn) -> str:
        """A phone that said STOP is told once that it was heard when it writes again, then nothing until START."""
        if self._stop_answered or any(isinstance(event, OptOut) for event in turn.events):
            return ""
        self._stop_answered = True
        about = next((ref for event in turn.events if (ref := getattr(event, "reference", None))), "")
        return self.book.say(turn.state.language, "sms.stopped", {"reference": about})

    def _deliver(self, turn: Turn) -> Turn:
        self.inbox += [turn.text] if turn.text else []
        return turn

    def _keep(self, turn: Turn, medium: str) -> Turn:
        """Remembers the turn as the product does: the state as JSON, the language for both conversations."""
        self.world.apply(turn.events, by_sms=medium == "sms")
        self.events += turn.events
        self.states[medium] = State.from_json(turn.state.to_json())
        for event in turn.events:
            match event:
                case SetLanguage(language=language):
                    self.language = language
                case OptOut():
                    self.is_stopped = True
                case OptIn():
                    self.is_stopped = self._stop_answered = False
                case _:
                    pass
        return turn
