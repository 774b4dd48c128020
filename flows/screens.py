"""Making screens: what fits, what goes on the next page, where the hint after a wrong key goes."""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.gsm7 import fits, fold
from flows.template import fill

BACK_KEY, SKIP_PLACE_KEY, MORE_KEY, HOME_KEY = "0", "8", "9", "00"


@dataclass(frozen=True)
class Limits:
    """What one USSD screen of a channel holds, in septets: 160 less the four of the provider's `CON `.

    `folds`: letters that GSM-7 lacks become plain (ç -> c). Kept, one such letter makes the screen UCS-2, which holds
    ceil(size * 7 / 8) // 2 units; its menus then take more pages. `resume_seconds`: how long a dropped session may be
    taken up again. `seconds_left`: what is left of this session before the network ends it, None when nobody knows.
    """

    size: int = 156
    folds: bool = True
    resume_seconds: int = 30 * 60
    seconds_left: int | None = None

    def dress(self, *blocks: str) -> str:
        """The blocks that say something, one below the other, as they go out."""
        whole = "\n".join(block for block in blocks if block)
        return fold(whole) if self.folds else unicodedata.normalize("NFC", whole)

    def holds(self, words: str) -> bool:
        """Whether words that are dressed fit on one screen, as they are encoded."""
        return fits(words, self.size)


def split_pages(title: str, lines: Sequence[str], tail: Sequence[str], limits: Limits, most: int) -> list[range]:
    """Which lines go on which page, at most `most` a page; each page carries the title and the tail.

    A page has at least one line, so a limit too small for that gives pages that compose() has to cut.
    """
    pages = []
    start = 0
    while start < len(lines):
        stop = start + 1
        while (
            stop < len(lines)
            and stop - start < most
            and limits.holds(limits.dress(title, *lines[start : stop + 1], *tail))
        ):
            stop += 1
        pages.append(range(start, stop))
        start = stop
    return pages or [range(0)]


def compose(title: str, lines: Sequence[str], limits: Limits, hint: str = "") -> str:
    """One screen that fits. After a wrong key the hint stands above, or takes the title's place if it must.

    What is too long all the same loses the end of its title, never its keys.
    """
    for head in ((hint, title), (hint,)) if hint else ((title,),):
        screen = limits.dress(*head, *lines)
        if limits.holds(screen):
            return screen
    begun = _longest(title, lambda part: limits.holds(limits.dress(f"{part}...", *lines)))
    if begun:
        return limits.dress(f"{begun}...", *lines)
    return _longest(limits.dress(*lines), limits.holds)


def shorten(text: str, key: str, values: dict[str, str], limits: Limits) -> str:
    """A template filled in so that it fits: when it is too long, the value `key` is cut."""

    def dress(value: str) -> str:
        return limits.dress(fill(text, {**values, key: value}))

    value = values.get(key, "")
    whole = dress(value)
    if limits.holds(whole):
        return whole
    begun = _longest(value[: limits.size], lambda part: limits.holds(dress(f"{part}...")))
    if begun:
        return dress(f"{begun}...")
    return _cut(dress(""), limits)


def _cut(words: str, limits: Limits) -> str:
    """The beginning of dressed words that fits, ended by `...` when something was left out."""
    if limits.holds(words):
        return words
    return _longest(words, lambda part: limits.holds(f"{part}...")) + "..."


def _longest(text: str, suits: Callable[[str], bool]) -> str:
    """The longest beginning that suits, without white space at its end; every shorter one must suit as well."""
    stop = bisect_left(range(len(text)), True, key=lambda last: not suits(text[: last + 1].rstrip()))
    return text[:stop].rstrip()
