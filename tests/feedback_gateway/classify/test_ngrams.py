"""How n-grams are counted."""

from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.ngrams import ORDER, count_ngrams, count_ranked_ngrams, count_words, spell


def test_each_letter_and_each_end_of_a_word_is_counted_with_what_stands_before_it() -> None:
    assert count_ngrams(["Àb a"]) == {
        "a": 2, " a": 2, "b": 1, "ab": 1, " ab": 1, " ": 2, "b ": 1, "ab ": 1, " ab ": 1, "b a": 1, "ab a": 1,
        " ab a": 1, "a ": 1, " a ": 1, "b a ": 1, "ab a ": 1,
    }  # fmt: skip


def test_figures_and_other_scripts_are_no_letters() -> None:
    assert spell("3 km/h le 12") == " km h le "
    assert spell("70 12 34") == spell("ждать") == ""
    assert count_ngrams(["70 12 34"]) == {}


@given(st.text(max_size=60))
def test_no_ngram_is_longer_than_the_order(text: str) -> None:
    counts = count_ngrams([text])
    assert all(1 <= len(gram) <= ORDER for gram in counts)
    assert sum(n for gram, n in counts.items() if len(gram) == 1) == max(len(spell(fold(text))) - 1, 0)


def test_words_are_counted_folded() -> None:
    assert count_words(["Gâté, gate! 3 jours"]) == {"gate": 2, "jours": 1}


def test_a_ranked_gram_counts_more_the_higher_it_stands() -> None:
    counts = count_ranked_ngrams([" yaa", "den", "ki", "i ya"])
    assert counts[" yaa"] > counts["den "] == counts[" den"] > 0
    assert counts[" ki "] > 0  # of two letters only: a whole word
    assert counts["i y"] > 0
