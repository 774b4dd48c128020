"""The YAML of a lexicon as people edit it: what is wrong with it, and one entry put in, changed or taken out."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import yaml

from feedback_gateway.classify.lexicons import LexiconError, parse_lexicon, read_yaml

MOST_BYTES = 512 * 1024
_DEEPEST = 8
_LANGUAGE = re.compile("[a-z]{2,3}")
_ORDER = ("id", "category", "weight", "sensitive", "urgent", "type", "longest", "unless", "patterns")
_VERSION = re.compile(r"^version:[ \t]*(\d{1,9})[ \t]*$", re.MULTILINE)

Row = Mapping[str, Any]
"""One entry as the file has it."""


def begin(language: str) -> str:
    """What the file of a language without one begins with: one entry to be changed."""
    return f"version: 1\nlanguage: {language}\n\nentries:\n"


def find_problems(source: str, language: str) -> list[LexiconError]:
    """What keeps a file from being used as the lexicon of a language, at most one thing an entry; empty: nothing."""
    try:
        data = read_safely(source)
        if not _LANGUAGE.fullmatch(language) or data.get("language") != language:
            said = str(data.get("language"))
            raise LexiconError(f"{language}: the file says {said}", "language", quoted=said)
        parse_lexicon(data)
    except LexiconError as first:
        # The first fault stops the reading; people want to see the others too.
        return _find_each(data, first) if first.entry else [first]
    return []


def _find_each(data: Mapping[str, Any], first: LexiconError) -> list[LexiconError]:
    found: list[LexiconError] = []
    for row in data["entries"]:
        try:
            parse_lexicon({**data, "entries": [row]})
        except LexiconError as problem:
            found.append(problem)
    return found or [first]


def read_safely(source: str) -> dict[str, Any]:
    """The content of a file that a person typed. Raises LexiconError, and nothing else."""
    if len(source.encode("utf-8", "replace")) > MOST_BYTES:
        raise LexiconError("too long", "too_long", quoted=str(MOST_BYTES // 1024))
    try:
        _allow_shape(source)
        data = read_yaml(source)
    except LexiconError:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise LexiconError(f"line {line}: {error.problem}", "yaml", quoted=str(line)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise LexiconError(f"no YAML: {error}", "yaml", quoted="?") from error
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise LexiconError("no lexicon", "shape")
    return data


def _allow_shape(source: str) -> None:
    """Refuses what needs more memory than it is long, and brackets in brackets without an end."""
    depth = 0
    for event in yaml.parse(source, Loader=_EVENTS):
        if isinstance(event, yaml.AliasEvent):
            raise LexiconError("an alias", "alias", quoted=str(event.anchor))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise LexiconError("too deep", "shape")


_EVENTS: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def rows_of(source: str) -> list[Row]:
    """The entries of a file that can be used, as it has them."""
    return list(read_yaml(source).get("entries") or ())


def put_row(source: str, row: Row, *, instead_of: str | None = None) -> str:
    """The file with an entry in the place of the one with that id, or after all others.

    Every other line stays as it is. Comments inside the entry that is replaced are lost.
    """
    rows = rows_of(source)
    places = [place for place, known in enumerate(rows) if str(known.get("id")) == instead_of]
    after = [*rows[: places[0]], row, *rows[places[0] + 1 :]] if places else [*rows, row]
    return _exchange(source, places[0] if places else len(rows), row, after)


def drop_row(source: str, name: str) -> str:
    """The file without the entry of that id."""
    rows = rows_of(source)
    place = next(place for place, known in enumerate(rows) if str(known.get("id")) == name)
    return _exchange(source, place, None, [*rows[:place], *rows[place + 1 :]])


def _exchange(source: str, place: int, row: Row | None, after: Sequence[Row]) -> str:
    """The lines of one entry exchanged; where the file is not laid out in lines, all of it is written anew."""
    wanted = {**read_yaml(source), "entries": list(after)}
    try:
        changed = _exchange_lines(source, place, row)
        if read_safely(changed) == wanted:
            return changed
    except (LexiconError, LookupError, AttributeError):
        pass
    head = {key: value for key, value in wanted.items() if key != "entries"}
    blocks = [line for one in after for line in _write(one, 2)]
    begun: str = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=10_000)
    return "\n".join([f"{begun}entries:{'' if blocks else ' []'}", *blocks, ""])


def _exchange_lines(source: str, place: int, row: Row | None) -> str:
    root = cast(yaml.MappingNode, yaml.compose(source, Loader=_EVENTS))
    items = next(value for key, value in root.value if key.value == "entries").value
    lines = source.splitlines()
    if place < len(items):
        first, last, indent = items[place].start_mark.line, _last_line(items[place]), items[place].start_mark.column - 2
    elif items:
        last, indent = _last_line(items[-1]), items[0].start_mark.column - 2
        first = last + 1
    else:
        first, last, indent = len(lines), len(lines) - 1, 2
    written = _write(row, indent) if row is not None else []
    return "\n".join([*lines[:first], *written, *lines[last + 1 :], ""])


def _last_line(node: yaml.Node) -> int:
    """The last line on which something of this node stands: its own end mark is after the comments that follow."""
    if isinstance(node, yaml.ScalarNode) or not node.value:
        return int(node.end_mark.line)
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)


def _write(row: Row, indent: int) -> list[str]:
    """An entry as the shipped files write it."""
    lines: list[str] = []
    for key in (*_ORDER, *(key for key in row if key not in _ORDER)):
        value = row.get(key)
        if key not in row:
            continue
        if isinstance(value, list | tuple):
            lines += [f"{key}:", *(f"  - {_quote(one)}" for one in value)] if value else [f"{key}: []"]
        else:
            lines.append(f"{key}: {_plain(value)}")
    margin = " " * indent
    return [f"{margin}{'  ' if number else '- '}{line}" for number, line in enumerate(lines)]


def _quote(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _plain(value)


def _plain(value: object) -> str:
    written: str = yaml.safe_dump(value, allow_unicode=True, width=10_000)
    return written.removesuffix("\n").removesuffix("\n...")


def raise_version(source: str, at_least: int) -> str:
    """The file with its version not below that number."""
    found = _VERSION.search(source)
    if found is None or int(found[1]) >= at_least:
        return source
    return f"{source[: found.start(1)]}{at_least}{source[found.end(1) :]}"


def changed_ids(before: Sequence[Row], after: Sequence[Row]) -> list[tuple[str, str]]:
    """(`+`, `~` or `-`, id) of each entry that the two states have otherwise, in the order of the files."""
    old = {str(row.get("id")): row for row in before}
    new = {str(row.get("id")): row for row in after}
    found = [("~" if name in old else "+", name) for name, row in new.items() if old.get(name) != row]
    return [*found, *(("-", name) for name in old if name not in new)]
