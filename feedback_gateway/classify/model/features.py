"""What a model sees of a text: words, pairs of words, pieces of words, what the lexicon found, and where it came from.

Training and reading go through the same two functions, so that they can never disagree.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from feedback_gateway.classify.fold import split_words, squeeze

SHORTEST, LONGEST = 3, 5
"""Letters of a piece of a word, its edges included. Two letters were measured and add nothing but size."""

_LONG_NUMBER = 4
_PIECES = 0.7  # the weight of pieces of words beside whole words
_HIT = 0.6  # what a lexicon entry of weight 1 counts beside a text of length 1
_MOST_HIT = 2.5


@dataclass(frozen=True)
class Seen:
    """A text as the model is given it.

    `hits`: category -> summed weight of the lexicon entries that matched. `context`: what is known besides the words,
    such as `medium=ussd`, `channel=twilio`, `region=BF49`, `language=mos`.
    """

    folded: str
    hits: Mapping[str, float] = field(default_factory=dict)
    context: Sequence[str] = ()


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    edged = f" {word} "
    return tuple(
        edged[start : start + size]
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(max(0, len(edged) - size + 1))
    )


def list_terms(seen: Seen) -> tuple[Counter[str], Counter[str], dict[str, float]]:
    """(words and pairs, pieces of words, hits and context), each with how much it counts."""
    # A number of four digits and more is a phone, a card or a sum: nothing to learn a subject from, and somebody's own.
    words = [squeeze(word) for word in split_words(seen.folded) if sum(map(str.isdigit, word)) < _LONG_NUMBER]
    whole = Counter(f"w:{word}" for word in words)
    whole.update(f"w:{first} {second}" for first, second in pairwise(words))
    pieces: Counter[str] = Counter()
    for word in words:
        pieces.update(_pieces(word))
    extra = {f"h:{code}": min(weight, _MOST_HIT) * _HIT for code, weight in seen.hits.items()}
    extra.update(dict.fromkeys((f"c:{item}" for item in seen.context), 1.0))
    return whole, pieces, extra


Vector = tuple[list[int], list[float]]
"""Positions in the vocabulary and the values there."""


def make_vector(seen: Seen, vocabulary: Mapping[str, int], rarity: Sequence[float]) -> Vector:
    """The text as numbers: rarer terms count more, repeats less, and a long text no more than a short one."""
    whole, pieces, extra = list_terms(seen)
    indices: list[int] = []
    values: list[float] = []
    for counts, weight in ((whole, 1.0), (pieces, _PIECES)):
        found = [
            (at, (1 + math.log(count)) * rarity[at] if count > 1 else rarity[at])
            for term, count in counts.items()
            if (at := vocabulary.get(term)) is not None
        ]
        length = math.sqrt(sum(value * value for _, value in found)) or 1.0
        indices += [at for at, _ in found]
        values += [weight * value / length for _, value in found]
    for term, value in extra.items():
        if (at := vocabulary.get(term)) is not None:
            indices.append(at)
            values.append(value)
    return indices, values


def build_vocabulary(texts: Iterable[Seen], *, least: int, most: int) -> tuple[dict[str, int], list[float]]:
    """(term -> position, rarity by position): terms seen in at least `least` texts, at most the `most` commonest.

    What the lexicon found is always in; a rarity is 1 for it and for the context.
    """
    seen_in: Counter[str] = Counter()
    extras: set[str] = set()
    size = 0
    for seen in texts:
        size += 1
        whole, pieces, extra = list_terms(seen)
        seen_in.update(whole.keys())
        seen_in.update(pieces.keys())
        extras.update(extra)
    ranked = sorted((-count, term) for term, count in seen_in.items() if count >= least)[:most]
    terms = [term for _, term in ranked] + sorted(extras)
    rarity = [math.log((1 + size) / (1 - count)) + 1 for count, _ in ranked] + [1.0] * len(extras)
    return {term: at for at, term in enumerate(terms)}, rarity
