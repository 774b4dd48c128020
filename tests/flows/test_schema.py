"""flows/schema.json says to an editor what flows.reading accepts: the same kinds, keys, actions and values."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from flows.actions import ACTIONS, PURPOSES
from flows.book import HERE
from flows.definition import NONE, AskKind
from flows.errors import BookError
from flows.files import read_yaml
from flows.reading import FLOW_KEYS, MOST_OPTIONS, NODE_KEYS, read_flow

SCHEMA = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
DEFS = SCHEMA["$defs"]
DEFINITIONS = sorted((HERE / "definitions").glob("*.yaml"))


def faults(value: object, schema: dict[str, Any]) -> list[str]:
    """What the parts of JSON Schema that the file uses find wrong; numbers are text, as the reader sees them."""
    if "$ref" in schema:
        return faults(value, DEFS[schema["$ref"].removeprefix("#/$defs/")])
    found: list[str] = []
    if "oneOf" in schema and sum(not faults(value, one) for one in schema["oneOf"]) != 1:
        found.append(f"{value!r} is not one of them")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{value!r} is not in {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{value!r} is not {schema['const']}")
    kinds = schema.get("type", [])
    wanted = {kinds} if isinstance(kinds, str) else set(kinds)
    if wanted and ("object" in wanted) != isinstance(value, dict):
        return [*found, f"{value!r} is not {kinds}"]
    if isinstance(value, dict):
        found += [f"{key} is missing" for key in schema.get("required", []) if key not in value]
        for key, below in value.items():
            by_pattern = [s for p, s in schema.get("patternProperties", {}).items() if re.search(p, key)]
            default = schema.get("additionalProperties", True)
            chosen = schema.get("properties", {}).get(key) or (by_pattern[0] if by_pattern else default)
            if chosen is False:
                found.append(f"unknown key {key}")
            elif chosen is not True:
                found += faults(below, chosen)
    elif isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{value!r} does not match")
    return found


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_every_definition_names_the_schema_and_keeps_to_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../schema.json\n")
    assert faults(read_yaml(path), SCHEMA) == []


def test_the_schema_knows_what_the_reader_knows() -> None:
    assert set(SCHEMA["properties"]) == FLOW_KEYS
    assert [one["$ref"] for one in DEFS["node"]["oneOf"]] == [f"#/$defs/{kind}" for kind in NODE_KEYS]
    for kind in set(NODE_KEYS) - {"action"}:
        assert set(DEFS[kind]["properties"]) == NODE_KEYS[kind]
    by_action = {one["properties"]["action"]["const"]: set(one["properties"]) for one in DEFS["action"]["oneOf"]}
    assert by_action == {name: NODE_KEYS["action"] | kind.params for name, kind in ACTIONS.items()}
    assert DEFS["ask"]["properties"]["ask"]["enum"] == list(get_args(AskKind))
    assert DEFS["purpose"]["enum"] == [*PURPOSES, NONE]
    (keys,) = DEFS["menu"]["properties"]["options"]["patternProperties"]
    assert [key for key in "0123456789" if re.search(keys, key)] == ["0", *MOST_OPTIONS]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ask: text", "ask: novel"),
        ("    then: question\n", ""),
        ("skip: contact", "skipp: contact"),
        ("action: open_case", "action: opencase"),
        ("say: tell.done", "say: tell.done\n    menu: home"),
        ("version: 2", "version: two"),
        ("start: where\n", ""),
        ("resume: yes", "resume: perhaps"),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(tmp_path: Path, before: str, after: str) -> None:
    text = (HERE / "definitions" / "tell.yaml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "tell.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BookError):
        read_flow(path.read_text(encoding="utf-8"), "tell")
    assert faults(read_yaml(path), SCHEMA)
