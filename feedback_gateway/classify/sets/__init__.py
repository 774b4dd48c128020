"""Texts kept apart from the making of the lexicon, to measure what is found and what is missed; see README.md."""

import csv
import io
from collections.abc import Iterator
from importlib import resources


def read_set(name: str) -> Iterator[dict[str, str]]:
    """The rows of `check` or `calibration` (text, language, category), or `red_team` (..., sensitive, topic)."""
    text = (resources.files(__name__) / f"{name}.csv").read_text("utf-8")
    yield from csv.DictReader(io.StringIO(text))
