"""What a model begins with: the written examples and the words of the lexicon, in balance."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.lexicons import load_lexicons
from feedback_gateway.classify.model import seeds
from feedback_gateway.classify.model.training import Document

EXAMPLES, PLAIN = list(seeds.read_examples()), list(seeds.read_examples(lookalikes=False))
FEW = EXAMPLES[::40]


@pytest.fixture(scope="module")
def documents() -> Iterator[list[Document]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "read_examples", lambda **_: iter(FEW))
        yield seeds.seed_documents()


def test_every_category_has_examples_in_both_languages() -> None:
    counts = Counter((language, code) for language, code, _ in EXAMPLES)
    assert {code for language, code in counts if language == "fr"} == {*CATEGORIES, "NONE"}
    assert {code for language, code in counts if language == "en"} == {*CATEGORIES, "NONE"}


def test_half_of_the_examples_teach_without_what_the_lexicon_finds(documents: list[Document]) -> None:
    examples = [each for each in documents if not each.is_entry]
    teaching = [each for each in examples if not each.only_flag]
    assert len(examples) == 2 * len(FEW)
    assert len(teaching) == len(FEW)
    bare = sum(not each.seen.hits for each in teaching)
    assert 0.3 < bare / len(teaching) < 0.7


def test_every_entry_with_a_category_is_spelled_out_in_words_that_it_finds(documents: list[Document]) -> None:
    entries = [each for each in documents if each.is_entry]
    categories = {entry.category for lexicon in load_lexicons() for entry in lexicon.entries if entry.category}
    assert {each.label for each in entries} == categories
    found = sum(each.label in each.seen.hits for each in entries)
    assert found / len(entries) > 0.9


def test_each_class_begins_with_the_same_and_no_seed_counts_as_a_labelled_message(documents: list[Document]) -> None:
    totals: defaultdict[str, float] = defaultdict(float)
    for each in documents:
        if not each.only_flag:
            totals[each.label] += each.weight
    capped = {each.label for each in documents if each.weight == max(every.weight for every in documents)}
    fair = [total for label, total in totals.items() if label not in capped]
    assert max(fair) == pytest.approx(min(fair))
    assert max(each.weight for each in documents) < 1


def test_only_what_people_did_is_sensitive(documents: list[Document]) -> None:
    flagged = {each.label for each in documents if each.sensitive and not each.is_entry}
    assert flagged <= {code for code in CATEGORIES if seeds.is_sensitive(code)}
    assert seeds.is_sensitive("CON.CMP")
    assert seeds.is_sensitive("PRO.VBG")
    assert not any(map(seeds.is_sensitive, ("EHA.EAU", "SAN.EPI", "NONE", "XXX.YYY")))


def test_other_classes_than_ours_and_what_means_nothing_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "read_examples", lambda **_: iter(FEW))
    labels = {"EHA.EAU": "water", "EHA.LAT": "water", "FSL.MIS": "food"}
    assert {each.label for each in seeds.seed_documents(labels.get)} == {"water", "food"}


def test_the_same_seeds_every_time(documents: list[Document], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "read_examples", lambda **_: iter(FEW))
    assert seeds.seed_documents() == documents


def test_for_wide_classes_what_only_looks_alarming_is_left_out() -> None:
    left_out = set(EXAMPLES) - set(PLAIN)
    assert set(PLAIN) < set(EXAMPLES)
    assert not any(seeds.is_sensitive(code) for _, code, _ in left_out)
