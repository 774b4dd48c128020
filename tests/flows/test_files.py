"""Whatever somebody types as YAML is read as text, or refused with its line and in plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import BookError
from flows.files import ALIAS, PLAIN, TOO_DEEP, TOO_LARGE, UNKNOWN, UNSHOWABLE, parse_yaml
from flows.reading import read_flow

FAULTS = [
    ("a: b\nfoo bar\n  x: y\n", "line 2: a colon is missing"),
    ("a: b: c\n", "line 1: there is a colon too many"),
    ("a: b\n  c: d\n", "line 2: there is a colon too many"),
    ("a:\n\tb: c\n", "line 2: a tab stands here"),
    ("a: @x\n", "line 1: words may not begin so"),
    ("a: 'open\nb: c\n", "line 1: a quotation mark is not closed"),
    ("a: [1, 2\nb: c\n", "line 2: a comma or a closing bracket is missing"),
    ("a:\n  b: c\n d: e\n", "line 3: the spaces at the beginning are not as many"),
    ('a: "\\q"\n', "line 1: between quotation marks like these"),
    ("? [a]\n: b\n", "line 1: a list cannot stand before a colon"),
    ("a: b\nc: d\na: e\n", "line 1: a stands twice"),
    ("a: b\nc: &d e\n", f"line 2: {ALIAS}"),
    ("a: b\nc: *a\n", f"line 2: {ALIAS}"),
    ('a: b\nc: "\\ud800"\n', f"line 2: {UNSHOWABLE}"),
    ('a: "\\0"\n', f"line 1: {UNSHOWABLE}"),
    ("a: b\nc: \x01\n", f"line 2: {UNSHOWABLE}"),
    ("a: \ud800\n", f"line 1: {UNSHOWABLE}"),
    ('a: "\\UFFFFFFFF"\n', f"line 1: {TOO_LARGE}"),
    (f"%YAML 1.{'9' * 5000}\n---\na: b\n", f"line 1: {TOO_LARGE}"),
    ("[" * 5000, f"line 1: {TOO_DEEP}"),
    ("a: b\n---\nc: d\n", f"line 2: {UNKNOWN}"),
    ("- a\n", "a file holds keys and values"),
]


@pytest.mark.parametrize(("source", "said"), FAULTS, ids=lambda given: repr(given)[:40])
def test_what_cannot_be_read_is_told_by_its_line_in_plain_words(source: str, said: str) -> None:
    with pytest.raises(BookError) as refused:
        parse_yaml(source, "x.yaml")
    assert str(refused.value).startswith(f"x.yaml: {said}")


def test_every_plain_sentence_is_said_of_some_fault() -> None:
    said = " ".join(said for _, said in FAULTS)
    assert [plain for _, plain in PLAIN if plain[:17] not in said] == []


@given(st.text(alphabet="ab12:-?&*!|>'\"%@`#,[]{}\\ \n\t~\0\ud800é", max_size=40))
def test_any_text_is_read_or_refused_in_few_words(source: str) -> None:
    try:
        content = parse_yaml(source, "x.yaml")
    except BookError as refused:
        said = str(refused)
        content = {}
    else:
        said = ""
    assert isinstance(content, dict)
    assert len(said) < 160


def test_words_that_unfold_are_refused_before_they_do() -> None:
    bomb = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else ['x'])}]\n" for n in range(9))
    with pytest.raises(BookError, match="line 1: & and"):
        parse_yaml(f"{bomb}version: *a8\n", "x.yaml")


FLOW = "flow: x\nversion: {version}\nabout: x\nstart: a\nnodes:\n  a: {node}\n"
LONG = "y" * 5000


@pytest.mark.parametrize("version", ["9" * 5000, "1234567890", "[1]", "{a: 1}", "\u0663", "-1", "''"])
def test_a_version_is_a_number_of_nine_digits(version: str) -> None:
    with pytest.raises(BookError, match="version is a whole number of at most nine digits"):
        read_flow(FLOW.format(version=version, node="{say: x}"), "x")


@pytest.mark.parametrize(
    "node",
    [
        f"{{ask: {LONG}, text: x, save: x, then: a}}",
        f"{{ask: number, text: x, save: x, then: a, least: {LONG}}}",
        f"{{ask: number, text: x, save: x, then: a, least: [{LONG}]}}",
        f"{{action: {LONG}, then: a}}",
        f"{{say: x, {LONG}: x}}",
        f"{{menu: x, options: {{{LONG}: {{then: a}}}}}}",
        f"{{menu: x, options: {{1: {{then: a, set: {{purpose: {LONG}}}}}}}}}",
    ],
    ids=lambda node: node[:30],
)
def test_a_fault_shows_no_more_of_what_was_written_than_one_can_read(node: str) -> None:
    with pytest.raises(BookError) as refused:
        read_flow(FLOW.format(version=1, node=node), "x")
    assert len(str(refused.value)) < 220
