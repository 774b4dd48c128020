"""Numbers, dates, words and digits, the way people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import read_date, read_number, read_pin, read_words

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        (" 7 ", "7"),
        ("007", "7"),
        ("1 200", "1200"),
        ("1.200", "1200"),
        ("-3", "-3"),
        ("١٢", "12"),
        ("12,5", None),
        ("12 5", None),
        ("douze", None),
        ("", None),
        ("1234567890", None),
        ("3 personnes", None),
    ],
)
def test_a_number(typed: str, number: str | None) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize(("typed", "taken"), [("0", False), ("1", True), ("20", True), ("21", False)])
def test_a_number_within_bounds(typed: str, taken: bool) -> None:
    assert (read_number(typed, 1, 20) is not None) is taken


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("21/11/2026", "2026-11-21"),
        ("1-2-26", "2026-02-01"),
        ("05.11.2026", "2026-11-05"),
        ("05112026", "2026-11-05"),
        ("051126", "2026-11-05"),
        ("0511", "2026-11-05"),
        ("3 1", "2027-01-03"),
        ("30 6", "2026-06-30"),
        ("29/2/2026", None),
        ("29 2", None),
        ("31/4", None),
        ("Hier", "2026-11-20"),
        ("avant-hier", "2026-11-19"),
        ("aujourd’hui", "2026-11-21"),
        ("today", "2026-11-21"),
        ("demain", "2026-11-22"),
        ("12/13/2026", None),
        ("lundi", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_date(typed: str, day: str | None) -> None:
    assert read_date(typed, TODAY) == day


def test_a_date_within_days_of_today() -> None:
    assert read_date("hier", TODAY, least=-7, most=0) == "2026-11-20"
    assert read_date("demain", TODAY, least=-7, most=0) is None
    assert read_date("13/11", TODAY, least=-7, most=0) is None


@given(st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_as_it_is_written_here(day: date) -> None:
    assert read_date(f"{day:%d/%m/%Y}", TODAY) == day.isoformat()


@given(st.integers(-180, 180))
def test_a_day_without_a_year_is_the_nearest(away: int) -> None:
    day = TODAY + timedelta(days=away)
    assert read_date(f"{day.day} {day.month}", TODAY) == day.isoformat()


@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_answer_or_none(text: str) -> None:
    for answer in (read_number(text), read_date(text, TODAY), read_pin(text)):
        assert answer is None or answer.strip()
    words = read_words(text)
    assert words is None or words == text.strip()


@pytest.mark.parametrize(("typed", "taken"), [("9", False), ("12", False), ("", False), ("!", False), ("123", True)])
def test_a_key_is_not_words(typed: str, taken: bool) -> None:
    assert (read_words(typed) is not None) is taken


def test_words_within_bounds() -> None:
    assert read_words("eau", least=4) is None
    assert read_words("pas d'eau", least=4, most=9) == "pas d'eau"
    assert read_words("pas d'eau ici", most=9) is None


@pytest.mark.parametrize(
    ("typed", "pin"), [("4321", "4321"), (" 43 21", "4321"), ("٤٣٢١", "4321"), ("432", None), ("43211", None)]
)
def test_digits_of_ones_own(typed: str, pin: str | None) -> None:
    assert read_pin(typed) == pin
