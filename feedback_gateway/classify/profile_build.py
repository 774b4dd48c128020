"""Building what languages are told by from a folder of texts (profile_corpus): the tables, then the confidence."""

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from feedback_gateway.classify.detector import Confidence, Detector
from feedback_gateway.classify.ngrams import count_ngrams, count_ranked_ngrams, count_words
from feedback_gateway.classify.profile_corpus import (
    CLASSES,
    draw_crops,
    read_background,
    read_lines,
    read_ranked,
)
from feedback_gateway.classify.profile_tables import Tables, fill_column, index_contexts, write_tables

TABLES = "tables.npz"
CONFIDENCE = "confidence.json"

_KEPT = 8000  # n-grams of each of our languages: 6,000 and 12,000 were measured and were no better
_COMMON = 10  # a word written so often is common
_SPANS = ((4, 10), (8, 20), (20, 40), (40, 80))
_CROPS = 250
_FOREIGN = 0.12  # texts of other languages together weigh an eighth of those of ours: few write in one
_SMOOTH = 1e-3


def build(corpus: Path, out: Path) -> Tables:
    """Counts the texts, fits the confidence and writes both files. Raises ValueError when our languages are missing."""
    tables = count_tables(corpus)
    confidence = fit_confidence(corpus, tables)
    (out / TABLES).write_bytes(write_tables(tables))
    about = json.dumps(dataclasses.asdict(confidence), separators=(",", ":"))
    (out / CONFIDENCE).write_text(about + "\n", "utf-8")
    return tables


def count_tables(corpus: Path) -> Tables:
    """The tables of a folder. A language without any text is known from its list of 4-grams."""
    texts = {
        code: [line for name in names for line in read_lines(corpus / name, "counted")]
        for code, names in CLASSES.items()
    }
    if missing := [code for code in CLASSES if not texts[code] and not read_ranked(corpus, code)]:
        raise ValueError(f"no text for {', '.join(missing)}")
    ours = {
        code: count_ngrams(lines) if lines else count_ranked_ngrams(read_ranked(corpus, code))
        for code, lines in texts.items()
    }
    others = {code: count_ngrams(lines) for code, lines in read_background(corpus).items()}
    grams = _choose_grams([ours[code] for code in CLASSES if texts[code]])
    index, contexts = {gram: row for row, gram in enumerate(grams)}, index_contexts(grams)
    columns = [fill_column(index, contexts, counts) for counts in [*ours.values(), *others.values()]]
    common = {code: count_words(lines) for code, lines in texts.items()}
    return Tables(
        grams=tuple(grams),
        codes=tuple(CLASSES),
        background=tuple(others),
        ranked=frozenset(code for code in CLASSES if not texts[code]),
        words={code: frozenset(w for w, n in words.items() if n >= _COMMON) for code, words in common.items()},
        counts=np.stack([counts for counts, _, _ in columns], axis=1),
        totals=np.stack([totals for _, totals, _ in columns], axis=1),
        followers=np.stack([followers for _, _, followers in columns], axis=1),
    )


def make_ranked(tables: Tables, code: str, ranked: Sequence[str]) -> Tables:
    """The same tables as if a language were known from its list of 4-grams only: what that is worth can be measured."""
    column = tables.codes.index(code)
    arrays = [tables.counts.copy(), tables.totals.copy(), tables.followers.copy()]
    for array, values in zip(
        arrays, fill_column(tables.index, tables.contexts, count_ranked_ngrams(ranked)), strict=True
    ):
        array[:, column] = values
    words = {**tables.words, code: frozenset[str]()}
    return dataclasses.replace(
        tables,
        ranked=frozenset({code}),
        words=words,
        counts=arrays[0],
        totals=arrays[1],
        followers=arrays[2],
    )


def fit_confidence(corpus: Path, tables: Tables) -> Confidence:
    """The coefficients, from lines that were not counted and from background texts whose own language is hidden.

    A language with texts answers for the first set. For the second each of them in turn is known from its 4-grams.
    """
    chance = random.Random(0)
    known = {
        code: [
            crop
            for name in CLASSES[code]
            for span in _SPANS
            for crop in draw_crops(list(read_lines(corpus / name, "confidence")), span, _CROPS, chance)
        ]
        for code in CLASSES
    }
    foreign = {
        code: [crop for span in _SPANS for crop in draw_crops(lines, span, _CROPS // 20, chance)]
        for code, lines in read_background(corpus).items()
    }
    blank = Confidence((0.0,) * 11, (0.0,) * 11)
    texts = _fit(list(_describe(Detector(tables, blank), known, foreign, None)))
    poor: list[tuple[list[float], bool, float]] = []
    for code in CLASSES:
        if code not in tables.ranked | {"fr", "en"} and (ranked := read_ranked(corpus, code)):
            poor += _describe(Detector(make_ranked(tables, code, ranked), blank), known, foreign, code)
    return Confidence(texts, _fit(poor) if poor else texts)


def _describe(
    detector: Detector, known: dict[str, list[str]], foreign: dict[str, list[str]], only: str | None
) -> Iterator[tuple[list[float], bool, float]]:
    """What is known of each text, whether the answer is right, and its weight; with `only`: answers of that one."""
    total = sum(map(len, known.values()))
    share = _FOREIGN * total / max(sum(map(len, foreign.values())), 1)
    for group, weight in ((known, 1.0), (foreign, share)):
        for code, crops in group.items():
            columns = detector.background
            hidden = [place for place, other in enumerate(columns) if other[:3] == code[:3]] if group is foreign else []
            for crop in crops:
                evidence = detector.weigh(crop)
                if evidence is None:
                    continue
                answer = detector.codes[int(evidence.ours.argmax())]
                if only in {None, answer} and (answer == only or detector.codes.index(answer) not in detector.ranked):
                    yield detector.describe(evidence, hidden), answer == code, weight


def _fit(rows: list[tuple[list[float], bool, float]]) -> tuple[float, ...]:
    """Logistic regression by Newton's method; slightly drawn to zero, so that it always has a solution."""
    plain = np.array([row for row, _, _ in rows])
    middle, spread = plain.mean(axis=0), plain.std(axis=0) + 1e-9
    features = np.hstack([np.ones((len(rows), 1)), (plain - middle) / spread])
    right = np.array([float(right) for _, right, _ in rows])
    weights = np.array([weight for _, _, weight in rows])
    factors: npt.NDArray[np.float64] = np.zeros(features.shape[1])
    pull = np.full(features.shape[1], _SMOOTH * len(rows))
    pull[0] = 0
    for _ in range(30):
        chances = 1 / (1 + np.exp(-np.clip(features @ factors, -30, 30)))
        slope = features.T @ (weights * (right - chances)) - pull * factors
        curve = (features.T * (weights * chances * (1 - chances))) @ features + np.diag(pull + 1e-9)
        factors += np.linalg.solve(curve, slope)
    scaled = factors[1:] / spread
    return (round(float(factors[0] - scaled @ middle), 6), *(round(float(factor), 6) for factor in scaled))


def _choose_grams(counted: Sequence[Counter[str]]) -> list[str]:
    """The most frequent n-grams of each language, and the shorter ones that they end in, short ones first."""
    chosen: set[str] = set()
    for counts in counted:
        often = (item for item in counts.items() if item[1] > 1)
        for gram, _ in sorted(often, key=lambda item: (-item[1], len(item[0]), item[0]))[:_KEPT]:
            chosen.update(gram[start:] for start in range(len(gram)))
    return sorted(chosen, key=lambda gram: (len(gram), gram))
