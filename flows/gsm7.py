"""The arithmetic of short messages: GSM 03.38 septets, UCS-2 units, parts, and folding to what every phone shows.

Sources: 3GPP TS 23.038 (alphabet, extension table), TS 23.040 (160/153 septets, 70/67 units a part).
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Letters = Literal["keep", "fold"]
"""What becomes of letters that GSM-7 lacks: they stay, and make the text UCS-2, or they become plain (ç -> c)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each."""

EXTENDED = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and a letter, which may not stand in different parts."""

SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67

FOLDS = {
    **dict.fromkeys("’‘‚‛ʼ`´′ʻ", "'"),
    **dict.fromkeys("«»“”„‟″", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\t\v\u0085\u2028\u2029", " "),
    **dict(zip("çɛƐɔƆɲƝŋŊɓƁɗƊƴƳɩƖʋƲđĐłŁı", "ceEoOnNnNbBdDyYiIuUdDlLi", strict=True)),
    "…": "...",
    "•": "-",
    "·": ".",
    "°": "o",
    "×": "x",
    "⁄": "/",
    "œ": "oe",
    "Œ": "OE",
}
"""What becomes of a character that taking off its marks does not bring into the alphabet."""


def septets(text: str) -> int | None:
    """How many septets the text takes in GSM-7; None when a character is not in its tables."""
    if BASIC.issuperset(text):
        return len(text)
    total = 0
    for character in text:
        if character in BASIC:
            total += 1
        elif character in EXTENDED:
            total += 2
        else:
            return None
    return total


def units(text: str) -> int:
    """How many UCS-2 (UTF-16) units the text takes: two for a character outside the basic plane."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def size(text: str) -> int:
    """Septets when the text is GSM-7, else UCS-2 units."""
    counted = septets(text)
    return units(text) if counted is None else counted


def fits(text: str, limit: int) -> bool:
    """Whether the text fits where `limit` septets fit.

    UCS-2 shares the same octets: 160 septets are 140 octets or 70 units, 182 septets 160 octets or 80 units.
    """
    counted = septets(text)
    return counted <= limit if counted is not None else units(text) <= -(-limit * 7 // 8) // 2


def parts(text: str) -> int:
    """How many SMS are paid for. Neither an escape pair nor a surrogate pair is ever cut. An empty SMS is one."""
    gsm = septets(text) is not None
    single, room = (SINGLE_SEPTETS, PART_SEPTETS) if gsm else (SINGLE_UNITS, PART_UNITS)
    return 1 if size(text) <= single else len(_pack(text, room, gsm=gsm))


def split(text: str) -> tuple[str, ...]:
    """The parts that a text is paid as, parts(text) of them; joined they are the text.

    Besides the pairs, a letter and the marks on it stay together (and emoji that are joined, and flags), as long as
    that costs no part more.
    """
    gsm = septets(text) is not None
    single, room = (SINGLE_SEPTETS, PART_SEPTETS) if gsm else (SINGLE_UNITS, PART_UNITS)
    if size(text) <= single:
        return (text,)
    whole = [
        piece for cluster in _clusters(text) for piece in ([cluster] if _width(cluster, gsm=gsm) <= room else cluster)
    ]
    by_cluster, by_letter = (_pack(pieces, room, gsm=gsm) for pieces in (whole, text))
    return tuple(by_cluster if len(by_cluster) == len(by_letter) else by_letter)


def fold(text: str) -> str:
    """The text in GSM-7: letters lose what the table lacks (ç ê ɛ), typography becomes plain, the rest becomes `?`.

    Marks, controls and joiners that print nothing on their own disappear. Folding twice changes nothing more.
    """
    if BASIC.issuperset(text):
        return text
    return "".join(_fold_character(character) for character in unicodedata.normalize("NFC", text))


def fold_for_sms(text: str) -> str:
    """Folded, unless a letter would be lost (another script): then the text as it is, paid as UCS-2."""
    whole = unicodedata.normalize("NFC", text)
    lost = any(character.isalpha() and _fold_character(character) == "?" for character in whole)
    return whole if lost else fold(whole)


def shorten(text: str, most_parts: int) -> str:
    """The text, without white space at its end, in at most so many paid parts: cut at a word's end, ended by `...`.

    A number at the very end of the text, such as a reference or a telephone number, stays. `most_parts` is 1 or more.
    """
    text = text.rstrip()
    if parts(text) <= most_parts:
        return text
    number = _LAST_NUMBER.search(text)
    body, tail = (text[: number.start()], f"... {number[0]}") if number else (text, "...")
    # The longest beginning that can be paid: a longer one never takes fewer parts.
    stop = bisect_left(range(len(body)), True, key=lambda last: parts(body[: last + 1].rstrip() + tail) > most_parts)
    if stop < len(body) and not body[stop].isspace():
        word = _LAST_WORD.search(body, 0, stop)
        stop = word.start() if word else _before_marks(body, stop)
    return body[:stop].rstrip(" \n.,;:") + tail


@dataclass(frozen=True)
class Preview:
    """One text under both policies: as it is kept and as it is folded, and what an SMS of each costs in parts.

    `changed` are the letters that folding changes and what becomes of each, in the order of the text; `ucs2` tells
    that the kept text does not go out in GSM-7.
    """

    kept: str
    folded: str
    changed: tuple[tuple[str, str], ...]
    parts_kept: int
    parts_folded: int
    ucs2: bool


def preview(text: str) -> Preview:
    """What keeping and folding the letters of an SMS would make of it. See fold_for_sms for when nothing is folded."""
    kept, folded = unicodedata.normalize("NFC", text), fold_for_sms(text)
    changed = {} if kept == folded else {letter: _fold_character(letter) for letter in kept}
    return Preview(
        kept=kept,
        folded=folded,
        changed=tuple((letter, plain) for letter, plain in changed.items() if letter != plain),
        parts_kept=parts(kept),
        parts_folded=parts(folded),
        ucs2=septets(kept) is None,
    )


@dataclass(frozen=True)
class SmsPolicy:
    """How a channel's SMS go out: what becomes of letters that GSM-7 lacks, and how many parts may be paid.

    `most_parts` None: as many as the text takes.
    """

    letters: Letters = "fold"
    most_parts: int | None = None

    def dress(self, text: str) -> str:
        """The text as it goes out."""
        dressed = fold_for_sms(text) if self.letters == "fold" else unicodedata.normalize("NFC", text)
        return dressed if self.most_parts is None else shorten(dressed, self.most_parts)


def cut(text: str, limit: int) -> str:
    """The beginning of a GSM-7 text that fits in `limit` septets, ended by `...` when something was left out."""
    if size(text) <= limit:
        return text
    tail = "..." if limit >= 6 else ""
    kept, used = [], len(tail)
    for character in text:
        used += 2 if character in EXTENDED else 1
        if used > limit:
            break
        kept.append(character)
    return "".join(kept).rstrip() + tail


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in BASIC or character in EXTENDED:
        return character
    if character in FOLDS:
        return FOLDS[character]
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in ("Cc", "Cf", "Mn", "Me"):
        return ""
    apart = unicodedata.normalize("NFKD", character)
    if apart == character:
        return "?"
    return "".join(_fold_character(piece) for piece in apart) or "?"


_LAST_NUMBER = re.compile(r"(?<!\S)\+?[0-9][0-9 ]{1,18}[0-9][.!]?\Z")
_LAST_WORD = re.compile(r"\s\S{0,40}\Z")  # what is longer is no word that must stay whole: the address of a page

_JOINER = "\u200d"


def _width(text: str, *, gsm: bool) -> int:
    return len(text) + sum(character in EXTENDED for character in text) if gsm else units(text)


def _pack(pieces: Iterable[str], room: int, *, gsm: bool) -> list[str]:
    """The pieces one after the other in as few parts as hold them; none is larger than a part."""
    packed: list[str] = []
    begun, used = list[str](), 0
    for piece in pieces:
        width = _width(piece, gsm=gsm)
        if used + width > room:
            packed.append("".join(begun))
            begun, used = [], 0
        begun.append(piece)
        used += width
    return [*packed, "".join(begun)]


def _clusters(text: str) -> Iterator[str]:
    """What a reader sees as one letter, as far as SMS need it (Unicode UAX 29)."""
    begun = ""
    for character in text:
        if begun and not _belongs(begun, character):
            yield begun
            begun = ""
        begun += character
    yield begun


def _belongs(begun: str, character: str) -> bool:
    if _is_flag_letter(character):
        return len(begun) == 1 and _is_flag_letter(begun)
    is_mark = unicodedata.category(character) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_mark or character == _JOINER or begun[-1] == _JOINER or begun + character == "\r\n"


def _before_marks(text: str, stop: int) -> int:
    """The place at or before `stop` that stands in front of a whole letter."""
    while stop and _belongs(text[stop - 1], text[stop]):
        stop -= 1
    return stop


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
