"""Fingerprints of texts: two of them tell how much of their words two texts share, and neither tells a word.

MinHash with few bits kept (Broder 1997; Li and Koenig 2010, "b-bit minwise hashing"). What is compared are the groups
of three letters inside words, so neither a slip of the keypad nor another order of the words makes another text.
"""

from functools import cache
from hashlib import blake2b, shake_256

import numpy as np
from numpy.typing import NDArray

SLOTS = 256
"""Bytes in a fingerprint. The resemblance read from it is off by 0.03 (one standard deviation) at most."""

LONGEST = 480
"""Characters that are read of a text, three SMS: what somebody wrote first says what it is about."""

_CHANCE = 1 / 256
"""How often a byte is the same although the texts have nothing in common there."""


def fingerprint(folded: str, key: bytes) -> bytes:
    """SLOTS bytes for a folded text (words in lower case, one space between), none for a text without words.

    `key` (1 to 64 bytes) is what keeps it secret: prints made with different keys resemble each other by chance only.
    """
    hashes = [
        int.from_bytes(blake2b(piece.encode(), digest_size=8, key=key).digest(), "little")
        for piece in _pieces(folded[:LONGEST])
    ]
    if not hashes:
        return b""
    factors, terms = _permutations()
    # Wraps round at 64 bits on purpose: that is the permutation.
    least = (np.array(hashes, np.uint64)[:, None] * factors + terms).min(axis=0)
    # Not the highest bits, which are small in every minimum, nor the lowest, which no permutation moves far.
    return bytes((least >> np.uint64(24)).astype(np.uint8))


def resemblance(a: bytes, b: bytes) -> float:
    """How much of what two texts say is the same, 0 to 1, from their fingerprints; 0 when one has none."""
    if not a or len(a) != len(b):
        return 0.0
    different = int.from_bytes(a, "little") ^ int.from_bytes(b, "little")
    same = different.to_bytes(len(a), "little").count(0) / len(a)
    return max(0.0, (same - _CHANCE) / (1 - _CHANCE))


def _pieces(folded: str) -> set[str]:
    padded = (f" {word} " for word in folded.split())
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """An odd factor and a term for each slot: the same in every process and version, for prints are kept."""
    drawn = np.frombuffer(shake_256(b"minhash").digest(16 * SLOTS), "<u8").astype(np.uint64)
    return drawn[:SLOTS] | np.uint64(1), drawn[SLOTS:]
