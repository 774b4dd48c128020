"""A model from documents, calibrated and with thresholds, measured on documents that it was not made from."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_gateway.classify.model.calibration import Scaling, find_scaling, find_threshold
from feedback_gateway.classify.model.kinship import KINSHIP
from feedback_gateway.classify.model.linear import NONE, Model, Thresholds, add_evidence, as_chance, mark_sensitive
from feedback_gateway.classify.model.training import FIRMNESS, Document, Scores, hold_out, learn, make_rows, prepare

LAST = 300
"""Checked messages that the routing threshold rests on: the newest ones."""

ENOUGH = 60
"""Labelled messages from which on a model is calibrated on them."""

_FLAGGED = 0.2  # the share of harmless texts that may be kept back by the score alone
_UNMEASURED = Thresholds()
_LEAST_ROUTE = 0.5
_UNMET = -30.0  # the score of a class that a fold had not met
_SUREST = 0.9999
_NEVER = 1.01  # no threshold holds the precision: nothing goes on by itself


def make(
    documents: Sequence[Document],
    facts: dict[str, Any] | None = None,
    *,
    aside: Sequence[Document] = (),
    firmness: float = FIRMNESS,
    kinship: float = KINSHIP,
) -> Model:
    """The model of these documents; those of weight 1 are messages that people have labelled, oldest first.

    Probabilities and thresholds rest on the labelled messages, each judged by a model that was made without it. With
    too few of them they rest on texts kept `aside`, by another author than those that are learnt from: whoever writes
    both agrees with themselves too well. Without those either, they stay as they were set by hand.
    """
    material, vocabulary, rarity = prepare(documents)
    learnt = learn(material, firmness)
    checked = np.flatnonzero(material.weights >= 1)
    scaling, thresholds = Scaling(1.0, kinship, np.zeros(len(learnt.classes))), _UNMEASURED
    if aside := [each for each in aside if each.label in learnt.classes]:
        scores = learnt.score(make_rows(aside, vocabulary, rarity))
        # How often each thing is written about there, its author has chosen.
        truth = _columns(aside, learnt.classes)
        scaling = find_scaling(scores.plain, scores.kin, truth, kinship, only_temperature=True)
        set_aside = _set_thresholds(aside, scores, learnt.classes, scaling, len(aside))
        thresholds = replace(set_aside, measured_on=0, precision=None)
    if len(checked) >= ENOUGH:
        held = hold_out(material, learnt.classes, checked, firmness)
        checked = checked[~np.isnan(held.sensitive[checked])]
        plain = np.nan_to_num(held.plain[checked], nan=_UNMET)
        scores = Scores(plain, np.nan_to_num(held.kin[checked]), held.sensitive[checked])
        texts = [documents[int(row)] for row in checked]
        truth = _columns(texts, learnt.classes)
        scaling = find_scaling(scores.plain, scores.kin, truth, kinship, temperature=scaling.temperature)
        thresholds = _set_thresholds(texts, scores, learnt.classes, scaling, LAST)
    weights = learnt.weights + scaling.kinship * learnt.kin
    return Model(
        classes=learnt.classes,
        vocabulary=vocabulary,
        rarity=rarity,
        weights=np.column_stack([weights, learnt.flag]).astype(np.float32),
        bias=np.append(learnt.bias + scaling.offsets * scaling.temperature, learnt.flag_bias).astype(np.float32),
        temperature=scaling.temperature,
        thresholds=thresholds,
        facts=facts or {},
    )


def _columns(texts: Sequence[Document], classes: Sequence[str]) -> NDArray[np.int64]:
    home = {name: column for column, name in enumerate(classes)}
    return np.asarray([home[each.label] for each in texts])


def _set_thresholds(
    texts: Sequence[Document], scores: Scores, classes: Sequence[str], scaling: Scaling, last: int
) -> Thresholds:
    chances = scaling.chances(scores.plain, scores.kin)
    sure, names = chances.max(axis=1), [classes[column] for column in chances.argmax(axis=1)]
    right = [name == each.label for name, each in zip(names, texts, strict=True)]
    routable = [place for place, name in enumerate(names) if name != NONE][-last:]
    found = find_threshold([float(sure[place]) for place in routable], [right[place] for place in routable])
    sensitive = as_chance(add_evidence(scores.sensitive, chances, mark_sensitive(classes)))
    return Thresholds(
        route=min(max(math.ceil(found[0] * 1e4) / 1e4, _LEAST_ROUTE), _SUREST) if found else _NEVER,
        confirm=_UNMEASURED.confirm,
        sensitive=_sensitive_from(texts, sensitive),
        measured_on=len(routable),
        precision=round(found[1], 4) if found else None,
    )


def _sensitive_from(texts: Sequence[Document], chances: NDArray[np.float64]) -> float:
    harmless = [chance for chance, each in zip(chances, texts, strict=True) if each.sensitive is False]
    if not harmless:
        return _UNMEASURED.sensitive
    return float(np.clip(round(float(np.quantile(harmless, 1 - _FLAGGED)), 4), 0.001, 0.5))
