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
    """What may be told about a case to whoever holds its reference. `answer` is None when the case is sensitive."""

    reference: str
    state: str
    outcome: str | None
    sensitive: bool
    answer: str | None


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

    def recent_case(self) -> str | None:
        """The reference of this phone's open SMS case, if it wrote within the joining window."""
        ...

    def new_reference(self) -> str:
        """A fresh reference: ten digits, see flows.reference."""
        ...
