"""Tables as files: what is written is read back, nothing is run, and what is no table is said to be none."""

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from feedback_gateway.lib import sheet
from feedback_gateway.lib.sheet import UnreadableError, read_rows, read_table, write_csv, write_xlsx

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
RISKY = st.sampled_from(["=1+1", "'=1+1", "''-2", "@x", "+226", "-", "'", "a;b", 'say "x"', "a\nb", "é, è"])
ROWS = st.lists(st.lists(TEXT | RISKY, min_size=2, max_size=4), min_size=1, max_size=6).filter(
    # what no reader can know: the delimiter of a head without any, and rows that say nothing at the end
    lambda rows: any(rows[-1]) and rows[0][0] not in ("", "a;b") and not any(c in "".join(rows[0]) for c in ";\t\n\r")
)


@given(ROWS)
def test_csv_is_read_back_as_it_was_written(rows: list[list[str]]) -> None:
    assert read_rows(write_csv(rows)) == rows


@given(ROWS)
def test_a_workbook_is_read_back_as_it_was_written(rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    assert read_rows(write_xlsx(full, "x")) == full


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(write_xlsx([["=1+1", "@SUM(A1)", "-2", 3]], "Règles [1]")))
    assert [cell.data_type for cell in book.worksheets[0][1]] == ["s", "s", "s", "n"]


def test_what_spreadsheets_write_is_read() -> None:
    assert read_rows("a;b\n1;é\n".encode("cp1252")) == [["a", "b"], ["1", "é"]]
    assert read_rows(b"a\tb\n1\t2\n\n\n") == [["a", "b"], ["1", "2"]]
    book = Workbook()
    assert book.active is not None
    for row in (["jour", "heure", "n", "x"], [date(2026, 12, 31), datetime(2026, 1, 2, 3, 4), 5.0, 2.5]):  # noqa: DTZ001
        book.active.append(row)
    page = io.BytesIO()
    book.save(page)
    assert read_rows(page.getvalue())[1] == ["2026-12-31", "2026-01-02 03:04:00", "5", "2.5"]


def test_a_table_has_names_and_its_rows_keep_their_numbers() -> None:
    names, rows = read_table(b"Code,Nom\nA,un\n,\nB\n")
    assert names == ["code", "nom"]
    assert rows == [(2, {"code": "A", "nom": "un"}), (4, {"code": "B", "nom": ""})]


def _packed(size: int) -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * size)
    return page.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n,,\n", "empty"),
        (b"a,b\n\x00\x81\xff", "no_table"),
        (b'a,b\n"x" y,2\n', "no_table"),
        (b"PK\x03\x04 but no archive", "no_table"),
        (_packed(10), "no_table"),
        (_packed(sheet.MOST_UNPACKED + 1), "too_big"),
        (b"x" * (sheet.MOST_BYTES + 1), "too_big"),
        (b"a\n" * (sheet.MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableError, match=f"^{code}$"):
        read_rows(content)


@given(st.binary(max_size=200))
def test_whatever_is_brought_is_read_or_refused(content: bytes) -> None:
    for brought in (content, b"PK\x03\x04" + content):
        try:
            rows = read_rows(brought)
        except UnreadableError:
            continue
        assert any(rows[-1])
