"""What a model knows before anybody has labelled anything: the lexicon, and examples written by its makers."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib import resources
from zlib import crc32

from feedback_gateway.classify.categories import is_sensitive
from feedback_gateway.classify.lexicons import Entry, load_lexicons, read_yaml
from feedback_gateway.classify.model.features import Seen
from feedback_gateway.classify.model.linear import WRITTEN
from feedback_gateway.classify.model.seeing import see_text
from feedback_gateway.classify.model.training import Document
from feedback_gateway.classify.patterns import Pattern
from feedback_gateway.classify.sets import read_set
from models.words import Sensitivity

EXAMPLES = "feedback_gateway.classify.examples"
EXAMPLE_WEIGHT = 0.3
ENTRY_WEIGHT = 0.25
_ALONE_WEIGHT = 0.9  # of an entry in a language without examples, where nothing else speaks
_VARIANTS = 1
_MOST = 0.9  # a seed never counts as much as a message that somebody has labelled

Relabel = Callable[[str], str | None]
"""From a category code (or NONE) to the class it is learnt as; None leaves it out."""


def read_examples(*, lookalikes: bool = True) -> Iterator[tuple[str, str, str]]:
    """(language, category or NONE, text) of every written example; or without those that were written to look alarming
    and are not (the harmless ones of `*_wide.yaml`)."""
    for file in sorted(resources.files(EXAMPLES).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            data: Mapping[str, Mapping[str, list[str]]] = read_yaml(file.read_text("utf-8"))
            for code, texts in data["examples"].items():
                if not lookalikes and file.name.endswith("_wide.yaml") and not is_sensitive(code):
                    continue
                yield from ((str(data["language"]), code, text) for text in texts)


def calibration_documents() -> list[Document]:
    """Texts by another author, to calibrate on; nothing is learnt from them."""
    return [
        Document(see_text(row["text"], row["language"]), row["category"], is_sensitive(row["category"]))
        for row in read_set("calibration")
    ]


def fingerprint() -> str:
    """Sixteen letters that change whenever an example does."""
    digest = sha256("\x1f".join("\x1e".join(each) for each in read_examples()).encode())
    return digest.hexdigest()[:16]


def seed_documents(relabel: Relabel | None = None) -> list[Document]:
    """Everything to begin with, as documents; `relabel` for another set of classes than our categories.

    For few and wide classes texts that only look alarming are left out: there is nothing to mistake them for, and their
    odd words mislead (measured on the SMS of an emergency).
    """
    documents = []
    examples = read_examples() if relabel is None else read_examples(lookalikes=False)
    relabel = relabel or str
    for language, code, text in examples:
        if (label := relabel(code)) is not None:
            seen = see_text(text, language)
            # Half of them without what the lexicon finds: it was made beside these examples and finds nearly all of
            # them, which it will not do with what people really write.
            bare = crc32(text.encode()) % 2 == 0
            for each, counts in ((seen, not bare), (Seen(seen.folded), bare)):
                documents.append(Document(each, label, is_sensitive(code), EXAMPLE_WEIGHT, only_flag=not counts))
    for lexicon in load_lexicons():
        for entry in lexicon.entries:
            if entry.category and (label := relabel(entry.category)) is not None:
                documents += _of_entry(entry, label)
    return _balance(documents)


def _balance(documents: Sequence[Document]) -> list[Document]:
    """The same documents, so weighted that each class begins with the same: how often a thing is written about is not
    how often it happens, and labels will say."""
    totals: defaultdict[str, float] = defaultdict(float)
    for each in documents:
        if not each.only_flag:
            totals[each.label] += each.weight
    mean = sum(totals.values()) / max(len(totals), 1)
    return [replace(each, weight=min(each.weight * mean / totals[each.label], _MOST)) for each in documents]


def _of_entry(entry: Entry, label: str) -> Iterator[Document]:
    chance = random.Random(entry.id)  # the same words for the same entry, every time
    texts = {_spell(pattern, chance) for pattern in entry.patterns for _ in range(_VARIANTS)}
    sensitive = entry.sensitivity is Sensitivity.SEALED or is_sensitive(entry.category or "")
    weight = ENTRY_WEIGHT if entry.language in WRITTEN else _ALONE_WEIGHT
    for text in sorted(texts):
        yield Document(see_text(text, entry.language), label, sensitive, weight, is_entry=True)


def _spell(pattern: Pattern, chance: random.Random) -> str:
    words = [chance.choice(sorted(term.whole) + list(term.stems)) for phrase in pattern for term in phrase]
    return " ".join(words)
