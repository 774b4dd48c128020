"""One plain spelling for many ways to type a word: the form that languages and the lexicon are read in."""

import re
import unicodedata

# Letters of Mooré, Dioula, Fulfulde, Hausa and Tamasheq that a telephone keypad does not offer, and what people
# type in their place. A letter with an accent is not here: it loses its accent by decomposition.
_LETTERS = str.maketrans(
    {
        "ɛ": "e", "ɔ": "o", "ŋ": "n", "ɲ": "n", "ɓ": "b", "ɗ": "d", "ƴ": "y", "ƙ": "k", "ʊ": "u", "ɩ": "i", "ǝ": "e",
        "ə": "e", "ɣ": "g", "ʋ": "u", "œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "’": "'", "ʼ": "'", "ʔ": "'",
    }
)  # fmt: skip

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"([^\W\d_])\1+")

LONGEST = 2000
"""Characters that are read of one text; an SMS of ten parts is shorter."""


def fold(text: str) -> str:
    """The text in lower case, without accents, special letters mapped to plain ones. Never raises; idempotent."""
    # Decomposed twice: lower-casing may bring a combining mark into being, and decomposing a capital.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:LONGEST]).lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_LETTERS)[:LONGEST]


def split_words(folded: str) -> list[str]:
    """The words and numbers of a folded text, in order."""
    return _WORD.findall(folded)


def squeeze(word: str) -> str:
    """A letter written twice or more becomes one: "frappe" and "frape", "nooon" and "non" are the same word."""
    return _RUN.sub(r"\1", word)
