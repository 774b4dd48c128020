"""Walking every node in every language: what would fail in the field is found here, not by a person on a phone.

What a book must have at all (targets, actions, French texts, variables, menu lines, at most nine options) load_book
refuses already; check_folder says that too as a problem.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from flows.book import BUILT_IN, HERE, PRINTED, SENT, Book, load_book, used_texts
from flows.costs import Cost, complaint_cost
from flows.definition import Ask, Menu, Target
from flows.errors import BookError
from flows.findings import Problem, find_in_paths
from flows.gsm7 import Letters, septets, size
from flows.screens import Limits
from flows.sensitive import find_sensitive, read_sensitive
from flows.survey import Shown, survey
from flows.template import variables
from flows.texts import COMPLETE, FALLBACK, take_apart

__all__ = ["Coverage", "Problem", "Report", "check", "check_folder", "report"]

MOST_PARTS: Mapping[Letters, int] = {"fold": 1, "keep": 2}
"""Paid parts of an SMS of ours, with a short answer of an agency in it, unless the check is told another number.

Who keeps letters that GSM-7 lacks has chosen to pay more: an SMS holds 70 of them instead of 160.
"""

_ENDLESS = 1_000_000
"""Septets: more than any text has."""

MOST_PAGES = 4
"""Screens that one text or menu may take: who must press 9 more often gives up."""


def dearest_letters(letters: Iterable[Letters]) -> Letters:
    """How an SMS is to be measured that goes out by channels with these letters: kept ones cost more."""
    return "keep" if "keep" in letters else "fold"


UNUSED = "no screen uses this text"


@dataclass(frozen=True)
class Coverage:
    """How far a language is: its texts, those of them that are drafts, and those still shown in French.

    `draft_texts` are the drafts by key.
    """

    language: str
    name: str
    texts: int
    drafts: int
    missing: int
    draft_texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Report:
    """What `feedback flows check` prints. `screens` are those of the first limits; problems are of all.

    `costs` is what a complaint costs in each language, nothing for a book whose ways lead astray.
    """

    problems: tuple[Problem, ...]
    screens: tuple[Shown, ...]
    languages: tuple[Coverage, ...]
    limits: tuple[Limits, ...] = ()
    costs: tuple[Cost, ...] = ()


def check(book: Book, *limits: Limits, most_parts: int | None = None) -> list[Problem]:
    """The problems of a book; none when it may be published."""
    return list(report(book, *limits, most_parts=most_parts).problems)


def report(
    book: Book,
    *limits: Limits,
    most_parts: int | None = None,
    letters: Letters = "fold",
    languages: Collection[str] = (),
) -> Report:
    """The problems, every screen in every language with its sizes, and how far each language is.

    `limits`: what the screens of the channels hold, each measured as it is encoded there; without any, the usual.
    An SMS of more than `most_parts` paid parts (else MOST_PARTS), its letters folded or kept, is a problem.
    `languages`: these only.
    """
    limits = limits or (Limits(),)
    languages = tuple(languages or book.languages)
    surveys = [tuple(survey(book, each, languages)) for each in limits]
    too_long = (_screen_problems(book, screens, each) for each, screens in zip(limits, surveys, strict=True))
    astray = tuple(find_in_paths(book))
    problems = (
        *astray,
        *(problem for problem in (*_text_problems(book), *_poster_problems(book)) if problem.language in languages),
        *chain.from_iterable(too_long),
        *_sms_problems(surveys[0], most_parts or MOST_PARTS[letters], letters),
        *_sensitive_problems(surveys[0]),
    )
    # Only a book whose ways are sound can be gone through.
    costs = () if astray else tuple(complaint_cost(book, language) for language in languages)
    return Report(problems, surveys[0], tuple(_coverage(book, languages)), limits, costs)


def check_folder(
    folder: Path = HERE,
    *limits: Limits,
    most_parts: int | None = None,
    letters: Letters = "fold",
    languages: Collection[str] = (),
) -> Report:
    """The report on the files below a folder. A book that cannot be read at all is one problem and no screens."""
    try:
        book = load_book(folder)
    except BookError as error:
        return Report((Problem("", "", "", str(error)),), (), ())
    return report(book, *limits, most_parts=most_parts, letters=letters, languages=languages)


def _text_problems(book: Book) -> Iterator[Problem]:
    used = {*BUILT_IN, *SENT, *(key for _, node in book.walk() for key in used_texts(node))}
    secret = {node.save for _, node in book.walk() if isinstance(node, Ask) and node.kind in ("pin", "new_pin")}
    for language, words in book.texts.words.items():
        for key in sorted(key for key in set(words) - used if not key.startswith(PRINTED)):
            yield Problem("texts", key, language, UNUSED)
        for key, text in words.items():
            for name in sorted(variables(text.words) & secret):
                yield Problem("texts", key, language, f"shows {{{name}}}, which only the person may know")
        if language in COMPLETE:
            for key in sorted(set(book.texts.words[FALLBACK]) - set(words)):
                yield Problem("texts", key, language, "the text is missing")


def _poster_problems(book: Book) -> Iterator[Problem]:
    sensitive = read_sensitive()
    printed = [
        (language, key, text.words)
        for language, words in book.texts.words.items()
        for key, text in words.items()
        if key.startswith(PRINTED)
    ]
    for language, key, said in printed:
        if variables(said):
            yield Problem("texts", key, language, "nothing is filled in on a poster")
        if word := find_sensitive(sensitive, language, said):
            yield Problem("texts", key, language, f"a poster would show {word!r} to everybody")


def _screen_problems(book: Book, screens: Iterable[Shown], limits: Limits) -> Iterator[Problem]:
    """The first page of each screen that does not hold its words, and the texts that take too many."""
    room = f"{limits.size} septets" if limits.folds else f"{limits.size} septets with its letters kept"
    found = set[tuple[str, str, str]]()
    whole = dict[str, Mapping[tuple[str, str], str]]()
    for shown in screens:
        at = (shown.flow, shown.node, shown.language)
        if shown.medium != "ussd" or at in found:
            continue
        if shown.cut or not limits.holds(shown.text):
            found.add(at)
            if shown.language not in whole:
                whole[shown.language] = _in_one_piece(book, shown.language, limits)
            over = _excess(whole[shown.language].get(at[:2], ""), limits)
            yield Problem(*at, f"does not fit {room}: {over} too many" if over > 0 else f"does not fit {room}")
        elif shown.pages > MOST_PAGES:
            found.add(at)
            yield Problem(*at, f"takes {shown.pages} screens of {room}; at most {MOST_PAGES}")


def _in_one_piece(book: Book, language: str, limits: Limits) -> Mapping[tuple[str, str], str]:
    """What must stand on one screen: a question with its keys, or the title of a menu with its longest line."""
    least = dict[tuple[str, str], str]()
    for shown in survey(book, replace(limits, size=_ENDLESS), [language]):
        node = book.node(Target(shown.flow, shown.node))
        if shown.medium != "ussd" or (shown.flow, shown.node) in least:
            continue
        if isinstance(node, Menu):
            screen = take_apart(shown.text)
            least[shown.flow, shown.node] = f"{screen.title}\n{max(screen.lines.values(), key=len, default='')}"
        elif isinstance(node, Ask) and node.kind != "place":
            least[shown.flow, shown.node] = shown.text
    return least


def _excess(words: str, limits: Limits) -> int:
    """By how much words are too long for a screen: in septets, or in units of UCS-2 where that is what they take."""
    return size(words) - (limits.size if septets(words) is not None else -(-limits.size * 7 // 8) // 2)


def _sms_problems(screens: Iterable[Shown], most_parts: int, letters: Letters) -> Iterator[Problem]:
    for shown in screens:
        paid = shown.parts if letters == "fold" else shown.kept_parts
        if shown.medium == "sms" and paid > most_parts:
            yield Problem(shown.flow, shown.node, shown.language, f"costs {paid} SMS")


def _sensitive_problems(screens: Iterable[Shown]) -> Iterator[Problem]:
    sensitive = read_sensitive()
    for shown in screens:
        language = FALLBACK if shown.borrowed else shown.language
        if word := find_sensitive(sensitive, language, shown.text):
            yield Problem(shown.flow, shown.node, shown.language, f"a shared phone would show {word!r}")


def _coverage(book: Book, languages: Iterable[str]) -> Iterator[Coverage]:
    needed = book.texts.words[FALLBACK]
    for language in languages:
        words = book.texts.words[language]
        drafts = tuple(sorted((key, text.words) for key, text in words.items() if text.draft))
        missing = len(set(needed) - set(words))
        yield Coverage(language, book.languages[language], len(words), len(drafts), missing, drafts)
