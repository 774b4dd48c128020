"""Texts that are longer than a USSD screen: cut at a line's end or between words, each page with its keys below."""

from collections.abc import Sequence

from flows.screens import Limits


def split_text(text: str, tail: Sequence[str], limits: Limits, last: Sequence[str] = ()) -> list[str]:
    """The pages of a text. Each leaves room for `tail`, the last one for `last` alone. Nothing but white space is lost.

    A limit too small for a single word cuts the word.
    """
    pages: list[str] = []
    rest = text.strip()
    while not limits.holds(limits.dress(rest, *last)) and len(rest) > 1:
        stop = _room(rest, tail, limits)
        pages.append(rest[:stop].rstrip())
        rest = rest[stop:].lstrip()
    return [*pages, rest]


def _room(text: str, tail: Sequence[str], limits: Limits) -> int:
    """How many characters of the text go on a page with this tail: as many as fit, to the end of a line or word."""
    low, high = 1, min(len(text) - 1, 2 * limits.size)
    while low < high:
        middle = (low + high + 1) // 2
        fits = limits.holds(limits.dress(text[:middle], *tail))
        low, high = (middle, high) if fits else (low, middle - 1)
    line = text.rfind("\n", low // 2, low + 1)
    word = max(text.rfind(" ", 1, low + 1), text.rfind("\n", 1, low + 1))
    return line if line > 0 else word if word > 0 else low
