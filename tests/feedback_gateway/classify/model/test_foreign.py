"""Measuring on other people's labels: what they mean, and learning from some of them."""

from collections.abc import Sequence

import pytest

from feedback_gateway.classify.model import seeds
from feedback_gateway.classify.model.foreign import EvaluationError, Row, draw, evaluate_rows, read_map
from feedback_gateway.classify.model.in_use import STARTER, use_model

EXAMPLES = [each for at, each in enumerate(seeds.read_examples()) if each[0] == "en" and at % 10 == 0]
ROWS: list[Row] = [
    *[(f"no water at the tap since {at} days", "water", "en") for at in range(8)],
    *[(f"we have nothing to eat since {at} days", "food", "en") for at in range(8)],
    *[(f"hello how are you number {at}", "other", "en") for at in range(4)],
]


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """English examples only, one in ten, and no lexicon to spell out: a training takes a moment."""
    monkeypatch.setattr(seeds, "read_examples", lambda **_: iter(EXAMPLES))
    monkeypatch.setattr(seeds, "load_lexicons", lambda: ())
    use_model(STARTER, None)


def test_labels_of_any_name_are_measured_without_learning_one() -> None:
    report = evaluate_rows(ROWS, {})
    (part,) = report["sets"]
    assert (part["name"], part["size"]) == ("held_out", 20)
    assert {row["code"] for row in part["categories"]} == {"water", "food", "other"}
    assert next(row for row in part["categories"] if row["code"] == "water")["recall"] > 0.7
    assert [row["code"] for row in part["languages"]] == ["en"]


def test_labels_that_it_learns_from_help() -> None:
    odd: list[Row] = [(f"zuxo {at}", "water", None) for at in range(20)]
    odd += [(f"kelpi {at}", "food", None) for at in range(20)]
    before, after = (evaluate_rows(odd, {}, taught)["sets"][0]["accuracy"] for taught in ((), odd))
    assert before < 0.7
    assert after > 0.9


def test_labels_0_and_1_are_what_is_kept_back() -> None:
    rows: list[Row] = [
        ("un agent demande de coucher avec lui pour la carte", "1", "fr"),
        ("the water point is broken", "0", "en"),
        ("he raped a girl behind the tents", "1", "en"),
    ]
    report = evaluate_rows(rows, {})
    assert report["sets"] == []
    assert (report["sensitive"]["count"], report["sensitive"]["harmless"]) == (2, 1)
    assert report["sensitive"]["recall"] == 1.0


@pytest.mark.parametrize(
    ("rows", "says"), [([], "no labelled row"), ([("x", "xyzzy", None), ("y", "water", None)], "xyzzy")]
)
def test_what_cannot_be_understood_is_named(rows: Sequence[Row], says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        evaluate_rows(rows, {})


@pytest.mark.parametrize(
    ("pair", "codes"),
    [
        ("needs=EHA.EAU", {"needs": ("EHA.EAU",)}),
        ("a=b=eha", {"a=b": ("EHA.EAU", "EHA.LAT")}),
        ("rest=NONE", {"rest": ("NONE",)}),
        ("x=EHA.EAU, sug", {"x": ("EHA.EAU", "SUG.AME")}),
    ],
)
def test_a_mapping_by_hand(pair: str, codes: dict[str, tuple[str, ...]]) -> None:
    assert read_map([pair]) == codes


@pytest.mark.parametrize("pair", ["EHA.EAU", "x=", "x=WATER", "x=EHA.EAU,FOOD"])
def test_a_mapping_that_is_none_is_refused(pair: str) -> None:
    with pytest.raises(EvaluationError, match="--map"):
        read_map([pair])


def test_rows_are_drawn_by_a_chance_that_can_be_repeated() -> None:
    names = {"water", "food"}
    drawn = draw(ROWS, names, 5, 1)
    assert drawn == draw(ROWS, names, 5, 1) != draw(ROWS, names, 5, 2)
    assert len(drawn) == 5
    assert sorted(draw(ROWS, names, None, 1)) == sorted(row for row in ROWS if row[1] in names)
    assert draw(ROWS, names, 0, 1) == []
