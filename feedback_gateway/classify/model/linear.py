"""A trained model: how it reads, and how it is kept as arrays and JSON (nothing is ever unpickled)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from feedback_gateway.classify.model.features import Seen, make_vector

NONE = "NONE"
"""The class of texts about nothing that the line handles."""

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
    confirm: float = 0.3
    sensitive: float = 0.2
    measured_on: int = 0
    precision: float | None = None


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
        order = np.argsort(-chances, kind="stable")
        ranked = tuple((self.classes[at], float(chances[at])) for at in order)
        return Judgement(ranked, float(1 / (1 + np.exp(-np.clip(scores[-1], -30, 30)))))

    def score(self, seen: Seen) -> NDArray[np.float64]:
        """The raw score of each class, and last that of being sensitive."""
        indices, values = make_vector(seen, self.vocabulary, self.rarity)
        total = self.bias.astype(np.float64)
        if indices:
            total = total + np.asarray(values) @ self.weights[indices]
        return total


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
