"""Which messages are no complaint: spam, insults, tests, and what is too little to be anything. In doubt, none is."""

import re
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedback_gateway.classify.fold import split_words, squeeze
from feedback_gateway.classify.lexicons import Entry
from feedback_gateway.classify.patterns import Pattern, Spelling, Term, Token, blank_out, read_pattern
from feedback_gateway.classify.sign_books import Sign, SignBook, SignIndex, parse_book, read_files
from models.words import Noise, Sensitivity

_MEASURES = {"spam": 2.0, "insult": 1.0, "test": 1.0}
_KEYS_OF_FILE = frozenset({"doubt", "harmless", "fillers", "stray", "fragments"})
_SENSITIVE = 0.1
_ENOUGH = 2
_GRAVE = 0.5
_LONGEST_STRAY, _LONGEST_CURSE = 4, 15
_PHONE_DIGITS = 8

_LINK = re.compile(
    r"(?:https?://|(?<![@\w.])(?:www\.|(?:bit\.ly|wa\.me|t\.me|goo\.gl)/|(?:[\w-]+\.)+(?:com|net|xyz|shop)\b))\S*"
)
_SHORT_CODE = re.compile(r"[*#]\d{2,4}(?:\*\d+)*#")
# A picture can be the whole of a call for help: SOS, fire, water, blood, weapons, the sick, tears, fear, danger.
_TELLING = frozenset("🆘🔥💧🚰🌊🩸🔪🔫💣🗡⚔💊💉🩹🩺🏥🚑🚒🚓🚨⚠☠💀⚰🤒🤕🤢🤮😷😭😢😥😰😱😨🥵🥺😿💔🏚⛺🍚🤰👶♿☎📞📱📲🙏")
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghij")
_KEYS = {
    run[start : start + length]
    for row in _ROWS
    for run in (row, row[::-1])
    for length in range(3, len(row) + 1)
    for start in range(len(row) - length + 1)
}
# The longest run first, and nothing given back: time grows with the word and no faster.
_KEYBOARD = re.compile("(?:(?>" + "|".join(sorted(_KEYS, key=lambda key: (-len(key), key))) + "))++")
_LEAST_KEYS = 4


class NoiseBook(NamedTuple):
    """One language's signs of noise; the file noise_fr.yaml says what each list is for."""

    signs: SignIndex
    doubt: Term
    harmless: tuple[Pattern, ...]
    fillers: Mapping[str, Term]
    stray: frozenset[str]
    fragments: frozenset[str]


_lock = threading.Lock()
_books: tuple[NoiseBook, ...] | None = None


def load_noise() -> tuple[NoiseBook, ...]:
    """The signs of noise of all languages, read at the first call, once, whichever thread comes first."""
    global _books
    if _books is None:
        with _lock:
            if _books is None:
                _books = tuple(_open(parse_book(data, _MEASURES, _KEYS_OF_FILE)) for data in read_files("noise"))
    return _books


class _Found(NamedTuple):
    book: NoiseBook
    tokens: list[Token]
    signs: list[Sign]


def find_noise(
    text: str, folded: str, entries: Sequence[Entry], *, category: str | None, sensitive: float
) -> Noise | None:
    """What kind of noise a text is; None for everything that may be a complaint, a question or thanks.

    `entries` are what the lexicon found in the `folded` text, `category` the code that it was given, `sensitive` the
    probability (0 to 1) that only some may read it. Whatever speaks of any subject, or could be sensitive, is heard:
    a lost complaint costs more than a spam that somebody has to read. A text of nothing at all is not judged, because
    menus open cases without words.
    """
    if sensitive >= _SENSITIVE or not _is_idle(category) or not text.strip():
        return None
    if any(not _is_idle(entry.category) or entry.sensitivity is not Sensitivity.NORMAL for entry in entries):
        return None
    gravest = max((entry.urgent for entry in entries if entry.category is None), default=0.0)
    if gravest >= _GRAVE or _TELLING.intersection(text):
        return None
    rest, links = _LINK.subn(" ", folded)
    words = split_words(rest)
    if links and not words:
        return Noise.SPAM
    found = [_Found(book, *book.signs.find(rest)) for book in load_noise()]
    if _is_spam(rest, links, found):
        return Noise.SPAM
    if links:
        return None
    if len(words) <= _LONGEST_CURSE and (kind := _find_curse_or_test(found)):
        return kind
    thanks = any(entry.category and entry.category.startswith("MER.") for entry in entries)
    return Noise.INCOMPLETE if not thanks and not gravest and _is_too_little(words) else None


def _is_idle(category: str | None) -> bool:
    """Whether a category names nothing that an agency answers for."""
    return category is None or category.startswith(("AUT.", "MER."))


def _is_spam(rest: str, links: int, found: Sequence[_Found]) -> bool:
    """Points enough in one language, and no word in any by which somebody speaks of himself or asks."""
    points = (links > 0) + bool(_SHORT_CODE.search(rest))
    most = max(sum(sign.amount for sign in signs if sign.measure == Noise.SPAM) for _, _, signs in found)
    if points + most < _ENOUGH or "?" in rest:
        return False
    return not any(any(map(book.doubt.fits, blank_out(book.harmless, tokens))) for book, tokens, _ in found)


def _find_curse_or_test(found: Sequence[_Found]) -> Noise | None:
    for book, tokens, signs in found:
        for sign in signs:
            if sign.measure in book.fillers and _says_no_more(sign, tokens, book.fillers[sign.measure]):
                return Noise(sign.measure)
    return None


def _says_no_more(sign: Sign, tokens: Sequence[Token], fillers: Term) -> bool:
    """Whether every word that the sign does not take up is a filler or a number."""
    left = blank_out(sign.patterns, tokens)
    return all(not token or fillers.fits(token) or token[0].isdigit() for token in left)


def _is_too_little(words: Sequence[str]) -> bool:
    """Nothing but a few numbers, letters, keys side by side, greetings; a whole telephone number asks for a call."""
    if sum(len(word) for word in words if word.isdigit()) >= _PHONE_DIGITS:
        return False
    said = [word for word in words if not _is_scrap(word)]
    if len(words) == 1 and any(_spelt(word) & book.fragments for word in said for book in load_noise()):
        return True
    return len(said) <= _LONGEST_STRAY and all(any(_spelt(word) & book.stray for book in load_noise()) for word in said)


def _spelt(word: str) -> set[str]:
    return {word, squeeze(word)}


def _is_scrap(word: str) -> bool:
    return word.isdigit() or len(set(word)) == 1 or (len(word) >= _LEAST_KEYS and bool(_KEYBOARD.fullmatch(word)))


def _open(book: SignBook) -> NoiseBook:
    rest, spelling = book.rest, book.spelling
    sets = rest.get("sets", {})
    return NoiseBook(
        signs=SignIndex(spelling, book.signs),
        doubt=_read_term(rest["doubt"], spelling),
        harmless=tuple(read_pattern(source, spelling, sets) for source in rest.get("harmless", ())),
        fillers={kind: _read_term(words, spelling) for kind, words in rest["fillers"].items()},
        stray=frozenset(rest["stray"].split("|")),
        fragments=frozenset(rest["fragments"].split("|")),
    )


def _read_term(words: str, spelling: Spelling) -> Term:
    return read_pattern(words, spelling, {})[0][0]
