"""The shapes of a flow: what the YAML files of flows/definitions say, read and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

AskKind = Literal["text", "place", "reference", "yes_no"]

NONE = "none"
"""How flow files write the value of a variable that is not set: to compare with it, and to unset it."""


@dataclass(frozen=True)
class Target:
    """A node of a flow; written `flow/node` in a state."""

    flow: str
    node: str

    def __str__(self) -> str:
        return f"{self.flow}/{self.node}"

    @classmethod
    def parse(cls, written: str) -> "Target":
        """Reads `flow/node`; a node that does not exist is for Book.node to find out."""
        flow, _, node = written.partition("/")
        return cls(flow, node)


@dataclass(frozen=True)
class Option:
    """One line of a menu: which variables it sets and where it leads."""

    then: Target
    sets: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Menu:
    """A numbered choice. The lines of its text begin with the keys of its options."""

    text: str
    options: Mapping[str, Option]


@dataclass(frozen=True)
class Ask:
    """A question whose answer is saved as a variable.

    `skip`: where key 0 leads without an answer. `otherwise`: where to go when no answer comes, after three wrong keys
    (USSD) or at once when the SMS says something else (its words are then the variable `heard`). `late`: where to go
    instead of asking when the USSD session is nearly over.
    """

    kind: AskKind
    text: str
    save: str
    then: Target
    skip: Target | None = None
    otherwise: Target | None = None
    late: Target | None = None


@dataclass(frozen=True)
class Say:
    """The last words of a conversation."""

    text: str


@dataclass(frozen=True)
class Branch:
    """Goes on by the value of a variable."""

    on: str
    cases: Mapping[str, Target]
    otherwise: Target


@dataclass(frozen=True)
class Action:
    """Gives off an event, then goes on. See flows.actions for what each needs."""

    name: str
    then: Target
    params: Mapping[str, str | None] = field(default_factory=dict)


Node = Menu | Ask | Say | Branch | Action


@dataclass(frozen=True)
class Flow:
    """One file: its nodes by name, where it starts, and which version of it this is.

    `resume`: a USSD session that is dropped in it may be taken up again. Whoever dials next from the phone is shown
    where it stood, so a flow about what is private must not have it.
    """

    name: str
    version: int
    about: str
    start: Target
    nodes: Mapping[str, Node]
    resume: bool = False


def targets(node: Node) -> Iterator[Target]:
    """Every node that may come next."""
    match node:
        case Menu(options=options):
            yield from (option.then for option in options.values())
        case Ask(then=then, skip=skip, otherwise=otherwise, late=late):
            yield from (target for target in (then, skip, otherwise, late) if target)
        case Branch(cases=cases, otherwise=otherwise):
            yield from cases.values()
            yield otherwise
        case Action(then=then):
            yield then
        case Say():
            return
