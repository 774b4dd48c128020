"""The value of an expression, given what is known of its variables."""

from collections.abc import Callable, Mapping

from flows.floip.expressions import (
    COMPARISONS,
    OTHER,
    UNKNOWN,
    Call,
    Channel,
    Choice,
    Chosen,
    Expression,
    Literal,
    Lookup,
    Other,
    Path,
    Value,
)
from flows.floip.fields import as_number

_SAME = frozenset({"lower", "upper", "proper", "trim", "clean", "text", "value", "number", "datevalue"})
"""Functions that change nothing where capitals do not matter."""


def evaluate(tree: Expression, lookup: Lookup) -> Value:
    """The value; UNKNOWN when it depends on something that is not known. Never raises."""
    match tree:
        case Literal(value=value):
            return value
        case Path(words=words):
            return lookup(words)
        case Call(name=name, arguments=arguments):
            return _call(name, arguments, lookup)


def truth(tree: Expression, lookup: Lookup) -> bool | None:
    """Whether a test holds; None when that is not known."""
    return _truth(evaluate(tree, lookup))


def _truth(value: Value) -> bool | None:
    if value is UNKNOWN:
        return None
    if isinstance(value, Chosen):
        return True if any(is_so is True for _, is_so in value.answers) else None
    if isinstance(value, str):
        return value.casefold() not in {"", "0", "false", "null", "undefined"}
    return bool(value)


def _call(name: str, arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    if name in COMPARISONS and len(arguments) == 2:
        return _compare(name, evaluate(arguments[0], lookup), _right(arguments[1], lookup))
    if name in _SAME and len(arguments) == 1:
        return evaluate(arguments[0], lookup)
    function = _FUNCTIONS.get(name)
    return function(arguments, lookup) if function else UNKNOWN


def _right(tree: Expression, lookup: Lookup) -> Value:
    """What something is compared with; a word that is no variable has lost its quotes: `block.value = yes`."""
    value = evaluate(tree, lookup)
    return tree.words[0] if value is UNKNOWN and isinstance(tree, Path) and len(tree.words) == 1 else value


def _and(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    results = [truth(argument, lookup) for argument in arguments]
    return False if False in results else UNKNOWN if None in results else True


def _or(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    results = [truth(argument, lookup) for argument in arguments]
    return True if True in results else UNKNOWN if None in results else False


def _not(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    result = truth(arguments[0], lookup) if len(arguments) == 1 else None
    return UNKNOWN if result is None else not result


def _if(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    result = truth(arguments[0], lookup) if len(arguments) == 3 else None
    return UNKNOWN if result is None else evaluate(arguments[1 if result else 2], lookup)


def _between(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    if len(arguments) != 3:
        return UNKNOWN
    value, least, most = arguments
    return _and((Call(">=", (value, least)), Call("<=", (value, most))), lookup)


def _in(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    """`IN(x, ARRAY(a, b))`; of a block with many answers, `IN(a, block.value)`."""
    if len(arguments) != 2:
        return UNKNOWN
    value, listed = arguments
    among = listed.arguments if isinstance(listed, Call) and listed.name == "array" else (listed,)
    return _or(tuple(Call("=", (value, one)) for one in among), lookup)


def _contains(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    values = [evaluate(argument, lookup) for argument in arguments]
    if len(values) == 2 and any(isinstance(value, Chosen) for value in values):
        return _equal(*values)
    if len(values) == 2 and all(isinstance(value, str) for value in values):
        needle, haystack = (str(value).casefold() for value in values)
        return needle in haystack
    return UNKNOWN


def _length(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    """Of a text that is some text or other, only that it is not empty is known: see _compare."""
    value = evaluate(arguments[0], lookup) if len(arguments) == 1 else UNKNOWN
    if isinstance(value, Choice):
        return float(len(value.name))
    if value is None:
        return 0.0
    return value if isinstance(value, Other) else float(len(str(value))) if isinstance(value, str) else UNKNOWN


def _is_number(arguments: tuple[Expression, ...], lookup: Lookup) -> Value:
    value = evaluate(arguments[0], lookup) if len(arguments) == 1 else UNKNOWN
    if value is UNKNOWN or isinstance(value, Other):
        return UNKNOWN
    return as_number(value) is not None if not isinstance(value, Choice) else as_number(value.name) is not None


_FUNCTIONS: Mapping[str, Callable[[tuple[Expression, ...], Lookup], Value]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "if": _if,
    "between": _between,
    "in": _in,
    "contains": _contains,
    "len": _length,
    "isnumber": _is_number,
}


def _compare(sign: str, left: Value, right: Value) -> Value:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if sign == "=":
        return _equal(left, right)
    if sign == "!=":
        equal = _equal(left, right)
        return UNKNOWN if equal is UNKNOWN else not equal
    if isinstance(left, Chosen | Channel) or isinstance(right, Chosen | Channel):
        return UNKNOWN
    if OTHER in (left, right):
        # LEN(some text) > 0, and no other order, can be told
        return True if (left is OTHER and sign in (">", ">=") and right == (0 if sign == ">" else 1)) else UNKNOWN
    if left is None or right is None:
        return False
    a, b = _number(left), _number(right)
    if a is None or b is None:
        return UNKNOWN
    return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]


def _equal(left: Value, right: Value) -> Value:
    if not isinstance(left, Chosen | Channel) and isinstance(right, Choice | Other | Chosen | Channel):
        left, right = right, left
    if isinstance(left, Chosen):
        return next((is_so for choice, is_so in left.answers if choice.equals(_written(right))), False)
    if isinstance(left, Channel):
        return _is_channel(left, _written(right).strip().casefold())
    if isinstance(left, Other):
        return UNKNOWN if isinstance(right, Other | Choice) else False
    if isinstance(left, Choice):
        if isinstance(right, Choice):
            return left.equals(right.name)
        return right is not None and left.equals(_written(right))
    if left is None or right is None:
        return left is None and right is None
    a, b = _number(left), _number(right)
    if a is not None and b is not None:
        return a == b
    return _written(left).strip().casefold() == _written(right).strip().casefold()


def _is_channel(channel: Channel, mode: str) -> Value:
    if mode in ("sms", "ussd"):
        return UNKNOWN if channel.name is None else channel.name == mode
    return mode == "text"


def _number(value: Value) -> float | None:
    if isinstance(value, Choice):
        number = as_number(value.name)
        return number if number is not None else float(value.number)
    return as_number(value)


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
