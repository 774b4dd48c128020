"""CSV that is safe to open in a spreadsheet: a cell is never taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None


def safe_cell(cell: Cell) -> Cell:
    """Text that a spreadsheet would run gets an apostrophe before it (OWASP, CSV injection); numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows as CSV, with a byte order mark, without which Excel reads accents wrong. None is an empty cell."""
    page = io.StringIO()
    page.write("\ufeff")
    csv.writer(page).writerows([safe_cell(cell) for cell in row] for row in rows)
    return page.getvalue()
