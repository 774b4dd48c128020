"""The examples of docs/flows.md are flows: who copies one gets something that can be read."""

import re
from pathlib import Path

import pytest

import flows
from flows.definition import Action, Ask, Branch, Call, Flow, Menu, Say
from flows.dialogue import read_dialogues
from flows.reading import read_flow

PAGE = Path(flows.__file__).parent.parent / "docs" / "flows.md"
BLOCKS = re.findall(r"(?s)```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"))
HEAD = "flow: example\nversion: 1\nabout: An example.\nstart: first\nnodes:\n"


def read(block: str) -> Flow:
    return read_flow(HEAD + block, "example") if block.startswith("  ") else read_flow(block, "thanks")


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.startswith(("  ", "flow:"))])
def test_every_example_of_a_flow_can_be_read(block: str) -> None:
    assert read(block).nodes


def test_every_kind_of_node_has_an_example() -> None:
    nodes = [node for block in BLOCKS if block.startswith("  ") for node in read(block).nodes.values()]
    assert {type(node) for node in nodes} == {Menu, Ask, Say, Branch, Action, Call}


def test_the_example_of_a_dialogue_can_be_read() -> None:
    (block,) = [block for block in BLOCKS if block.startswith("about:")]
    assert len(read_dialogues(block)) == 1
