"""What people type, made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fold import fold_words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ARRÊT !", "arret"),
        ("  Désabonner. ", "desabonner"),
        ("d’accord", "d accord"),
        ("dɛmɛ", "deme"),
        ("AWƆ", "awo"),
        ("yʋʋre", "yuure"),
        ("Ɗow Ƴ", "dow y"),
        ("sõngre", "songre"),
        ("cœur", "coeur"),
        ("Suivi: 482-193-7059", "suivi 482 193 7059"),
        ("٤٨٢", "482"),
        ("_stop_", "stop"),
        ("😭", ""),
        ("\x00\n", ""),
    ],
)
def test_fold_words(typed: str, folded: str) -> None:
    assert fold_words(typed) == folded


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_words(text)
    assert fold_words(once) == once
    assert once == once.strip()
