"""Registers that were kept elsewhere, as CSV or XLSX: looked at row by row, then brought in, each row once."""

from feedback_gateway.entry_import.headings import FIELDS, PLACES, TEMPLATE, guess_columns
from feedback_gateway.entry_import.rows import Choices, Fault, Row, check_rows, read_day
from feedback_gateway.entry_import.running import (
    KEPT_FOR,
    MOST_ROWS,
    Checked,
    RefusedError,
    begin,
    check,
    choose,
    confirm,
    discard,
    find_import,
    forget_old,
    imports_of,
    rows_left,
    take_some,
)

__all__ = [
    "FIELDS",
    "KEPT_FOR",
    "MOST_ROWS",
    "PLACES",
    "TEMPLATE",
    "Checked",
    "Choices",
    "Fault",
    "RefusedError",
    "Row",
    "begin",
    "check",
    "check_rows",
    "choose",
    "confirm",
    "discard",
    "find_import",
    "forget_old",
    "guess_columns",
    "imports_of",
    "read_day",
    "rows_left",
    "take_some",
]
