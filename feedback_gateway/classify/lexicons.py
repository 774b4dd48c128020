"""The lexicon: which words of which language speak of which category. Data in lexicon/*.yaml, read once."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
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


class LexiconError(ValueError):
    """A lexicon file that cannot be used. The message names the file's language, the entry and what is wrong."""


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
        for start, token in enumerate(tokens):
            for form in token:
                for pattern, entry in (*self._whole.get(form, ()), *self._stems.get(form[:KEY], ())):
                    if entry.id not in found and trace(pattern[0], tokens, start) and occurs(pattern[1:], tokens):
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
    """A lexicon from the content of one file. Raises LexiconError naming the entry that is wrong."""
    language = str(data.get("language"))
    if unknown := data.keys() - _FILE_KEYS:
        raise LexiconError(f"{language}: unknown keys {sorted(unknown)}")
    spelling = Spelling(tuple(data.get("elisions", ())), squeezed=bool(data.get("squeezed", False)))
    sets = data.get("sets", {})
    entries = tuple(_parse_entry(row, language, spelling, sets) for row in data["entries"])
    ids = [entry.id for entry in entries]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise LexiconError(f"{language}: ids used twice: {sorted(twice)}")
    return Lexicon(language, int(data["version"]), spelling, entries)


def _parse_entry(row: Mapping[str, Any], language: str, spelling: Spelling, sets: Mapping[str, str]) -> Entry:
    name = f"{language}.{row.get('id')}"
    if unknown := row.keys() - _ENTRY_KEYS:
        raise LexiconError(f"{name}: unknown keys {sorted(unknown)}")
    code = row.get("category")
    if code is not None and code not in CATEGORIES:
        raise LexiconError(f"{name}: no category {code}")
    category = CATEGORIES.get(code) if code else None
    try:
        usual = category.sensitivity if category and category.sensitivity is Sensitivity.SEALED else Sensitivity.NORMAL
        entry = Entry(
            id=name,
            language=language,
            category=code,
            weight=float(row.get("weight", 1)),
            patterns=tuple(read_pattern(source, spelling, sets) for source in row["patterns"]),
            unless=tuple(read_pattern(source, spelling, sets) for source in row.get("unless", ())),
            sensitivity=Sensitivity.highest(usual, Sensitivity(row["sensitive"]) if "sensitive" in row else None),
            urgent=float(row.get("urgent", category.urgent if category else 0)),
            type=FeedbackType(row["type"]) if "type" in row else None,
            longest=int(row["longest"]) if "longest" in row else None,
        )
    except (PatternError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LexiconError(f"{name}: {error}") from error
    if not entry.patterns or entry.weight <= 0 or not 0 <= entry.urgent <= 1:
        raise LexiconError(f"{name}: needs patterns, a weight above 0, and urgent between 0 and 1")
    return entry


# The loader written in C where there is one: ten times faster, and just as safe.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_lock = threading.Lock()
_lexicons: tuple[Lexicon, ...] | None = None


def load_lexicons() -> tuple[Lexicon, ...]:
    """All lexicons of this process, read at the first call, once, whichever thread comes first."""
    global _lexicons
    if _lexicons is None:
        with _lock:
            if _lexicons is None:
                files = (f for f in resources.files(FILES).iterdir() if f.name.endswith(".yaml"))
                ordered = sorted(files, key=lambda file: file.name)
                data = (yaml.load(file.read_text("utf-8"), Loader=_LOADER) for file in ordered)  # noqa: S506 (is safe)
                _lexicons = tuple(map(parse_lexicon, data))
    return _lexicons
