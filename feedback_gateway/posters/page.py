"""Draws a poster: black on white with one colour, big letters, a pictogram for everything that is said.

From the top: what it is for, the place and its code, how to reach the line, then a table of what to do and what is
always true, a column a language.
"""

from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise

from fpdf.enums import Align

from feedback_gateway.posters.contents import Poster, Row
from feedback_gateway.posters.sheet import BLACK, COLOUR, PALE, SMALLEST, WHITE, Box, Put, Set, Sheet

PAGE = Box(0, 0, 210, 297)
MARGIN = 11.0
"""Printers leave a little less than this white."""
INSIDE = PAGE.inset(MARGIN)
GAP = 4.0
TITLE, PLACE, ENTRANCE = 35.0, 33.0, 50.0
"""The heights of the three parts above the table."""

NUMBER_W, PICTOGRAM_W = 12.0, 18.0
"""The widths of what stands before the words of a row."""
BEFORE = NUMBER_W + PICTOGRAM_W + 4
BETWEEN = 4.0
"""White between two columns."""
HEAD = 7.5
LARGEST_WORDS = 19.0
LEAST_ROW = 13.0
ROW_AIR = 3.0


def draw(poster: Poster) -> bytes:
    """The poster as a PDF of one A4 page, with the letters that it uses inside.

    Raises PosterError for a name or a text in letters that it does not have.
    """
    with closing(Sheet(f"{poster.place_code} {poster.place_name}", "fr")) as sheet:
        _draw_title(sheet, poster, Box(0, 0, PAGE.w, TITLE))
        top = TITLE + GAP
        _draw_place(sheet, poster, Box(MARGIN, top, INSIDE.w, PLACE))
        top += PLACE + GAP
        _draw_entrances(sheet, poster, Box(MARGIN, top, INSIDE.w, ENTRANCE))
        top += ENTRANCE + GAP
        foot = 5.0 if poster.drafts else 0.0
        _draw_table(sheet, poster, Box(MARGIN, top, INSIDE.w, PAGE.h - MARGIN - foot - top))
        if poster.drafts:
            note = f"{poster.proof} {', '.join(poster.drafts)}"
            sheet.write(note, Box(MARGIN, PAGE.h - MARGIN - 4, INSIDE.w, 5), 7, align=Align.R)
        return sheet.output()


def _draw_title(sheet: Sheet, poster: Poster, box: Box) -> None:
    sheet.fill(box, COLOUR)
    words = Box(MARGIN, box.y + 5, INSIDE.w, box.h - 7)
    french, *others = poster.title
    shares = [1.4, *(1.0 for _ in others)]
    top = words.y
    for title, share in zip(poster.title, shares, strict=True):
        line = Box(words.x, top, words.w, words.h * share / sum(shares))
        sheet.write(title, line, 30 if title == french else 19, bold=True, colour=WHITE, align=Align.C)
        top += line.h


def _draw_place(sheet: Sheet, poster: Poster, box: Box) -> None:
    pin = Box(box.x, box.y, 18, box.h)
    sheet.draw("place", pin.inset(2))
    code = Box(box.x + box.w - 78, box.y, 78, box.h)
    words = Box(pin.x + pin.w + 3, box.y, code.x - pin.x - pin.w - 3 - GAP, box.h)
    above = sheet.fit(", ".join(poster.inside), Box(0, 0, words.w, words.h * 0.35), 14)
    name = sheet.fit(poster.place_name, Box(0, 0, words.w, words.h - above.height), 34, bold=True)
    top = words.y + (words.h - name.height - above.height) / 2
    sheet.set_words(name, Box(words.x, top, words.w, name.height))
    sheet.set_words(above, Box(words.x, top + name.height, words.w, above.height))
    sheet.fill(code, PALE, radius=3)
    sheet.frame(code, width=1.2)
    french, *others = poster.code_of
    sheet.write(french, Box(code.x + 3, code.y + 1.5, code.w - 6, 6), 14, bold=True, align=Align.C)
    sheet.write(" · ".join(others), Box(code.x + 3, code.y + 7, code.w - 6, 5), 11, align=Align.C)
    big = Box(code.x + 3, code.y + 14.5, code.w - 6, code.h - 18)
    sheet.write(poster.place_code, big, 72, bold=True, code=True, align=Align.C)


def _draw_entrances(sheet: Sheet, poster: Poster, box: Box) -> None:
    entrances = [
        (pictogram, words, number)
        for pictogram, words, number in (
            ("phone", poster.dial, poster.line.code),
            ("sms", poster.send, poster.line.sms),
        )
        if number
    ]
    width = (box.w - GAP * (len(entrances) - 1)) / len(entrances)
    for index, (pictogram, words, number) in enumerate(entrances):
        card = Box(box.x + index * (width + GAP), box.y, width, box.h)
        bubble = Box(card.x + 4, card.y + card.h - 13, card.w - 8, 10)
        _draw_entrance(sheet, card, pictogram, words, number, above=bubble.h + 3 if pictogram == "sms" else 0)
        if pictogram == "sms":
            _draw_bubble(sheet, poster, bubble)


