"""A trained model: how it reads, and how it is kept as arrays and JSON (nothing is ever unpickled)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from feedback_gateway.classify.categories import is_sensitive
from feedback_gateway.classify.model.features import Seen, make_vector

NONE = "NONE"
"""The class of texts about nothing that the line handles."""

WRITTEN = ("fr", "en")
"""The languages that the shipped examples are in."""

_THIN = 0.25

Floats = NDArray[np.float32]


class ModelError(ValueError):
    """Bytes that hold no model of this kind."""


@dataclass(frozen=True)
class Thresholds:
    """From which calibrated probability on a guess goes on by itself (`route`), or is worth showing (`confirm`), and
    from which score a text is kept for those who may read restricted cases (`sensitive`).

    `measured_on` checked messages `precision` of those that would have gone on by themselves were right; 0 and None
    when nothing was checked yet.
    """

    route: float = 0.9
    confirm: float = 0.15
    sensitive: float = 0.2
    measured_on: int = 0
    precision: float | None = None

    def keeps_back(self, sensitive: float, language: str | None) -> bool:
        """Whether a text of this score, in this language, is kept for those who may read restricted cases.

        In a language without examples there are the words of the lexicon alone, and scores stay small: a quarter of the
        threshold is enough.
        """
        thinly_known = language is not None and language not in WRITTEN
        return sensitive >= self.sensitive * (_THIN if thinly_known else 1)


@dataclass(frozen=True)
class Judgement:
    """`ranked`: (category or NONE, probability), likeliest first. `sensitive`: probability that it is."""

    ranked: tuple[tuple[str, float], ...]
    sensitive: float


@dataclass(frozen=True)
class Model:
    """Weights by term and class; the last column is the score of being sensitive. Immutable, so any thread may read.

    `temperature` divides the scores before they become probabilities: how a model learns not to boast.
    """

    classes: tuple[str, ...]
    vocabulary: Mapping[str, int]
    rarity: tuple[float, ...]
    weights: Floats
    bias: Floats
    temperature: float = 1.0
    thresholds: Thresholds = Thresholds()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def judge(self, seen: Seen) -> Judgement:
        """What the text is about. The same text always gives the same answer."""
        scores = self.score(seen)
        chances = as_chances(scores[:-1] / self.temperature)
        sensitive = add_evidence(scores[-1], chances, self._sensitive)
        order = np.argsort(-chances, kind="stable")
        ranked = tuple((self.classes[at], float(chances[at])) for at in order)
        return Judgement(ranked, float(as_chance(sensitive)))

    @cached_property
    def _sensitive(self) -> NDArray[np.bool_]:
        return mark_sensitive(self.classes)

    def score(self, seen: Seen) -> NDArray[np.float64]:
        """The raw score of each class, and last that of being sensitive."""
        indices, values = make_vector(seen, self.vocabulary, self.rarity)
        total = self.bias.astype(np.float64)
        if indices:
            total = total + np.asarray(values) @ self.weights[indices]
        return total


def mark_sensitive(classes: Sequence[str]) -> NDArray[np.bool_]:
    """Which of these classes only some may read."""
    return np.asarray([is_sensitive(name) for name in classes])


def add_evidence(
    flag: NDArray[np.float64], chances: NDArray[np.float64], sensitive: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The score of being sensitive with what the guess adds: how likely it is about one of the `sensitive` classes.

    Neither is enough: the flag has learnt from more texts, the guess knows what else a text might be about.
    """
    if not sensitive.any():
        return flag
    chance = np.clip(chances[..., sensitive].sum(axis=-1), 1e-6, 1 - 1e-6)
    return cast(NDArray[np.float64], flag + np.log(chance / (1 - chance)))


def as_chance(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """A score (log odds) as a probability."""
    return 1 / (1 + np.exp(-np.clip(score, -30, 30)))


def as_chances(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores as probabilities that add up to 1, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return cast(NDArray[np.float64], raised / raised.sum(axis=-1, keepdims=True))


def pack(model: Model) -> tuple[bytes, dict[str, Any]]:
    """(npz, JSON) of a model."""
    file = io.BytesIO()
    np.savez_compressed(
        file,
        weights=model.weights.astype(np.float16),
        bias=model.bias.astype(np.float32),
        rarity=np.asarray(model.rarity, dtype=np.float32),
    )
    content = {
        "classes": list(model.classes),
        "terms": sorted(model.vocabulary, key=model.vocabulary.__getitem__),
        "temperature": model.temperature,
        "thresholds": vars(model.thresholds),
        "facts": dict(model.facts),
    }
    return file.getvalue(), content


def unpack(arrays: bytes, content: Mapping[str, Any]) -> Model:
    """The model of these two. Raises ModelError when they do not belong together or are something else."""
    try:
        with np.load(io.BytesIO(arrays), allow_pickle=False) as stored:
            weights, bias, rarity = (stored[name].astype(np.float32) for name in ("weights", "bias", "rarity"))
        classes, terms = tuple(content["classes"]), content["terms"]
        model = Model(
            classes=classes,
            vocabulary={term: at for at, term in enumerate(terms)},
            rarity=tuple(map(float, rarity)),
            weights=weights,
            bias=bias,
            temperature=float(content["temperature"]),
            thresholds=Thresholds(**content["thresholds"]),
            facts=content["facts"],
        )
    except Exception as error:  # bytes that are cut or changed make zip, zlib and NumPy raise what none of them names
        raise ModelError(f"not a model: {error}") from error
    if weights.shape != (len(terms), len(classes) + 1) or len(bias) != len(classes) + 1 or len(rarity) != len(terms):
        raise ModelError("the arrays of a model do not fit its words")
    return model
