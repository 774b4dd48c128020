"""Character n-grams as the language tables count them: letters and the edges of words, across words too."""

import re
from collections import Counter
from collections.abc import Iterable

from feedback_gateway.classify.fold import fold

ORDER = 5
"""The longest n-gram: a letter and the four characters before it; 6 was measured and was no better."""

_NO_LETTER = re.compile(r"[^a-z]+")  # an apostrophe parts words: many type a space, or nothing, in its place


def spell(folded: str) -> str:
    """The Latin letters of a folded text as words between single spaces, with one at either end; "" without a word."""
    words = _NO_LETTER.sub(" ", folded).strip()
    return f" {words} " if words else ""


def count_ngrams(texts: Iterable[str]) -> Counter[str]:
    """How often each character (a letter or the end of a word) follows what stands before it, in n-grams of 1 to 5."""
    counts: Counter[str] = Counter()
    for text in texts:
        spelled = spell(fold(text))
        for end in range(2, len(spelled) + 1):
            counts.update(spelled[end - length : end] for length in range(1, min(ORDER, end) + 1))
    return counts


def count_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word is written, folded."""
    return Counter(word for text in texts for word in spell(fold(text)).split())


def count_ranked_ngrams(ranked: Iterable[str]) -> Counter[str]:
    """Counts guessed from a list of 4-grams, most frequent first, for a language without any text.

    How often each occurs is taken from its rank (Zipf). One of three characters has lost the space on one of its
    sides, we cannot know which, so either counts half. docs/classification.md says what this is worth.
    """
    counts: Counter[str] = Counter()
    for rank, gram in enumerate(ranked):
        plain = spell(fold(gram)).strip()
        readings = {3: [f" {plain}", f"{plain} "], 2: [f" {plain} "]}.get(len(plain), [plain])
        for reading in readings:
            for end in range(1, len(reading) + 1):
                for length in range(1, end + 1):
                    counts[reading[end - length : end]] += max(1, round(10_000 / (rank + 10) / len(readings)))
    return counts
