"""Filling a text: `{name}`, `{name|ref}` and `{name?}`, and nothing else. No attributes, no expressions, no recursion.

A line that holds `{name?}` is left out when that variable has no value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from flows import reference

_HOLE = re.compile(r"\{([a-z_]+)(\?)?(?:\|([a-z]+))?\}")


def show_date(iso: str) -> str:
    """`2026-11-21` as `21/11/2026`; anything else as it is."""
    try:
        return f"{date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso


FILTERS: Mapping[str, Callable[[str], str]] = {"ref": reference.show, "date": show_date}


class TemplateError(ValueError):
    """A text holds a brace that is not a variable, or a filter that does not exist."""


def variables(text: str) -> frozenset[str]:
    """The names that a text asks for. Raises TemplateError when it is not well formed."""
    for _, _, filter_name in _HOLE.findall(text):
        if filter_name and filter_name not in FILTERS:
            raise TemplateError(f"no filter is called {filter_name!r}")
    if re.search(r"[{}]", _HOLE.sub("", text)):
        raise TemplateError("a brace does not belong to a variable")
    return frozenset(name for name, _, _ in _HOLE.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; one that is not known leaves nothing."""

    def value(hole: re.Match[str]) -> str:
        raw = values.get(hole[1], "")
        return FILTERS[hole[3]](raw) if hole[3] and raw else raw

    def stays(line: str) -> bool:
        return all(values.get(name) for name, needed, _ in _HOLE.findall(line) if needed)

    if "?}" in text or "?|" in text:
        text = "\n".join(line for line in text.split("\n") if stays(line))
    return _HOLE.sub(value, text)
