"""What a conversation has decided. The engine only says it; feedback_gateway.receive does it."""

from dataclasses import dataclass, field
from typing import Literal

Purpose = Literal["complaint", "question", "callback", "thanks", "suggestion"]
SafeTime = Literal["morning", "noon", "afternoon", "evening", "any"]
ContactBy = Literal["sms", "call"]
Pace = Literal["each_step", "answer_only"]
WhyNot = Literal["nothing_changed", "not_understood", "other_need", "other"]


@dataclass(frozen=True)
class SetLanguage:
    """The person has chosen a language."""

    language: str


@dataclass(frozen=True)
class OpenCase:
    """A new case. `category` and `place` are codes, None when not said; `text` is what was written, untouched.

    `may_contact` is the person's consent; `sealed` cases are read by a named list only. `incomplete`: the session broke
    off, and the person has not been told the reference. `contact_by` is how to be answered, `safe_time` when a call is
    safe; None when not said.
    """

    reference: str
    purpose: Purpose
    category: str | None
    text: str
    place: str | None
    may_contact: bool
    sealed: bool
    incomplete: bool = False
    contact_by: ContactBy | None = None
    safe_time: SafeTime | None = None


@dataclass(frozen=True)
class AddMessage:
    """More words for a case that exists."""

    reference: str
    text: str


@dataclass(frozen=True)
class SetPlace:
    """The person has said where; `place` is a code."""

    reference: str
    place: str


@dataclass(frozen=True)
class SetSafeTime:
    """When a call is safe."""

    reference: str
    safe_time: SafeTime


@dataclass(frozen=True)
class SetPin:
    """Four digits that the person made up: from now on they open the status of this case."""

    reference: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class WrongPin:
    """Somebody who holds the reference did not know the digits."""

    reference: str


@dataclass(frozen=True)
class SetPace:
    """How often this phone wants to hear of its cases."""

    pace: Pace


@dataclass(frozen=True)
class OptOut:
    """Nothing more may be sent to this phone. What it writes is still heard."""


@dataclass(frozen=True)
class OptIn:
    """This phone may be written to again."""


@dataclass(frozen=True)
class QuestionShown:
    """The first screen of the code has asked whether the answer helped."""

    reference: str


@dataclass(frozen=True)
class Helped:
    """The answer to the satisfaction question; a no asks that the case be taken up again.

    With `why` it is the reason of a no that was said before.
    """

    reference: str
    helped: bool
    why: WhyNot | None = None


@dataclass(frozen=True)
class AskReopening:
    """The person asks that the case be taken up again."""

    reference: str


Event = (
    SetLanguage
    | OpenCase
    | AddMessage
    | SetPlace
    | SetSafeTime
    | SetPin
    | WrongPin
    | SetPace
    | OptOut
    | OptIn
    | QuestionShown
    | Helped
    | AskReopening
)
