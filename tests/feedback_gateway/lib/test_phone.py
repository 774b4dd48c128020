"""Numbers as they arrive on the wire, and as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.lib import phone


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+22670123456", "+22670123456"),
        (" 22670123456", "+22670123456"),  # an unescaped + decodes to a space
        ("22670123456", "+22670123456"),
        ("0022670123456", "+22670123456"),
        ("70 12 34 56", "+22670123456"),
        ("70123456", "+22670123456"),
        ("01-23-45-67", "+22601234567"),  # Burkinabè numbers may begin with 0: it is no trunk prefix
        ("+226 70.12.34.56", "+22670123456"),
        ("(+226) 70 12 34 56", "+22670123456"),
        ("+226\u00a070\u202f12 34 56", "+22670123456"),
        ("tel:+22670123456", "+22670123456"),
        ("90123456", "+22690123456"),  # a range that is not in the tables yet
        ("22690123456", "+22690123456"),
        ("254700072929", "+254700072929"),  # a roaming phone, its + lost on the way
        (" 254000000001", "+254000000001"),  # the sandbox's own number, in no numbering plan
        ("+254000000001", "+254000000001"),
        ("Orange", "Orange"),
        (" AD-MOOV ", "AD-MOOV"),
        ("21512", "21512"),
        (" 3267", "3267"),
        ("+12", "+12"),
        ("+0022670123456", "+0022670123456"),
        ("70123456x", "70123456x"),
        ("254000000001", "254000000001"),  # no plus, no space, no such range: nothing to go by
        ("", ""),
    ],
)
def test_normalise(raw: str, expected: str) -> None:
    assert phone.normalise(raw) == expected


def test_a_national_number_is_read_by_the_country_that_is_configured() -> None:
    assert phone.normalise("70123456", country_code="223") == "+22370123456"
    assert phone.normalise("22670123456", country_code="223") == "+22670123456"


@given(st.text(alphabet=" +0123456789-.()abé\u00a0", max_size=20) | st.text(max_size=20))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    once = phone.normalise(raw)
    assert phone.normalise(once) == once
    assert phone.is_number(once) or once == raw.strip()


@given(st.integers(min_value=1_000_000, max_value=99_999_999).map("{:08d}".format))
def test_every_way_to_write_a_national_number_is_one_number(national: str) -> None:
    expected = f"+226{national}"
    ways = [national, f"226{national}", f" 226{national}", f"00226{national}", f"+226 {national[:2]} {national[2:]}"]
    assert {phone.normalise(way) for way in ways} == {expected}


@pytest.mark.parametrize(
    ("sender", "expected"),
    [("+22670123456", True), ("22670123456", False), ("Orange", False), ("21512", False), ("+0123456789", False)],
)
def test_is_number(sender: str, expected: bool) -> None:
    assert phone.is_number(sender) is expected


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+22670123456", "+226 70 •• •• 56"),
        ("+254700072929", "+254 70 •• •• • 29"),
        ("+12028831111", "+1 20 •• •• •• 11"),
        ("+2901234567", "+290 12 •• • 67"),
        ("+9991234567", "+999 12 •• • 67"),  # no such country
        ("70123456", "70 •• •• 56"),
        ("Orange", "Orange"),
        ("21512", "21512"),
        ("", ""),
    ],
)
def test_mask(number: str, shown: str) -> None:
    assert phone.mask(number) == shown


@given(st.from_regex(r"\+[1-9][0-9]{8,14}", fullmatch=True))
def test_a_mask_hides_at_least_three_digits(number: str) -> None:
    assert sum(c.isdigit() for c in phone.mask(number)) <= len(number) - 1 - 3


@pytest.mark.parametrize(
    ("number", "name"),
    [("+22670123456", "Moov Africa"), ("+22676123456", "Orange"), ("+22699123456", None), ("Orange", None)],
)
def test_operator(number: str, name: str | None) -> None:
    assert phone.operator(number) == name
