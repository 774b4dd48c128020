"""What a text is about: category, type, sensitivity and urgency, from the lexicon and the model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import LONGEST, fold
from feedback_gateway.classify.language import Language, detect_language, load_detector
from feedback_gateway.classify.lexicons import Entry, load_lexicons
from feedback_gateway.classify.model.in_use import model_in_use
from feedback_gateway.classify.model.linear import NONE, Judgement, Thresholds
from feedback_gateway.classify.model.seeing import match_entries, see
from feedback_gateway.classify.noise import find_noise, load_noise
from feedback_gateway.classify.urgency import load_signs, score_urgency
from models.words import FeedbackType, Guess, Hold, Noise, Sensitivity

_LEAST_LETTERS = 3
_OVERLAP = 200  # characters: a phrase may stand across a cut
_MOST_PIECES = 12
# Nobody acts on these, so nothing may come to rest there by half a guess.
_NO_COMPLAINT = "AUT.INC"
_QUIET = frozenset({"MER.REM", _NO_COMPLAINT})
_SEALED = frozenset(code for code, category in CATEGORIES.items() if category.sensitivity is Sensitivity.SEALED)


@dataclass(frozen=True)
class Reading:
    """What the machine makes of a text; a person confirms.

    `category` is the menu's choice (`guess` is TOLD), or the likeliest one when it is worth showing (ROUTE, CONFIRM);
    None when a person must sort the text (TRIAGE). `best`: the two likeliest, with their probabilities.
    `sensitivity` is what the text asks for: the caller raises it to the category's own and never lowers it. `hold`
    says why it was raised. `score`: probability that only some may read it. `urgency` orders the queue (0 to 1).
    `matched` are ids of lexicon entries and holds no word of the person. `model` names the version that read.
    """

    language: Language
    category: str | None
    type: FeedbackType
    sensitivity: Sensitivity
    urgency: float
    confidence: float
    matched: tuple[str, ...]
    guess: Guess = Guess.TRIAGE
    best: tuple[tuple[str, float], ...] = ()
    score: float = 0.0
    hold: Hold | None = None
    noise: Noise | None = None
    model: str = ""


def warm_up() -> None:
    """Loads profiles, lexicon and model. Call it once at the start of a process, before its threads."""
    load_detector()
    load_lexicons()
    load_signs()
    load_noise()
    model_in_use()


def read(
    text: str,
    *,
    menu_category: str | None = None,
    language_prior: str | None = None,
    context: Sequence[str] = (),
    same_this_hour: int = 0,
) -> Reading:
    """Reads what a person wrote. The same arguments always give the same reading; no text raises.

    `menu_category` is the code that the person chose: it stands above any guess, but the text may still raise
    sensitivity and urgency. `language_prior` as for detect_language. `context` as in classify.model.features.Seen.
    `same_this_hour`: how many others said the same at the same place within the hour. A long text is read in pieces:
    what it is about is said at its beginning, what is sensitive or urgent may stand anywhere.
    """
    first, *others = (
        _read_piece(piece, menu_category, language_prior, context, same_this_hour) for piece in _cut(text)
    )
    for other in others:
        first = join_readings(first, other)
    return first


def _cut(text: str) -> list[str]:
    """Pieces that are short enough to be read whole, overlapping a little; the last words are in the last one."""
    step = LONGEST - _OVERLAP
    return [text[start : start + LONGEST] for start in range(0, max(len(text) - _OVERLAP, 1), step)][:_MOST_PIECES]


def join_readings(first: Reading, other: Reading) -> Reading:
    """What both ask for, of two parts of one account: the first says what it is about, the stricter who may read it."""
    if other.hold is Hold.UNSORTED and first.category:  # a part of an account that has a subject
        other = replace(other, sensitivity=Sensitivity.NORMAL, hold=None)
    stricter = (other.sensitivity.rank, other.score) > (first.sensitivity.rank, first.score)
    moves = other.sensitivity is Sensitivity.SEALED and first.category not in _SEALED and first.guess is not Guess.TOLD
    strict = other if stricter else first
    about = other if moves else first
    return replace(
        about,
        language=first.language,
        sensitivity=strict.sensitivity,
        hold=strict.hold,
        score=max(first.score, other.score),
        urgency=max(first.urgency, other.urgency),
        matched=tuple(dict.fromkeys((*first.matched, *other.matched))),
        noise=first.noise and other.noise,
    )


def _read_piece(
    text: str, menu_category: str | None, language_prior: str | None, context: Sequence[str], same_this_hour: int
) -> Reading:
    language = detect_language(text, language_prior)
    folded = fold(text)
    entries = match_entries(folded)
    name, model = model_in_use()
    judgement = model.judge(see(folded, entries, language.code if language.sure else None, context))
    has_words = sum(map(str.isalpha, folded)) >= _LEAST_LETTERS
    likeliest = menu_category or judgement.ranked[0][0]
    means_nothing = likeliest == NONE or (not menu_category and judgement.ranked[0][1] < model.thresholds.confirm)
    noise = find_noise(
        text, folded, entries, category=None if means_nothing else likeliest, sensitive=judgement.sensitive
    )
    category, guess = _choose(judgement, entries, menu_category, model.thresholds)
    category = category or (_NO_COMPLAINT if noise else None)
    sensitivity, hold = _protect(entries, judgement, language, guess, model.thresholds, has_words, noise)
    return Reading(
        language=language,
        category=category,
        type=FeedbackType.INCOMPLETE if noise or not has_words else _choose_type(entries, category, folded),
        sensitivity=sensitivity,
        urgency=score_urgency(folded, entries, category, same_this_hour=same_this_hour),
        confidence=1.0 if menu_category else judgement.ranked[0][1],
        matched=tuple(entry.id for entry in entries),
        guess=guess,
        best=tuple((code, chance) for code, chance in judgement.ranked[:3] if code != NONE)[:2],
        score=judgement.sensitive,
        hold=hold,
        noise=noise,
        model=name,
    )


def _choose(
    judgement: Judgement, entries: list[Entry], told: str | None, thresholds: Thresholds
) -> tuple[str | None, Guess]:
    if told:
        return told, Guess.TOLD
    code, chance = judgement.ranked[0]
    if code in _QUIET:
        return _doubt_quiet(judgement, entries, thresholds)
    if code == NONE or chance < thresholds.confirm:
        code, guess = "", Guess.TRIAGE
    else:
        guess = Guess.ROUTE if chance >= thresholds.route else Guess.CONFIRM
    if any(entry.sensitivity is Sensitivity.SEALED for entry in entries) and code not in _SEALED:
        named = {entry.category for entry in entries if entry.category in _SEALED} or _SEALED
        # It goes to a named list of readers by its category: unsure of which, it still has to reach one of them.
        code = next((each for each, _ in judgement.ranked if each in named), code)
        guess = Guess.CONFIRM if code else guess
    return code or None, guess


def _doubt_quiet(judgement: Judgement, entries: list[Entry], thresholds: Thresholds) -> tuple[str | None, Guess]:
    """Thanks and nonsense, to which nobody will answer: not if a word of it speaks of anything else."""
    spoken_of = {entry.category for entry in entries if entry.category} - _QUIET
    if not spoken_of:
        code, chance = judgement.ranked[0]
        sure = chance >= thresholds.route and code != _NO_COMPLAINT  # that is for find_noise to say
        return (code, Guess.ROUTE) if sure else (None, Guess.TRIAGE)
    return next(code for code, _ in judgement.ranked if code in spoken_of), Guess.CONFIRM


def _protect(
    entries: list[Entry],
    judgement: Judgement,
    language: Language,
    guess: Guess,
    thresholds: Thresholds,
    has_words: bool,
    noise: Noise | None,
) -> tuple[Sensitivity, Hold | None]:
    """Who may read it until a person has, and why. The strongest reason is named."""
    named = Sensitivity.highest(*(entry.sensitivity for entry in entries))
    if named is not Sensitivity.NORMAL:
        return named, Hold.WORDS
    if thresholds.keeps_back(judgement.sensitive, language.code):
        return Sensitivity.RESTRICTED, Hold.SCORE
    understood = guess is Guess.ROUTE and entries  # too short to tell the language, and plain all the same
    if has_words and language.code is None and noise is None and not understood:
        return Sensitivity.RESTRICTED, Hold.LANGUAGE
    if has_words and guess is Guess.TRIAGE and noise is None:
        return Sensitivity.RESTRICTED, Hold.UNSORTED
    return Sensitivity.NORMAL, None


def _choose_type(entries: list[Entry], category: str | None, folded: str) -> FeedbackType:
    usual = CATEGORIES[category].type if category in CATEGORIES else FeedbackType.REPORT
    if usual is not FeedbackType.REPORT:
        return usual
    if any(entry.sensitivity is Sensitivity.SEALED for entry in entries):
        return FeedbackType.REPORT
    said = {entry.type for entry in entries}
    if FeedbackType.QUESTION in said or re.search("[?？؟]", folded):
        return FeedbackType.QUESTION
    return FeedbackType.REQUEST if FeedbackType.REQUEST in said else FeedbackType.REPORT
