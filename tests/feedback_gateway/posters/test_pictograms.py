"""The pictograms are vectors in black, white and one colour, and none is missing or left over."""

import re
from pathlib import Path

import pytest

from feedback_gateway.posters import sheet
from feedback_gateway.posters.sheet import BLACK, COLOUR, WHITE
from tests.feedback_gateway.posters.samples import BOTH, poster_of

FOLDER = Path(sheet.__file__).parent / "pictograms"
FILES = sorted(FOLDER.glob("*.svg"))


def test_each_is_used_and_each_that_is_used_is_there() -> None:
    used = {row.pictogram for row in poster_of("KY12", BOTH).rows} | {"phone", "sms", "place"}
    assert {path.stem for path in FILES} == used


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_they_photocopy(path: Path) -> None:
    drawn = path.read_text(encoding="utf-8")
    colours = {tuple(bytes.fromhex(found)) for found in re.findall(r"#([0-9a-f]{6})\b", drawn)}
    assert colours <= {BLACK, WHITE, COLOUR}
    assert "<image" not in drawn
    assert "<text" not in drawn


def test_the_colour_is_dark_enough_to_read_white_on_it() -> None:
    red, green, blue = (part / 255 for part in COLOUR)
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 7  # WCAG AAA
