"""docs/configuration.md and feedback_gateway/settings.py name the same variables."""

import ast
import re
from pathlib import Path

from feedback_gateway import settings

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
READERS = {"read", "environ"}  # read.text("NAME"), environ.get("NAME")


def read_names(source: str) -> set[str]:
    """The constant first arguments of the calls through which settings.py reads the environment."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
        if call.func.value.id in READERS and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def documented_rows() -> list[list[str]]:
    rows = [
        line.strip("|").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    return [[cell.strip() for cell in row] for row in rows]


def test_every_variable_is_documented_once_and_no_other() -> None:
    documented = [re.sub("`", "", row[0]) for row in documented_rows()]
    assert sorted(documented) == sorted(read_names(Path(settings.__file__).read_text(encoding="utf-8")))


def test_each_has_a_default_and_a_meaning() -> None:
    for name, default, meaning, _example in documented_rows():
        assert default, name
        assert meaning, name


def test_the_names_are_found_in_the_source() -> None:
    source = 'read.text("A")\nread.number("B", 1)\nenviron.get("C")\nself.values.get(name)\nother.get("D")\n'
    assert read_names(source) == {"A", "B", "C"}
