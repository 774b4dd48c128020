"""How many people, and how many days, a text speaks of: a number and the word that it belongs to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple, Self

from feedback_gateway.classify.patterns import Pattern, Spelling, Term, Token, read_pattern, trace

_DIGITS = re.compile(r"(\d{1,7})([^\W\d]*)")
_NEAR = 2
_HUNDRED = 100


class _Unit(NamedTuple):
    term: Term
    size: float


class _Number(NamedTuple):
    """A number in a text: its first token, the token after it, and what is glued to it ("5j")."""

    value: float
    start: int
    end: int
    glued: str


@dataclass(frozen=True)
class Counting:
    """How one language counts. `numbers` are words for numbers; `people` and `spans` are nouns with how many people
    or days one of them stands for; `we` are the words before a bare number of people ("we are 200"). A span counts
    when a word of `past` stands shortly before it or one of `without` right after it, and none of `ahead` right
    before ("in 5 days"). A language with `number_after` may put the number behind, and asks for no such words.
    """

    numbers: Mapping[str, float]
    people: tuple[_Unit, ...]
    spans: tuple[_Unit, ...]
    we: tuple[Pattern, ...]
    past: Term | None
    ahead: Term | None
    without: Term | None
    number_after: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any], spelling: Spelling) -> Self:
        """From what a file of signs holds besides its signs. Raises PatternError."""

        def read_term(words: str | None) -> Term | None:
            return read_pattern(words, spelling, {})[0][0] if words else None

        def read_units(key: str) -> tuple[_Unit, ...]:
            rows = data.get(key, {}).items()
            return tuple(_Unit(read_pattern(words, spelling, {})[0][0], float(size)) for size, words in rows)

        return cls(
            numbers={spelling.shape(word): float(value) for word, value in data.get("numbers", {}).items()},
            people=read_units("people"),
            spans=read_units("spans"),
            we=tuple(read_pattern(source, spelling, {}) for source in data.get("we", ())),
            past=read_term(data.get("past")),
            ahead=read_term(data.get("ahead")),
            without=read_term(data.get("without")),
            number_after=bool(data.get("number_after", False)),
        )


class Counts(NamedTuple):
    """The largest number of `people`, and the longest time in `days`, that a text names; 0 when it names none."""

    people: float = 0.0
    days: float = 0.0


def count(tokens: Sequence[Token], counting: Counting) -> Counts:
    """What the numbers of a text say, in one language. A number counts days, or people, or neither."""
    people = days = 0.0
    for number in _find_numbers(tokens, counting):
        if span := _unit_of(number, tokens, counting.spans, counting, near=1):
            if counting.number_after or _has_passed(number, tokens, counting):
                days = max(days, number.value * span)
            continue
        size = _unit_of(number, tokens, counting.people, counting, near=_NEAR)
        if not size and any(_ends_at(pattern, tokens, number.start) for pattern in counting.we):
            size = 1
        people = max(people, number.value * size)
    return Counts(people, days)


def _has_passed(number: _Number, tokens: Sequence[Token], counting: Counting) -> bool:
    before = tokens[max(number.start - _NEAR, 0) : number.start]
    after = number.end if number.glued else number.end + 1
    if counting.past and any(map(counting.past.fits, before)):
        return True
    if counting.ahead and any(map(counting.ahead.fits, before[-1:])):
        return False
    return bool(counting.without and any(map(counting.without.fits, tokens[after : after + 1])))


def _find_numbers(tokens: Sequence[Token], counting: Counting) -> list[_Number]:
    found: list[_Number] = []
    for start, token in enumerate(tokens):
        if found and start < found[-1].end:
            continue
        if "0" <= token[0][0] <= "9":
            found += _read_digits(tokens, start)
        elif token[0] in counting.numbers:
            found.append(_read_words(tokens, start, counting))
    return found


def _read_digits(tokens: Sequence[Token], start: int) -> list[_Number]:
    match = _DIGITS.fullmatch(tokens[start][0])
    if not match:
        return []
    digits, glued, end = match[1], match[2], start + 1
    # "1 500" and "1.500" are cut in two; a telephone number is not: its first group is no longer than three digits
    # and every other one is exactly three.
    while not glued and len(digits) <= 3 and end < len(tokens) and re.fullmatch(r"\d{3}", tokens[end][0]):
        digits, end = digits + tokens[end][0], end + 1
    return [_Number(float(digits), start, end, glued)]


def _read_words(tokens: Sequence[Token], start: int, counting: Counting) -> _Number:
    said = (token[0] for token in tokens[start:])
    values = [counting.numbers[word] for word in takewhile(counting.numbers.__contains__, said)]
    total = part = 0.0
    for value in values:
        part = part * value if value >= _HUNDRED and part else part + value
        if value > _HUNDRED:
            total, part = total + part, 0.0
    return _Number(total + part, start, start + len(values), "")


def _unit_of(
    number: _Number, tokens: Sequence[Token], units: Sequence[_Unit], counting: Counting, *, near: int
) -> float:
    """How much one of what is counted stands for; 0 when the number does not count such a thing."""
    around: list[Token] = [(number.glued,)] if number.glued else list(tokens[number.end : number.end + near])
    if counting.number_after:
        around += tokens[max(number.start - 1, 0) : number.start]
    return max((unit.size for unit in units if any(map(unit.term.fits, around))), default=0.0)


def _ends_at(pattern: Pattern, tokens: Sequence[Token], end: int) -> bool:
    length = len(pattern[0])
    return end >= length and bool(trace(pattern[0], tokens, end - length))
