"""A report by hand-counted figures."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.model.evaluation import Guessed, report_on, report_on_sensitive
from feedback_gateway.cli.report_text import render

WATER, FOOD, NONE = "EHA.EAU", "FSL.MIS", "NONE"
GUESSED = [
    *[Guessed(WATER, WATER, 0.95, "fr")] * 20,
    *[Guessed(FOOD, WATER, 0.55, "en")] * 2,
    *[Guessed(FOOD, FOOD, 0.75, "en")] * 6,
    Guessed(NONE, FOOD, 0.35),
    Guessed(NONE, NONE, 1.0),
]
REPORT = report_on("check", GUESSED)


def row(code: str) -> dict[str, Any]:
    return next(row for row in REPORT["categories"] if row["code"] == code)


def test_the_whole() -> None:
    assert (REPORT["name"], REPORT["size"], REPORT["accuracy"]) == ("check", 30, 0.9)
    # 27 of 28 are right from 0.55 on; the one at 0.35 would be the third mistake in 30.
    assert (REPORT["coverage"], REPORT["coverage_threshold"], REPORT["coverage_wanted"]) == (0.9, 0.75, 0.95)


@pytest.mark.parametrize(
    ("code", "precision", "recall", "f1", "count", "guessed"),
    [
        (WATER, 20 / 22, 1.0, 40 / 42, 20, 22),
        (FOOD, 6 / 7, 6 / 8, 12 / 15, 8, 7),
        (NONE, 1.0, 0.5, 2 / 3, 2, 1),
    ],
)
def test_each_category(code: str, precision: float, recall: float, f1: float, count: int, guessed: int) -> None:
    found = row(code)
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx((precision, recall, f1), abs=1e-4)
    assert (found["count"], found["guessed"]) == (count, guessed)


def test_the_macro_f1_is_that_of_the_categories_that_are_there() -> None:
    assert REPORT["macro_f1"] == pytest.approx((40 / 42 + 12 / 15 + 2 / 3) / 3, abs=1e-4)
    only_guessed = report_on("check", [Guessed(WATER, WATER, 0.9), Guessed(WATER, FOOD, 0.9)])
    assert only_guessed["macro_f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert {row["code"] for row in only_guessed["categories"]} == {WATER, FOOD}


def test_none_stands_last_and_languages_that_are_not_known_are_left_out() -> None:
    assert [row["code"] for row in REPORT["categories"]] == [WATER, FOOD, NONE]
    assert [(each["code"], each["count"], each["accuracy"]) for each in REPORT["languages"]] == [
        ("en", 8, 0.75),
        ("fr", 20, 1.0),
    ]


def test_how_often_a_stated_probability_was_right() -> None:
    stated = {row["low"]: (row["count"], row["confidence"], row["right"]) for row in REPORT["reliability"]}
    assert stated == {0.3: (1, 0.35, 0.0), 0.5: (2, 0.55, 0.0), 0.7: (6, 0.75, 1.0), 0.9: (21, 0.9524, 1.0)}


def test_what_was_taken_for_what_the_most_frequent_first() -> None:
    assert REPORT["confusion"] == [
        {"label": FOOD, "guess": WATER, "count": 2},
        {"label": NONE, "guess": FOOD, "count": 1},
    ]


def test_sensitive_texts_by_language() -> None:
    flags = [(True, True, "fr"), (True, False, "en"), (False, True, "en"), (False, False, None), (False, False, "fr")]
    found = report_on_sensitive(flags, 0.2)
    assert (found["count"], found["recall"], found["harmless"], found["flagged"]) == (2, 0.5, 3, 0.3333)
    assert [(row["code"], row["recall"], row["flagged"]) for row in found["languages"]] == [
        ("en", 0.0, 1.0),
        ("fr", 1.0, 0.0),
    ]


CODES = st.sampled_from([WATER, FOOD, NONE])
ANY = st.lists(st.builds(Guessed, CODES, CODES, st.floats(0, 1), st.sampled_from([None, "fr", "mos"])), max_size=30)


@given(ANY)
def test_any_report_is_plain_json_of_shares_and_can_be_shown(guessed: list[Guessed]) -> None:
    report = report_on("held_out", guessed)
    assert json.loads(json.dumps(report)) == report
    assert sum(row["count"] for row in report["categories"]) == len(guessed)
    assert sum(row["count"] for row in report["reliability"]) == len(guessed)
    for name in ("accuracy", "macro_f1", "coverage", "calibration_error"):
        assert 0 <= report[name] <= 1
        assert math.isfinite(report[name])
    assert f"held_out: {len(guessed)} texts" in render({"sets": [report]})
