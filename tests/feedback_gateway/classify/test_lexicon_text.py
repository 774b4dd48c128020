"""Editing the YAML of a lexicon: faults are named and never raise, and one entry changes without the others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.lexicon_text import (
    MOST_BYTES,
    begin,
    changed_ids,
    drop_row,
    find_problems,
    put_row,
    raise_version,
    rows_of,
)
from feedback_gateway.classify.lexicons import fingerprint, parse_lexicon, read_yaml, shipped_sources

FILE = """\
# Who wrote this
version: 3
language: xx
sets:
  not: "no|none"

entries:
  # water
  - id: water
    category: EHA.EAU
    patterns:
      - "water"   # plain
      - "@not ... eau"

  # food
  - id: food
    category: FSL.MIS
    weight: 2
    patterns: ["rice", "millet"]
# the end
"""
FLOW = '{version: 1, language: xx, entries: [{id: a, patterns: ["one"]}, {id: b, patterns: ["two"]}]}'
NEW = {"id": "new", "category": "SAN.ACC", "weight": 1.5, "patterns": ["eau: # x", "@not lit"]}


@pytest.mark.parametrize("language", sorted(shipped_sources()))
def test_a_shipped_entry_that_is_written_anew_reads_the_same(language: str) -> None:
    source = shipped_sources()[language]
    rows = rows_of(source)
    assert find_problems(source, language) == []
    for row in rows[::12]:
        again = put_row(source, row, instead_of=row["id"])
        assert read_yaml(again) == read_yaml(source)


def test_the_lines_of_the_others_stay_as_they_were() -> None:
    after = put_row(FILE, NEW, instead_of="water").splitlines()
    assert [line for line in after if line not in FILE.splitlines()] == [
        "  - id: new",
        "    category: SAN.ACC",
        "    weight: 1.5",
        '      - "eau: # x"',
        '      - "@not lit"',
    ]
    for kept in (
        "# Who wrote this",
        "  # food",
        "  # water",
        '    patterns: ["rice", "millet"]',
        "# the end",
    ):
        assert kept in after


def test_an_entry_is_added_after_the_last() -> None:
    assert rows_of(put_row(FILE, NEW)) == [*rows_of(FILE), NEW]
    assert "  # food" in put_row(FILE, NEW)


@pytest.mark.parametrize("source", [FILE, FLOW, FILE.replace("\n  - id", "\n- id").replace("\n    ", "\n  ")])
def test_all_entries_can_go_and_others_come(source: str) -> None:
    head = {key: value for key, value in read_yaml(source).items() if key != "entries"}
    for row in rows_of(source):
        source = drop_row(source, row["id"])
    assert rows_of(source) == []
    source = put_row(put_row(source, NEW), {"id": "two", "patterns": ["b"]})
    assert [row["id"] for row in rows_of(source)] == ["new", "two"]
    assert {key: value for key, value in read_yaml(source).items() if key != "entries"} == head


def test_a_new_language_begins_with_its_first_entry() -> None:
    source = put_row(begin("gux"), {"id": "eau", "category": "EHA.EAU", "patterns": ["ñima"]})
    assert find_problems(source, "gux") == []
    assert '      - "ñima"' in source


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
rows = st.fixed_dictionaries(
    {"id": words, "patterns": st.lists(words, min_size=1, max_size=3)},
    optional={"weight": st.integers(1, 9) | st.floats(0.5, 9), "unless": st.lists(words, max_size=2), "type": words},
)


@given(st.sampled_from([FILE, FLOW, begin("xx")]), rows)
def test_whatever_an_entry_says_it_comes_back_as_it_was(source: str, row: dict[str, Any]) -> None:
    assert rows_of(put_row(source, row))[-1] == row


@given(st.text() | st.sampled_from([FILE, FLOW]).flatmap(lambda text: st.text().map(lambda more: text + more)))
def test_no_text_raises(source: str) -> None:
    assert all(str(problem) and problem.code for problem in find_problems(source, "xx"))


@pytest.mark.parametrize(
    ("source", "code", "quoted"),
    [
        ("", "shape", ""),
        ("words", "shape", ""),
        ("version: [", "yaml", "2"),
        ("version: 1\nlanguage: xx\n", "shape", ""),
        ("version: x\nlanguage: xx\nentries: []", "shape", ""),
        ("version: .inf\nlanguage: xx\nentries: []", "shape", ""),
        ("version: 1\nlanguage: xx\nentries: [word]", "shape", ""),
        ("version: 1\nlanguage: fr\nentries: []", "language", "fr"),
        ("version: 1\nlanguage: xx\nlangage: xx\nentries: []", "unknown_keys", "langage"),
        ("version: 1\nlanguage: xx\nsets: {a: 3}\nentries: []", "no_words", "3"),
        ("version: 1\nlanguage: xx\nentries: [{patterns: [a]}]", "no_id", ""),
        ("version: &a 1\nlanguage: xx\nentries: [*a]", "alias", "a"),
        ("[" * 5000, "shape", ""),
        ("!!python/object:os.system x", "yaml", "1"),
        ("version: 1\nlanguage: 2024-13-45", "yaml", "?"),
        ("#" * (MOST_BYTES + 1), "too_long", "512"),
    ],
)
def test_what_is_wrong_with_a_file_has_a_name(source: str, code: str, quoted: str) -> None:
    assert [(problem.code, problem.quoted) for problem in find_problems(source, "xx")] == [(code, quoted)]


@pytest.mark.parametrize("language", ["", "x", "xxxx", "XX", "x1"])
def test_a_language_is_two_or_three_letters(language: str) -> None:
    source = FILE.replace(": xx", f": '{language}'")
    assert [problem.code for problem in find_problems(source, language)] == ["language"]


def test_each_wrong_entry_is_named() -> None:
    source = (
        'version: 1\nlanguage: xx\nentries: [{id: a, patterns: ["wa*"]}, {id: b, patterns: [c]}, '
        "{id: c, colour: red, patterns: [c]}, {id: d, patterns: word}, {id: e, patterns: [x], weight: .nan}]"
    )
    found = [(problem.entry, problem.code) for problem in find_problems(source, "xx")]
    assert found == [("a", "stem"), ("c", "unknown_keys"), ("d", "value"), ("e", "needs")]
    twice = put_row(put_row(FILE, NEW), NEW)
    assert [(problem.entry, problem.code) for problem in find_problems(twice, "xx")] == [("new", "twice")]


@pytest.mark.parametrize(
    ("source", "at_least", "raised"),
    [
        ("version: 3\n", 5, "version: 5\n"),
        ("# v\nversion:  3  \nx: y", 4, "# v\nversion:  4  \nx: y"),
        ("version: 7\n", 5, "version: 7\n"),
        ("{version: 3}", 5, "{version: 3}"),
    ],
)
def test_the_version_is_raised_where_it_stands(source: str, at_least: int, raised: str) -> None:
    assert raise_version(source, at_least) == raised


def test_what_two_states_have_otherwise_is_told_by_name() -> None:
    after = drop_row(put_row(put_row(FILE, NEW), {"id": "water", "patterns": ["x"]}, instead_of="water"), "food")
    assert changed_ids(rows_of(FILE), rows_of(after)) == [("~", "water"), ("+", "new"), ("-", "food")]


def test_the_fingerprint_changes_with_what_is_read_and_with_nothing_else() -> None:
    def mark(source: str) -> str:
        return fingerprint([parse_lexicon(read_yaml(source))])

    assert mark(FILE) == mark(FILE.replace("# food", "# rice").replace("version: 3", "version: 4"))
    for slip in (("weight: 2", "weight: 3"), ('"water"', '"waters"'), ("no|none", "no"), ("FSL.MIS", "FSL.QUA")):
        assert mark(FILE) != mark(FILE.replace(*slip))
    assert len(mark(FILE)) == 16
