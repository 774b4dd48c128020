"""Filling texts: variables and one filter, nothing that could reach further."""

import pytest

from flows.template import TemplateError, fill, variables


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("rien", "rien"),
        ("{name}", "Kaya"),
        ("{reference|ref}.", "000 000 5724."),
        ("{unknown}!", "!"),
        ("{name} {name}", "Kaya Kaya"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    assert fill(text, {"name": "Kaya", "reference": "0000005724"}) == filled


def test_a_value_is_never_filled_again() -> None:
    assert fill("{a}", {"a": "{b}", "b": "secret"}) == "{b}"


def test_the_variables_of_a_text() -> None:
    assert variables("{a} {b|ref} {a}") == {"a", "b"}


@pytest.mark.parametrize("text", ["{", "}", "{a.b}", "{a[0]}", "{A}", "{}", "{a|upper}", "{{a}}"])
def test_what_is_not_a_variable_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        variables(text)
