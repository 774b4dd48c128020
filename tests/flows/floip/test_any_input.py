"""Whatever the file holds: flows that load, or one plain sentence."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.circles import find_circle
from flows.definition import Target
from flows.floip.reading import read_container
from flows.floip.refusals import FloipError
from flows.reading import read_flow
from flows.template import variables
from tests.flows.floip.containers import NAMES, source

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ODD = SCALARS | st.sampled_from(
    [
        "@flow.x",
        "{y}",
        "none",
        "block.value = 'yes'",
        "1 a\n2 b",
        "\ud800",
        "return",
        "flow home",
        "Core.Case",
        [],
        {},
        [{}],
    ]
)
CONTAINERS = [json.loads(source(name)) for name in NAMES]


def _read(content: Any) -> None:
    """Reads it; what comes out must be flows and texts that fit together."""
    try:
        got = read_container(json.dumps(content))
    except FloipError:
        return
    flows = {name: read_flow(yaml, name) for name, yaml in got.flows.items()}
    nodes = {Target(name, at): node for name, flow in flows.items() for at, node in flow.nodes.items()}
    assert find_circle(nodes, {name: flow.start for name, flow in flows.items()}) is None
    for words in got.texts.values():
        assert all(text.words.strip() and variables(text.words) is not None for text in words.values())
        assert set(words) <= set(got.texts["fr"])
    assert all(str(loss) for loss in got.losses)


def _paths(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [path, *(found for key, one in inner for found in _paths(one, (*path, key)))]


PATHS = [_paths(content)[1:] for content in CONTAINERS]


def _change(content: Any, path: tuple[Any, ...], value: Any) -> None:
    """Puts something else in a place, or takes it out (None); a place that is gone already is left alone."""
    at = content
    for key in path[:-1]:
        if (isinstance(at, dict) and key in at) or (isinstance(at, list) and isinstance(key, int) and key < len(at)):
            at = at[key]
        else:
            return
    if isinstance(at, dict) and value is None:
        at.pop(path[-1], None)
    elif isinstance(at, dict) or (isinstance(at, list) and isinstance(path[-1], int) and path[-1] < len(at)):
        at[path[-1]] = value


@given(ANYTHING)
def test_any_json(content: Any) -> None:
    _read(content)
    _read({"flows": content})
    _read({"flows": [{"blocks": content}]})
    _read({"flows": [{"blocks": [content, content], "resources": content, "languages": content}]})


@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    with suppress(FloipError):
        assert read_container(text).flows


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_changed_containers(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(CONTAINERS) - 1))
    content = json.loads(json.dumps(CONTAINERS[number]))
    for path in data.draw(st.lists(st.sampled_from(PATHS[number]), min_size=1, max_size=4)):
        _change(content, path, data.draw(ODD))
    _read(content)
