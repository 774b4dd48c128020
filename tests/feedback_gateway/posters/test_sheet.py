"""Wrapping and fitting: nothing runs over the edge of its box."""

import re
import zlib
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.posters import PosterError
from feedback_gateway.posters.sheet import MM_PER_POINT, SMALLEST, Box, Sheet, wrap

WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=30), min_size=1, max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def sheet() -> Iterator[Sheet]:
    with closing(Sheet("KY12", "fr")) as sheet:
        yield sheet


@given(WORDS, st.integers(1, 40))
def test_lines_are_no_wider_than_allowed_and_lose_nothing(words: str, width: int) -> None:
    lines = wrap(words, width, len)
    assert all(0 < len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


@given(WORDS, st.integers(30, 60))
def test_words_are_not_broken_where_they_need_not_be(words: str, width: int) -> None:
    assert " ".join(wrap(words, width, len)) == words


def test_no_words_are_one_empty_line() -> None:
    assert wrap("", 10, len) == [""]


def test_words_are_as_large_as_the_box_allows(sheet: Sheet) -> None:
    box = Box(0, 0, 60, 20)
    short, long = sheet.fit("Kaya", box, 30), sheet.fit("Site d'accueil du secteur 6 de Kaya, près du marché", box, 30)
    assert short.size == 30
    assert SMALLEST < long.size < 30
    for text in (short, long):
        assert sheet.width(text) <= box.w
        assert text.height <= box.h
    larger = sheet.put(" ".join(long.lines), box.w, long.size + 0.5)
    assert larger.height > box.h or sheet.width(larger) > box.w


def test_a_code_is_one_line_and_fills_the_box(sheet: Sheet) -> None:
    box = Box(0, 0, 60, 12)
    code, words = sheet.fit("KY12", box, 99, code=True), sheet.fit("KY12", box, 99)
    assert len(code.lines) == 1
    assert code.size > words.size
    assert sheet.width(code) <= box.w


@pytest.mark.parametrize("words", ["KY12", "DJ1", "QQ7", "*384#"])
def test_the_ink_of_a_code_stays_in_its_box(words: str) -> None:
    sheet, box = Sheet("KY12", "fr"), Box(10, 20, 60, 12)
    sheet.write(words, box, 99, bold=True, code=True)
    drawn = zlib.decompress(re.findall(rb"stream\n(.*?)\nendstream", sheet.output(), re.DOTALL)[0])
    written = re.search(rb"/F\d+ ([\d.]+) Tf.*?BT [\d.]+ ([\d.]+) Td", drawn, re.DOTALL)
    assert written
    size, baseline = float(written[1]) * MM_PER_POINT, 297 - float(written[2]) * MM_PER_POINT
    tail = 0.21 if "J" in words else 0.17 if "Q" in words else 0.0  # of Noto Sans Bold, in font sizes
    assert baseline + tail * size <= box.y + box.h + 0.1
    assert baseline - 0.714 * size >= box.y - 0.1
    assert size * (0.714 + tail) > 0.85 * box.h


def test_even_lines_leave_no_last_word_alone(sheet: Sheet) -> None:
    words = "So on njiɗi haaldude e neɗɗo, mbinndee 5."
    assert sheet.put(words, 45, 13).lines[-1] == "5."
    even = sheet.even(words, 45, 13)
    assert len(even.lines) == len(sheet.put(words, 45, 13).lines)
    assert len(even.lines[-1]) > 5


def test_letters_of_the_national_languages_can_be_printed_and_others_are_refused(sheet: Sheet) -> None:
    sheet.put("ɛ ɔ ŋ ɩ ʋ ɓ ɗ ƴ ɲ ẽ ã ĩ õ ũ Ɛ Ɔ Ŋ Ɩ Ʋ Ɓ Ɗ Ƴ Ɲ é ç œ « » ’ – · ʋ\u0303 ɛ\u0300", 100, 12)
    with pytest.raises(PosterError, match="cannot print: ا ك ي"):
        sheet.put("كايا", 100, 12)
