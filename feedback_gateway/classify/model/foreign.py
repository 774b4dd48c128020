"""Measuring on somebody else's labels: any names, with none of them learnt or with some."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.lexicons import load_lexicons
from feedback_gateway.classify.model.evaluation import Guessed, Report, report_on, report_on_sensitive
from feedback_gateway.classify.model.in_use import model_in_use
from feedback_gateway.classify.model.label_names import expand, find_codes
from feedback_gateway.classify.model.linear import NONE, Model
from feedback_gateway.classify.model.measuring import is_kept_back
from feedback_gateway.classify.model.seeing import see_text

Row = tuple[str, str, str | None]
"""(text, label, language or None)."""

Judge = Callable[[str, str | None], tuple[str, float]]
"""From a text and its language to a label and its probability."""


_WIDE = 0.5
_FIRMNESS = 2.0  # few classes and noisy labels bear less than our own tree; measured on the texts of an emergency


class EvaluationError(ValueError):
    """Labels that cannot be understood; the message says which."""


def read_map(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`water=EHA.EAU,EHA.LAT` as a mapping from label to codes. Raises EvaluationError."""
    given = {}
    for pair in pairs:
        label, separator, codes = pair.rpartition("=")
        asked = [code.strip().upper() for code in codes.split(",")]
        if not separator or not all(expand([code]) for code in asked):
            raise EvaluationError(f"--map {pair}: LABEL=CODE[,CODE], with codes such as EHA.EAU, EHA or NONE")
        given[label] = expand(asked)
    return given


def evaluate_rows(
    rows: Sequence[Row],
    given: Mapping[str, tuple[str, ...]],
    taught: Sequence[Row] = (),
    labels: int | None = None,
    seed: int = 1,
    *,
    in_use: bool = False,
) -> Report:
    """The report on these rows. Raises EvaluationError for labels without a meaning, fewer than two, or no row.

    A model is made for these labels from the seeds, and from `labels` rows of `taught`, drawn by `seed`; or, `in_use`,
    the one that reads is measured, its categories added up by label.
    """
    if not rows:
        raise EvaluationError("the file has no labelled row")
    names = sorted({label for _, label, _ in rows})
    if set(names) <= {"0", "1"}:
        return _evaluate_sensitive(rows)
    if len(names) < 2:
        raise EvaluationError("a file with one label only measures nothing")
    meaning = _understand(names, given)
    learnt = draw(taught, set(names), labels, seed)
    judge = _judge_in_use(meaning) if in_use else _judge_by(make_for(meaning, learnt))
    guessed = [Guessed(label, *judge(text, _known(language)), language) for text, label, language in rows]
    return {"sets": [report_on("held_out", guessed)]}


def _judge_by(model: Model) -> Judge:
    return lambda text, language: model.judge(see_text(text, language)).ranked[0]


def _judge_in_use(meaning: Mapping[str, str]) -> Judge:
    """The model that reads, its categories added up by label; of what no label covers nothing can be said."""
    model = model_in_use()[1]

    def judge(text: str, language: str | None) -> tuple[str, float]:
        sums = dict.fromkeys(sorted(set(meaning.values())), 0.0)
        for code, chance in model.judge(see_text(text, language)).ranked:
            if code in meaning:
                sums[meaning[code]] += chance
        best = max(sums, key=sums.__getitem__)
        return best, sums[best] / (sum(sums.values()) or 1)

    return judge


def _evaluate_sensitive(rows: Sequence[Row]) -> Report:
    model = model_in_use()[1]
    flags = [(label == "1", is_kept_back(model, text, _known(language)), language) for text, label, language in rows]
    return {"sets": [], "sensitive": report_on_sensitive(flags, model.thresholds.sensitive)}


def _known(language: str | None) -> str | None:
    """A language that no lexicon speaks makes none of its words a stranger's."""
    return language if language in {lexicon.language for lexicon in load_lexicons()} else None


def _understand(names: Sequence[str], given: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Category code -> label. What no label covers goes to the one that means nothing, if there is one."""
    codes = {name: given.get(name) or find_codes(name) for name in names}
    if unknown := [name for name, found in codes.items() if not found]:
        raise EvaluationError(f"what do these labels mean? --map 'LABEL=CODE': {', '.join(unknown)}")
    rest = next((name for name, found in codes.items() if NONE in found), None)
    meaning = {code: name for name, found in codes.items() for code in found}
    if rest is not None:
        meaning.update({code: rest for code in (*CATEGORIES, NONE) if code not in meaning})
    return meaning


def draw(taught: Sequence[Row], names: set[str], labels: int | None, seed: int) -> list[Row]:
    """So many of the rows whose label is known, by chance."""
    usable = [row for row in taught if row[1] in names]
    random.Random(seed).shuffle(usable)
    return usable[: len(usable) if labels is None else labels]


def make_for(meaning: Mapping[str, str], taught: Sequence[Row]) -> Model:
    """A model over these labels, calibrated, from the seeds and the rows given."""
    # Only now: whoever measures may wait for scikit-learn, whoever reads may not.
    from feedback_gateway.classify.model.making import ENOUGH, make
    from feedback_gateway.classify.model.seeds import seed_documents
    from feedback_gateway.classify.model.training import Document

    rest = meaning.get(NONE)
    seeds = seed_documents(meaning.get)
    learnt = [Document(see_text(text, _known(language)), label, None) for text, label, language in taught]
    model = make([*(replace(each, sensitive=None) for each in seeds), *learnt], firmness=_FIRMNESS, kinship=0.0)
    if len(learnt) >= ENOUGH:
        return model
    # Nothing says how often each is meant. A label that gathers many of our categories brings along many words, but
    # is no more frequent for that; what is none of the named things is half of all, until labels say otherwise.
    width = Counter(meaning.values())
    lift = np.asarray([-_WIDE * np.log(width[name]) for name in model.classes] + [0])
    if rest is not None:
        lift[model.classes.index(rest)] = np.log(len(model.classes) - 1)
    return replace(model, bias=model.bias + lift.astype(np.float32))
