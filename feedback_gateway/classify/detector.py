"""How well each language explains a text, letter by letter, and how sure the likeliest one is.

Each of our languages, and each of a background of others, has a letter model: the probability of a character after the
four before it, with fewer where those were not seen (absolute discounting). It stands first, before langdetect on the
same counts, because it was measured better at every length, gives a prior its weight and knows what it does not know
(docs/classification.md). langdetect is the second opinion (language_second).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from feedback_gateway.classify.ngrams import ORDER, spell
from feedback_gateway.classify.profile_tables import Tables

_STRANGE_WORD = 0.5  # names and rare words, which no language writes often, say half of what a common word says
_PRIOR = 0.75  # what the person's own choice of language weighs before a letter is read
_RANKED_FROM = 14  # characters; in shorter texts 4-grams alone say too little to answer without a prior
_NEAREST = 5  # the background languages that a text is held against


class Evidence(NamedTuple):
    """The score of each of our languages and of each background language, and what is known of the text's words."""

    ours: npt.NDArray[np.float32]
    others: npt.NDArray[np.float32]
    weight: float
    words: list[str]


class Verdict(NamedTuple):
    """The likeliest language, and the probability that it is right."""

    code: str
    probability: float


@dataclass(frozen=True)
class Confidence:
    """Coefficients of the logistic function that turns `describe` into a probability, the constant first."""

    texts: tuple[float, ...]
    ranked: tuple[float, ...]


class Detector:
    """Reads a text against the tables. Immutable after it is made, so any thread may use it."""

    def __init__(self, tables: Tables, confidence: Confidence) -> None:
        self.codes = tables.codes
        self.background = tables.background
        self.ranked = [place for place, code in enumerate(tables.codes) if code in tables.ranked]
        self._words = tables.words
        self._confidence = confidence
        self._logs = tables.make_logs()
        self._index = tables.index
        self._common: Collection[str] = frozenset().union(*tables.words.values())

    def judge(self, folded: str, prior: str | None = None) -> Verdict | None:
        """The likeliest language of a folded text; None when there is no letter in it that any language knows."""
        evidence = self.weigh(folded, prior)
        if evidence is None:
            return None
        best = int(evidence.ours.argmax())
        code = self.codes[best]
        factors = self._confidence.ranked if best in self.ranked else self._confidence.texts
        logit = factors[0] + sum(f * value for f, value in zip(factors[1:], self.describe(evidence), strict=True))
        return Verdict(code, 1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))))

    def weigh(self, folded: str, prior: str | None = None) -> Evidence | None:
        """The scores of all languages; None when no letter is known. An unknown prior counts as none."""
        spelled = spell(folded)
        if not spelled:
            return None
        words = spelled.split()
        weights = [1.0 if word in self._common else _STRANGE_WORD for word in words]
        rows: list[int] = []
        shares: list[float] = []
        word = -1
        for end in range(2, len(spelled) + 1):
            word += spelled[end - 2] == " "
            for start in range(max(0, end - ORDER), end):
                row = self._index.get(spelled[start:end])
                if row is not None:
                    rows.append(row)
                    shares.append(weights[word])
                    break
        if not rows:
            return None
        scores = np.array(shares, np.float32) @ self._logs[rows].astype(np.float32)
        ours = scores[: len(self.codes)].copy()
        if len(spelled) < _RANKED_FROM:
            ours[[place for place in self.ranked if self.codes[place] != prior]] = ours.min()
        if prior in self.codes:
            rest = (1 - _PRIOR) / (len(self.codes) - 1)
            ours[self.codes.index(prior)] += math.log(_PRIOR / rest)
        return Evidence(ours, scores[len(self.codes) :], sum(shares), words)

    def describe(self, evidence: Evidence, hidden: Collection[int] = ()) -> list[float]:
        """What the probability is made of; `hidden` are background columns that are not looked at."""
        best = int(evidence.ours.argmax())
        first, second = (float(score) for score in np.sort(evidence.ours)[:-3:-1])
        others = np.delete(evidence.others, list(hidden)) if hidden else evidence.others
        nearest = np.sort(others)[-_NEAREST:]
        weight, root = evidence.weight, math.sqrt(evidence.weight)
        own = self._words.get(self.codes[best], frozenset())
        length = sum(len(word) + 1 for word in evidence.words)
        return [
            (first - float(nearest.mean())) / weight,
            (first - float(nearest.mean())) / root,
            (first - float(nearest[-1])) / weight,
            (first - float(nearest[-1])) / root,
            first / weight,
            (first - second) / weight,
            min((first - second) / root, 3.0),
            sum(len(word) + 1 for word in evidence.words if word in own) / length,
            sum(len(word) + 1 for word in evidence.words if word in self._common) / length,
            math.log(length),
        ]
