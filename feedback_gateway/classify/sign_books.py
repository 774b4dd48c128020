"""Signs: words and phrases that count towards urgency or noise. Data in signs/*.yaml, read once."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from feedback_gateway.classify.fold import split_words
from feedback_gateway.classify.patterns import (
    KEY,
    Pattern,
    PatternError,
    Spelling,
    Token,
    blank_out,
    occurs,
    read_pattern,
    trace,
)

FILES = "feedback_gateway.classify.signs"
_WORDS_KEPT = 4096
_FILE_KEYS = {"version", "language", "elisions", "squeezed", "sets", "signs"}
_SIGN_KEYS = {"name", "patterns", "unless"}


class SignError(ValueError):
    """A file of signs that cannot be used. The message names the file's language and what is wrong."""


@dataclass(frozen=True)
class Sign:
    """Some ways to say one thing, and how much of what it says: `measure` is one of those that the subject knows.

    `unless` are turns of phrase whose words are not looked at.
    """

    name: str
    measure: str
    amount: float
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True)
class SignBook:
    """One file. `rest` is what it holds besides its spelling and its signs."""

    language: str
    spelling: Spelling
    signs: tuple[Sign, ...]
    rest: Mapping[str, Any]


class SignIndex:
    """Signs of one spelling, found by the first word of each pattern. Not changed after it is made."""

    def __init__(self, spelling: Spelling, signs: Iterable[Sign]) -> None:
        self.spelling, self.signs = spelling, tuple(signs)
        self._whole: dict[str, list[tuple[Pattern, int]]] = {}
        self._stems: dict[str, list[tuple[Pattern, int]]] = {}
        for place, sign in enumerate(self.signs):
            for pattern in sign.patterns:
                for word in pattern[0][0].whole:
                    self._whole.setdefault(word, []).append((pattern, place))
                for key in {stem[:KEY] for stem in pattern[0][0].stems}:
                    self._stems.setdefault(key, []).append((pattern, place))
        # A few thousand words are most of what people write: each is cut and looked up once.
        self._look_up = lru_cache(maxsize=_WORDS_KEPT)(self._look_up_word)

    def find(self, folded: str) -> tuple[list[Token], list[Sign]]:
        """A folded text cut into its tokens, and the signs that stand in it, in the order given."""
        looked_up = [each for word in split_words(folded) for each in self._look_up(word)]
        tokens = [token for token, _ in looked_up]
        found: set[int] = set()
        for start, (_, starts) in enumerate(looked_up):
            for pattern, place in starts:
                if place not in found and trace(pattern[0], tokens, start) and occurs(pattern[1:], tokens):
                    found.add(place)
        return tokens, [sign for sign in map(self.signs.__getitem__, sorted(found)) if _counts(sign, tokens)]

    def _look_up_word(self, word: str) -> list[tuple[Token, list[tuple[Pattern, int]]]]:
        """The token of a word, with the patterns that may begin there; nothing for a word that is cut off."""
        return [
            (token, [start for form in token for start in self._starts(form) if start[0][0][0].fits(token)])
            for token in self.spelling.cut(word)
        ]

    def _starts(self, form: str) -> Iterable[tuple[Pattern, int]]:
        return (*self._whole.get(form, ()), *self._stems.get(form[:KEY], ()))


def _counts(sign: Sign, tokens: Sequence[Token]) -> bool:
    if not sign.unless:
        return True
    left = blank_out(sign.unless, tokens)
    return any(occurs(pattern, left) for pattern in sign.patterns)


def parse_book(data: Mapping[str, Any], measures: Mapping[str, float], also: Collection[str] = frozenset()) -> SignBook:
    """A book from the content of one file; `measures` are those allowed, each with its largest amount.

    Raises SignError naming the sign that is wrong. What stands under the keys `also` is left to the caller.
    """
    language = str(data.get("language"))
    if unknown := data.keys() - _FILE_KEYS - set(also):
        raise SignError(f"{language}: unknown keys {sorted(unknown)}")
    spelling = Spelling(tuple(data.get("elisions", ())), squeezed=bool(data.get("squeezed", False)))
    sets = data.get("sets", {})
    signs = [_parse_sign(row, f"{language}.{row.get('name')}", spelling, sets, measures) for row in data["signs"]]
    names = [sign.name for sign in signs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SignError(f"{language}: names used twice: {sorted(twice)}")
    rest = {key: value for key, value in data.items() if key not in {"language", "elisions", "squeezed", "signs"}}
    return SignBook(language, spelling, tuple(signs), rest)


def _parse_sign(
    row: Mapping[str, Any], place: str, spelling: Spelling, sets: Mapping[str, str], measures: Mapping[str, float]
) -> Sign:
    said = row.keys() - _SIGN_KEYS
    if len(said) != 1 or not said <= measures.keys():
        raise SignError(f"{place}: needs exactly one of {sorted(measures)}")
    measure = next(iter(said))
    try:
        sign = Sign(
            name=str(row["name"]),
            measure=measure,
            amount=float(row[measure]),
            patterns=tuple(read_pattern(source, spelling, sets) for source in row["patterns"]),
            unless=tuple(read_pattern(source, spelling, sets) for source in row.get("unless", ())),
        )
    except (PatternError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignError(f"{place}: {error}") from error
    if not sign.patterns or not 0 < sign.amount <= measures[measure]:
        raise SignError(f"{place}: needs patterns, and {measure} above 0 and at most {measures[measure]}")
    return sign


# The loader written in C where there is one: ten times faster, and just as safe.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_lock = threading.Lock()
_files: dict[str, list[Mapping[str, Any]]] = {}


def read_files(subject: str) -> Sequence[Mapping[str, Any]]:
    """What the files `<subject>_<language>.yaml` hold, in order of language, each file read once a process."""
    with _lock:
        if subject not in _files:
            found = (file for file in resources.files(FILES).iterdir() if file.name.startswith(f"{subject}_"))
            ordered = sorted(found, key=lambda file: file.name)
            _files[subject] = [yaml.load(file.read_text("utf-8"), Loader=_LOADER) for file in ordered]  # noqa: S506 (is safe)
        return _files[subject]
