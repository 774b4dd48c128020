"""Which language a text is in: script first, then letters, with the language that the person has chosen as a prior."""

import json
import re
import threading
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from typing import cast

from feedback_gateway.classify.detector import SteadyDetector
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.ngrams import Profile

PROFILES = "feedback_gateway.classify.profiles"

# Below this a text is in none of our languages. Measured: 8 in 10 Haitian Creole SMS fall under it, 3 in 100 of ours.
LEAST_STANDING = 0.03
_LEAST_PROBABILITY = 0.5
_SURE = 0.95
_LEAST_LETTERS = 3

# Arabic letters are also Ajami Hausa or Fulfulde: few write so on a telephone, and the focal point sees the text.
_SCRIPTS = (("taq", re.compile("[ⴰ-⵿]")), ("ar", re.compile("[\u0600-ۿݐ-ݿﭐ-﷿ﹰ-ﻼ]")), ("dyu", re.compile("[߀-߿]")))
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")


@dataclass(frozen=True)
class Language:
    """A language: `code` is fr en ar mos dyu ff gux ha taq, or None when it is none of these or too little to tell.

    `confidence` is 0 to 1; `sure` from 0.95 on, where 99 of 100 were right (docs/classification.md).
    """

    code: str | None
    confidence: float
    sure: bool


UNKNOWN = Language(None, 0.0, sure=False)

_lock = threading.Lock()
_detector: SteadyDetector | None = None


def load_detector() -> SteadyDetector:
    """The one detector of this process, loaded at the first call, once, whichever thread comes first."""
    global _detector
    if _detector is None:
        with _lock:
            if _detector is None:
                files = (f for f in resources.files(PROFILES).iterdir() if f.name.endswith(".json"))
                ordered = sorted(files, key=lambda file: file.name)
                _detector = SteadyDetector(cast(Profile, json.loads(file.read_text("utf-8"))) for file in ordered)
    return _detector


def detect_language(text: str, prior: str | None = None) -> Language:
    """The language of a text. The same text and prior always give the same answer; no text raises.

    `prior`: the code that the person chose, or that was last sure of this sender; a code that we do not know counts
    as none. Under three letters the answer is unknown.
    """
    folded = _ADDRESS.sub(" ", fold(text))
    letters = sum(map(str.isalpha, folded))
    if letters < _LEAST_LETTERS:
        return UNKNOWN
    scripts = Counter({code: len(pattern.findall(folded)) for code, pattern in _SCRIPTS})
    code, written = scripts.most_common(1)[0]
    if written * 2 > letters:
        return Language(code, 1.0, sure=True)
    verdict = load_detector().judge(folded, prior)
    if verdict is None or verdict.probability < _LEAST_PROBABILITY:
        return UNKNOWN
    # Where letters and the person's own choice agree, a text too short to stand out is still in that language.
    if verdict.standing < LEAST_STANDING and verdict.code != prior:
        return Language(None, round(1 - verdict.probability, 4), sure=False)
    return Language(verdict.code, round(verdict.probability, 4), sure=verdict.probability >= _SURE)
