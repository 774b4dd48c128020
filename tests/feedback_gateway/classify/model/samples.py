"""Documents and models of a few words, so that a training takes no time."""

import random
from collections.abc import Mapping, Sequence

import numpy as np

from feedback_gateway.classify.model.features import Seen
from feedback_gateway.classify.model.linear import Model, Thresholds
from feedback_gateway.classify.model.training import Document

WORDS: Mapping[str, Sequence[str]] = {
    "EHA.EAU": ("pompe", "forage", "robinet", "bidon", "puits", "citerne", "borne"),
    "FSL.MIS": ("riz", "mil", "ration", "huile", "vivres", "sorgho", "haricot"),
    "PRO.VBG": ("frappe", "menace", "agresse", "force", "cogne", "blesse", "terrorise"),
}
"""What each class speaks of; PRO.VBG is sensitive."""


def write(count: int, weight: float = 1.0, *, wrong: float = 0.0) -> list[Document]:
    """So many documents, the classes in turn, no two alike; that share of them bears the label of the next class."""
    codes, chance = list(WORDS), random.Random(1)
    made = []
    for at in range(count):
        own = WORDS[codes[at % 3]]
        text = f"{own[at % 7]} {own[(at // 7 + at + 1) % 7]} numero {at}"
        label = codes[(at + (chance.random() < wrong)) % 3]
        made.append(Document(Seen(text), label, label == "PRO.VBG", weight))
    return made


def tell_apart(classes: Sequence[str], weights: Mapping[str, Sequence[float]], **more: object) -> Model:
    """A model of single words: the score that each gives to each class, and last to being sensitive."""
    vocabulary = {f"w:{word}": at for at, word in enumerate(weights)}
    return Model(
        classes=tuple(classes),
        vocabulary=vocabulary,
        rarity=(1.0,) * len(vocabulary),
        weights=np.asarray(list(weights.values()), dtype=np.float32).reshape(len(weights), len(classes) + 1),
        bias=np.zeros(len(classes) + 1, dtype=np.float32),
        thresholds=Thresholds(),
        **more,  # type: ignore[arg-type]
    )
