"""What a conversation may know of the world outside it: one small protocol, given to the engine at each turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Place:
    """One rung of the ladder; `level` is region, province, commune or site."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class KnownCase:
    """What may be told about a case to whoever holds its reference. `answer` is None when the case is sensitive.

    `has_pin`: the state of a sensitive case is told to whoever knows the digits as well.
    """

    reference: str
    state: str
    outcome: str | None
    sensitive: bool
    answer: str | None
    has_pin: bool = False


class World(Protocol):
    """The engine's only questions. Each is asked when a turn needs it, never before."""

    def now(self) -> datetime:
        """The time, aware."""
        ...

    def places(self, parent: str | None) -> Sequence[Place]:
        """The places directly below one; the regions for None; empty when nothing narrower is known."""
        ...

    def find_places(self, words: str) -> Sequence[Place]:
        """The places whose name, alias or code stands in the words, best first."""
        ...

    def last_place(self) -> Place | None:
        """The place last given by this phone."""
        ...

    def case(self, reference: str) -> KnownCase | None:
        """The case with this reference (ten digits)."""
        ...

    def opens(self, reference: str, pin: str) -> bool:
        """Whether these four digits are the case's. False while it is locked after too many wrong ones."""
        ...

    def recent_case(self) -> str | None:
        """The reference of this phone's open SMS case, if it wrote within the joining window."""
        ...

    def open_question(self) -> str | None:
        """The reference of the case about which this phone is to be asked, as soon as it dials, whether it helped."""
        ...

    def hotline(self, place: str | None) -> str | None:
        """A number to call at once, for a place (None: where this phone was last said to be), verified not long ago."""
        ...

    def sms_number(self) -> str | None:
        """The number that SMS go to, as it is dialled; None when the channel has none."""
        ...

    def read_phone(self, text: str) -> str | None:
        """A telephone number in E.164 (+22670123456), None when the text is none."""
        ...

    def sure_language(self, text: str) -> str | None:
        """The language of a text (fr, mos ...), None unless it is sure."""
        ...

    def is_private(self, text: str) -> bool:
        """Whether words tell of something that nothing more may be asked about, and no answer may point to."""
        ...

    def new_reference(self) -> str:
        """A fresh reference: ten digits, see flows.reference."""
        ...
