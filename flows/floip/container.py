"""A FLOIP container as plain dataclasses: whatever version wrote it, and whatever is missing.

Read are 1.0.0-rc1 to rc4 as they are written in the field: resources in the container or in the flow, as a list or
by uuid; choices as a list or by name; keys in snake_case or camelCase; types with `.` or `\\`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.floip.fields import as_line, as_list, as_object, pick
from flows.floip.languages import Language
from flows.floip.losses import Loss
from flows.floip.refusals import FloipError
from flows.floip.resources import Resource, read_resources

MOST_FLOWS, MOST_BLOCKS, MOST_CHOICES = 200, 2_000, 5_000
"""What one import may hold: more than any survey has, and few enough to be read while a person waits."""

MOST_BLOCK_CHOICES, MOST_BLOCK_EXITS = 200, 300
"""What one block may have. Each choice is tried on each exit."""

VENDOR = "org_feedback_gateway"
"""Where our own stands in `vendor_metadata`: a domain's name backwards, as the specification asks."""

_WRAPPERS = ("container", "data", "flow_container", "flow", "context")
_KEPT_FLOW = {"uuid", "id", "name", "label", "languages", "blocks", "first_block_id", "resources", "supported_modes"}
_KEPT_CONTAINER = {"uuid", "id", "name", "flows", "resources", "languages", "specification_version"}
_SPOKEN_MODES = {"text", "sms", "ussd"}


@dataclass(frozen=True)
class Exit:
    """A way out of a block. `destination` is a block's uuid, empty where the flow ends."""

    name: str
    destination: str = ""
    test: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class Block:
    """One block. `kind` is its type without the namespace, in small letters: `selectoneresponse`."""

    uuid: str
    type: str
    name: str
    label: str
    config: Mapping[str, Any]
    exits: tuple[Exit, ...]
    content: Mapping[str, Any] = field(repr=False)

    @property
    def kind(self) -> str:
        """What to do with it."""
        return self.type.replace("\\", ".").replace("/", ".").rpartition(".")[2].lower()

    @property
    def called(self) -> str:
        """What a person knows it by."""
        return self.name or self.label or self.uuid


@dataclass(frozen=True)
class FloipFlow:
    """One flow."""

    uuid: str
    name: str
    label: str
    start: str
    languages: tuple[Language, ...]
    blocks: Mapping[str, Block]
    resources: Mapping[str, Resource]
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Container:
    """All flows, and what was found wrong or left aside on the way."""

    name: str
    flows: Mapping[str, FloipFlow]
    losses: tuple[Loss, ...]


def read_json(text: str) -> Container:
    """Reads a container. Raises FloipError when it is none, holds no flow, or is too large."""
    try:
        content = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise FloipError("json", line=str(error.lineno), column=str(error.colno)) from error
    except ValueError as error:  # Python's limit on the digits of a number
        raise FloipError("number") from error
    except RecursionError as error:
        raise FloipError("deep") from error
    return _Reader().read(content)


