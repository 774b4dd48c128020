"""An A4 page that can measure: words are wrapped and made as large as a box allows, and nothing runs over its edge.

All lengths are millimetres, font sizes are points.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from feedback_gateway.posters.refusal import PosterError

HERE = Path(__file__).parent
FAMILY = "Noto Sans"
BLACK, WHITE, COLOUR, PALE = (0, 0, 0), (255, 255, 255), (11, 90, 138), (226, 237, 244)
"""One colour, dark enough to stand for black when photocopied, and a pale one that photocopies to paper."""

MM_PER_POINT = 25.4 / 72
LEADING = 1.22
"""From one line to the next, in font sizes. Noto Sans has high accents and deep tails."""
SMALLEST = 5.0

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, from its upper left corner."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, by: float) -> "Box":
        """The same, smaller by so much on every side."""
        return Box(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)


@dataclass(frozen=True)
class Set:
    """Words set in lines of one size."""

    lines: tuple[str, ...]
    size: float
    bold: bool = False

    @property
    def height(self) -> float:
        """Of all lines, in millimetres."""
        return len(self.lines) * line_height(self.size)


class Put(Protocol):
    """Sets words in lines no wider than a width: Sheet.put and Sheet.even."""

    def __call__(self, words: str, width: float, size: float, *, bold: bool = False) -> Set: ...


def line_height(size: float) -> float:
    """The height of one line."""
    return size * MM_PER_POINT * LEADING


class Sheet:
    """One page with the poster's letters."""

    def __init__(self, title: str, language: str) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.add_font(FAMILY, fname=HERE / "fonts" / "NotoSans-Regular.ttf")
        self._pdf.add_font(FAMILY, "B", fname=HERE / "fonts" / "NotoSans-Bold.ttf")
        self._pdf.add_page()

    def output(self) -> bytes:
        """The PDF."""
        return bytes(self._pdf.output())

    def close(self) -> None:
        """Closes the files of the letters, which stay open while a page is made."""
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def put(self, words: str, width: float, size: float, *, bold: bool = False) -> Set:
        """The words in lines that are no wider than `width`. Raises PosterError for letters that it cannot print."""
        self._use(size, bold=bold)
        font = self._pdf.current_font
        if isinstance(font, TTFFont) and (missing := {letter for letter in words if ord(letter) not in font.cmap}):
            raise PosterError(f"{words!r} has letters that a poster cannot print: {' '.join(sorted(missing))}")
        return Set(tuple(wrap(words, width, self._pdf.get_string_width)), size, bold)

    def even(self, words: str, width: float, size: float, *, bold: bool = False) -> Set:
        """The words in as many lines as `put` needs, but of nearly one length: no last word alone on its line."""
        found = self.put(words, width, size, bold=bold)
        narrower = width
        while (narrower := narrower - 2) > 0:
            other = self.put(words, narrower, size, bold=bold)
            if len(other.lines) > len(found.lines):
                break
            found = other
        return found

    def fit(self, words: str, box: Box, largest: float, *, bold: bool = False, code: bool = False) -> Set:
        """The words as large as the box allows, in half points, down to SMALLEST; a word is broken only there.

        A `code` is one line of which only the ink counts: it may fill the box to the edge.
        """
        size = largest
        above, below = self._reach(words, bold=bold) if code else (0, 0)
        while True:
            found = self.put(words, box.w, size, bold=bold)
            whole = all(self._pdf.get_string_width(word) <= box.w for word in words.split(" "))
            height = size * MM_PER_POINT * (above + below) if code else found.height
            if (whole and height <= box.h) or size <= SMALLEST:
                return found
            size -= 0.5

    def width(self, text: Set) -> float:
        """The width of the longest of the lines."""
        self._use(text.size, bold=text.bold)
        return max(map(self._pdf.get_string_width, text.lines))

    def set_words(self, text: Set, box: Box, *, colour: Colour = BLACK, align: Align = Align.L) -> None:
        """Writes lines into a box, half way between its top and its bottom."""
        self._use(text.size, bold=text.bold)
        self._pdf.set_text_color(*colour)
        height = line_height(text.size)
        top = box.y + (box.h - text.height) / 2
        for index, line in enumerate(text.lines):
            self._pdf.set_xy(box.x, top + index * height)
            self._pdf.cell(box.w, height, line, align=align, new_x=XPos.LEFT, new_y=YPos.TOP)

    def write(
        self,
        words: str,
        box: Box,
        largest: float,
        *,
        bold: bool = False,
        code: bool = False,
        colour: Colour = BLACK,
        align: Align = Align.L,
    ) -> None:
        """Fits and writes."""
        found = self.fit(words, box, largest, bold=bold, code=code)
        if code:
            # The library sets the baseline 0.3 of the size below the middle, which centres small letters, not capitals.
            above, below = self._reach(words, bold=bold)
            down = found.size * MM_PER_POINT * ((above - below) / 2 - 0.3)
            box = Box(box.x, box.y + down, box.w, box.h)
        self.set_words(found, box, colour=colour, align=align)

    def draw(self, pictogram: str, box: Box) -> None:
        """A pictogram in the middle of a box, as large as it allows."""
        path = HERE / "pictograms" / f"{pictogram}.svg"
        self._pdf.image(path, x=box.x, y=box.y, w=box.w, h=box.h, keep_aspect_ratio=True, alt_text=pictogram)

    def fill(self, box: Box, colour: Colour, *, radius: float = 0) -> None:
        """A filled rectangle without an edge."""
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(box.x, box.y, box.w, box.h, style="F", round_corners=radius > 0, corner_radius=radius)

    def frame(self, box: Box, *, radius: float = 3, width: float = 0.8, colour: Colour = COLOUR) -> None:
        """The edge of a rectangle."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(width)
        self._pdf.rect(box.x, box.y, box.w, box.h, style="D", round_corners=radius > 0, corner_radius=radius)

    def disc(self, box: Box, colour: Colour) -> None:
        """A filled circle."""
        self._pdf.set_fill_color(*colour)
        radius = min(box.w, box.h) / 2
        self._pdf.circle(box.x + box.w / 2, box.y + box.h / 2, radius, style="F")

    def rule(self, x: float, y: float, w: float) -> None:
        """A thin line across."""
        self._pdf.set_draw_color(*COLOUR)
        self._pdf.set_line_width(0.3)
        self._pdf.line(x, y, x + w, y)

    def _reach(self, words: str, *, bold: bool) -> tuple[float, float]:
        """How far the ink of a line goes above and below its baseline, in font sizes. J and Q have tails."""
        self._use(SMALLEST, bold=bold)
        font = self._pdf.current_font
        assert isinstance(font, TTFFont)
        glyphs, units = font.ttfont["glyf"], font.ttfont["head"].unitsPerEm
        named = [font.ttfont.getBestCmap()[ord(letter)] for letter in words if ord(letter) in font.cmap]
        inked = [glyphs[name] for name in named if glyphs[name].numberOfContours]
        above = max((glyph.yMax for glyph in inked), default=0)
        below = min((glyph.yMin for glyph in inked), default=0)
        return above / units, -below / units

    def _use(self, size: float, *, bold: bool) -> None:
        self._pdf.set_font(FAMILY, "B" if bold else "", size)


def wrap(words: str, width: float, measure: Callable[[str], float]) -> Sequence[str]:
    """Breaks words into lines no wider than `width`, between words where that is possible."""
    lines: list[str] = []
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if measure(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while measure(word) > width and len(word) > 1:
            end = next(end for end in range(len(word) - 1, 0, -1) if end == 1 or measure(word[:end]) <= width)
            lines.append(word[:end])
            word = word[end:]
        line = word
    return [*lines, line] if line or not lines else lines
