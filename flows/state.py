"""Where a person stands in a conversation, and what one turn gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.events import Event


@dataclass(frozen=True)
class State:
    """Where a person stands. With `node` None nothing is being asked, and only the language is remembered.

    `tries` counts wrong keys at this node; `page` and `path` are where they are inside it (path: place codes, from
    the region down); `calls` are the nodes (`flow/node`) at which the flows that called this one go on, the last one
    first to go on; `stack` holds the screens to go back to, each with its calls behind it (`flow/node>flow/node`).
    `asked_at` is when the open question was asked, in seconds since 1970. `resuming`: the session was dropped at this
    node, and what is shown is the offer to go on from it. `edition` is the edition of the book that was in force when
    the conversation began: it goes on in that one. `guessed`: nobody has chosen the language, it was heard from an SMS.
    """

    language: str | None = None
    flow: str | None = None
    edition: int = 0
    node: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    tries: int = 0
    page: int = 0
    path: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    asked_at: int = 0
    resuming: bool = False
    guessed: bool = False

    def speaking(self, language: str | None, *, guessed: bool = False) -> "State":
        """The same place in the conversation, in another language."""
        return replace(self, language=language, guessed=guessed)

    def over(self) -> "State":
        """Nothing is open any more; only the language is remembered."""
        return State(language=self.language, guessed=self.guessed)

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dictionary that from_json reads back."""
        # By hand: dataclasses.asdict copies deeply, which costs a seventh of a USSD step.
        lists = {"path": [*self.path], "calls": [*self.calls], "stack": [*self.stack]}
        return {**vars(self), "answers": dict(self.answers), **lists}

    @classmethod
    def from_json(cls, stored: object) -> "State":
        """Reads what to_json gave. Unknown keys are ignored; anything that makes no sense is a new State."""
        if not isinstance(stored, Mapping):
            return cls()
        state = cls(
            language=_text(stored.get("language")),
            flow=_text(stored.get("flow")),
            edition=_number(stored.get("edition")),
            node=_text(stored.get("node")),
            answers=_words(stored.get("answers")),
            tries=_number(stored.get("tries")),
            page=_number(stored.get("page")),
            path=_codes(stored.get("path")),
            calls=_codes(stored.get("calls")),
            stack=_codes(stored.get("stack")),
            asked_at=_number(stored.get("asked_at")),
            resuming=stored.get("resuming") is True,
            guessed=stored.get("guessed") is True,
        )
        return state if state.flow and state.node else state.over()


@dataclass(frozen=True)
class Turn:
    """What one turn gives: the state to keep, the screen or SMS to show ("" = say nothing), the events to apply.

    `ends` is True when no question is left open: USSD answers END, and `state` has no node.
    """

    state: State
    text: str
    ends: bool
    events: tuple[Event, ...] = ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int:
    return value if type(value) is int and value >= 0 else 0


def _words(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {key: word for key, word in value.items() if isinstance(key, str) and isinstance(word, str)}


def _codes(value: object) -> tuple[str, ...]:
    return tuple(code for code in value if isinstance(code, str)) if isinstance(value, list | tuple) else ()
