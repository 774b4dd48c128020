"""The words that people may send at any time. Only a whole message counts: `stop violence` is a complaint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import BookError
from flows.files import read_yaml
from flows.fold import fold_words

FLOWS = ("stop", "leave", "start", "help", "status", "language")
"""The keywords that each begin the flow of the same name. `leave` are the providers' opt-out words that also answer
a question (END, CANCEL): while one is open they only close it, otherwise they mean stop."""

LISTS = ("yes", "no", "before_reference", "ordinary")


@dataclass(frozen=True)
class Keywords:
    """Folded words. `flows`: word to keyword; `languages`: word to language code; `yes`, `no`: short answers.

    `before_reference`: words that may stand before a reference ("suivi 482 193 7054"). `ordinary`: names of places
    that are everyday words ("est"); in a message they are not taken for the place.
    """

    flows: Mapping[str, str]
    languages: Mapping[str, str]
    yes: frozenset[str]
    no: frozenset[str]
    before_reference: frozenset[str]
    ordinary: frozenset[str]

    def without_keyword(self, said: str) -> str | None:
        """What follows a word of `before_reference` in a folded text; None when the first word is another."""
        first, _, rest = said.partition(" ")
        return rest if first in self.before_reference else None


def read_keywords(path: Path) -> Keywords:
    """Reads the keyword file. Raises BookError when a word has two meanings."""
    content = read_yaml(path)
    unknown = set(content) - {*FLOWS, *LISTS, "languages"}
    if unknown:
        raise BookError(f"{path.name}: unknown key {', '.join(sorted(unknown))}")
    meanings: dict[str, str] = {}
    for keyword in FLOWS:
        for word in _words(content, keyword, path.name):
            if meanings.setdefault(word, keyword) != keyword:
                raise BookError(f"{path.name}: {word!r} means both {meanings[word]} and {keyword}")
    languages: dict[str, str] = {}
    for language in content.get("languages", {}):
        for word in _words(content["languages"], language, path.name):
            if word in meanings or languages.setdefault(word, language) != language:
                raise BookError(f"{path.name}: {word!r} has two meanings")
    lists = {key: frozenset(_words(content, key, path.name)) for key in LISTS}
    if lists["yes"] & lists["no"]:
        raise BookError(f"{path.name}: {', '.join(lists['yes'] & lists['no'])} means both yes and no")
    return Keywords(meanings, languages, **lists)


def _words(content: Mapping[str, Any], key: str, file: str) -> list[str]:
    """The folded words below a key: a list, or a list a language."""
    below = content.get(key)
    lists = below.values() if isinstance(below, dict) else [below]
    found = []
    for words in lists:
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise BookError(f"{file}: {key} holds lists of words")
        found += [fold_words(word) for word in words]
    if not all(re.search(r"\w", word) for word in found):
        raise BookError(f"{file}: {key} holds an empty word")
    return found