def _draw_entrance(sheet: Sheet, card: Box, pictogram: str, words: Sequence[str], number: str, *, above: float) -> None:
    """A card: the pictogram and the words beside it, the number below, `above` what else stands at the foot."""
    sheet.frame(card, width=1.2)
    top = Box(card.x + 4, card.y + 3, card.w - 8, 18)
    sheet.draw(pictogram, Box(top.x, top.y, 18, top.h))
    height = top.h / len(words)
    for index, label in enumerate(words):
        line = Box(top.x + 22, top.y + index * height, top.w - 22, height)
        sheet.write(label, line, 18, bold=index == 0)
    below = Box(top.x, top.y + top.h, top.w, card.h - 3 - top.h - above)
    sheet.write(number, Box(below.x, below.y + 3, below.w, below.h - 6), 52, bold=True, code=True, align=Align.C)


def _draw_bubble(sheet: Sheet, poster: Poster, box: Box) -> None:
    """What an SMS looks like: the code of the place first, then the message."""
    sheet.fill(box, PALE, radius=3)
    code = sheet.fit(poster.place_code, Box(0, 0, box.w * 0.4, box.h), 17, bold=True)
    wide = sheet.width(code)
    sheet.set_words(code, Box(box.x + 3, box.y, wide, box.h), colour=COLOUR)
    words = " / ".join(dict.fromkeys(poster.message))
    sheet.write(f"{words} ...", Box(box.x + wide + 6, box.y + 2, box.w - wide - 9, 6), 14)


def _draw_table(sheet: Sheet, poster: Poster, box: Box) -> None:
    column = (box.w - BEFORE) / len(poster.languages)
    for index, language in enumerate(poster.languages):
        head = Box(box.x + BEFORE + index * column, box.y, column - BETWEEN, HEAD)
        sheet.write(language, head, 13, bold=True, colour=COLOUR)
    room = box.h - HEAD
    cells, heights = _set_rows(sheet, poster.rows, column, room)
    spare = max(0.0, room - sum(heights)) / len(heights)
    tops = [box.y + HEAD]
    for height in heights:
        tops.append(tops[-1] + height + spare)
    for row, sets, (top, end) in zip(poster.rows, cells, pairwise(tops), strict=True):
        _draw_row(sheet, row, sets, Box(box.x, top, box.w, end - top), column)


def _set_rows(
    sheet: Sheet, rows: Sequence[Row], column: float, room: float
) -> tuple[list[tuple[Set, ...]], list[float]]:
    """The words of all rows in one size, the largest at which they fit the room, and the least height of each row."""
    width, size = column - BETWEEN, LARGEST_WORDS
    while True:
        cells = [_set_row(row, width, size, sheet.put) for row in rows]
        heights = [max(LEAST_ROW, *(text.height + ROW_AIR for text in sets)) for sets in cells]
        if sum(heights) <= room or size <= SMALLEST:
            return [_set_row(row, width, size, sheet.even) for row in rows], heights
        size -= 0.5


def _set_row(row: Row, width: float, size: float, put: Put) -> tuple[Set, ...]:
    """French in bold, so that the eye tells the columns apart."""
    return tuple(put(words, width, size, bold=index == 0) for index, words in enumerate(row.words))


def _draw_row(sheet: Sheet, row: Row, sets: Sequence[Set], box: Box, column: float) -> None:
    sheet.rule(box.x, box.y, box.w)
    sign = Box(box.x, box.y + 1, NUMBER_W + PICTOGRAM_W, box.h - 2)
    left, right = Box(sign.x, sign.y, NUMBER_W, sign.h), Box(sign.x + NUMBER_W, sign.y, PICTOGRAM_W, sign.h)
    if row.number is not None:
        _draw_number(sheet, row.number, left)
        sheet.draw(row.pictogram, right)
    elif row.press:
        sheet.draw(row.pictogram, Box(left.x, left.y, PICTOGRAM_W, left.h))
        _draw_key(sheet, row.press, Box(sign.x + PICTOGRAM_W, sign.y, NUMBER_W, sign.h))
    else:
        sheet.draw(row.pictogram, sign)
    for index, text in enumerate(sets):
        sheet.set_words(text, Box(box.x + BEFORE + index * column, box.y, column - BETWEEN, box.h))


def _draw_number(sheet: Sheet, number: int, box: Box) -> None:
    disc = Box(box.x, box.y + (box.h - 10) / 2, 10, 10)
    sheet.disc(disc, BLACK)
    sheet.write(str(number), disc, 18, bold=True, colour=WHITE, align=Align.C)


def _draw_key(sheet: Sheet, key: str, box: Box) -> None:
    """The key of a telephone."""
    cap = Box(box.x + 1, box.y + (box.h - 10) / 2, 11, 10)
    sheet.fill(cap, PALE, radius=2)
    sheet.frame(cap, radius=2)
    sheet.write(key, cap, 18, bold=True, align=Align.C)
