"""The small pattern language of the lexicon: words and phrases as people type them, matched on folded text.

forage            the word          forag*         any word that begins so (three letters at least)
pas|pa|plus       one of these      @no            one of the words of the set `no` of that file
demand* ... sous  with up to three words between    a b & c    both, anywhere in the text
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_gateway.classify.fold import fold, split_words, squeeze

_GAP = 3
KEY = 3
"""Letters by which stems are found in an index, and so the shortest stem."""

Token = tuple[str, ...]
"""A word of a text in each form that it can be read: "lagent" is also "agent"."""


class PatternError(ValueError):
    """A pattern that cannot be read; the message quotes it.

    `code` is why, for a page to say in its own words: empty, stem, set or words. `quoted` is the part that is wrong.
    """

    def __init__(self, message: str, code: str, quoted: str) -> None:
        super().__init__(message)
        self.code, self.quoted = code, quoted


@dataclass(frozen=True)
class Term:
    """One place in a phrase: whole words or beginnings of words, and whether up to three words may stand before it."""

    whole: frozenset[str]
    stems: tuple[str, ...]
    after_gap: bool = False

    def fits(self, token: Token) -> bool:
        return any(form in self.whole or (self.stems and form.startswith(self.stems)) for form in token)


Phrase = tuple[Term, ...]
Pattern = tuple[Phrase, ...]
"""All phrases must occur; the first one is where an index looks."""


@dataclass(frozen=True)
class Spelling:
    """How a language's texts and patterns are cut into words.

    `elisions`: the little words that lose their vowel before another (l', d', qu'): cut off, with or without the
    apostrophe. `squeezed`: doubled letters count as one.
    """

    elisions: tuple[str, ...] = ()
    squeezed: bool = False

    def shape(self, word: str) -> str:
        return squeeze(word) if self.squeezed else word

    def cut(self, folded: str) -> list[Token]:
        """The tokens of a folded text."""
        words = [self.shape(word) for word in split_words(folded)]
        return [self._forms(word) for word in words if word not in self.elisions]

    def _forms(self, word: str) -> Token:
        for elision in self.elisions:
            rest = word[len(elision) :]
            if word.startswith(elision) and len(rest) > 1 and rest[0] in "aeiouyh":
                return (word, rest)
        return (word,)


def read_pattern(source: str, spelling: Spelling, sets: Mapping[str, str]) -> Pattern:
    """Reads one pattern. Raises PatternError when it is empty, has a stem that is too short, or names no known set."""
    pattern = tuple(_read_phrase(part.split(), source, spelling, sets) for part in source.split("&"))
    if not all(pattern):
        raise PatternError(f"nothing to look for in {source!r}", "empty", source)
    return pattern


def _read_phrase(parts: Sequence[str], source: str, spelling: Spelling, sets: Mapping[str, str]) -> Phrase:
    terms: list[Term] = []
    gap = False
    for part in parts:
        if part == "...":
            gap = bool(terms)
            continue
        whole: set[str] = set()
        stems: set[str] = set()
        for choice in _list_choices(part, source, sets):
            word = _read_word(choice, source, spelling)
            if word and choice.endswith("*"):
                if len(word) < KEY:
                    raise PatternError(f"{choice!r} is too short a stem in {source!r}", "stem", choice)
                stems.add(word)
            elif word:
                whole.add(word)
        if whole or stems:
            terms.append(Term(frozenset(whole), tuple(sorted(stems)), gap))
            gap = False
    return tuple(terms)


def _list_choices(part: str, source: str, sets: Mapping[str, str]) -> list[str]:
    choices: list[str] = []
    for choice in part.split("|"):
        if choice.startswith("@") and choice[1:] not in sets:
            raise PatternError(f"no set of the name {choice} for {source!r}", "set", choice)
        choices += sets[choice[1:]].split("|") if choice.startswith("@") else [choice]
    return choices


def _read_word(choice: str, source: str, spelling: Spelling) -> str:
    """The one word of a choice, without its elision ("d'eau" is "eau"); empty when nothing else was there ("l")."""
    words = [spelling.shape(word) for word in split_words(fold(choice))]
    words = [word for word in words if word not in spelling.elisions]
    if len(words) > 1:
        raise PatternError(f"{choice!r} is more than one word in {source!r}", "words", choice)
    return words[0] if words else ""


def trace(phrase: Phrase, tokens: Sequence[Token], start: int) -> tuple[int, ...]:
    """Where the words of a phrase that begins at that token stand; empty when it does not begin there."""
    if not phrase[0].fits(tokens[start]):
        return ()
    places = [start]
    for term in phrase[1:]:
        first = places[-1] + 1
        reach = range(first, min(first + (_GAP if term.after_gap else 0) + 1, len(tokens)))
        found = next((place for place in reach if term.fits(tokens[place])), None)
        if found is None:
            return ()
        places.append(found)
    return tuple(places)


def occurs(pattern: Pattern, tokens: Sequence[Token]) -> bool:
    """Whether each phrase of the pattern begins somewhere."""
    return all(any(trace(phrase, tokens, start) for start in range(len(tokens))) for phrase in pattern)


def blank_out(patterns: Sequence[Pattern], tokens: Sequence[Token]) -> list[Token]:
    """The tokens without those words that one of the patterns takes up: nothing fits in their place."""
    taken = {
        place
        for pattern in patterns
        if occurs(pattern, tokens)
        for phrase in pattern
        for start in range(len(tokens))
        for place in trace(phrase, tokens, start)
    }
    return [() if place in taken else token for place, token in enumerate(tokens)]
