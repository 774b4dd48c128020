"""Keeping the page small: what a person wrote, and the list of agencies, are shown as far as there is room."""

from collections.abc import Sequence

from markupsafe import escape

from models import Agency

SAID_BYTES = 2_000
NOTE_BYTES = 500
AGENCIES_BYTES = 1_500
MOST_MESSAGES = 4
_OPTION_BYTES = 30


def cut(text: str, most: int) -> str:
    """The beginning of a text that takes at most so many bytes on a page, ended by `[…]` when something is left out."""
    if _size(text) <= most:
        return text
    kept, used = [], _size(" […]")
    for character in text:
        used += _size(character)
        if used > most:
            break
        kept.append(character)
    return "".join(kept).rstrip() + " […]"


def _size(text: str) -> int:
    return len(str(escape(text)).encode())


def pick(said: Sequence[str]) -> tuple[list[str], int]:
    """The first message and the newest ones, each cut to its share of the room, and how many are left out."""
    shown = [*said[:1], *said[1:][-(MOST_MESSAGES - 1) :]]
    share = SAID_BYTES // max(1, len(shown))
    return [cut(text, share) for text in shown], len(said) - len(shown)


def fit_agencies(agencies: Sequence[Agency]) -> list[Agency]:
    """As many of the agencies as there is room for, the first ones first, in the order of their names."""
    kept, used = [], 0
    for agency in agencies:
        used += _OPTION_BYTES + _size(agency.name)
        if used > AGENCIES_BYTES:
            break
        kept.append(agency)
    return sorted(kept, key=lambda agency: agency.name)
