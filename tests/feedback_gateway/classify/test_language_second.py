"""langdetect on our own counts, as a second opinion."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.language import load_detector


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tous les etres humains naissent libres et egaux en dignite", "fr"),
        ("all human beings are born free and equal in dignity", "en"),
        ("ninsaalba faa sa n doge bi b yaa burkina la b zema taab", "mos"),
        ("innama aadeeji fof poti ndimdidi e jibinannde", "ff"),
        ("su dai yan adam ana haihuwarsu ne duka yantattu", "ha"),
        ("an be dumuni ni ji fe, demisenw man kene", "dyu"),
        ("", None),
        ("12 34", None),
    ],
)
def test_it_knows_our_languages(text: str, code: str | None) -> None:
    assert load_detector().second.ask(text) == code


@given(st.text(max_size=200))
def test_no_text_raises_and_the_answer_stays_the_same(text: str) -> None:
    second = load_detector().second
    assert second.ask(text) == second.ask(text)


def test_threads_hear_the_same() -> None:
    second = load_detector().second
    texts = ["nabasara ye", "le forage", "ok merci", "an ka so", "wakat fo", "the water"] * 10
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(second.ask, texts)) == [second.ask(text) for text in texts]
