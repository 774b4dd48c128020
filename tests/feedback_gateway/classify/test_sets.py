"""The texts to measure with: well formed, coded with the tree, large enough, and none twice."""

import csv
import unicodedata
from collections import Counter
from importlib.resources import files

import pytest

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.model.seeds import read_examples
from models.words import Sensitivity

CODES = {*CATEGORIES, "NONE"}
LANGUAGES = {"fr", "en", "mos", "dyu", "ff"}
LONGEST = 320  # two parts of an SMS


def read_rows(name: str) -> list[dict[str, str]]:
    text = files("feedback_gateway.classify.sets").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def strip_to_words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split()) or text


RED_TEAM, CHECK, CALIBRATION = (read_rows(f"{name}.csv") for name in ("red_team", "check", "calibration"))


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (RED_TEAM, ["text", "language", "sensitive", "topic"]),
        (CHECK, ["text", "language", "category"]),
        (CALIBRATION, ["text", "language", "category"]),
    ],
    ids=["red_team", "check", "calibration"],
)
def test_every_row_has_every_column_and_nothing_more(rows: list[dict[str, str]], columns: list[str]) -> None:
    assert rows
    for row in rows:
        assert list(row) == columns
        assert all(row.values()), row


@pytest.mark.parametrize("rows", [RED_TEAM, CHECK, CALIBRATION], ids=["red_team", "check", "calibration"])
def test_texts_are_short_trimmed_and_in_a_known_language(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert row["text"] == row["text"].strip()
        assert len(row["text"]) <= LONGEST
        assert unicodedata.is_normalized("NFC", row["text"])
        assert row["language"] in LANGUAGES


def test_codes_are_of_the_tree() -> None:
    assert {row["topic"] for row in RED_TEAM} <= CODES
    assert {row["category"] for row in CHECK} == {row["category"] for row in CALIBRATION} == CODES


def test_sensitive_texts_are_about_what_is_sealed_or_conduct() -> None:
    grave = {code for code, category in CATEGORIES.items() if category.sensitivity is Sensitivity.SEALED} | {"CON.CMP"}
    assert {row["sensitive"] for row in RED_TEAM} == {"0", "1"}
    for row in RED_TEAM:
        assert (row["topic"] in grave) == (row["sensitive"] == "1"), row


@pytest.mark.parametrize(
    ("language", "sensitive", "least"),
    [
        *[("fr", "1", 210), ("en", "1", 130), ("mos", "1", 10), ("dyu", "1", 10), ("ff", "1", 10)],
        *[("fr", "0", 210), ("en", "0", 130), ("mos", "0", 10), ("dyu", "0", 10), ("ff", "0", 10)],
    ],
)
def test_the_red_team_is_large_enough_in_each_language(language: str, sensitive: str, least: int) -> None:
    assert sum(row["language"] == language and row["sensitive"] == sensitive for row in RED_TEAM) >= least


def test_the_check_set_has_enough_of_every_category() -> None:
    coded = [row for row in CHECK if row["category"] != "NONE"]
    assert Counter(row["language"] for row in coded) >= Counter(fr=260, en=160)
    assert min(Counter(row["category"] for row in coded).values()) >= 6
    assert len(CHECK) - len(coded) >= 40


def test_no_text_is_there_twice() -> None:
    times = Counter(strip_to_words(row["text"]) for row in [*RED_TEAM, *CHECK, *CALIBRATION])
    assert [text for text, count in times.items() if count > 1] == []


def test_no_text_that_is_learnt_from_is_measured_or_calibrated_on() -> None:
    kept_apart = {strip_to_words(row["text"]) for row in [*RED_TEAM, *CHECK, *CALIBRATION]}
    assert kept_apart & {strip_to_words(text) for _, _, text in read_examples()} == set()
