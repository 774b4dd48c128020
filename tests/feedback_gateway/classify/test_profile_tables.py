"""The tables of counts: what is shipped, and what is read from counts."""

from importlib import resources

import numpy as np
import pytest

from feedback_gateway.classify.detector import Detector
from feedback_gateway.classify.language import PROFILES, read_confidence, read_shipped
from feedback_gateway.classify.ngrams import count_ngrams
from feedback_gateway.classify.profile_tables import Tables, fill_column, index_contexts, read_tables, write_tables

CODES = {"fr", "en", "mos", "dyu", "ff", "gux", "ha", "taq"}


def make_tables(**texts: str) -> Tables:
    counted = {code: count_ngrams([text]) for code, text in texts.items()}
    grams = sorted({gram for counts in counted.values() for gram in counts}, key=lambda gram: (len(gram), gram))
    index, contexts = {gram: row for row, gram in enumerate(grams)}, index_contexts(grams)
    columns = [fill_column(index, contexts, counts) for counts in counted.values()]
    counts, totals, followers = (np.stack([column[place] for column in columns], axis=1) for place in range(3))
    ours, words = tuple(texts), {code: frozenset(text.split()) for code, text in texts.items()}
    return Tables(tuple(grams), ours, (), frozenset(), words, counts, totals, followers)


def test_shipped_tables() -> None:
    tables = read_shipped()
    assert set(tables.codes) == CODES
    assert tables.ranked == {"gux"}
    assert not set(tables.codes) & set(tables.background)
    assert {"mos", "dyu", "bam", "fuv", "fuf", "hau", "emk"}.isdisjoint(tables.background)
    assert tables.counts.shape == (len(tables.grams), len(tables.codes) + len(tables.background))
    assert all(len(words) > 200 for code, words in tables.words.items() if code != "gux")


def test_shipped_files_are_small() -> None:
    files = [f for f in resources.files(PROFILES).iterdir() if f.name.endswith((".npz", ".json"))]
    assert sorted(file.name for file in files) == ["confidence.json", "tables.npz"]
    assert sum(len(file.read_bytes()) for file in files) < 3_000_000


def test_what_is_written_is_read_again_and_is_always_the_same_bytes() -> None:
    tables = make_tables(aa="tala mana sana", bb="poto moko soto")
    content = write_tables(tables)
    assert content == write_tables(read_tables(content))
    again = read_tables(content)
    assert (again.grams, again.codes, again.words) == (tables.grams, tables.codes, tables.words)
    assert (again.make_logs() == tables.make_logs()).all()


def test_what_follows_often_is_likelier_than_what_never_did() -> None:
    tables = make_tables(aa="tala tala tala tana", bb="poto moko soto")
    logs = tables.make_logs()
    row, rare = tables.index[" tal"], tables.index[" tan"]
    assert logs[row, 0] > logs[rare, 0] > logs[row, 1]
    assert (logs <= 0).all()


def test_the_language_of_the_counts_is_told() -> None:
    tables = make_tables(aa="tala mana sana kana lama", bb="poto moko soto loko kopo")
    evidence = Detector(tables, read_confidence()).weigh("soko")
    assert evidence is not None
    assert evidence.ours.argmax() == 1


@pytest.mark.parametrize("text", ["ююю", "", "12", "   "])
def test_letters_that_no_table_knows_are_no_evidence(text: str) -> None:
    assert Detector(make_tables(aa="tala", bb="poto"), read_confidence()).weigh(text) is None
