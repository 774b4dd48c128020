"""Counting n-grams exactly as langdetect reads them, so that profiles and detector never disagree on what one is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from langdetect.utils.ngram import NGram

from feedback_gateway.classify.fold import fold

KEPT = 3000
"""N-grams kept per language: 6,000 were measured and were no better."""

_BLEND = 0.6  # found with languages that have texts, each in turn known from its 4-grams only
_SCALE = 1_000_000


class Profile(TypedDict):
    """langdetect's own profile format: counts of 1-, 2- and 3-grams, and how many of each length were seen."""

    name: str
    freq: dict[str, int]
    n_words: list[int]


def count_ngrams(folded: str) -> Counter[str]:
    """The 1- to 3-grams of a folded text; a space stands for the edge of a word."""
    counts: Counter[str] = Counter()
    ngram = NGram()
    for letter in NGram.normalize_vi(folded) + " ":
        ngram.add_char(letter)
        for length in range(1, NGram.N_GRAM + 1):
            gram = ngram.get(length)
            if gram:
                counts[gram] += 1
    return counts


def count_ranked_ngrams(ranked: Iterable[str]) -> Counter[str]:
    """Counts guessed from a list of 4-grams, most frequent first, for a language without any text.

    How often each occurs is taken from its rank (Zipf); one of three characters has lost the space on one of its
    sides, we cannot know which, so either is counted half. docs/classification.md says what this is worth.
    """
    counts: Counter[str] = Counter()
    for rank, gram in enumerate(ranked):
        plain = fold(gram).strip()
        readings = {3: [f" {plain}", f"{plain} "], 2: [f" {plain} "]}.get(len(plain), [plain])
        for reading in readings:
            for length in range(1, NGram.N_GRAM + 1):
                for start in range(len(reading) - length + 1):
                    piece = reading[start : start + length]
                    if piece.strip() and " " not in piece[1:-1] and all(c == " " or c.isalpha() for c in piece):
                        counts[piece] += max(1, round(1000 / (rank + 10) / len(readings)))
    return counts


def blend_profile(name: str, poor: Counter[str], others: Sequence[Profile]) -> Profile:
    """A profile for a language of which little is known: its own counts and, for the rest, what its neighbours share.

    Without the neighbours' part every n-gram missing from a short list would speak against the language.
    """
    totals = [sum(count for gram, count in poor.items() if len(gram) == length) for length in (1, 2, 3)]
    shares: Counter[str] = Counter()
    for gram, count in poor.items():
        shares[gram] += round((1 - _BLEND) * _SCALE * count / totals[len(gram) - 1])
    for profile in others:
        for gram, count in profile["freq"].items():
            shares[gram] += round(_BLEND * _SCALE * count / profile["n_words"][len(gram) - 1] / len(others))
    return make_profile(name, +shares)


def make_profile(name: str, counts: Counter[str]) -> Profile:
    """The most frequent n-grams as a langdetect profile; totals are those of all n-grams, kept or not."""
    totals = [0, 0, 0]
    for gram, count in counts.items():
        totals[len(gram) - 1] += count
    return Profile(
        name=name, freq=dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:KEPT]), n_words=totals
    )
