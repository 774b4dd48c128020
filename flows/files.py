"""Reading YAML where every scalar is text: `yes`, `no` and `01` mean what a programme officer wrote."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from flows.errors import BookError


class _TextLoader(yaml.BaseLoader):
    """BaseLoader makes no objects and guesses no types; here a key that stands twice is an error besides."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            keys = [key.value for key, _ in node.value]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} stands twice", node.start_mark)
        return mapping


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a file holds: strings, lists and mappings only. Raises BookError with the file and the line."""
    return parse_yaml(path.read_text(encoding="utf-8"), path.name)


def parse_yaml(source: str, name: str) -> dict[str, Any]:
    """The mapping that YAML text holds, as read_yaml. `name` is what an error calls it."""
    try:
        loader = _TextLoader(source)
    except yaml.YAMLError as error:
        raise BookError(f"{name}: {error}") from error
    try:
        content = loader.get_single_data()
    except (yaml.YAMLError, RecursionError) as error:
        raise BookError(f"{name}: {error}") from error
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise BookError(f"{name}: a file holds keys and values")
    return content
