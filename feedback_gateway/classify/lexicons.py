"""The lexicon: which words of which language speak of which category. Data in lexicon/*.yaml, read once.

An installation's own editions are laid over these files (feedback_gateway/lexicon_editions.py) and put to use here.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml

from feedback_gateway.classify.categories import CATEGORIES
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
from models.words import FeedbackType, Sensitivity

FILES = "feedback_gateway.classify.lexicon"
_FILE_KEYS = {"version", "language", "elisions", "squeezed", "sets", "entries"}
_ENTRY_KEYS = {"id", "category", "weight", "patterns", "unless", "sensitive", "urgent", "type", "longest"}


_HEAVIEST = 100


class LexiconError(ValueError):
    """A lexicon file that cannot be used. The message names the file's language, the entry and what is wrong.

    For a page to say it in its own words: `code` is what is wrong, `entry` the id in the file (empty: the file as a
    whole), `quoted` the words in question.
    """

    def __init__(self, message: str, code: str, *, entry: str = "", quoted: str = "") -> None:
        super().__init__(message)
        self.code, self.entry, self.quoted = code, entry, quoted


@dataclass(frozen=True)
class Entry:
    """Some ways to say one thing. A text that matches any of its patterns counts its `weight` once.

    `unless` are turns of phrase whose words are not looked at: in "they took my name off, and took my son" the first
    "took" is harmless and the second is not.

    Without a category the entry only says something of type or urgency. One with `longest` counts in texts of at most
    so many words: "test" is a test, "the test of the borehole failed" is none.
    """

    id: str
    language: str
    category: str | None
    weight: float
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    sensitivity: Sensitivity
    urgent: float
    type: FeedbackType | None
    longest: int | None


Place = tuple[Pattern, Entry]


class Lexicon:
    """One language's entries, found by the first word of each pattern. Not changed after it is made."""

    def __init__(self, language: str, version: int, spelling: Spelling, entries: tuple[Entry, ...]) -> None:
        self.language, self.version, self.spelling, self.entries = language, version, spelling, entries
        self._whole: defaultdict[str, list[Place]] = defaultdict(list)
        self._stems: defaultdict[str, list[Place]] = defaultdict(list)
        for entry in entries:
            for pattern in entry.patterns:
                for word in pattern[0][0].whole:
                    self._whole[word].append((pattern, entry))
                for key in {stem[:KEY] for stem in pattern[0][0].stems}:
                    self._stems[key].append((pattern, entry))

    def match(self, folded: str) -> list[Entry]:
        """The entries that a folded text matches, in the file's order."""
        tokens = self.spelling.cut(folded)
        found: set[str] = set()
        rest: dict[int, bool] = {}  # whether the other phrases of a pattern occur: asked once, however often it begins
        for start, token in enumerate(tokens):
            for form in token:
                for pattern, entry in (*self._whole.get(form, ()), *self._stems.get(form[:KEY], ())):
                    if entry.id in found or rest.get(id(pattern)) is False or not trace(pattern[0], tokens, start):
                        continue
                    if len(pattern) == 1 or rest.setdefault(id(pattern), occurs(pattern[1:], tokens)):
                        found.add(entry.id)
        return [entry for entry in self.entries if entry.id in found and _counts(entry, tokens)]


def _counts(entry: Entry, tokens: list[Token]) -> bool:
    if entry.longest is not None and len(tokens) > entry.longest:
        return False
    if not entry.unless:
        return True
    left = blank_out(entry.unless, tokens)
    return any(occurs(pattern, left) for pattern in entry.patterns)


def parse_lexicon(data: Mapping[str, Any]) -> Lexicon:
    """A lexicon from the content of one file. Raises LexiconError naming the entry that is wrong, and nothing else."""
    language = str(data.get("language"))
    if unknown := data.keys() - _FILE_KEYS:
        raise _unknown_keys(language, unknown)
    try:
        spelling = Spelling(tuple(data.get("elisions", ())), squeezed=bool(data.get("squeezed", False)))
        sets = dict(data.get("sets", {}))
        version, rows = int(data["version"]), [dict(row) for row in data["entries"]]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LexiconError(f"{language}: needs a version, and a list of entries: {error}", "shape") from error
    if wrong := [word for word in (*spelling.elisions, *sets.values()) if not isinstance(word, str) or not word]:
        raise LexiconError(f"{language}: no words: {wrong}", "no_words", quoted=str(wrong[0]))
    entries = tuple(_parse_entry(row, language, spelling, sets) for row in rows)
    ids = [entry.id for entry in entries]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        first = twice[0].removeprefix(f"{language}.")
        raise LexiconError(f"{language}: ids used twice: {twice}", "twice", entry=first, quoted=first)
    return Lexicon(language, version, spelling, entries)


