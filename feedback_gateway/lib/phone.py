"""Phone numbers as providers send them, and as the house keeps and shows them.

Written to protocols seen on the wire: an unescaped `+` arrives as a space, some routes drop it, some write `00`.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s().\-/]")
_HIDDEN = "•"


def is_number(sender: str) -> bool:
    """True for E.164 (`+22670123456`): somebody who can be written to. False for `Orange` or a short code."""
    return _E164.fullmatch(sender) is not None


def normalise(raw: str, country_code: str = "226") -> str:
    """The E.164 form of a number, with a lost `+` put back; what is no number comes back stripped, else unchanged.

    A number without any prefix is taken as national to `country_code` when its length fits there. The written `+`
    is believed even for ranges that no numbering plan lists: providers test from such numbers.
    """
    text = raw.strip()
    digits = _SEPARATORS.sub("", text.removeprefix("tel:"))
    if digits.startswith("+"):
        return digits if is_number(digits) else text
    if not re.fullmatch(r"[0-9]{7,17}", digits):
        return text
    if digits.startswith("00") and is_number("+" + digits[2:]):
        return "+" + digits[2:]
    # Only a space can stand where a `+` was lost in form decoding; a person typing one gets no such benefit of doubt
    # unless the number is neither national nor a known foreign one.
    believed = is_number("+" + digits) and (_is_foreign(digits) or raw.startswith(" "))
    return _as_national(digits, country_code) or ("+" + digits if believed else text)


def _parse(number: str, region: str | None = None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except NumberParseException:
        return None


def _as_national(digits: str, country_code: str) -> str | None:
    """E.164 when the digits are a number of that country, with or without its code. The length decides, not the
    list of ranges in use, which is older than the newest numbers."""
    parsed = _parse(digits, phonenumbers.region_code_for_country_code(int(country_code)))
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_foreign(digits: str) -> bool:
    parsed = _parse("+" + digits)
    return parsed is not None and phonenumbers.is_valid_number(parsed)


def mask(phone: str) -> str:
    """`+226 70 •• •• 56`: enough for two people to agree which phone they mean, too little to dial it.

    A name (`Orange`) or a short code of fewer than six digits is nobody's number and is shown as it is.
    """
    if not is_number(phone):
        return phone if sum(c.isdigit() for c in phone) < 6 else _veil(phone)
    parsed = _parse(phone)
    code = str(parsed.country_code) if parsed else phone[1:4]
    return f"+{code} {_veil(phone[1 + len(code) :])}"


def _veil(digits: str) -> str:
    """The first and the last two characters; the rest hidden, in pairs. A short number shows its end only."""
    head = digits[:2] if len(digits) > 6 else ""
    hidden = _HIDDEN * (len(digits) - len(head) - 2)
    pairs = [hidden[i : i + 2] for i in range(0, len(hidden), 2)]
    return " ".join([*([head] if head else []), *pairs, digits[-2:]])


def operator(phone: str) -> str | None:
    """The network that the range was given to (`Orange`); a ported number still shows its first one."""
    # The operator tables cost 12 MB and 40 ms: only the processes that show an operator should pay.
    from phonenumbers import carrier

    parsed = _parse(phone) if is_number(phone) else None
    return (carrier.name_for_number(parsed, "fr") or None) if parsed else None
