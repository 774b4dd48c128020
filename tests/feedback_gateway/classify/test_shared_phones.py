"""What the lexicons call sensitive no screen of ours may show: the two lists hold the same words."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import yaml

from feedback_gateway.classify import lexicon
from flows.sensitive import FILE, find_sensitive, read_sensitive

LANGUAGES = ("mos", "dyu", "ff")
SENSITIVE = ("PRO.", "CON.")
"""How the codes of categories begin that are never open to all."""


def phrases(language: str) -> Iterator[str]:
    """The words of a lexicon's sensitive entries, every alternative written out."""
    (folder,) = lexicon.__path__
    entries = yaml.safe_load((Path(folder) / f"{language}.yaml").read_text(encoding="utf-8"))["entries"]
    for entry in entries:
        if "sensitive" in entry or entry.get("category", "").startswith(SENSITIVE):
            for pattern in entry["patterns"]:
                yield from map(" ".join, product(*(word.split("|") for word in pattern.split())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sensitive_word_of_the_lexicon_would_be_found_on_a_screen(language: str) -> None:
    words = read_sensitive()
    assert [phrase for phrase in phrases(language) if find_sensitive(words, language, phrase) != phrase] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_holds_no_word_of_which_nobody_has_checked_the_sense(language: str) -> None:
    listed = yaml.safe_load(FILE.read_text(encoding="utf-8"))[language]
    assert set(listed) == set(phrases(language))
