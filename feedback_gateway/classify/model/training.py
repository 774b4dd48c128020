"""Making a model with scikit-learn. Only training processes import this file: a worker that reads stays small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from feedback_gateway.classify.model.features import Seen, build_vocabulary, make_vector
from feedback_gateway.classify.model.kinship import find_kin

FOLDS = 3
MANY = 3000
"""Checked messages from which on one part of them is measured on, and not each."""

MOST_TERMS = 25_000
FIRMNESS = 40.0
"""How far the weights may go (scikit-learn's C): more boasts, less does not learn."""

FLAG_FIRMNESS = 30.0
"""The same for the score of being sensitive, of which only the order counts."""


@dataclass(frozen=True)
class Document:
    """One text to learn from. `weight`: what it counts beside a real message that a person has labelled (1).

    `label`: a class. `sensitive`: whether only some may read it; None says nothing.
    """

    seen: Seen
    label: str
    sensitive: bool | None
    weight: float = 1.0
    is_entry: bool = False  # words of the lexicon, not a sentence: teaches nothing of what is sensitive
    only_flag: bool = False  # teaches nothing else


@dataclass(frozen=True)
class Learnt:
    """What the documents teach: by term and class what regression gives and what naive Bayes knows (`kin`), and by term
    what speaks for being sensitive; each with its bias."""

    classes: tuple[str, ...]
    weights: NDArray[np.float64]
    kin: NDArray[np.float64]
    bias: NDArray[np.float64]
    flag: NDArray[np.float64]
    flag_bias: float

    def score(self, rows: csr_matrix) -> "Scores":
        """The scores of documents, one row each."""
        return Scores(rows @ self.weights + self.bias, rows @ self.kin, rows @ self.flag + self.flag_bias)


class Scores(NamedTuple):
    """Scores of documents: what calibration and thresholds rest on, where their models had not seen them."""

    plain: NDArray[np.float64]
    kin: NDArray[np.float64]
    sensitive: NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """Documents as numbers, made once for all the models that are fitted on parts of them."""

    rows: csr_matrix
    texts: NDArray[np.int64]  # which text each is: the same words may stand there twice
    labels: NDArray[np.str_]
    weights: NDArray[np.float64]
    flags: NDArray[np.bool_]
    teaches_label: NDArray[np.bool_]
    teaches_flag: NDArray[np.bool_]


def prepare(
    documents: Sequence[Document], *, least: int = 2, most: int = MOST_TERMS
) -> tuple[Material, dict[str, int], tuple[float, ...]]:
    """(the documents as numbers, the vocabulary, the rarity of its terms)."""
    vocabulary, rarity = build_vocabulary((each.seen for each in documents), least=least, most=most)
    material = Material(
        rows=make_rows(documents, vocabulary, rarity),
        texts=np.unique([each.seen.folded for each in documents], return_inverse=True)[1],
        labels=np.asarray([each.label for each in documents]),
        weights=np.asarray([each.weight for each in documents]),
        flags=np.asarray([each.sensitive is True for each in documents]),
        teaches_label=np.asarray([not each.only_flag for each in documents]),
        teaches_flag=np.asarray([each.sensitive is not None and not each.is_entry for each in documents]),
    )
    return material, vocabulary, tuple(rarity)


def learn(material: Material, firmness: float, at: NDArray[np.int64] | None = None) -> Learnt:
    """What this material teaches, or the documents `at`. Deterministic: the same in the same order teach the same."""
    at = np.arange(len(material.labels)) if at is None else at
    naming = at[material.teaches_label[at]]
    weights, bias = _fit(material, naming, firmness)
    classes = tuple(sorted(set(material.labels[naming].tolist())))
    kin = find_kin(material.rows[naming], material.labels[naming], material.weights[naming], classes)
    return Learnt(classes, weights, kin, bias, *_fit_flag(material, at))


def make_rows(documents: Sequence[Document], vocabulary: Mapping[str, int], rarity: Sequence[float]) -> csr_matrix:
    """The documents as a sparse matrix, one row each."""
    starts, indices, values = [0], list[int](), list[float]()
    for each in documents:
        found, amounts = make_vector(each.seen, vocabulary, rarity)
        indices += found
        values += amounts
        starts.append(len(indices))
    # Half the precision is enough for text, and half the time.
    return csr_matrix((values, indices, starts), shape=(len(documents), len(vocabulary)), dtype=np.float32)


def _fit(material: Material, at: NDArray[np.int64], firmness: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(weights by term and class, bias by class) from the documents `at`, classes in sorted order."""
    machine = LogisticRegression(C=firmness, max_iter=150, tol=2e-3)
    machine.fit(material.rows[at], material.labels[at], sample_weight=material.weights[at])
    if len(machine.classes_) == 2:  # scikit-learn keeps one column for two classes
        return np.column_stack([-machine.coef_[0], machine.coef_[0]]) / 2, np.asarray([-1, 1]) * machine.intercept_ / 2
    return machine.coef_.T, machine.intercept_


def _fit_flag(material: Material, at: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    at = at[material.teaches_flag[at]]
    if len(set(material.flags[at].tolist())) < 2:
        return np.zeros(material.rows.shape[1]), -30.0
    machine = LogisticRegression(C=FLAG_FIRMNESS, max_iter=150, tol=1e-3, class_weight="balanced")
    machine.fit(material.rows[at], material.flags[at], sample_weight=material.weights[at])
    return machine.coef_[0], float(machine.intercept_[0])


def hold_out(material: Material, classes: Sequence[str], at: NDArray[np.int64], firmness: float) -> Scores:
    """The scores of the documents `at` by models made without them, in folds; all others always help.

    With very many the newest part is held out once: that is enough to measure on, and saves the other fits.
    """
    size = len(material.labels), len(classes)
    held = Scores(np.full(size, np.nan), np.full(size, np.nan), np.full(size[0], np.nan))
    at_home = {name: column for column, name in enumerate(classes)}
    if len(at) > MANY:
        parts = [np.arange(len(at) - len(at) // FOLDS, len(at))]
    else:
        shuffled = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(at, material.flags[at])
        parts = [kept for _, kept in shuffled]
    for kept in parts:
        teaching = np.flatnonzero(~np.isin(material.texts, material.texts[at[kept]]))
        learnt = learn(material, firmness, teaching)
        own = np.asarray([at_home[name] for name in learnt.classes])
        scores = learnt.score(material.rows[at[kept]])
        held.plain[np.ix_(at[kept], own)] = scores.plain
        held.kin[np.ix_(at[kept], own)] = scores.kin
        held.sensitive[at[kept]] = scores.sensitive
    return held
