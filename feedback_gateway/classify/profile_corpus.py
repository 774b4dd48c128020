"""The folder of texts that the language tables are built from: one folder an ISO 639-3 code, one sentence a line.

Of every twenty lines of a file eighteen are counted, one sets the confidence and one is only measured on. The folder
`background` holds one file a language (CODE.txt) that must not be taken for one of ours.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from feedback_gateway.classify.fold import fold

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
BACKGROUND = "background"
RANKED = "funlangid_4grams.txt"
SPANS = ((20, 40), (40, 80))
"""Characters, from and to, of the crops that are measured."""

Part = Literal["counted", "confidence", "measured"]
_PARTS: dict[int, Part] = {10: "confidence", 0: "measured"}


def read_lines(folder: Path, part: Part) -> Iterator[str]:
    """The lines of one part of every text file of one language's folder; none when there is no such folder."""
    for file in sorted(folder.glob("*.txt")):
        if file.name != RANKED:
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
                if line.strip() and _PARTS.get(number % 20, "counted") == part:
                    yield line.strip()


def read_ranked(corpus: Path, code: str) -> list[str]:
    """A language's list of 4-grams, most frequent first; empty when it has none."""
    files = [corpus / name / RANKED for name in CLASSES[code]]
    return [gram for file in files if file.exists() for gram in file.read_text("utf-8").splitlines()]


def read_background(corpus: Path) -> dict[str, list[str]]:
    """The lines of each background language by its code, in the order of the codes."""
    files = sorted((corpus / BACKGROUND).glob("*.txt"))
    return {file.stem: file.read_text("utf-8").splitlines() for file in files}


def draw_crops(lines: Sequence[str], span: tuple[int, int], count: int, chance: random.Random) -> list[str]:
    """Folded runs of whole words of the given length in characters; fewer than `count` when the lines are too short."""
    shortest, longest = span
    folded = [words for words in (fold(line).split() for line in lines) if len(" ".join(words)) >= shortest]
    crops: list[str] = []
    for _ in range(count * 50 if folded else 0):
        words, target, crop = chance.choice(folded), chance.randint(shortest, longest), ""
        for word in words[chance.randrange(len(words)) :]:
            if len(crop) >= target or len(crop) + len(word) >= longest:
                break
            crop = f"{crop} {word}".strip()
        if shortest <= len(crop) <= longest:
            crops.append(crop)
        if len(crops) == count:
            break
    return crops
