"""Which language a text is in: script first, then letters, with the language that the person has chosen as a prior.

Letters are read by `detector` first. Where it is in doubt (one text of ours in twelve) langdetect is asked too, on the
same counts: where both agree 96 in 100 were right, where they do not 65. docs/classification.md has the measurements.
"""

import json
import math
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from feedback_gateway.classify.detector import Confidence, Detector
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.language_learn import Learnt, add_to_tables
from feedback_gateway.classify.language_second import SecondOpinion
from feedback_gateway.classify.profile_tables import Tables, read_tables

PROFILES = "feedback_gateway.classify.profiles"

SURE = 0.95
LEAST = 0.4
"""Below this an answer is kept back: about one text in a hundred of ours, most of the others'."""
_LEAST_LETTERS = 3
_DOUBT = 0.25  # from here up to `SURE` langdetect is asked
_AGREED, _CONTRADICTED = 0.5, -1.0  # what its answer adds to the logit
_CHOSEN = 1.5  # the same of the person's own choice, where letters say so too: few words seldom stand out alone

# Arabic letters are also Ajami Hausa or Fulfulde: few write so on a telephone, and the focal point sees the text.
_SCRIPTS = (("taq", re.compile("[ⴰ-⵿]")), ("ar", re.compile("[\u0600-ۿݐ-ݿﭐ-﷿ﹰ-ﻼ]")), ("dyu", re.compile("[߀-߿]")))
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")


@dataclass(frozen=True)
class Language:
    """A language: `code` is fr en ar mos dyu ff gux ha taq or an added one, None when none of these or too little.

    `confidence`, 0 to 1, is the probability that `best` is right; `sure` from 0.95 on, where 99 of 100 were right
    (docs/classification.md). `best` is the likeliest language even where `code` is None; None without a letter.
    """

    code: str | None
    confidence: float
    sure: bool
    best: str | None = None


UNKNOWN = Language(None, 0.0, sure=False)


class Readers(NamedTuple):
    """Who is asked: our letter models first, then langdetect."""

    detector: Detector
    second: SecondOpinion


_lock = threading.Lock()
_readers: Readers | None = None


def load_detector() -> Readers:
    """The readers of this process, loaded at the first call, once, whichever thread comes first."""
    global _readers
    if _readers is None:
        with _lock:
            if _readers is None:
                _readers = make_readers(read_shipped())
    return _readers


def use_added_languages(learnt: Sequence[Learnt]) -> None:
    """From now on the shipped languages and exactly these. A thread that is reading ends with what it began with."""
    global _readers
    with _lock:
        _readers = make_readers(add_to_tables(read_shipped(), learnt))


def read_shipped() -> Tables:
    """The tables that come with the program."""
    return read_tables((resources.files(PROFILES) / "tables.npz").read_bytes())


def read_confidence() -> Confidence:
    """The coefficients that come with the program."""
    content = json.loads((resources.files(PROFILES) / "confidence.json").read_text("utf-8"))
    return Confidence(tuple(content["texts"]), tuple(content["ranked"]))


def make_readers(tables: Tables) -> Readers:
    """Readers of one's own: for measuring, and for trying a language before it is added."""
    return Readers(Detector(tables, read_confidence()), SecondOpinion(tables))


def detect_language(text: str, prior: str | None = None) -> Language:
    """The language of a text. The same text and prior always give the same answer; no text raises.

    `prior`: the code that the person chose, or that was last sure of this sender; a code that we do not know counts
    as none. Under three letters the answer is unknown.
    """
    return ask_readers(load_detector(), text, prior)


def ask_readers(readers: Readers, text: str, prior: str | None = None) -> Language:
    """`detect_language` with readers of one's own."""
    folded = _ADDRESS.sub(" ", fold(text))
    letters = sum(map(str.isalpha, folded))
    if letters < _LEAST_LETTERS:
        return UNKNOWN
    scripts = Counter({code: len(pattern.findall(folded)) for code, pattern in _SCRIPTS})
    code, written = scripts.most_common(1)[0]
    if written * 2 > letters:
        return Language(code, 1.0, sure=True, best=code)
    verdict = readers.detector.judge(folded, prior)
    if verdict is None:
        return UNKNOWN
    probability = verdict.probability
    # A person's own choice is a better second opinion than langdetect's, which knows nothing of it.
    if verdict.code == prior:
        probability = _shift(probability, _CHOSEN)
    elif _DOUBT <= probability < SURE:
        agrees = readers.second.ask(folded) == verdict.code
        probability = _shift(probability, _AGREED if agrees else _CONTRADICTED)
    probability = round(probability, 4)
    known = verdict.code if probability >= LEAST else None
    return Language(known, probability, sure=probability >= SURE, best=verdict.code)


def _shift(probability: float, logit: float) -> float:
    return 1 / (1 + math.exp(-logit - math.log(probability / (1 - probability))))
