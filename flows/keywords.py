"""The words that people may send at any time. Only a whole message counts: `stop violence` is a complaint."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from flows.errors import BookError
from flows.files import read_yaml
from flows.fold import fold_words
from flows.texts import COMPLETE

FLOWS = ("stop", "leave", "start", "help", "status", "language", "new", "thanked", "more", "less", "pace")
"""The keywords that each begin the flow of the same name. `leave` are the providers' opt-out words that also answer
a question (END, CANCEL): while one is open they only close it, otherwise they mean stop. `new` may also stand before
words: they open a new case although another is open."""

EXACT = frozenset({"more", "less", "pace"})
"""Keywords that are everyday words besides: they count as a whole message only, without a slip or a filler, so that
`c'est moins` stays a complaint."""

LISTS = ("yes", "no", "before_reference", "fillers", "ordinary", "lookalikes")

SHORTEST, SHORTEST_NAME = 4, 6
"""Letters from which on a keyword, or the name of a language, is found although one letter is wrong. Shorter ones have
too many neighbours: `stp`, `mort`."""


MOST_WORDS = 8
"""Words of a message up to which a keyword is looked for among fillers."""


@dataclass(frozen=True)
class Keywords:
    """Folded words. `flows`: word to keyword; `languages`: word to language code; `yes`, `no`: short answers.

    `before_reference`: words that may stand before a reference ("suivi 482 193 7054"). `fillers`: words that mean
    nothing beside a keyword or a reference ("stop svp"). `ordinary`: names of places
    that are everyday words ("est"); in a message they are not taken for the place.
    """

    flows: Mapping[str, str]
    languages: Mapping[str, str]
    yes: frozenset[str]
    no: frozenset[str]
    before_reference: frozenset[str]
    fillers: frozenset[str]
    ordinary: frozenset[str]
    lookalikes: frozenset[str]
    tolerant: frozenset[str]

    def correct(self, said: str) -> str:
        """A folded whole message, as the keyword it was meant to be when exactly one meaning is a slip away.

        A slip is one letter too many, too few or wrong, or two swapped (Damerau-Levenshtein distance 1).
        """
        if bare := self._without_fillers(said):
            return bare
        known = self.yes | self.no | self.before_reference | self.ordinary | self.lookalikes
        if said in self.flows or said in self.languages or said in known:
            return said
        if len(said) < SHORTEST or not said.isalpha():
            return said
        near = sorted(word for word in self.tolerant if is_slip(said, word))
        meanings = {self.flows.get(word) or self.languages[word] for word in near}
        return near[0] if len(meanings) == 1 else said

    def _without_fillers(self, said: str) -> str | None:
        """The keyword that stands in a folded text among nothing but fillers."""
        words = said.split()
        if len(words) > MOST_WORDS:
            return None
        for begin, end in combinations(range(len(words) + 1), 2):
            around = words[:begin] + words[end:]
            if not self.fillers.issuperset(around):
                continue
            inside = " ".join(words[begin:end])
            if inside in self.languages or self.flows.get(inside, "more") not in EXACT:
                return inside
        return None

    def before(self, said: str) -> bool:
        """Whether a folded text begins with a word for a reference and digits stuck to it: `suivi4821937058`."""
        found = re.match(r"[^\W\d]+(?=\d)", said)
        return found is not None and found.group() in self.before_reference

    def only_asks(self, said: str) -> bool:
        """Whether a folded text that holds a reference does nothing but ask after it: `482 193 7058 svp`."""
        return all(word.isdigit() or word in self.before_reference | self.fillers for word in said.split())

    def is_new(self, said: str) -> bool:
        """Whether a folded text begins with a keyword for something new: `nouveau pas d eau`."""
        return self.flows.get(said.partition(" ")[0]) == "new"

    def without_keyword(self, said: str) -> str | None:
        """What follows a word of `before_reference`, or a slip of one, in a folded text; else None."""
        first, _, rest = said.partition(" ")
        meant = first in self.before_reference or any(
            is_slip(first, word) for word in self.before_reference if min(len(first), len(word)) >= SHORTEST
        )
        return rest if meant else None


def is_slip(typed: str, word: str) -> bool:
    """Whether one letter added, left out or wrong, or two neighbours swapped, makes the one of the other."""
    at = 0
    while at < min(len(typed), len(word)) and typed[at] == word[at]:
        at += 1
    left, right = typed[at:], word[at:]
    if left == right:
        return False
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


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
    return Keywords(meanings, languages, **lists, tolerant=_tolerant(content, languages, path.name))


def _tolerant(content: Mapping[str, Any], languages: Collection[str], file: str) -> frozenset[str]:
    """The single words in which one letter may be wrong."""
    # START opens what STOP has closed: it must be meant ("stat" is a status).
    tolerant = [keyword for keyword in FLOWS if keyword != "start" and keyword not in EXACT]
    by_language = [content[keyword] for keyword in tolerant if isinstance(content[keyword], dict)]
    spoken = [
        word
        for words in by_language
        for language in COMPLETE
        if language in words
        for word in _words(words, language, file)
    ]
    long_enough = {word for word in spoken if len(word) >= SHORTEST}
    long_enough |= {word for word in languages if len(word) >= SHORTEST_NAME}
    return frozenset(word for word in long_enough if word.isalpha())


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
