"""Looking into JSON of which nothing is certain. Nothing here raises."""

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any


def pick(content: Mapping[str, Any], *names: str) -> Any:
    """The first of these keys that holds something. Older containers write `destinationBlock`."""
    for name in names:
        for written in (name, _camel(name)):
            if content.get(written) is not None:
                return content[written]
    return None


def as_text(value: object) -> str:
    """A string or a number as text, anything else as nothing. What cannot be shown or stored is taken out."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value.strip()
    text = unicodedata.normalize("NFC", re.sub("\r\n|[\r\u2028\u2029]", "\n", str(value)))
    return "".join(char for char in text if char == "\n" or not _is_control(char)).strip()


def as_line(value: object) -> str:
    """As as_text, on one line."""
    return " ".join(as_text(value).split())


def as_list(value: object) -> list[Any]:
    """A list as it is; of an object, its values."""
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def as_object(value: object) -> Mapping[str, Any]:
    """An object as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def as_number(value: object) -> float | None:
    """A finite number, also one that is written as text."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e9 else None


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"} or char in "\ufeff\ufffe\uffff"


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
