"""Tables as files: CSV and XLSX, read into plain text and written so that no cell is ever run as a formula.

What is written here is read back here as it was: the apostrophe that keeps a spreadsheet from running a cell is put on
and taken off by the same rule. Dates are read as `2026-12-31`, whole numbers without a point, a formula as its value.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

from feedback_gateway.lib.spreadsheet import Cell
from feedback_gateway.lib.spreadsheet import write_csv as _write_csv

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet can hold."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""

_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_PACKED = b"PK\x03\x04"


class UnreadableError(ValueError):
    """This is no table that can be read. `code` says why: "empty", "too_big", "too_many_rows" or "no_table"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def write_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The rows as CSV in UTF-8 with its mark; see lib/spreadsheet.py."""
    guarded = ([f"'{cell}" if isinstance(cell, str) and _GUARDED.match(cell) else cell for cell in row] for row in rows)
    return _write_csv(guarded).encode("utf-8")


def write_xlsx(rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """The rows as a workbook of one sheet, the first row held in place. Text is stored as text, whatever it looks like.

    Control characters, which a workbook cannot hold, are left out.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_write_cell(sheet, cell) for cell in row])
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


def _write_cell(sheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
    cell.data_type = "s"  # or a text that begins with `=` would become a formula
    return cell


def read_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV or of a workbook's first sheet, told apart by their content. Raises UnreadableError.

    CSV may be parted by comma, semicolon or tabulator, in UTF-8 or in what a French Excel writes. Every cell is text,
    stripped; rows keep their places (the first is row 1), and empty ones at the end are left out.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableError("too_big")
    found: list[list[str]] = []
    for row in _read_xlsx(content) if content.startswith(_PACKED) else _read_csv(content):
        if len(found) == MOST_ROWS:
            raise UnreadableError("too_many_rows")
        found.append([cell.replace("\0", "").strip() for cell in row[:MOST_COLUMNS]])
    while found and not any(found[-1]):
        found.pop()
    if not found:
        raise UnreadableError("empty")
    return found


def read_table(content: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, and each row that says something, with its number. Raises UnreadableError."""
    head, *body = read_rows(content)
    names = [name.casefold() for name in head]
    rows = [
        (number, dict(zip(names, [*row, *[""] * len(names)], strict=False)))
        for number, row in enumerate(body, start=2)
        if any(row)
    ]
    return names, rows


def _read_csv(content: bytes) -> Iterator[list[str]]:
    text = _decode(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell for cell in row]
    except csv.Error as error:
        raise UnreadableError("no_table") from error


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError("no_table")


def _read_xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            # A small file may unpack to more than the machine holds.
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableError("too_big")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a workbook says of its own size need not be true
            for row in sheet.iter_rows(values_only=True):
                yield [_read_cell(value) for value in row]
        finally:
            book.close()
    except UnreadableError:
        raise
    except Exception as error:  # a broken file fails its reader in ways that nobody has listed
        raise UnreadableError("no_table") from error


def _read_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
