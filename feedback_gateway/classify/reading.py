"""What a text is about: category, type, sensitivity and urgency, from the lexicon."""

import re
from collections import defaultdict
from dataclasses import dataclass

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.language import Language, detect_language, load_detector
from feedback_gateway.classify.lexicons import Entry, load_lexicons
from models.words import FeedbackType, Sensitivity

# A word of another language than the text's is often an accident ("pain" is bread in French). French is mixed into
# every language of the country, so it is never one. Sensitivity is raised by a word of any language all the same.
_STRANGER = 0.4
_DOUBT = 1.0
_LEAST_LETTERS = 3


@dataclass(frozen=True)
class Reading:
    """What the machine makes of a text; a person confirms.

    `category` is None when nothing is known of it. `sensitivity` is what the text asks for: the caller raises it to
    the category's own and never lowers it. `urgency` orders the queue (0 to 1). `confidence` is 1 for the menu's
    choice, else how clearly one category leads (0 to 1, not a probability). `matched` are ids of lexicon entries and
    holds no word of the person.
    """

    language: Language
    category: str | None
    type: FeedbackType
    sensitivity: Sensitivity
    urgency: float
    confidence: float
    matched: tuple[str, ...]


def warm_up() -> None:
    """Loads profiles and lexicon. Call it once at the start of a process, before its threads."""
    load_detector()
    load_lexicons()


def read(text: str, *, menu_category: str | None = None, language_prior: str | None = None) -> Reading:
    """Reads one text of a person. The same arguments always give the same reading; no text raises.

    `menu_category` is the code that the person chose: it stands above any guess, but the text may still raise
    sensitivity and urgency. `language_prior` as for detect_language.
    """
    language = detect_language(text, language_prior)
    folded = fold(text)
    entries = [entry for lexicon in load_lexicons() for entry in lexicon.match(folded)]
    category, confidence = (menu_category, 1.0) if menu_category else _choose_category(entries, language)
    return Reading(
        language=language,
        category=category,
        type=_choose_type(entries, category, folded),
        sensitivity=Sensitivity.highest(*(entry.sensitivity for entry in entries)),
        urgency=_add_up_urgency(entries, category),
        confidence=confidence,
        matched=tuple(entry.id for entry in entries),
    )


def _choose_category(entries: list[Entry], language: Language) -> tuple[str | None, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    for entry in entries:
        if entry.category:
            scores[entry.category] += entry.weight * _trust(entry, language)
    if not scores:
        return None, 0.0
    # Of two that score alike the more urgent one is right to be looked at first.
    ranked = sorted(scores, key=lambda code: (scores[code], CATEGORIES[code].urgent, code), reverse=True)
    first, second = scores[ranked[0]], scores[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0], round(first / (first + second + _DOUBT), 3)


def _trust(entry: Entry, language: Language) -> float:
    at_home = not language.sure or entry.language == language.code or (entry.language == "fr" and language.code != "en")
    return 1.0 if at_home else _STRANGER


def _choose_type(entries: list[Entry], category: str | None, folded: str) -> FeedbackType:
    if sum(map(str.isalpha, folded)) < _LEAST_LETTERS:
        return FeedbackType.INCOMPLETE
    usual = CATEGORIES[category].type if category in CATEGORIES else FeedbackType.REPORT
    if usual is not FeedbackType.REPORT:
        return usual
    if any(entry.sensitivity is Sensitivity.SEALED for entry in entries):
        return FeedbackType.REPORT
    said = {entry.type for entry in entries}
    if FeedbackType.QUESTION in said or re.search("[?？؟]", folded):
        return FeedbackType.QUESTION
    return FeedbackType.REQUEST if FeedbackType.REQUEST in said else FeedbackType.REPORT


def _add_up_urgency(entries: list[Entry], category: str | None) -> float:
    """Each sign of urgency takes its share of what was left: more signs, more urgent, never above 1."""
    calm = 1.0
    signs = {entry.category or entry.id: entry.urgent for entry in sorted(entries, key=lambda entry: entry.urgent)}
    if category in CATEGORIES:
        signs.setdefault(category, CATEGORIES[category].urgent)
    for urgent in signs.values():
        calm *= 1 - urgent
    return round(1 - calm, 3)
