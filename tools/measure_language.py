#!/usr/bin/env python
"""Measures language detection on the held-out lines: tools/measure_language.py --corpus FOLDER [--unknown FILE ...].

Every tenth line of the corpus is not in the profiles. Crops of it at word edges, lower-cased and without accents, go to
this project's detector and, in the same run, to stock langdetect (its 55 profiles, seed 0). `right` is of all crops;
`sure` the share answered with 0.95 or more, and how many of those were right. --unknown names files, one text a line,
in a language that is none of ours: the share answered "unknown" is printed. --four-grams adds how well each language
is known from nothing but its list of 4-grams, which is all that there is for Gulmancema.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from langdetect import DetectorFactory, LangDetectException, detect
from language_corpus import CLASSES, build_profiles, read_lines, read_ranked

from feedback_gateway.classify.detector import SteadyDetector
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.language import LEAST_STANDING, detect_language

FOLDERS = {name: code for code, names in CLASSES.items() for name in names} | {"arb": "ar", "taq_Tfng": "taq"}
SPANS = ((20, 40), (40, 80))


def draw_crops(lines: list[str], shortest: int, longest: int, count: int, chance: random.Random) -> Iterator[str]:
    """Runs of whole words of the given length in characters, from lines that are long enough."""
    long_lines = [line for line in lines if len(line) >= longest]
    while long_lines and count:
        words = fold(chance.choice(long_lines)).split()
        crop = ""
        for word in words[chance.randrange(len(words)) :]:
            if len(crop) + len(word) >= longest:
                break
            crop = f"{crop} {word}".strip()
        if len(crop) >= shortest:
            count -= 1
            yield crop


def ask_stock(text: str) -> str | None:
    """What langdetect says as it comes."""
    try:
        return str(detect(text))
    except LangDetectException:
        return None


def time_each(ask: Callable[[str], object], texts: list[str]) -> float:
    """Microseconds a text, one at a time."""
    began = time.perf_counter()
    for text in texts:
        ask(text)
    return (time.perf_counter() - began) / max(len(texts), 1) * 1e6


def measure(corpus: Path, count: int) -> dict[str, list[str]]:
    """Prints accuracy by folder and length; returns the short crops by our code."""
    DetectorFactory.seed = 0
    chance = random.Random(0)
    short: dict[str, list[str]] = {}
    ours_us, stock_us = [], []
    print("text      length crops  right unknown   sure right if sure  stock")
    for shortest, longest in SPANS:
        means = []
        for folder, code in FOLDERS.items():
            lines = list(read_lines(corpus / folder, held_out=True))
            crops = list(draw_crops(lines, shortest, longest, count, chance))
            if not crops:
                continue
            answers = [detect_language(crop) for crop in crops]
            right = [answer.code == code for answer in answers]
            sure = [answer.code == code for answer in answers if answer.sure]
            unknown = sum(answer.code is None for answer in answers)
            stock = sum(ask_stock(crop) == code for crop in crops[: count // 4]) / len(crops[: count // 4])
            ours_us.append(time_each(detect_language, crops[:50]))
            stock_us.append(time_each(ask_stock, crops[:50]))
            means.append(sum(right) / len(crops))
            print(
                f"{folder:9} {shortest}-{longest:<3} {len(crops):5} {means[-1]:6.1%} {unknown / len(crops):7.1%} "
                f"{len(sure) / len(crops):6.1%} {sum(sure) / max(len(sure), 1):13.1%} {stock:6.1%}"
            )
            if shortest == SPANS[0][0]:
                short.setdefault(code, []).extend(crops)
        print(f"mean      {shortest}-{longest:<3} {'':5} {sum(means) / len(means):6.1%}")
    print(f"\nmicroseconds a text: ours {sum(ours_us) / len(ours_us):.0f}, stock {sum(stock_us) / len(stock_us):.0f}")
    return short


def measure_four_grams(corpus: Path, short: dict[str, list[str]]) -> None:
    """Each language in turn known from its 4-grams only, the others from their texts, 20-40 characters."""
    print("\nknown from 4-grams alone, 20-40 characters")
    for code in CLASSES:
        if code not in short or not read_ranked(corpus, code):
            continue
        poor = SteadyDetector(build_profiles(corpus, without_texts=code).values())
        others = [text for other, texts in short.items() if other not in {code, "ar"} for text in texts]
        found, taken = (_share_found(poor, code, texts) for texts in (short[code], others))
        print(f"{code:4} found {found:6.1%}, others taken for it {taken:6.2%}")


def _share_found(detector: SteadyDetector, code: str, texts: list[str]) -> float:
    verdicts = map(detector.judge, texts)
    return sum(v is not None and v.code == code and v.standing >= LEAST_STANDING for v in verdicts) / len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--crops", type=int, default=400, help="crops a language and length")
    parser.add_argument("--unknown", type=Path, nargs="*", default=[])
    parser.add_argument("--four-grams", action="store_true")
    options = parser.parse_args()
    short = measure(options.corpus, options.crops)
    for file in options.unknown:
        answers = [detect_language(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        unknown = sum(answer.code is None for answer in answers) / len(answers)
        sure = sum(answer.sure for answer in answers) / len(answers)
        print(f"{file}: {len(answers)} texts, unknown {unknown:.1%}, sure {sure:.1%}")
    if options.four_grams:
        measure_four_grams(options.corpus, short)


if __name__ == "__main__":
    main()