def _unknown_keys(name: str, unknown: Iterable[object], entry: str = "") -> LexiconError:
    keys = sorted(map(str, unknown))
    return LexiconError(f"{name}: unknown keys {keys}", "unknown_keys", entry=entry, quoted=", ".join(keys))


def _parse_entry(row: Mapping[str, Any], language: str, spelling: Spelling, sets: Mapping[str, str]) -> Entry:
    given = str(row.get("id") or "")
    name = f"{language}.{given}"
    if not given:
        raise LexiconError(f"{name}: an entry needs an id", "no_id")
    if unknown := row.keys() - _ENTRY_KEYS:
        raise _unknown_keys(name, unknown, given)
    code = row.get("category")
    if code is not None and (not isinstance(code, str) or code not in CATEGORIES):
        raise LexiconError(f"{name}: no category {code}", "category", entry=given, quoted=str(code))
    category = CATEGORIES.get(code) if code else None
    try:
        usual = category.sensitivity if category and category.sensitivity is Sensitivity.SEALED else Sensitivity.NORMAL
        entry = Entry(
            id=name,
            language=language,
            category=code,
            weight=float(row.get("weight", 1)),
            patterns=tuple(read_pattern(source, spelling, sets) for source in _listed(row["patterns"])),
            unless=tuple(read_pattern(source, spelling, sets) for source in _listed(row.get("unless", []))),
            sensitivity=Sensitivity.highest(usual, Sensitivity(row["sensitive"]) if "sensitive" in row else None),
            urgent=float(row.get("urgent", category.urgent if category else 0)),
            type=FeedbackType(row["type"]) if "type" in row else None,
            longest=int(row["longest"]) if "longest" in row else None,
        )
    except PatternError as error:
        raise LexiconError(f"{name}: {error}", error.code, entry=given, quoted=error.quoted) from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise LexiconError(f"{name}: {error}", "value", entry=given, quoted=str(error)) from error
    if not entry.patterns or not 0 < entry.weight <= _HEAVIEST or not 0 <= entry.urgent <= 1:
        what = "needs patterns, a weight above 0 (and at most 100), and urgent between 0 and 1"
        raise LexiconError(f"{name}: {what}", "needs", entry=given)
    return entry


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):  # a single word would be read letter by letter
        raise TypeError(f"no list: {value!r}")
    return value


# The loader written in C where there is one: ten times faster, and just as safe.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_lock = threading.Lock()
_lexicons: tuple[Lexicon, ...] | None = None


def read_yaml(source: str) -> Any:
    """What a lexicon file holds. Raises yaml.YAMLError."""
    return yaml.load(source, Loader=_LOADER)  # noqa: S506 (is safe)


@cache
def shipped_sources() -> Mapping[str, str]:
    """The files that come with the software, by language, in the order of their names."""
    files = sorted(
        (file for file in resources.files(FILES).iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
    )
    return {file.name.removesuffix(".yaml"): file.read_text("utf-8") for file in files}


@cache
def shipped_lexicons() -> Mapping[str, Lexicon]:
    """The lexicons that come with the software, by language."""
    return {language: parse_lexicon(read_yaml(source)) for language, source in shipped_sources().items()}


def load_lexicons() -> tuple[Lexicon, ...]:
    """The lexicons that this process reads with: those given to use_lexicons, else the shipped ones.

    Read at the first call, once, whichever thread comes first.
    """
    global _lexicons
    if _lexicons is None:
        with _lock:
            if _lexicons is None:
                _lexicons = tuple(shipped_lexicons().values())
    return _lexicons


def use_lexicons(lexicons: tuple[Lexicon, ...]) -> None:
    """Reads with these from now on, in every thread; a text that is being read is read to its end with the old ones."""
    global _lexicons
    with _lock:
        _lexicons = lexicons


def fingerprint(lexicons: Iterable[Lexicon]) -> str:
    """Sixteen hex digits that change with anything by which these lexicons read: a model made with others is old."""
    told = sha256()
    for lexicon in sorted(lexicons, key=lambda lexicon: lexicon.language):
        entries = [_describe(entry) for entry in lexicon.entries]
        told.update(repr((lexicon.language, lexicon.spelling, entries)).encode())
    return told.hexdigest()[:16]


def _describe(entry: Entry) -> tuple[object, ...]:
    patterns = [[_spell_out(pattern) for pattern in part] for part in (entry.patterns, entry.unless)]
    marks = (str(entry.sensitivity), entry.urgent, entry.type and str(entry.type), entry.longest)
    return (entry.id, entry.category, entry.weight, *marks, patterns)


def _spell_out(pattern: Pattern) -> list[object]:
    # Sorted: a set of words has another order in each process.
    return [[(sorted(term.whole), term.stems, term.after_gap) for term in phrase] for phrase in pattern]
