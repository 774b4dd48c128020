import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib.spreadsheet import safe_cell, write_csv


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+226 70", "'+226 70"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("Djibo", "Djibo"),
        ("a=b", "a=b"),
        ("", ""),
        (-1, -1),
        (-0.5, -0.5),
        (None, None),
    ],
)
def test_a_spreadsheet_never_takes_a_cell_for_a_formula(cell: str | float | None, safe: str | float | None) -> None:
    assert safe_cell(cell) == safe


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1)))
def test_what_is_written_is_read_back_and_begins_no_formula(rows: list[list[str]]) -> None:
    page = write_csv(rows)
    assert page.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(page[1:], newline="")))
    assert read == [[safe_cell(cell) for cell in row] for row in rows]
    assert not [cell for row in read for cell in row if cell.startswith(("=", "+", "-", "@"))]
