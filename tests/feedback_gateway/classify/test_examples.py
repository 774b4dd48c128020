"""The written example messages: they parse, name real categories, hold no text twice and enough of each."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold

FOLDER = Path(__file__).parents[3] / "feedback_gateway" / "classify" / "examples"
FILES = sorted(FOLDER.glob("*.yaml"))
NONE = "NONE"
LEAST = 20
FULL = ["en", "fr"]


def load(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("language", FULL)
def test_french_and_english_hold_enough_of_every_category(language: str) -> None:
    examples = load(FOLDER / f"{language}.yaml")["examples"]
    assert examples.keys() == {*CATEGORIES, NONE}
    assert {code: len(texts) for code, texts in examples.items() if len(texts) < LEAST} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_says_its_version_and_language(path: Path) -> None:
    content = load(path)
    assert content.keys() == {"version", "language", "examples"}
    assert (content["language"], content["version"] >= 1) == (path.stem.split("_")[0], True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_codes_exist(path: Path) -> None:
    assert load(path)["examples"].keys() <= {*CATEGORIES, NONE}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_is_a_text(path: Path) -> None:
    texts = [text for texts in load(path)["examples"].values() for text in texts]
    assert [text for text in texts if not isinstance(text, str) or not text.strip()] == []


def test_no_text_is_there_twice() -> None:
    texts = [fold(text).strip() for path in FILES for texts in load(path)["examples"].values() for text in texts]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []
