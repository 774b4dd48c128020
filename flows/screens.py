"""Making screens: what fits, what goes on the next page, where the hint after a wrong key goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.gsm7 import cut, fold, size
from flows.template import fill

BACK_KEY, SKIP_PLACE_KEY, MORE_KEY = "0", "8", "9"


@dataclass(frozen=True)
class Limits:
    """What one USSD screen holds, in septets: 160 less the four of the provider's `CON `.

    Screens are folded to GSM-7 before they are measured, so a septet is a character or, for ^ { } \\ [ ~ ] | and the
    euro sign, half of one. (A text kept in UCS-2 would have ceil(size * 7 / 8) // 2 units: see flows.gsm7.fits.)
    """

    size: int = 156


def join(*blocks: str) -> str:
    """The blocks that say something, one below the other, folded."""
    return fold("\n".join(block for block in blocks if block))


def split_pages(title: str, lines: Sequence[str], tail: Sequence[str], limit: int, most: int) -> list[range]:
    """Which lines go on which page, at most `most` a page; each page carries the title and the tail.

    A page has at least one line, so a limit too small for that gives pages that compose() has to cut.
    """
    pages = []
    start = 0
    while start < len(lines):
        stop = start + 1
        while stop < len(lines) and stop - start < most and size(join(title, *lines[start : stop + 1], *tail)) <= limit:
            stop += 1
        pages.append(range(start, stop))
        start = stop
    return pages or [range(0)]


def compose(title: str, lines: Sequence[str], limit: int, hint: str = "") -> str:
    """One screen that fits. After a wrong key the hint stands above, or takes the title's place if it must.

    What is too long all the same loses the end of its title, never its keys.
    """
    for head in ((hint, title), (hint,)) if hint else ((title,),):
        screen = join(*head, *lines)
        if size(screen) <= limit:
            return screen
    keys = join(*lines)
    room = limit - size(keys) - 1
    return cut(join(cut(fold(title), room) if room > 0 else "", keys), limit)


def shorten(text: str, key: str, values: dict[str, str], limit: int) -> str:
    """A template filled in so that it fits: when it is too long, the value `key` is cut."""
    whole = fold(fill(text, values))
    if size(whole) <= limit or not values.get(key):
        return cut(whole, limit)
    room = limit - size(fold(fill(text, {**values, key: ""})))
    return cut(fold(fill(text, {**values, key: cut(fold(values[key]), max(room, 0))})), limit)
