"""A text longer than a screen: pages that fit, in order, with nothing but white space lost."""

from hypothesis import given
from hypothesis import strategies as st

from flows.gsm7 import fits
from flows.pages import split_text
from flows.screens import Limits

LETTERS = st.text(alphabet="abc éç€ɛ\n{}'😭", max_size=600)


@given(LETTERS, st.integers(60, 182), st.booleans())
def test_every_page_fits_and_nothing_is_lost(text: str, size: int, folds: bool) -> None:
    limits, tail = Limits(size, folds=folds), ["9 Suite", "0 Retour"]
    pages = split_text(text, tail, limits)
    for page in pages[:-1]:
        assert page
        assert fits(limits.dress(page, *tail), size)
    assert fits(limits.dress(pages[-1]), size)
    assert "".join("".join(pages).split()) == "".join(text.split())


def test_pages_end_between_words_and_better_between_lines() -> None:
    assert split_text("un deux trois", ["9"], Limits(10)) == ["un deux", "trois"]
    assert split_text("premier\net le reste ici", ["9"], Limits(16)) == ["premier", "et le reste ici"]


def test_a_text_that_fits_is_one_page() -> None:
    assert split_text("court", ["9 Suite"], Limits(60)) == ["court"]
    assert split_text("", ["9 Suite"], Limits(60)) == [""]
