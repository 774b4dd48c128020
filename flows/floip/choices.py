"""The choices of a SelectOne or SelectMany block, and the numbered lines that they make."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.floip.expressions import literals, read
from flows.floip.fields import as_line, as_list, as_object, pick
from flows.floip.wording import Words, join

MOST_LINES = 8
"""Keys of one menu: 9 turns the page and 0 goes back."""

_NUMBERED = re.compile(r"^\s*([1-8])\s*[.):/-]?\s+(\S.*)$|^\s*([1-8])[.):]\s*(\S.*)$")
_OPTION = re.compile(r"^(?=[0-9] \S)")
"""How flows.texts knows a menu's line."""
_TEST_WORDS = frozenset(
    {"ivr", "text", "sms", "ussd", "rich_messaging", "offline", "eng", "fre", "fra", "flow", "block"}
)


@dataclass(frozen=True)
class Written:
    """A choice as the container has it: its name, what its label is read from, and the tests that choose it."""

    name: str
    prompt: object
    tests: tuple[str, ...] = ()


def read_choices(content: object) -> list[Written]:
    """The choices, from a list of them, from their names with labels, or from names alone; a name that comes again is
    numbered."""
    read_: dict[str, Written] = {}
    numbers: dict[str, int] = defaultdict(lambda: 1)
    listed = content.items() if isinstance(content, dict) else enumerate(as_list(content), 1)
    for key, one in listed:
        given = as_object(one)
        named = as_line(pick(given, "name", "value", "tag", "id")) or (as_line(one) if isinstance(key, int) else "")
        name = named or as_line(key)
        tests = [as_line(pick(given, "test"))]
        tests.append(as_line(pick(as_object(pick(given, "ivr_test")), "test_expression")))
        tests += [as_line(pick(as_object(test), "test_expression")) for test in as_list(pick(given, "text_tests"))]
        prompt = pick(given, "prompt", "label", "text", "resource") if given else one
        single = name
        while single in read_:
            numbers[name] += 1
            single = f"{name}_{numbers[name]}"
        read_[single] = Written(single, prompt, tuple(test for test in tests if test))
    return list(read_.values())


def has_own_tests(choice: Written, number: int, labels: Iterable[str]) -> bool:
    """Whether a choice is made by words or keys other than its number, name and labels."""
    known = {str(number), choice.name.casefold(), *(label.casefold() for label in labels), *_TEST_WORDS}
    for test in choice.tests:
        tree = read(test)
        values = literals(tree) if tree else [test]
        written = {str(value).removesuffix(".0").strip().casefold() for value in values if value is not None}
        if written - known:
            return True
    return False


def number_lines(title: Words, labels: Sequence[Words], first: int = 1) -> Words:
    """A menu's text: its title, and one line a choice with its key."""

    def write(parts: list[str]) -> str:
        lines = [f"{first + at} {' '.join(label.split())}" for at, label in enumerate(parts[1:])]
        return "\n".join([guard_title(parts[0]), *lines]).strip()

    return join([title, *labels], write)


def with_own_lines(prompt: Words, count: int) -> Words | None:
    """The prompt when it numbers the choices itself in every language, in our form; None when it does not."""

    def fits(text: str) -> bool:
        lines = [line[0] for line in text.splitlines() if _OPTION.match(line)]
        return lines == [str(number) for number in range(1, count + 1)]

    texts: Mapping[str, str] = {language: _as_lines(text) for language, text in prompt.texts.items()}
    stand_in = _as_lines(prompt.stand_in)
    if not prompt or not all(fits(text) for text in (*texts.values(), stand_in) if text):
        return None
    return Words(texts, stand_in, prompt.drafts)


def guard_title(title: str) -> str:
    """A title of which no line looks like a choice."""
    return "\n".join(_OPTION.sub("- ", line) for line in title.splitlines())


def _as_lines(text: str) -> str:
    return "\n".join(_NUMBERED.sub(_as_line, line) for line in text.splitlines())


def _as_line(found: re.Match[str]) -> str:
    return f"{found[1] or found[3]} {found[2] or found[4]}"
