"""Reading YAML where every scalar is text: `yes`, `no` and `01` mean what a programme officer wrote.

What cannot be read is told by its line and in plain words: administrators write these files in the console.
"""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from flows.errors import BookError

ALIAS = "& and * are not allowed at the beginning of words: put them between quotation marks"
UNSHOWABLE = "holds a character that cannot be shown"
TOO_DEEP = "too many lists within lists"
TOO_LARGE = "holds a number or a code of a character that is too large"
UNKNOWN = "cannot be understood: look at the spaces, colons and quotation marks here and one line above"

PLAIN: Sequence[tuple[str, str]] = (
    (r"could not find expected ':'", "a colon is missing"),
    (
        r"mapping values are not allowed.*",
        "there is a colon too many (put the words between quotation marks), or spaces at the beginning",
    ),
    (r"found character '\\t'.*", "a tab stands here: only spaces may stand before the words"),
    (r"found (?:character|a tab).*", "words may not begin so: put them between quotation marks"),
    (r"found unexpected (?:end of stream|document separator)", "a quotation mark is not closed"),
    (r"expected ',' or .*", "a comma or a closing bracket is missing"),
    (r"expected <block end>.*", "the spaces at the beginning are not as many as in the lines around it"),
    (r"(?:found unknown escape|expected escape).*", "between quotation marks like these every \\ is written twice"),
    (r"found unhashable key", "a list cannot stand before a colon"),
)
"""What PyYAML says is wrong, and the same for those who do not know it; for all else, UNKNOWN."""

_SHOWN = 40
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class _Fault(yaml.MarkedYAMLError):
    """A fault that is in plain words already."""


class _TextLoader(yaml.BaseLoader):
    """BaseLoader makes no objects and guesses no types; here a key that stands twice is an error besides.

    So is an alias: a few hundred bytes of them unfold to gigabytes as soon as anybody looks at the values.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) is not None:
            raise _Fault(problem=ALIAS, problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        words = str(super().construct_scalar(node))
        if _UNSHOWABLE.search(words):
            raise _Fault(problem=UNSHOWABLE, problem_mark=node.start_mark)
        return words

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            keys = Counter(key.value for key, _ in node.value)
            twice = ", ".join(sorted(key for key, times in keys.items() if times > 1))
            raise _Fault(problem=f"{cut(twice)} stands twice", problem_mark=node.start_mark)
        return mapping


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a file holds: strings, lists and mappings only. Raises BookError with the file and the line."""
    return parse_yaml(path.read_text(encoding="utf-8"), path.name)


def parse_yaml(source: str, name: str) -> dict[str, Any]:
    """The mapping that YAML text holds, as read_yaml. `name` is what an error calls it. Raises BookError alone."""
    try:
        loader = _TextLoader(source)
    except yaml.reader.ReaderError as error:
        raise BookError(_locate(name, source.count("\n", 0, int(error.position)) + 1, UNSHOWABLE)) from error
    try:
        content = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise BookError(_locate(name, _line(error), _explain(error))) from error
    except yaml.YAMLError as error:
        raise BookError(_locate(name, loader.line + 1, UNKNOWN)) from error
    except RecursionError as error:
        raise BookError(_locate(name, loader.line + 1, TOO_DEEP)) from error
    except (ValueError, OverflowError) as error:  # "\UFFFFFFFF", and %YAML with thousands of digits
        raise BookError(_locate(name, loader.line + 1, TOO_LARGE)) from error
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise BookError(f"{name}: a file holds keys and values")
    return content


def cut(words: str) -> str:
    """What was written, as long as a message has room for."""
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."


def _locate(name: str, line: int, what: str) -> str:
    return f"{name}: line {line}: {what}"


def _line(error: yaml.MarkedYAMLError) -> int:
    """Where it is to be mended: PyYAML sees that a key or a quotation is not ended only some lines later."""
    scanning = isinstance(error, yaml.scanner.ScannerError) and error.context_mark
    mark = error.context_mark if scanning else error.problem_mark or error.context_mark
    return int(mark.line) + 1 if mark else 1


def _explain(error: yaml.MarkedYAMLError) -> str:
    if isinstance(error, _Fault):
        return str(error.problem)
    for pattern, plain in PLAIN:
        if re.fullmatch(pattern, error.problem or "", re.DOTALL):
            return plain
    return UNKNOWN
