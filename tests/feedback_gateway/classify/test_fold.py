"""One plain spelling for many ways to type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.fold import LONGEST, fold, split_words, squeeze


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("GÂTÉ", "gate"),
        ("Mooré tɩ kʋʋm", "moore ti kuum"),
        ("ɓiŋngel ɗo ƴam ƙasa", "binngel do yam kasa"),
        ("kɔngɔ dɛmɛ", "kongo deme"),
        ("sœur", "soeur"),
        ("l’eau", "l'eau"),
        ("Ｗａｔｅｒ", "water"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=LONGEST + 50))
def test_folding_twice_changes_nothing_and_stays_short(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert len(folded) <= LONGEST


@pytest.mark.parametrize(("text", "words"), [("l'eau, 3 jours_!", ["l", "eau", "3", "jours"]), ("👍", []), ("", [])])
def test_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(("word", "short"), [("frappe", "frape"), ("nooon", "non"), ("1000", "1000"), ("", "")])
def test_squeeze_keeps_numbers(word: str, short: str) -> None:
    assert squeeze(word) == short
