"""Learning one more language from lines that an administrator pastes. Pure: what is learnt is given back, not kept."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feedback_gateway.classify.detector import Confidence, Detector
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.ngrams import count_ngrams, count_words, spell
from feedback_gateway.classify.profile_tables import Tables, fill_column

LEAST_LINES = 60
LEAST_LETTERS = 10
"""Letters that a line needs to be counted as one."""

_FOLDS = 5
_COMMON = 3  # of sixty lines; the shipped languages have more text and ask for more
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
_CROPS = 3
_SALAD = 60


@dataclass(frozen=True)
class Learnt:
    """A language learnt: all that the detector needs, in plain JSON types, and how good it is.

    `counts` are n-grams of 1 to 5 characters, `words` those written often, `replaces` the background languages that it
    cannot be told from (usually the same language under another name), which are not held against it.
    `recognised`: share of its crops of 20 to 80 characters, of lines that were not counted, that are taken for it (five
    folds). `wrongly_taken`: share of texts of the other languages taken for it. No text of theirs is shipped, so they
    are made by drawing their common words by lot: a rough figure.
    """

    code: str
    lines: int
    counts: dict[str, int]
    words: tuple[str, ...]
    replaces: tuple[str, ...]
    recognised: float
    wrongly_taken: float


def learn_language(code: str, lines: Sequence[str], tables: Tables, confidence: Confidence) -> Learnt:
    """Learns a language from at least sixty different lines of ten letters or more.

    Raises ValueError, in words for the administrator, when the code is not one, is taken, or the lines are too few.
    """
    if not _CODE.fullmatch(code):
        raise ValueError("a code has two or three small letters, as in ISO 639: dag, or bfa")
    if code in {*tables.codes, "ar"}:
        raise ValueError(f"{code} is known already")
    good = list(dict.fromkeys(line.strip() for line in lines if len(spell(fold(line))) >= LEAST_LETTERS))
    if len(good) < LEAST_LINES:
        raise ValueError(f"{len(good)} different lines are long enough; {LEAST_LINES} are needed")
    replaces = _find_doubles(code, good, tables, confidence)
    found: list[bool] = []
    taken: list[bool] = []
    salad = _draw_salad(tables)
    for fold_number in range(_FOLDS):
        held_out = good[fold_number::_FOLDS]
        rest = [line for number, line in enumerate(good) if number % _FOLDS != fold_number]
        detector = Detector(add_to_tables(tables, [_count(code, rest, replaces)]), confidence)
        found += [_answers(detector, crop) == code for crop in _draw_crops(held_out)]
        taken += [_answers(detector, text) == code for text in salad[fold_number::_FOLDS]]
    learnt = _count(code, good, replaces)
    return replace(learnt, recognised=_share(found), wrongly_taken=_share(taken))


def add_to_tables(tables: Tables, learnt: Sequence[Learnt]) -> Tables:
    """The tables with these languages besides, and without the background languages that they replace."""
    if not learnt:
        return tables
    columns = [fill_column(tables.index, tables.contexts, each.counts) for each in learnt]
    dropped = {code for each in learnt for code in each.replaces}
    ours = len(tables.codes)
    others = [ours + place for place, code in enumerate(tables.background) if code not in dropped]
    arrays = [
        np.hstack([array[:, :ours], np.stack([column[place] for column in columns], axis=1), array[:, others]])
        for place, array in enumerate((tables.counts, tables.totals, tables.followers))
    ]
    return replace(
        tables,
        codes=(*tables.codes, *(each.code for each in learnt)),
        background=tuple(code for code in tables.background if code not in dropped),
        words={**tables.words, **{each.code: frozenset(each.words) for each in learnt}},
        counts=arrays[0],
        totals=arrays[1],
        followers=arrays[2],
    )


def _count(code: str, lines: Sequence[str], replaces: tuple[str, ...]) -> Learnt:
    words = tuple(sorted(word for word, count in count_words(lines).items() if count >= _COMMON))
    return Learnt(code, len(lines), dict(count_ngrams(lines)), words, replaces, 0.0, 0.0)


def _find_doubles(code: str, lines: Sequence[str], tables: Tables, confidence: Confidence) -> tuple[str, ...]:
    """The background languages that explain the lines held out better than the language itself, one time in four."""
    half = len(lines) // 2
    detector = Detector(add_to_tables(tables, [_count(code, lines[:half], ())]), confidence)
    wins = np.zeros(len(tables.background))
    weighed = [evidence for line in lines[half:] if (evidence := detector.weigh(fold(line)))]
    for evidence in weighed:
        wins += evidence.others > evidence.ours[detector.codes.index(code)]
    named = [code[:3] == other[:3] for other in tables.background]
    double = (wins * 4 > len(weighed)) | np.array(named, dtype=bool)
    return tuple(other for other, is_double in zip(tables.background, double, strict=True) if is_double)


def _answers(detector: Detector, text: str) -> str | None:
    verdict = detector.judge(text)
    return verdict.code if verdict and verdict.probability >= 0.5 else None


def _draw_crops(lines: Sequence[str]) -> list[str]:
    chance = random.Random(0)
    crops = []
    for line in lines:
        words = fold(line).split()
        for _ in range(_CROPS):
            crop = " ".join(words[chance.randrange(len(words)) :])[: chance.randint(20, 80)]
            if len(crop) >= 20:
                crops.append(crop)
    return crops or [fold(line) for line in lines]


def _draw_salad(tables: Tables) -> list[str]:
    chance = random.Random(0)
    lists = [sorted(words) for words in tables.words.values() if words]
    return [" ".join(chance.choices(words, k=chance.randint(4, 10))) for words in lists for _ in range(_SALAD)]


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / len(hits), 4) if hits else 0.0
