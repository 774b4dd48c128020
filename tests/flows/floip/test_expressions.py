"""Reading tests and working them out with what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.floip.evaluation import truth
from flows.floip.expressions import OTHER, UNKNOWN, Choice, Value, read

KNOWN: dict[str, Value] = {
    "age": 17.0,
    "name": "Mil",
    "some": OTHER,
    "unset": None,
    "site": Choice("kaya", 2, frozenset({"kaya ville"}), frozenset({"dori", "kaya"})),
}


def _look(words: tuple[str, ...]) -> Value:
    return KNOWN.get(words[1], UNKNOWN) if words[0] == "flow" and len(words) > 1 else UNKNOWN


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("flow.age < 18", True),
        ("flow.age >= 18", False),
        ("flow.age = 17", True),
        ("flow.age = '17'", True),
        ("flow.age <> 17", False),
        ("AND(flow.age > 10, flow.age < 20)", True),
        ("BETWEEN(flow.age, 17, 20)", True),
        ("flow.name = 'MIL'", True),
        ("flow.name = “mil”", True),
        ("CONTAINS('i', flow.name)", True),
        ("LEN(flow.name) = 3", True),
        ("flow.unset = NULL", True),
        ("flow.unset = ''", False),
        ("flow.unset > 3", False),
        ("flow.site = 'kaya'", True),
        ("flow.site = 2", True),
        ("flow.site = 'Kaya ville'", True),
        ("flow.site = 'dori'", False),
        ("flow.some = 'x'", False),
        ("LEN(flow.some) > 0", True),
        ("LEN(flow.some) > 5", None),
        ("CONTAINS('x', flow.some)", None),
        ("contact.age > 3", None),
        ("OR(contact.age > 3, flow.age = 17)", True),
        ("AND(contact.age > 3, flow.age = 3)", False),
        ("NOT(contact.age > 3)", None),
        ("IF(flow.age = 17, TRUE, FALSE)", True),
        ("HAS_PHRASE(flow.name, 'x')", None),
        ("true", True),
        ("0", False),
        ("someword", None),
    ],
)
def test_whether_a_test_holds(test: str, holds: bool | None) -> None:
    tree = read(test)
    assert tree is not None
    assert truth(tree, _look) is holds
    in_brackets = read(f"@({test})")
    assert in_brackets is not None
    assert truth(in_brackets, _look) is holds


@pytest.mark.parametrize("text", ["", "  ", "=", "a =", "AND(", "AND(a b)", "a ? b", "'open", "(" * 5000, "-flow.x"])
def test_what_is_no_expression(text: str) -> None:
    assert read(text) is None


@given(st.text(alphabet="ab1.'\"()=<>!,@&+-*/ \n", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    tree = read(text)
    assert tree is None or truth(tree, _look) in (True, False, None)
