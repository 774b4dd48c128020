"""The PDF itself: one page, the words in it, nothing over an edge."""

from dataclasses import dataclass, field

import pytest

from feedback_gateway.posters import Line, Poster, draw
from feedback_gateway.posters.page import MARGIN, PAGE
from feedback_gateway.posters.sheet import Box, Set, Sheet
from tests.feedback_gateway.posters.samples import CODE, ONE_LONG_WORD, ROWS, SMS, poster_of, words_of

LINES = [Line(CODE, SMS), Line(CODE, ""), Line("", "+22670000000", free=False)]
PLACES = [code for code, *_ in ROWS]


@pytest.mark.parametrize("language", ["en", "mos", "dyu", "ff"])
def test_one_page_holds_the_codes_and_every_word_in_each_language(language: str) -> None:
    poster = poster_of("KY12", LINES[0], language)
    pages, words = words_of(poster)
    assert pages == 1
    assert CODE in words
    assert SMS in words
    assert words.count("KY12") == 2  # the place's own, and at the head of the SMS that is shown
    assert poster.place_name in words
    assert "Kaya, Centre-Nord" in words
    said = words.replace(" ", "").replace("\u00a0", "")
    for row in poster.rows:
        for text in row.words:
            assert text.replace(" ", "").replace("\u00a0", "") in said
    for text in (*poster.languages, *poster.title, *poster.dial, *poster.send, *poster.code_of):
        assert text.replace(" ", "").replace("\u00a0", "") in said


def test_what_the_line_does_not_have_is_not_there() -> None:
    _, by_code = words_of(poster_of("KY12", Line(CODE, "")))
    assert "SMS" not in by_code
    assert by_code.count("KY12") == 1
    _, by_sms = words_of(poster_of("KY12", Line("", SMS, free=False)))
    assert "Faites ce code" not in by_sms
    assert "gratuit :" not in by_sms.replace("\u00a0", " ")
    assert "L'aide est gratuite" in by_sms


def test_a_draft_is_said_at_the_foot() -> None:
    assert "relire par un locuteur" in words_of(poster_of("KY12"))[1]
    assert "locuteur" not in words_of(poster_of("KY12", LINES[0], "en"))[1]


def test_english_is_not_there_unless_wished_for() -> None:
    assert "English" not in words_of(poster_of("KY12"))[1]
    assert "English" in words_of(poster_of("KY12", LINES[0], "en"))[1]


@dataclass
class Written:
    """What was written where."""

    sheet: Sheet
    sets: list[tuple[Set, Box]] = field(default_factory=list)


def write_down(poster: Poster, monkeypatch: pytest.MonkeyPatch) -> Written:
    seen: list[Written] = []
    set_words = Sheet.set_words

    def listen(sheet: Sheet, text: Set, box: Box, **how: object) -> None:
        if not seen:
            seen.append(Written(sheet))
        seen[0].sets.append((text, box))
        set_words(sheet, text, box, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Sheet, "set_words", listen)
    draw(poster)
    monkeypatch.undo()
    return seen[0]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("code", PLACES)
def test_nothing_runs_over_an_edge(code: str, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_down(poster_of(code, line), monkeypatch)
    assert len(written.sets) > 15
    spans = []
    for text, box in written.sets:
        assert written.sheet.width(text) <= box.w + 0.01, text
        assert box.x >= MARGIN - 0.01
        assert box.x + box.w <= PAGE.w - MARGIN + 0.01
        middle, half = box.y + box.h / 2, text.height / 2
        assert middle + half <= PAGE.h - 5, text
        assert middle - half >= 4, text
        spans.append((box.x, box.x + written.sheet.width(text), middle - half * 0.8, middle + half * 0.8))
    for first, (left, right, top, bottom) in enumerate(spans):
        for other_left, other_right, other_top, other_bottom in spans[first + 1 :]:
            apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
            assert apart, written.sets[first]


def test_a_name_without_a_space_is_kept_whole_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_down(poster_of("KY14"), monkeypatch)
    (text,) = [text for text, _ in written.sets if ONE_LONG_WORD.startswith(text.lines[0])]
    assert "".join(text.lines) == ONE_LONG_WORD


@pytest.mark.parametrize("code", PLACES)
def test_words_can_be_read_from_where_one_stands(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_down(poster_of(code), monkeypatch).sets
    sizes = {text.lines[0]: text.size for text, _ in written}
    assert sizes[CODE] >= 36  # its digits are nine millimetres high
    assert sizes[SMS] >= 36
    table = [text.size for text, box in written if box.x > 40 and 140 < box.y < 280]
    assert len(table) >= 7
    assert min(table) >= 12
