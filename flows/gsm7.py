"""The arithmetic of short messages: GSM 03.38 septets, UCS-2 units, parts, and folding to what every phone shows.

Sources: 3GPP TS 23.038 (alphabet, extension table), TS 23.040 (160/153 septets, 70/67 units a part).
"""

import unicodedata
from functools import lru_cache

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each."""

EXTENDED = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and a letter, which may not stand in different parts."""

SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67

_FOLDS = {
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
    "œ": "oe",
    "Œ": "OE",
}


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
    single, part = (SINGLE_SEPTETS, PART_SEPTETS) if gsm else (SINGLE_UNITS, PART_UNITS)
    if size(text) <= single:
        return 1
    count, used = 1, 0
    for character in text:
        width = 2 if (character in EXTENDED if gsm else ord(character) > 0xFFFF) else 1
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return count


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
    if character in _FOLDS:
        return _FOLDS[character]
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in ("Cc", "Cf", "Mn", "Me"):
        return ""
    apart = unicodedata.normalize("NFKD", character)
    if apart == character:
        return "?"
    return "".join(_fold_character(piece) for piece in apart) or "?"
