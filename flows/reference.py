"""References: ten digits, shown 3-3-4, the last one a Damm check digit.

The totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004) catches every single wrong digit and every swap
of two neighbours: people type a reference on a keypad.
"""

import re

from flows.fold import fold_words

LENGTH = 10

_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)

_LOOKALIKES = str.maketrans("oil", "011")
_RUN = re.compile(r"(?<![\w+])[0-9]+(?:[ \u00a0\u202f./-]{1,2}[0-9]+)*(?!\w)")


def _interim(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _TABLE[int(interim)][int(digit)]
    return interim


def make(nine_digits: str) -> str:
    """Nine digits and their check digit. Raises ValueError when they are not nine digits."""
    if not re.fullmatch(r"[0-9]{9}", nine_digits):
        raise ValueError("a reference is made of nine digits")
    return nine_digits + _interim(nine_digits)


def is_valid(ref: str) -> bool:
    """Whether this is ten digits (no spaces) of which the last one checks."""
    return re.fullmatch(r"[0-9]{10}", ref) is not None and _interim(ref) == "0"


def show(ref: str) -> str:
    """`4821937054` as `482 193 7054`. Anything that is not ten characters is given back as it is."""
    return f"{ref[:3]} {ref[3:6]} {ref[6:]}" if len(ref) == LENGTH else ref


def read(text: str) -> str | None:
    """The ten digits, valid or not, when the whole text is nothing else; None otherwise.

    Any spacing and punctuation; up to three letters O, I or l count as 0, 1 and 1.
    """
    typed = fold_words(text).replace(" ", "")
    if len(typed) != LENGTH or sum(character in "oil" for character in typed) > 3:
        return None
    digits = typed.translate(_LOOKALIKES)
    return digits if re.fullmatch(r"[0-9]{10}", digits) else None


def find(text: str) -> list[str]:
    """The valid references that stand in a text, however they are spaced or hyphenated, in order, each once.

    Whole groups of digits are joined, never cut: the 8 digits of a phone number, or its 11 with +226, give none.
    """
    found: list[str] = []
    for run in _RUN.finditer(text):
        groups = re.findall(r"[0-9]+", run.group())
        for start in range(len(groups)):
            joined = ""
            for group in groups[start : start + LENGTH]:
                joined += group
                if len(joined) >= LENGTH:
                    break
            if is_valid(joined) and joined not in found:
                found.append(joined)
    return found
