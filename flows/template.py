"""Filling a text: `{name}` or `{name|ref}`, and nothing else. No attributes, no expressions, no recursion."""

import re
from collections.abc import Callable, Mapping

from flows import reference

FILTERS: Mapping[str, Callable[[str], str]] = {"ref": reference.show}

_HOLE = re.compile(r"\{([a-z_]+)(?:\|([a-z]+))?\}")


class TemplateError(ValueError):
    """A text holds a brace that is not a variable, or a filter that does not exist."""


def variables(text: str) -> frozenset[str]:
    """The names that a text asks for. Raises TemplateError when it is not well formed."""
    for _, filter_name in _HOLE.findall(text):
        if filter_name and filter_name not in FILTERS:
            raise TemplateError(f"no filter is called {filter_name!r}")
    if re.search(r"[{}]", _HOLE.sub("", text)):
        raise TemplateError("a brace does not belong to a variable")
    return frozenset(name for name, _ in _HOLE.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; one that is not known leaves nothing."""

    def value(hole: re.Match[str]) -> str:
        raw = values.get(hole[1], "")
        return FILTERS[hole[2]](raw) if hole[2] else raw

    return _HOLE.sub(value, text)
