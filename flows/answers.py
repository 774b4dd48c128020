"""Reading what people type when they are asked for a number, a date or words."""

import re
import unicodedata
from datetime import date, timedelta

from flows.fold import fold_words

PIN_DIGITS = 4

_DAYS = {
    **dict.fromkeys(("aujourd hui", "today", "ce jour"), 0),
    **dict.fromkeys(("hier", "yesterday"), -1),
    **dict.fromkeys(("avant hier", "day before yesterday"), -2),
    **dict.fromkeys(("demain", "tomorrow"), 1),
}


def read_number(text: str, least: int | None = None, most: int | None = None) -> str | None:
    """A whole number of up to nine digits, in whatever digits and grouping (`1 200`, `1.200`); None when it is none."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"[+-]?(\d{1,9}|\d{1,3}([ .']\d{3}){1,2})", typed):
        return None
    number = int(re.sub(r"[ .'+]", "", typed))
    return str(number) if (least is None or number >= least) and (most is None or number <= most) else None


def read_date(text: str, today: date, least: int | None = None, most: int | None = None) -> str | None:
    """A day as `2026-11-21`, from `21/11/2026`, `21-11-26`, `21 11`, `21112026` or `hier`; None when it is none.

    The day stands first. Without a year it is the date nearest to today. `least` and `most` are days from today.
    """
    day = _day(fold_words(text), today)
    if day is None:
        return None
    away = (day - today).days
    return day.isoformat() if (least is None or away >= least) and (most is None or away <= most) else None


def _day(said: str, today: date) -> date | None:
    if said in _DAYS:
        return today + timedelta(days=_DAYS[said])
    found = re.fullmatch(r"(\d{1,2}) (\d{1,2})(?: (\d{4}|\d{2}))?", said) or re.fullmatch(
        r"(\d{2})(\d{2})(\d{4}|\d{2})?", said
    )
    if not found:
        return None
    day, month, year = found.groups()
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    near = (_date(today.year + off, int(month), int(day)) for off in (-1, 0, 1))
    return min((one for one in near if one), key=lambda one: abs(one - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_words(text: str, least: int | None = None, most: int | None = None) -> str | None:
    """Words, without the white space around them; None for nothing, or for a key pressed where words are asked for."""
    words, key = text.strip(), fold_words(text)
    if not key or (key.isdigit() and len(key) < 3):
        return None
    return words if (least or 0) <= len(words) and (most is None or len(words) <= most) else None


def read_pin(text: str) -> str | None:
    """Four digits; None when it is anything else."""
    typed = fold_words(text).replace(" ", "")
    return typed if re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", typed) else None
