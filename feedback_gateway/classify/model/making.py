"""A model from documents, calibrated and with thresholds, measured on documents that it was not made from."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from feedback_gateway.classify.model.calibration import find_scaling, find_threshold
from feedback_gateway.classify.model.linear import NONE, Model, Thresholds, as_chances
from feedback_gateway.classify.model.training import FIRMNESS, Document, Held, hold_out, prepare, train

LAST = 300
"""Checked messages that the routing threshold rests on: the newest ones."""

ENOUGH = 60
"""Labelled messages from which on a model is calibrated on them."""

_FLAGGED = 0.12  # the share of harmless texts that may be kept back by the score alone
_UNMEASURED = Thresholds()
_LEAST_ROUTE = 0.5
_NEVER = 1.01  # no threshold holds the precision: nothing goes on by itself


def make(documents: Sequence[Document], facts: dict[str, Any] | None = None, *, firmness: float = FIRMNESS) -> Model:
    """The model of these documents; those of weight 1 are messages that people have labelled, oldest first.

    Probabilities and thresholds rest on the labelled messages, each judged by a model that was made without it. With
    too few of them both stay as they were set by hand: what the makers wrote themselves says little of how people
    write.
    """
    material, vocabulary, rarity = prepare(documents)
    model = replace(train(material, vocabulary, rarity, firmness), facts=facts or {})
    checked = np.flatnonzero(material.weights >= 1)
    if len(checked) < ENOUGH:
        return model
    held = hold_out(material, model.classes, checked, firmness)
    checked = checked[~np.isnan(held.sensitive[checked])]
    home = {name: column for column, name in enumerate(model.classes)}
    truth = np.asarray([home[documents[int(row)].label] for row in checked])
    scores = np.nan_to_num(held.scores[checked], nan=-30.0)
    temperature, offsets = find_scaling(scores, truth)
    chances = as_chances(scores / temperature + offsets)
    return replace(
        model,
        bias=model.bias + np.append(offsets * temperature, 0).astype(np.float32),
        temperature=temperature,
        thresholds=_set_thresholds(documents, held, checked, model.classes, chances),
    )


def _set_thresholds(
    documents: Sequence[Document],
    held: Held,
    at: np.ndarray[Any, Any],
    classes: Sequence[str],
    chances: np.ndarray[Any, Any],
) -> Thresholds:
    best = chances.argmax(axis=1)
    sure, names = chances.max(axis=1), [classes[column] for column in best]
    right = [name == documents[row].label for name, row in zip(names, at, strict=True)]
    routable = [place for place, name in enumerate(names) if name != NONE][-LAST:]
    found = find_threshold([float(sure[place]) for place in routable], [right[place] for place in routable])
    return Thresholds(
        route=max(math.ceil(found[0] * 1e4) / 1e4, _LEAST_ROUTE) if found else _NEVER,
        confirm=_UNMEASURED.confirm,
        sensitive=_sensitive_from(documents, held, at),
        measured_on=len(routable),
        precision=round(found[1], 4) if found else None,
    )


def _sensitive_from(documents: Sequence[Document], held: Held, at: np.ndarray[Any, Any]) -> float:
    scores = 1 / (1 + np.exp(-np.clip(np.nan_to_num(held.sensitive[at]), -30, 30)))
    harmless = [score for score, row in zip(scores, at, strict=True) if documents[row].sensitive is False]
    if not harmless:
        return _UNMEASURED.sensitive
    return float(np.clip(round(float(np.quantile(harmless, 1 - _FLAGGED)), 4), 0.02, 0.5))
