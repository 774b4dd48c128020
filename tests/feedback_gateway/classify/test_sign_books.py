"""Files of signs: what is refused, and that each file in the tree can be used."""

from collections.abc import Mapping
from typing import Any

import pytest

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.sign_books import SignError, SignIndex, parse_book, read_files

MEASURES = {"urgent": 1.0, "people": 1e6}


def book_of(**sign: Any) -> Mapping[str, Any]:
    return {"version": 1, "language": "fr", "sets": {"home": "tente*|abri*"}, "signs": [{"name": "one", **sign}]}


@pytest.mark.parametrize(
    ("sign", "complaint"),
    [
        ({"patterns": ["feu"]}, "exactly one of"),
        ({"patterns": ["feu"], "urgent": 0.5, "people": 5}, "exactly one of"),
        ({"patterns": ["feu"], "speed": 0.5}, "exactly one of"),
        ({"patterns": ["feu"], "urgent": 1.5}, "at most 1"),
        ({"patterns": ["feu"], "urgent": 0}, "above 0"),
        ({"patterns": [], "urgent": 0.5}, "needs patterns"),
        ({"patterns": ["fe*"], "urgent": 0.5}, "too short"),
        ({"patterns": ["feu @house"], "urgent": 0.5}, "no set"),
        ({"urgent": 0.5}, "patterns"),
        ({"patterns": ["feu"], "urgent": "much"}, "much"),
    ],
)
def test_a_sign_that_cannot_be_used_is_named(sign: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SignError, match=r"fr\.one") as error:
        parse_book(book_of(**sign), MEASURES)
    assert complaint in str(error.value)


def test_a_name_used_twice_is_refused() -> None:
    row = {"name": "one", "urgent": 0.5, "patterns": ["feu"]}
    with pytest.raises(SignError, match="used twice"):
        parse_book({"language": "fr", "signs": [row, row]}, MEASURES)


def test_a_key_that_nobody_reads_is_refused() -> None:
    data = {"language": "fr", "signs": [], "nubmers": {"deux": 2}}
    with pytest.raises(SignError, match="nubmers"):
        parse_book(data, MEASURES, {"numbers"})
    assert parse_book(data, MEASURES, {"nubmers"}).rest["nubmers"] == {"deux": 2}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("le feu aux tentes", True),
        ("feu feu tentes", True),
        ("feu de bois", False),
        ("feu de bois, feu aux abris", True),
    ],
)
def test_a_sign_is_found_where_it_stands_outside_harmless_phrases(text: str, found: bool) -> None:
    book = parse_book(book_of(urgent=0.5, patterns=["feu & @home", "feu"], unless=["feu ... bois"]), MEASURES)
    tokens, signs = SignIndex(book.spelling, book.signs).find(fold(text))
    assert bool(signs) is found
    assert [token[0] for token in tokens] == [word.strip(",") for word in text.split()]


@pytest.mark.parametrize("subject", ["urgency", "noise"])
def test_the_files_of_a_subject_say_their_language_and_version(subject: str) -> None:
    files = read_files(subject)
    assert {"fr", "en"} <= {str(data["language"]) for data in files}
    assert all(int(data["version"]) >= 1 for data in files)
    assert read_files(subject) is files
