"""The shapes of a flow: what the YAML files of flows/definitions say, read and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

AskKind = Literal["text", "number", "date", "phone", "yes_no", "place", "reference", "pin", "new_pin"]
"""What can be asked for. `reference` and `pin` are looked up; `new_pin` is four digits that the person makes up."""

TRIES = 3
"""Wrong answers at one screen before the conversation goes on without, unless the flow says another number."""

NONE = "none"
"""How flow files write the value of a variable that is not set: to compare with it, and to unset it."""


@dataclass(frozen=True)
class Target:
    """A node of a flow; written `flow/node` in a state."""

    flow: str
    node: str

    def __str__(self) -> str:
        return f"{self.flow}/{self.node}"

    @property
    def is_return(self) -> bool:
        """True for `then: return`: back to the flow that called this one."""
        return self == RETURN

    @classmethod
    def parse(cls, written: str) -> "Target":
        """Reads `flow/node`; a node that does not exist is for Book.node to find out."""
        flow, _, node = written.partition("/")
        return cls(flow, node)


RETURN = Target("", "return")
"""The end of a flow that is called by others."""


@dataclass(frozen=True)
class Option:
    """One line of a menu: which variables it sets and where it leads."""

    then: Target
    sets: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Menu:
    """A numbered choice. The lines of its text begin with the keys of its options.

    `otherwise`: where to go after `tries` wrong keys, instead of the end.
    """

    text: str
    options: Mapping[str, Option]
    otherwise: Target | None = None
    tries: int = TRIES


@dataclass(frozen=True)
class Ask:
    """A question whose answer is saved as a variable.

    `skip`: where key 0 leads without an answer. `otherwise`: where to go when no answer comes, after `tries` answers
    that are none (USSD) or at once when the SMS says something else (its words are then the variable `heard`). `late`:
    where to go instead of asking when the USSD session is nearly over. `least` and `most`: what a number may be, how
    many characters a text may have, and how many days from today a date may lie (-7: a week ago).
    """

    kind: AskKind
    text: str
    save: str
    then: Target
    skip: Target | None = None
    otherwise: Target | None = None
    late: Target | None = None
    least: int | None = None
    most: int | None = None
    tries: int = TRIES


@dataclass(frozen=True)
class Say:
    """Something that is said: the last words of a conversation or, with `then`, a screen on the way.

    A text that is too long for one USSD screen has pages.
    """

    text: str
    then: Target | None = None


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


@dataclass(frozen=True)
class Call:
    """Goes through another flow, which comes back by `then: return`, and on from there."""

    flow: Target
    then: Target


Node = Menu | Ask | Say | Branch | Action | Call


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
    """Every node that may come next; RETURN where a called flow ends."""
    match node:
        case Menu(options=options, otherwise=otherwise):
            yield from (option.then for option in options.values())
            if otherwise:
                yield otherwise
        case Ask(then=then, skip=skip, otherwise=otherwise, late=late):
            yield from (target for target in (then, skip, otherwise, late) if target)
        case Branch(cases=cases, otherwise=otherwise):
            yield from cases.values()
            yield otherwise
        case Action(then=then):
            yield then
        case Say(then=then):
            if then:
                yield then
        case Call(flow=flow, then=then):
            yield from (flow, then)
