"""Words that a shared phone would give away: flows/sensitive.yaml, and whether one stands in a text."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.errors import BookError
from flows.files import read_yaml
from flows.fold import fold_words
from flows.texts import FALLBACK

FILE = Path(__file__).parent / "sensitive.yaml"

Words = Mapping[str, re.Pattern[str]]
"""By language, what finds its words in a folded text."""


def read_sensitive(path: Path = FILE) -> Words:
    """Reads the list. Raises BookError for a language without words or an empty word."""
    return {language: _pattern(words, f"{path.name}: {language}") for language, words in read_yaml(path).items()}


def find_sensitive(words: Words, language: str, text: str) -> str | None:
    """The first sensitive word of a text, folded; French words count in every language. None when there is none."""
    said = fold_words(text)
    for spoken in (language, FALLBACK):
        if spoken in words and (found := words[spoken].search(said)):
            return found.group()
    return None


def _pattern(entries: Sequence[object], where: str) -> re.Pattern[str]:
    if not isinstance(entries, list) or not entries:
        raise BookError(f"{where}: a list of words")
    alternatives = []
    for entry in entries:
        word = fold_words(str(entry))
        if not word:
            raise BookError(f"{where}: an empty word")
        alternatives.append(rf"{word}\w*" if str(entry).endswith("*") else word)
    return re.compile(rf"\b(?:{'|'.join(sorted(alternatives, key=len, reverse=True))})\b")
