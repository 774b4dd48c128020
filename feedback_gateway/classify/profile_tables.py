"""The counts that languages are told by: one table for ours and for those that must not be taken for ours."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback_gateway.classify.ngrams import ORDER

Floats = npt.NDArray[np.float32]
Logs = npt.NDArray[np.float16]
Counts = npt.NDArray[np.uint32]

_DISCOUNT = 0.5  # what each n-gram seen gives up to those not seen (Ney, Essen and Kneser 1994)
_LETTER = 1 / 35  # the probability of a character before anything is counted
_TRUST = 1000  # what is thought, in counts, of the other languages where one is known from its 4-grams only
_LEAST = np.float32(1e-6)
_FAR = frozenset({"fr", "en"})  # ours, but not of the region


@dataclass(frozen=True)
class Tables:
    """Counts as arrays: a row an n-gram (or a context: what stands before its last character), a column a language.

    `codes` are our languages, `background` the others, in the order of the columns; `ranked` those of ours that are
    known from a list of 4-grams only. `words`: what each of ours writes often. Immutable; any thread may read it.
    """

    grams: tuple[str, ...]
    codes: tuple[str, ...]
    background: tuple[str, ...]
    ranked: frozenset[str]
    words: Mapping[str, frozenset[str]]
    counts: Counts
    totals: Counts
    followers: Counts

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of each n-gram."""
        return {gram: row for row, gram in enumerate(self.grams)}

    @cached_property
    def contexts(self) -> dict[str, int]:
        """The row of each context in `totals` and `followers`."""
        return index_contexts(self.grams)

    def make_logs(self) -> Logs:
        """For each n-gram and language: the logarithm of the probability of its last character after the others."""
        context = np.array([self.contexts[gram[:-1]] for gram in self.grams])
        suffix = np.array([self.index[gram[1:]] if len(gram) > 1 else 0 for gram in self.grams])
        bounds = [int(bound) for bound in np.searchsorted([len(gram) for gram in self.grams], range(1, ORDER + 2))]
        logs: Logs = np.empty(self.counts.shape, np.float16)
        average = np.zeros(len(self.grams), np.float32)
        columns = range(self.counts.shape[1])
        poor = [column for column in columns if column < len(self.codes) and self.codes[column] in self.ranked]
        local = [column for column in columns if column >= len(self.codes) or self.codes[column] not in _FAR]
        local = [column for column in local if column not in poor]
        # A column at a time: all at once would need a hundred megabytes for a moment.
        for column in columns:
            if column not in poor:
                chances = self._follow(column, context, suffix, bounds)
                logs[:, column] = np.log(np.maximum(chances, _LEAST))
                if column in local:
                    average += chances / len(local)
        for column in poor:
            # Where a short list of 4-grams is silent, the language is thought to be like all others of the region.
            chances = (self.counts[:, column] + _TRUST * average) / (self.totals[context, column] + _TRUST)
            logs[:, column] = np.log(np.maximum(chances, _LEAST))
        return logs

    def _follow(
        self, column: int, context: npt.NDArray[np.intp], suffix: npt.NDArray[np.intp], bounds: Sequence[int]
    ) -> Floats:
        """One language's probabilities: what was counted, less a discount that is shared out as shorter ones say."""
        counts, totals = self.counts[:, column].astype(np.float32), self.totals[:, column].astype(np.float32)
        safe = np.maximum(totals, 1)
        left = np.where(totals > 0, np.float32(_DISCOUNT) * self.followers[:, column] / safe, 1).astype(np.float32)
        chances: Floats = np.empty(len(counts), np.float32)
        for first, last in pairwise(bounds):
            at = context[first:last]
            lower = chances[suffix[first:last]] if first else np.float32(_LETTER)
            chances[first:last] = np.maximum(counts[first:last] - _DISCOUNT, 0) / safe[at] + left[at] * lower
        return chances


def index_contexts(grams: Sequence[str]) -> dict[str, int]:
    """Every n-gram without its last character, numbered in the order in which they come."""
    contexts: dict[str, int] = {}
    for gram in grams:
        contexts.setdefault(gram[:-1], len(contexts))
    return contexts


def fill_column(
    grams: Mapping[str, int], contexts: Mapping[str, int], counted: Mapping[str, int]
) -> tuple[Counts, Counts, Counts]:
    """One language's column of counts, totals and followers. What the table has no row for still counts in totals."""
    counts = np.zeros(len(grams), np.uint32)
    totals = np.zeros(len(contexts), np.uint32)
    followers = np.zeros(len(contexts), np.uint32)
    for gram, count in counted.items():
        row, context = grams.get(gram), contexts.get(gram[:-1])
        if row is not None:
            counts[row] = count
        if context is not None:
            totals[context] += count
            followers[context] += 1
    return counts, totals, followers


def write_tables(tables: Tables) -> bytes:
    """The tables as a compressed NumPy archive. The same tables always give the same bytes."""
    about = {
        "grams": tables.grams,
        "codes": tables.codes,
        "background": tables.background,
        "ranked": sorted(tables.ranked),
        "words": {code: sorted(words) for code, words in sorted(tables.words.items())},
    }
    file = io.BytesIO()
    np.savez_compressed(
        file,
        about=np.frombuffer(json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode(), np.uint8),
        counts=tables.counts,
        totals=tables.totals,
        followers=tables.followers,
    )
    return file.getvalue()


def read_tables(content: bytes) -> Tables:
    """What `write_tables` wrote. Nothing is unpickled."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        about: dict[str, Any] = json.loads(archive["about"].tobytes())
        return Tables(
            grams=tuple(about["grams"]),
            codes=tuple(about["codes"]),
            background=tuple(about["background"]),
            ranked=frozenset(about["ranked"]),
            words={code: frozenset(words) for code, words in about["words"].items()},
            counts=archive["counts"],
            totals=archive["totals"],
            followers=archive["followers"],
        )
