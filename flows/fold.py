"""Folding of what people type, so that a keyword is found however it was written."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ɛ": "e", "ɔ": "o", "ɲ": "n", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƴ": "y", "ɩ": "i", "ʋ": "u", "œ": "oe", "æ": "ae"}
)


def fold_words(text: str) -> str:
    """Lower case without accents, every run of anything but letters and digits one space: `Arrêt !` is `arret`.

    Decimal digits of any script become 0-9. Use it to compare, never to show or to store.
    """
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", lowered)
    plain = "".join(_digit(character) for character in apart if not unicodedata.combining(character))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
