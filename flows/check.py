"""Walking every node in every language: what would fail in the field is found here, not by a person on a phone.

What a book must have at all (targets, actions, French and English texts, variables, menu lines, at most nine options)
load_book refuses already; check_folder says that too as a problem.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.book import BUILT_IN, ENTRIES, HERE, SENT, Book, load_book, used_texts
from flows.definition import Say
from flows.errors import BookError
from flows.graph import reach
from flows.screens import Limits
from flows.sensitive import find_sensitive, read_sensitive
from flows.survey import SAMPLE_ANSWER, Shown, survey
from flows.texts import COMPLETE, FALLBACK

MOST_PARTS = 1
"""Paid parts of an SMS of ours, with a short answer of an agency in it, unless the check is told another number."""


@dataclass(frozen=True)
class Problem:
    """Something to mend. `language` is empty when it is about the flow itself, `flow` when about the whole book."""

    flow: str
    node: str
    language: str
    what: str

    def __str__(self) -> str:
        where = f"{self.flow}/{self.node}" if self.node else self.flow
        named = f"{where} [{self.language}]" if self.language else where
        return f"{named}: {self.what}" if named else self.what


@dataclass(frozen=True)
class Coverage:
    """How far a language is: its texts, those of them that are drafts, and those still shown in French."""

    language: str
    name: str
    texts: int
    drafts: int
    missing: int


@dataclass(frozen=True)
class Report:
    """What `feedback flows check` prints."""

    problems: tuple[Problem, ...]
    screens: tuple[Shown, ...]
    languages: tuple[Coverage, ...]


def check(book: Book, limits: Limits | None = None, most_parts: int = MOST_PARTS) -> list[Problem]:
    """The problems of a book; none when it may be published."""
    return list(report(book, limits, most_parts).problems)


def report(book: Book, limits: Limits | None = None, most_parts: int = MOST_PARTS) -> Report:
    """The problems, every screen in every language with its sizes, and how far each language is."""
    limits = limits or Limits()
    screens = tuple(survey(book, limits))
    problems = (
        *_graph_problems(book),
        *_text_problems(book),
        *_size_problems(screens, limits, most_parts),
        *_sensitive_problems(screens),
    )
    return Report(problems, screens, tuple(_coverage(book)))


def check_folder(folder: Path = HERE, limits: Limits | None = None, most_parts: int = MOST_PARTS) -> Report:
    """The report on the files below a folder. A book that cannot be read at all is one problem and no screens."""
    try:
        book = load_book(folder)
    except BookError as error:
        return Report((Problem("", "", "", str(error)),), (), ())
    return report(book, limits, most_parts)


def _graph_problems(book: Book) -> Iterator[Problem]:
    reached = reach(book, [book.start(flow) for flow in ENTRIES])
    for at, _ in book.walk():
        if at not in reached:
            yield Problem(at.flow, at.node, "", "nothing leads here")
        if not any(isinstance(book.node(end), Say) for end in reach(book, [at])):
            yield Problem(at.flow, at.node, "", "a dead end: a loop without exit, no last words can be reached")


def _text_problems(book: Book) -> Iterator[Problem]:
    used = {*BUILT_IN, *SENT, *(key for _, node in book.walk() for key in used_texts(node))}
    for language, words in book.texts.words.items():
        for key in sorted(set(words) - used):
            yield Problem("texts", key, language, "no screen uses this text")
        if language in COMPLETE:
            for key in sorted(set(book.texts.words[FALLBACK]) - set(words)):
                yield Problem("texts", key, language, "the text is missing")


def _size_problems(screens: Iterable[Shown], limits: Limits, most_parts: int) -> Iterator[Problem]:
    for shown in screens:
        if shown.medium == "sms":
            if shown.parts > most_parts:
                yield Problem(shown.flow, shown.node, shown.language, f"costs {shown.parts} SMS")
        elif not limits.holds(shown.text) or _is_cut(shown.text):
            yield Problem(shown.flow, shown.node, shown.language, f"does not fit {limits.size} septets: {shown.text!r}")


def _is_cut(words: str) -> bool:
    """Whether the engine had to shorten a screen; an agency's answer may be."""
    return any(line.endswith("...") for line in words.splitlines()) and SAMPLE_ANSWER[:9] not in words


def _sensitive_problems(screens: Iterable[Shown]) -> Iterator[Problem]:
    sensitive = read_sensitive()
    for shown in screens:
        language = FALLBACK if shown.borrowed else shown.language
        if word := find_sensitive(sensitive, language, shown.text):
            yield Problem(shown.flow, shown.node, shown.language, f"a shared phone would show {word!r}")


def _coverage(book: Book) -> Iterator[Coverage]:
    needed = len(book.texts.words[FALLBACK])
    for language, words in book.texts.words.items():
        drafts = sum(text.draft for text in words.values())
        yield Coverage(language, book.languages[language], len(words), drafts, needed - len(words))
