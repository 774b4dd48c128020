"""The folder of texts that language profiles are built from: one folder an ISO 639-3 code, one sentence a line.

Every tenth line of each file is held out: never counted, only measured on.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.ngrams import Profile, blend_profile, count_ngrams, count_ranked_ngrams, make_profile

# Our code -> the folders that feed it. Dioula and Bambara are one class: they are too near to tell in an SMS.
# Arabic, Tifinagh and N'Ko are told by their script and need no profile.
CLASSES = {
    "fr": ("fra",),
    "en": ("eng",),
    "mos": ("mos",),
    "dyu": ("dyu", "bam"),
    "ff": ("fuv", "fuf"),
    "gux": ("gux",),
    "ha": ("hau",),
    "taq": ("taq",),
}
RANKED = "funlangid_4grams.txt"
_HELD_OUT = 10


def read_lines(folder: Path, *, held_out: bool) -> Iterator[str]:
    """The lines to count, or those held out, of every text file of one language's folder."""
    for file in sorted(folder.glob("*.txt")):
        if file.name != RANKED:
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
                if line.strip() and (number % _HELD_OUT == 0) is held_out:
                    yield line.strip()


def count_texts(corpus: Path, code: str) -> Counter[str]:
    """The n-grams of all texts of one language; empty when it has none."""
    counts: Counter[str] = Counter()
    for name in CLASSES[code]:
        for line in read_lines(corpus / name, held_out=False):
            counts.update(count_ngrams(fold(line)))
    return counts


def read_ranked(corpus: Path, code: str) -> Counter[str]:
    """The n-grams that a language's list of frequent 4-grams implies; empty when it has none."""
    counts: Counter[str] = Counter()
    for name in CLASSES[code]:
        if (corpus / name / RANKED).exists():
            counts.update(count_ranked_ngrams((corpus / name / RANKED).read_text("utf-8").splitlines()))
    return counts


def build_profiles(corpus: Path, without_texts: str | None = None) -> dict[str, Profile]:
    """A profile for each language; one that has no text, or is named, is known from its 4-grams only."""
    counted = {code: count_texts(corpus, code) for code in CLASSES if code != without_texts}
    profiles = {code: make_profile(code, counts) for code, counts in counted.items() if counts}
    others = list(profiles.values())
    for code in CLASSES.keys() - profiles.keys():
        profiles[code] = blend_profile(code, read_ranked(corpus, code), others)
    return {code: profiles[code] for code in CLASSES}
