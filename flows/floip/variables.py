"""What the answers of a flow are called in ours, and which values each can have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Literal as OneOf

from flows.definition import NONE
from flows.floip.expressions import OTHER, Channel, Choice, Expression, Value, literals
from flows.floip.fields import as_number

MOST_VALUES = 400
"""Values of a number that are tried one by one to see which exit each takes."""


@dataclass(frozen=True)
class Variable:
    """An answer. `name` is ours; the values that a choice can have are `choices`, a number's lie between `least` and
    `most`. Of several answers (`many`) each choice has a variable of its own, `each`, which is an `answer`: yes or not
    set."""

    name: str
    kind: OneOf["choice", "number", "text", "many", "answer", "medium"]
    choices: tuple[Choice, ...] = ()
    least: int | None = None
    most: int | None = None
    each: Mapping[str, str] = field(default_factory=dict)


MEDIUM = Variable("medium", "medium")
"""The engine's variable for how a person has come: `sms` or `ussd`."""


@dataclass(frozen=True)
class Domain:
    """The values that a branch tells apart, as flow files write them, and what stands for all the others."""

    values: Sequence[tuple[str, Value]]
    rest: Value
    from_zero: bool = False  # only true of a number that is not below zero
    by_letter: bool = False


def choices_of(named: Iterable[tuple[str, Iterable[str]]]) -> tuple[Choice, ...]:
    """Choices from their names and labels, in their order."""
    listed = [(name, frozenset(label.strip().casefold() for label in labels)) for name, labels in named]
    names = frozenset(name.casefold() for name, _ in listed)
    return tuple(Choice(name, number, labels, names) for number, (name, labels) in enumerate(listed, 1))


def domain(variable: Variable, tests: Iterable[Expression]) -> Domain | None:
    """What to tell apart so that these tests can be decided; None when that is too much."""
    compared = [value for test in tests for value in literals(test)]
    match variable.kind:
        case "choice":
            return Domain([(written(choice.name), choice) for choice in variable.choices], None)
        case "answer":
            return Domain([("yes", True)], False)
        case "many":
            return None
        case "medium":
            return Domain([("sms", Channel("sms"))], Channel("ussd"))
        case "text":
            texts = {str(value).strip(): None for value in compared if isinstance(value, str) and value.strip()}
            values: list[tuple[str, Value]] = [(text, text) for text in texts if text != NONE]
            return Domain([(NONE, None), *values], OTHER, by_letter=bool(values))
        case "number":
            return _numbers(variable, [number for value in compared if (number := as_number(value)) is not None])


def _numbers(variable: Variable, constants: list[float]) -> Domain | None:
    """Above the highest constant all numbers are alike, so one of them stands for all."""
    low = 0 if variable.least is None else variable.least
    high = floor(max(constants, default=0.0)) + 1
    if variable.most is not None:
        high = min(high, variable.most)
    if high - low > MOST_VALUES:
        return None
    tried: list[tuple[str, Value]] = [(str(number), float(number)) for number in range(low, high)]
    return Domain([(NONE, None), *tried], float(max(high, low)), from_zero=variable.least is None)


def written(value: str) -> str:
    """A choice as the value of a variable; `none` would unset it."""
    return f"{value}_" if value == NONE else value
