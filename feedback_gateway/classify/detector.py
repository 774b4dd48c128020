"""langdetect with profiles of our own, read without chance."""

import json
import math
from collections.abc import Iterable
from typing import NamedTuple

from langdetect.detector_factory import DetectorFactory

from feedback_gateway.classify.ngrams import Profile, count_ngrams

_UNSEEN = 0.05 / 10_000  # the probability of an n-gram that a language has never shown
_UNSEEN_WORD_PART = 0.5 / 10_000  # the same where a text is compared with the average of all languages
_TEMPERATURE = 4.0  # n-grams overlap, so they are not independent witnesses; measured: 0.95 then means 99 in 100
_PRIOR = 0.75  # what the person's own choice of language weighs before a letter is read


class Verdict(NamedTuple):
    """What the letters say. `standing`: how much better this language explains them than the average of all does."""

    code: str
    probability: float
    standing: float


class SteadyDetector:
    """Reads every n-gram of a text once against langdetect's tables.

    langdetect itself draws n-grams by lot until one language has won, so that it is always nearly certain, a prior
    drowns, and a language that it does not know is forced into one that it does. The profiles and the factory are
    langdetect's; the sum is ours. Immutable after it is made, so any thread may use it.
    """

    def __init__(self, profiles: Iterable[Profile]) -> None:
        # A factory of our own: langdetect's global one is announced to other threads before its profiles are loaded.
        factory = DetectorFactory()
        factory.load_json_profile([json.dumps(profile) for profile in profiles])
        self.codes: tuple[str, ...] = tuple(factory.get_lang_list())
        tables: dict[str, list[float]] = factory.word_lang_prob_map
        self._logs = {gram: [math.log(p + _UNSEEN) for p in row] for gram, row in tables.items()}
        self._gains = {gram: _gains(row) for gram, row in tables.items() if len(gram) == 3}

    def judge(self, folded: str, prior: str | None = None) -> Verdict | None:
        """The likeliest language of a folded text; None when there is no letter in it that any profile knows."""
        counts = count_ngrams(folded)
        scores = [0.0] * len(self.codes)
        gains = [0.0] * len(self.codes)
        trigrams = known = 0
        for gram, count in counts.items():
            trigrams += count * (len(gram) == 3)
            logs = self._logs.get(gram)
            if logs is None:
                continue
            known += count
            scores = [score + count * log for score, log in zip(scores, logs, strict=True)]
            if gram in self._gains:
                gains = [gain + count * more for gain, more in zip(gains, self._gains[gram], strict=True)]
        if not known:
            return None
        posterior = self._weigh(scores, prior)
        best = max(range(len(self.codes)), key=posterior.__getitem__)
        return Verdict(self.codes[best], posterior[best], gains[best] / max(trigrams, 1))

    def _weigh(self, scores: list[float], prior: str | None) -> list[float]:
        rest = (1 - _PRIOR) / (len(self.codes) - 1)
        priors = [_PRIOR if code == prior else rest if prior in self.codes else 1.0 for code in self.codes]
        most = max(scores)
        weights = [p * math.exp((score - most) / _TEMPERATURE) for p, score in zip(priors, scores, strict=True)]
        total = sum(weights)
        return [weight / total for weight in weights]


def _gains(row: list[float]) -> list[float]:
    average = math.log(sum(row) / len(row) + _UNSEEN_WORD_PART)
    return [math.log(p + _UNSEEN_WORD_PART) - average for p in row]
