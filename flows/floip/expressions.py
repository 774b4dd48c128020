"""FLOIP's expressions, as far as the exits of blocks use them: read into a tree, evaluated with what is known.

A value that is not known stays UNKNOWN through everything that depends on it, so a test is True, False or UNKNOWN.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?(?![\w.]))
    | (?P<path>\w+(?:\.\w+)*)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<sign><>|!=|>=|<=|==|=|<|>|\(|\)|,|&|\+|-|\*|/|@|\[|\])
    )""",
    re.VERBOSE,
)
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})

COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
LONGEST = 4000
"""Characters of an expression that are read; what is longer is no expression that a person wrote."""


@dataclass(frozen=True)
class Literal:
    """A text, a number, true, false or null."""

    value: str | float | bool | None


@dataclass(frozen=True)
class Path:
    """A variable: `flow.age.value` as its words in small letters."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A function or an operator with its arguments."""

    name: str
    arguments: tuple["Expression", ...]


Expression = Literal | Path | Call


class _Unknown:
    """What cannot be said."""


@dataclass(frozen=True)
class Other:
    """Some text, not empty, that is none of those it is compared with."""


@dataclass(frozen=True)
class Choice:
    """The choice that was made, of `of`: it equals its name; its number and labels, too, unless they name another."""

    name: str
    number: int
    labels: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()

    def equals(self, written: str) -> bool:
        """Whether a test that is written so is about this choice."""
        folded = written.strip().casefold()
        if folded == self.name.casefold():
            return True
        return folded not in self.of and (folded == str(self.number) or folded in self.labels)


@dataclass(frozen=True)
class Chosen:
    """Several answers: of every choice whether it was chosen, UNKNOWN where that is not known."""

    answers: tuple[tuple[Choice, "Value"], ...]


@dataclass(frozen=True)
class Channel:
    """How a person has come: by `sms` or `ussd`, None for one or the other; never by voice or a smartphone."""

    name: str | None = None


UNKNOWN = _Unknown()
OTHER = Other()

Value = str | float | bool | None | _Unknown | Other | Choice | Chosen | Channel
Lookup = Callable[[tuple[str, ...]], Value]
"""Gives a variable's value; UNKNOWN for what it does not know."""


def read(text: str) -> Expression | None:
    """The expression that a test holds, with or without `@`; None when it is none."""
    tokens = _tokens(text)
    if not tokens:
        return None
    try:
        parser = _Parser(tokens)
        tree = parser.comparison()
    except (_NoExpressionError, RecursionError):
        return None
    return tree if parser.at_end() else None


def paths(tree: Expression) -> Iterator[Path]:
    """Every variable of an expression, from left to right."""
    if isinstance(tree, Path):
        yield tree
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from paths(argument)


def literals(tree: Expression) -> Iterator[str | float | bool | None]:
    """Every literal of an expression; words without quotes are taken for texts."""
    if isinstance(tree, Literal):
        yield tree.value
    elif isinstance(tree, Path) and len(tree.words) == 1:
        yield tree.words[0]
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from literals(argument)


def _tokens(text: str) -> list[tuple[str, str]]:
    text, at, tokens = text.translate(_QUOTES).strip(), 0, []
    if len(text) > LONGEST:
        return []
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or not found.lastgroup:
            return []
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


class _NoExpressionError(Exception):
    """The tokens do not make an expression."""


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def comparison(self) -> Expression:
        left = self._term()
        while (sign := self._sign(*COMPARISONS, "<>", "==")) is not None:
            name = {"<>": "!=", "==": "="}.get(sign, sign)
            left = Call(name, (left, self._term()))
        return left

    def _term(self) -> Expression:
        left = self._operand()
        while (sign := self._sign("&", "+", "-", "*", "/")) is not None:
            left = Call(sign, (left, self._operand()))
        return left

    def _operand(self) -> Expression:
        if self._sign("@") is not None:
            return self._operand()
        if self._sign("-") is not None:
            return self._negative()
        if self._sign("(") is not None:
            inner = self.comparison()
            self._expect(")")
            return inner
        if self.at_end():
            raise _NoExpressionError
        kind, written = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return Literal(float(written))
        if kind == "text":
            return Literal(written[1:-1])
        if kind != "path":
            raise _NoExpressionError
        lowered = written.lower()
        if self._sign("(") is not None:
            return Call(lowered, self._arguments())
        words: dict[str, Expression] = {"true": Literal(True), "false": Literal(False), "null": Literal(None)}
        return words.get(lowered) or Path(tuple(lowered.split(".")))

    def _negative(self) -> Expression:
        inner = self._operand()
        if isinstance(inner, Literal) and isinstance(inner.value, float):
            return Literal(-inner.value)
        raise _NoExpressionError

    def _arguments(self) -> tuple[Expression, ...]:
        arguments: list[Expression] = []
        while self._sign(")") is None:
            if arguments:
                self._expect(",")
            arguments.append(self.comparison())
        return tuple(arguments)

    def _sign(self, *signs: str) -> str | None:
        if not self.at_end():
            kind, written = self._tokens[self._at]
            if kind == "sign" and written in signs:
                self._at += 1
                return written
        return None

    def _expect(self, sign: str) -> None:
        if self._sign(sign) is None:
            raise _NoExpressionError
