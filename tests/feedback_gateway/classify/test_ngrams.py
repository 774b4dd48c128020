"""How profiles are counted, and that the ones shipped are what the detector expects."""

import json
from importlib import resources

from feedback_gateway.classify.detector import SteadyDetector
from feedback_gateway.classify.language import PROFILES
from feedback_gateway.classify.ngrams import KEPT, blend_profile, count_ngrams, count_ranked_ngrams, make_profile


def test_counts_stop_at_the_edge_of_a_word() -> None:
    assert count_ngrams("ab a") == {"a": 2, " a": 2, "b": 1, "ab": 1, " ab": 1, "b ": 1, "ab ": 1, "a ": 1, " a ": 1}


def test_a_ranked_gram_counts_more_the_higher_it_stands() -> None:
    counts = count_ranked_ngrams([" yaa", "den", "ki", "i ya"])
    assert counts[" ya"] > counts["den"] > 0
    assert counts[" ki"] == counts["ki "] > 0  # of two letters only: a whole word
    assert counts["i y"] == 0  # the detector never asks for one with a space inside


def test_the_rarest_are_left_out_but_counted() -> None:
    counts = count_ngrams(
        " ".join(f"{a}{b}{c}" for a in "bcdfghjklm" for b in "aeiou" for c in "nprstvwxz" for _ in "123")
    )
    profile = make_profile("xx", counts + count_ngrams("qqq"))
    assert len(profile["freq"]) <= KEPT
    assert sum(profile["n_words"]) == sum(counts.values()) + sum(count_ngrams("qqq").values())


def test_a_blend_is_nearer_to_its_own_short_list_than_its_neighbours_are() -> None:
    neighbour = make_profile("aa", count_ngrams("tala mana sana kana lama"))
    other = make_profile("bb", count_ngrams("poto moko soto loko kopo"))
    poor = blend_profile("cc", count_ranked_ngrams(["tien", "ieni", "yien"]), [neighbour, other])
    verdict = SteadyDetector([neighbour, other, poor]).judge("yieni tieni")
    assert verdict is not None
    assert verdict.code == "cc"


def test_shipped_profiles() -> None:
    files = {f.name: f.read_text("utf-8") for f in resources.files(PROFILES).iterdir() if f.name.endswith(".json")}
    assert {name.removesuffix(".json") for name in files} == {"fr", "en", "mos", "dyu", "ff", "gux", "ha", "taq"}
    assert sum(map(len, files.values())) < 1_500_000
    for name, text in files.items():
        profile = json.loads(text)
        assert profile["name"] == name.removesuffix(".json")
        assert profile.keys() == {"name", "freq", "n_words"}
        assert all(1 <= len(gram) <= 3 for gram in profile["freq"])


def test_letters_that_no_profile_knows_are_no_verdict() -> None:
    profiles = [make_profile("aa", count_ngrams("tala")), make_profile("bb", count_ngrams("poto"))]
    assert SteadyDetector(profiles).judge("ююю") is None