class _Reader:
    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self.blocks = self.choices = 0

    def read(self, content: object) -> Container:
        container = self._unwrap(content)
        written = as_list(pick(container, "flows"))
        if len(written) > MOST_FLOWS:
            raise FloipError("flows", count=str(len(written)), most=str(MOST_FLOWS))
        flows: dict[str, FloipFlow] = {}
        shared = read_resources(pick(container, "resources"))
        languages = _languages(pick(container, "languages"))
        for number, flow in enumerate(written, 1):
            read = self._flow(as_object(flow), number, shared, languages)
            if read and read.uuid in flows:
                self._lose(read.name, "", "same_flow")
            elif read:
                flows[read.uuid] = read
        if not flows:
            raise FloipError("no_flow")
        if left := _left_aside(container, _KEPT_CONTAINER):
            self._lose("", "", "settings", what=", ".join(left))
        return Container(as_line(pick(container, "name")), flows, tuple(self.losses))

    def _unwrap(self, written: object) -> Mapping[str, Any]:
        content = as_object({"flows": written} if isinstance(written, list) else written)
        inner = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), dict)), None)
        if "flows" not in content and "blocks" not in content and inner is not None:
            content = inner
        if "blocks" in content:
            content = {"flows": [content]}
        if not isinstance(content.get("flows"), list | dict):
            raise FloipError("no_container")
        flows = [as_object(flow) for flow in as_list(content["flows"])]
        if any("nodes" in flow or "action_sets" in flow for flow in flows):
            raise FloipError("rapidpro")
        return content

    def _flow(
        self, content: Mapping[str, Any], number: int, shared: Mapping[str, Resource], languages: tuple[Language, ...]
    ) -> FloipFlow | None:
        label = as_line(pick(content, "label"))
        name = as_line(pick(content, "name")) or label or f"flow {number}"
        blocks: dict[str, Block] = {}
        for place, written in enumerate(as_list(pick(content, "blocks")), 1):
            block = read_block(as_object(written), place)
            self._measure(block)
            if block.uuid in blocks:
                self._lose(name, block.called, "same_block")
            else:
                blocks[block.uuid] = block
        if not blocks:
            self._lose(name, "", "empty_flow")
            return None
        start = as_line(pick(content, "first_block_id"))
        if start not in blocks:
            if start:
                self._lose(name, "", "start")
            start = next(iter(blocks))
        if left := _left_aside(content, _KEPT_FLOW) + _of_blocks(content):
            self._lose(name, "", "settings", what=", ".join(left))
        if modes := _unspoken_modes(content):
            self._lose(name, "", "modes", what=", ".join(modes))
        return FloipFlow(
            uuid=as_line(pick(content, "uuid", "id")) or f"flow {number}",
            name=name,
            label=label,
            start=start,
            languages=_languages(pick(content, "languages")) or languages,
            blocks=blocks,
            resources={**shared, **read_resources(pick(content, "resources"))},
            content=content,
        )

    def _measure(self, block: Block) -> None:
        """Raises FloipError when a block, or all so far, are more than can be imported."""
        choices = len(as_list(pick(block.config, "choices")))
        self.blocks += 1
        self.choices += choices
        for code, count, most in (
            ("block_choices", choices, MOST_BLOCK_CHOICES),
            ("block_exits", len(block.exits), MOST_BLOCK_EXITS),
            ("blocks", self.blocks, MOST_BLOCKS),
            ("choices", self.choices, MOST_CHOICES),
        ):
            if count > most:
                raise FloipError(code, block=block.called, count=str(count), most=str(most))

    def _lose(self, flow: str, block: str, code: str, **details: str) -> None:
        self.losses.append(Loss(flow, block, code, details))


def read_block(content: Mapping[str, Any], place: int = 1) -> Block:
    """One block; `place` names it where it has no uuid."""
    return Block(
        uuid=as_line(pick(content, "uuid", "id")) or f"block {place}",
        type=as_line(pick(content, "type")) or "?",
        name=as_line(pick(content, "name")),
        label=as_line(pick(content, "label")),
        config=as_object(pick(content, "config")),
        exits=tuple(_exit(as_object(written), place) for place, written in enumerate(as_list(content.get("exits")), 1)),
        content=content,
    )


def _exit(content: Mapping[str, Any], place: int) -> Exit:
    return Exit(
        name=as_line(pick(content, "name", "tag", "label")) or str(place),
        destination=as_line(pick(content, "destination_block", "destination_block_id", "destination")),
        test=as_line(pick(content, "test")),
        is_default=pick(content, "default") in (True, "true", "True", 1),
    )


def _languages(content: object) -> tuple[Language, ...]:
    read = []
    for written in as_list(content):
        if isinstance(written, dict):
            codes = (as_line(pick(written, key)) for key in ("iso_639_3", "bcp_47", "code", "abbreviation"))
            id_ = as_line(pick(written, "id", "uuid", "iso_639_3"))
            label = as_line(pick(written, "label", "name"))
            read.append(Language(id_, tuple(code.lower() for code in codes if code), label))
        elif code := as_line(written):
            read.append(Language(code))
    return tuple(read)


def _left_aside(content: Mapping[str, Any], kept: set[str]) -> list[str]:
    """The keys that hold something and are not carried over; of our own exports none."""
    if VENDOR in as_object(pick(content, "vendor_metadata")):
        return []
    snake = {"".join(f"_{char.lower()}" if char.isupper() else char for char in key): key for key in content}
    left = (name for name, key in snake.items() if name not in kept and _holds(content[key]))
    return sorted(as_line(name)[:40] for name in left)


def _holds(value: object) -> bool:
    """Whether something would be lost with it; what stands under our own name is not."""
    own = isinstance(value, dict) and VENDOR in value
    return not own and value not in (None, "", [], {})


def _of_blocks(flow: Mapping[str, Any]) -> list[str]:
    if VENDOR in as_object(pick(flow, "vendor_metadata")):
        return []
    blocks = [as_object(block) for block in as_list(pick(flow, "blocks"))]
    keys = ("tags", "semantic_label", "vendor_metadata", "platform_metadata", "ui_metadata")
    counts = {key: sum(_holds(pick(block, key)) for block in blocks) for key in keys}
    return [f"{key} ({count})" for key, count in counts.items() if count]


def _unspoken_modes(flow: Mapping[str, Any]) -> list[str]:
    modes = {as_line(mode).lower() for mode in as_list(pick(flow, "supported_modes"))} - _SPOKEN_MODES
    return [mode for mode in sorted(modes) if mode]
