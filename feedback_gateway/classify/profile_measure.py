"""Measuring language detection on lines that were neither counted nor used for the confidence."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from langdetect import DetectorFactory, LangDetectException, detect

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.language import Language, Readers, ask_readers, make_readers
from feedback_gateway.classify.profile_build import make_ranked
from feedback_gateway.classify.profile_corpus import CLASSES, SPANS, draw_crops, read_lines, read_ranked
from feedback_gateway.classify.profile_tables import Tables

ROWS = {name: code for code, names in CLASSES.items() for name in names if name != "fuf"}  # of fuf a few lines only
ROWS |= {"arb": "ar", "taq_Tfng": "taq"}
KEPT = 0.95
"""The share of known texts that must be kept while others are rejected."""

_STOCK = {"fr", "en", "ar"}


@dataclass(frozen=True)
class Row:
    """One language at one length; all shares of the crops, except `sure_right`, which is of the sure ones.

    `right`: the code given is right; `best`: the likeliest language is, given or not; `langdetect`: langdetect's answer
    on our own counts is right; `stock`: langdetect's as it comes.
    """

    name: str
    span: tuple[int, int]
    crops: int
    right: float
    best: float
    unknown: float
    sure: float
    sure_right: float
    langdetect: float
    stock: float


@dataclass(frozen=True)
class Measure:
    """The rows; for each length the mean of them, the threshold that keeps 95 % of the known texts, and each
    neighbour's share below it (`rejected`), below the threshold of an answer (`unknown`) and sure; and the times.
    """

    rows: tuple[Row, ...]
    thresholds: dict[tuple[int, int], float]
    neighbours: dict[tuple[str, tuple[int, int]], tuple[float, float, float]]
    ranked: dict[str, tuple[float, float]]
    with_prior: dict[int, tuple[float, float]]
    micros: float
    stock_micros: float


def measure(tables: Tables, corpus: Path, neighbours: Path | None, crops: int) -> Measure:
    """Measures the languages of the tables. `neighbours`: a folder of CODE.txt files in languages none of ours."""
    DetectorFactory.seed = 0
    chance, readers = random.Random(0), make_readers(tables)
    rows: list[Row] = []
    thresholds: dict[tuple[int, int], float] = {}
    short: dict[str, list[str]] = {}
    texts: list[str] = []
    for span in SPANS:
        confidences: list[float] = []
        for name, code in ROWS.items():
            drawn = draw_crops(list(read_lines(corpus / name, "measured")), span, crops, chance)
            if drawn:
                row, answers = _measure_row(readers, name, code, span, drawn)
                rows.append(row)
                texts += drawn[:30]
                if code not in {"ar"} and name != "taq_Tfng":
                    confidences += [answer.confidence for answer in answers]
                    short.setdefault(code, []).extend(drawn if span == SPANS[0] else [])
        thresholds[span] = sorted(confidences)[round(len(confidences) * (1 - KEPT))] if confidences else 0.0
    found = {}
    for file in sorted(neighbours.glob("*.txt")) if neighbours else []:
        for span in SPANS:
            drawn = draw_crops(file.read_text("utf-8").splitlines(), span, crops, chance)
            answers = [ask_readers(readers, crop) for crop in drawn]
            found[file.stem, span] = (
                _share([answer.confidence < thresholds[span] for answer in answers]),
                _share([answer.code is None for answer in answers]),
                _share([answer.sure for answer in answers]),
            )
    return Measure(
        tuple(rows),
        thresholds,
        found,
        _measure_ranked(corpus, tables, short),
        {words: _measure_prior(corpus, readers, words, crops, chance) for words in (1, 2, 3)},
        _time(lambda text: ask_readers(readers, text), texts),
        _time(_ask_stock, texts),
    )


def _measure_row(
    readers: Readers, name: str, code: str, span: tuple[int, int], crops: list[str]
) -> tuple[Row, list[Language]]:
    answers = [ask_readers(readers, crop) for crop in crops]
    some = crops[: len(crops) // 4] or crops
    row = Row(
        name,
        span,
        len(crops),
        right=_share([answer.code == code for answer in answers]),
        best=_share([answer.best == code for answer in answers]),
        unknown=_share([answer.code is None for answer in answers]),
        sure=_share([answer.sure for answer in answers]),
        sure_right=_share([answer.code == code for answer in answers if answer.sure]),
        langdetect=_share([readers.second.ask(crop) == code for crop in some]),
        stock=_share([_ask_stock(crop) == code for crop in some]) if code in _STOCK else 0.0,
    )
    return row, answers


def _measure_ranked(corpus: Path, tables: Tables, short: dict[str, list[str]]) -> dict[str, tuple[float, float]]:
    """Each language in turn known from its 4-grams only: share of it found, share of the others taken for it."""
    found = {}
    for code, crops in short.items():
        ranked = read_ranked(corpus, code)
        if not ranked or code in {"fr", "en"} | tables.ranked:
            continue
        poor = make_readers(make_ranked(tables, code, ranked))
        others = [crop for other, texts in short.items() if other != code for crop in texts[:100]]
        found[code] = (
            _share([ask_readers(poor, crop).code == code for crop in crops[:200]]),
            _share([ask_readers(poor, crop).code == code for crop in others]),
        )
    return found


def _measure_prior(
    corpus: Path, readers: Readers, words: int, count: int, chance: random.Random
) -> tuple[float, float]:
    """The mean share of runs of so many words whose likeliest language is right: with the right prior, and without."""
    helped, alone = [], []
    for name, code in ROWS.items():
        lines = [line.split() for line in map(fold, read_lines(corpus / name, "measured"))]
        lines = [line for line in lines if len(line) >= words]
        if not lines or name in {"arb", "taq_Tfng"}:
            continue
        texts = []
        for _ in range(count):
            line = chance.choice(lines)
            start = chance.randint(0, len(line) - words)
            texts.append(" ".join(line[start : start + words]))
        helped.append(_share([ask_readers(readers, text, code).best == code for text in texts]))
        alone.append(_share([ask_readers(readers, text).best == code for text in texts]))
    return sum(helped) / max(len(helped), 1), sum(alone) / max(len(alone), 1)


def _ask_stock(text: str) -> str | None:
    try:
        return str(detect(text))
    except LangDetectException:
        return None


def _time(ask: Callable[[str], object], texts: Sequence[str]) -> float:
    """Microseconds a text, one at a time."""
    began = time.perf_counter()
    for text in texts:
        ask(text)
    return (time.perf_counter() - began) / max(len(texts), 1) * 1e6


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
