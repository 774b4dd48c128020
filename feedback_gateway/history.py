"""An agency's own history: a CSV of texts with labels of any name, mapped by a person, to begin a model with."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.classify import detect_language
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.model.label_names import find_codes
from feedback_gateway.classify.model.linear import NONE
from feedback_gateway.lib import clock
from models import Category, Label, User
from models.words import LabelSource

MOST_LABELS = 200
MOST_ROWS = 50_000
MOST_LETTERS = 2000
"""Of one text."""


class HistoryError(ValueError):
    """A file that cannot be read as a history. `code` names why, for the console to put into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def columns(source: str) -> list[str]:
    """The names of the columns. Raises HistoryError: "empty", "no_columns" or "not_csv"."""
    return list(_reader(source).fieldnames or ())


def values(source: str, column: str) -> list[tuple[str, int]]:
    """Each label of a column with its number of rows, the most frequent first.

    Raises HistoryError: "no_column", or "too_many_labels" (then it is hardly a column of labels).
    """
    counts = Counter((row.get(column) or "").strip() for row in _rows(source, column))
    found = [(label, count) for label, count in counts.most_common() if label]
    if len(found) > MOST_LABELS:
        raise HistoryError("too_many_labels")
    return found


def guess_mapping(labels: Iterable[tuple[str, int]]) -> dict[str, str]:
    """For each label the category that its name suggests: a code, NONE, or "" where a person has to say."""
    guessed = {}
    for label, _ in labels:
        codes = find_codes(label)
        guessed[label] = codes[0] if codes else ""
    return guessed


@dataclass(frozen=True)
class Example:
    """One row that is to be kept: `code` is a category, or None for what is about nothing."""

    text: str
    code: str | None
    language: str | None


def read_examples(source: str, *, text: str, label: str, mapping: Mapping[str, str]) -> tuple[list[Example], int]:
    """(the rows whose label is mapped to a category or NONE, how many are left out). Takes a while: no transaction.

    Raises HistoryError as `values` does.
    """
    examples, left_out = [], 0
    for row in _rows(source, text, label):
        words, code = (row.get(text) or "").strip(), mapping.get((row.get(label) or "").strip(), "")
        if words and code:
            examples.append(Example(words[:MOST_LETTERS], None if code == NONE else code, detect_language(words).code))
        else:
            left_out += 1
    return examples, left_out


def import_history(db: Session, examples: Sequence[Example], *, by: User) -> tuple[int, int]:
    """Keeps each as an example, encrypted; returns (kept, there already).

    Raises HistoryError("unknown_category") before anything is stored.
    """
    known = set(db.scalars(select(Category.code)))
    if any(each.code is not None and each.code not in known for each in examples):
        raise HistoryError("unknown_category")
    past = db.scalars(select(Label.text).where(Label.source == LabelSource.HISTORY))
    there = {fold(text) for text in past if text}
    now, kept = clock.now(), 0
    for each in examples:
        folded = fold(each.text)
        if folded in there:
            continue
        there.add(folded)
        kept += 1
        db.add(
            Label(
                text=each.text,
                language=each.language,
                category_code=each.code,
                source=LabelSource.HISTORY,
                user_id=by.id,
                at=now,
            )
        )
    return kept, len(examples) - kept


def _rows(source: str, *needed: str) -> list[dict[str, str]]:
    reader = _reader(source)
    if set(needed) - set(reader.fieldnames or ()):
        raise HistoryError("no_column")
    try:
        rows = list(reader)
    except csv.Error as error:
        raise HistoryError("not_csv") from error
    if len(rows) > MOST_ROWS:
        raise HistoryError("too_many_rows")
    return rows


def _reader(source: str) -> "csv.DictReader[str]":
    """A reader of the CSV, its delimiter guessed from the first line: a comma, a semicolon or a tab."""
    source = source.removeprefix("\ufeff")
    if not source.strip():
        raise HistoryError("empty")
    if "\x00" in source:
        raise HistoryError("not_csv")
    head = source.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(source), delimiter=delimiter)
    try:
        names = reader.fieldnames or []
    except csv.Error as error:
        raise HistoryError("not_csv") from error
    if len(names) < 2 or len(set(names)) != len(names) or not all(name.strip() for name in names):
        raise HistoryError("no_columns")
    return reader
