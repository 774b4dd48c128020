"""Our flows as a FLOIP container (1.0.0-rc4), which other platforms can read and which ours reads back as it was."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flows.book import Book, used_texts
from flows.definition import Flow, Node, Target, targets
from flows.floip.blocks import Written, write_node
from flows.floip.container import VENDOR, read_block
from flows.floip.languages import ISO
from flows.floip.losses import Loss
from flows.floip.ours import seal
from flows.floip.resources import read_resources
from flows.floip.templates import to_floip
from flows.floip.yaml_text import to_plain
from flows.texts import FALLBACK

VERSION = "1.0.0-rc4"
MODES = ["SMS", "USSD"]
TIMEOUT = 1800
"""Seconds after which a conversation is over for FLOIP: the half hour in which a dropped session can be taken up."""

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:feedback-gateway:floip")
_COLUMN, _ROW = 260, 180


def write_container(book: Book, names: Sequence[str] | None = None, *, now: datetime) -> tuple[str, tuple[Loss, ...]]:
    """The JSON of a container with these flows of the book (all when None), and what FLOIP has no word for.

    The same book gives the same container, but for `now` (aware), which becomes `last_modified`. Raises KeyError for a
    flow that does not exist.
    """
    flows = [book.flows[name] for name in (names if names is not None else book.flows)]
    writer = _Writer(book, flows, now)
    container = {
        "specification_version": VERSION,
        "uuid": make_uuid("container", *(flow.name for flow in flows)),
        "name": "feedback_gateway",
        "description": "Complaints and feedback over SMS and USSD.",
        "vendor_metadata": {VENDOR: {}},
        "flows": [writer.flow(flow) for flow in flows],
    }
    return json.dumps(container, ensure_ascii=False, indent=2) + "\n", tuple(writer.losses)


def make_uuid(*parts: str) -> str:
    """The uuid of a part of a container, always the same one."""
    return str(uuid5(_NAMESPACE, "/".join(parts)))


class _Writer:
    def __init__(self, book: Book, flows: Sequence[Flow], now: datetime) -> None:
        self._book = book
        self._exported = {flow.name for flow in flows}
        self._modified = now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self.losses: list[Loss] = []

    def flow(self, flow: Flow) -> dict[str, Any]:
        """One flow with its blocks and texts."""
        written = [(name, node, write_node(node, flow, self._book)) for name, node in flow.nodes.items()]
        texts = {key: self._words(key) for _, node, _ in written for key in used_texts(node)}
        labels = {key: words for _, _, block in written for key, words in block.labels.items()}
        resources = [_resource(key, words) for key, words in {**texts, **labels}.items()]
        places = _places(flow)
        blocks = [self._block(flow, name, node, block, places[name], resources) for name, node, block in written]
        jumps = dict.fromkeys(to.flow for node in flow.nodes.values() for to in targets_of(node, flow.name))
        blocks += [self._jump(flow, to, number) for number, to in enumerate(jumps)]
        for name, _, block in written:
            self.losses += [Loss(flow.name, name, code, details) for code, details in block.losses]
        for called in dict.fromkeys(block.calls for _, _, block in written if block.calls):
            self._tell_outside(flow, called)
        return {
            "uuid": make_uuid("flow", flow.name),
            "name": flow.name if len(flow.name) > 2 else f"flow {flow.name}",
            "label": flow.about.strip(),
            "last_modified": self._modified,
            "interaction_timeout": TIMEOUT,
            "vendor_metadata": {VENDOR: self._kept(flow, texts)},
            "supported_modes": MODES,
            "first_block_id": make_uuid("block", flow.name, flow.start.node),
            "languages": self._languages(resources),
            "blocks": blocks,
            "resources": resources,
        }

    def _block(
        self,
        flow: Flow,
        name: str,
        node: Node,
        written: Written,
        place: tuple[int, int],
        resources: list[dict[str, Any]],
    ) -> dict[str, Any]:
        block = {
            "uuid": make_uuid("block", flow.name, name),
            "name": block_name(name),
            "label": name.replace("_", " "),
            "type": written.type,
            "config": self._config(written),
            "exits": [self._exit(flow, name, number, *way) for number, way in enumerate(written.exits)],
            "ui_metadata": _ui(place),
        }
        own = {
            "node": name,
            "is": to_plain(node, flow.name),
            "seal": seal(read_block(block), read_resources(resources)),
        }
        branching = "EXIT_PER_CHOICE" if written.labels else "ADVANCED" if len(written.exits) > 2 else "UNIFIED"
        floip = {"ui_metadata": {"branching_type": branching, "should_auto_update_name": False}}
        return {**block, "vendor_metadata": {"floip": floip, VENDOR: own}}

    def _config(self, written: Written) -> dict[str, Any]:
        config = dict(written.config)
        if written.prompt:
            config["prompt"] = make_uuid("text", written.prompt)
        if written.labels:
            choices = zip(written.choices, written.labels, strict=True)
            config["choices"] = [
                {"name": name, "test": f"block.response = {test}", "prompt": make_uuid("text", key)}
                for (name, test), key in choices
            ]
        if written.calls:
            config["flow_id"] = make_uuid("flow", written.calls)
        return config

    def _exit(self, flow: Flow, node: str, number: int, name: str, test: str, to: Target | None) -> dict[str, Any]:
        way: dict[str, Any] = {"uuid": make_uuid("exit", flow.name, node, str(number)), "name": name}
        way |= {"test": test} if test else {"default": True}
        if to is None or to.is_return:
            return way
        if to.flow == flow.name:
            return {**way, "destination_block": make_uuid("block", flow.name, to.node)}
        return {**way, "destination_block": make_uuid("jump", flow.name, to.flow)}

    def _jump(self, flow: Flow, to: str, number: int) -> dict[str, Any]:
        """FLOIP cannot leave a flow for another one; it can run it and end."""
        self.losses.append(Loss(flow.name, "", "jump", {"what": to}))
        self._tell_outside(flow, to)
        return {
            "uuid": make_uuid("jump", flow.name, to),
            "name": block_name(f"go_to_{to}"),
            "label": f"go to {to}",
            "type": "Core.RunFlow",
            "config": {"flow_id": make_uuid("flow", to)},
            "exits": [{"uuid": make_uuid("exit", flow.name, "jump", to), "name": "Default", "default": True}],
            "ui_metadata": _ui((-1, number)),
            "vendor_metadata": {
                "floip": {"ui_metadata": {"branching_type": "UNIFIED", "should_auto_update_name": False}},
                VENDOR: {"jump": to},
            },
        }

    def _tell_outside(self, flow: Flow, other: str) -> None:
        if other not in self._exported:
            self.losses.append(Loss(flow.name, "", "outside", {"what": other}))

    def _words(self, key: str) -> dict[str, str]:
        return {language: words[key].words for language, words in self._book.texts.words.items() if key in words}

    def _kept(self, flow: Flow, texts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        """What only we read: the flow's header, which texts are drafts, and what their places to fill in look like."""
        own: dict[str, Any] = {
            "flow": flow.name,
            "version": str(flow.version),
            "about": flow.about,
            "start": flow.start.node,
            **({"resume": "yes"} if flow.resume else {}),
        }
        all_texts = self._book.texts.words
        drafts = {key: [one for one in words if all_texts[one][key].draft] for key, words in texts.items()}
        holes = {key: {one: to_floip(text)[1] for one, text in words.items()} for key, words in texts.items()}
        own["drafts"] = {key: languages for key, languages in drafts.items() if languages}
        own["holes"] = {
            key: by for key, words in holes.items() if (by := {one: some for one, some in words.items() if some})
        }
        return own

    def _languages(self, resources: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
        used = {value["language_id"] for resource in resources for value in resource["values"]}
        names = self._book.languages
        spoken = [code for code in names if _iso(code) in used] or [FALLBACK]
        spoken.sort(key=lambda code: code != FALLBACK)
        return [{"id": _iso(code), "label": names[code], "iso_639_3": _iso(code), "bcp_47": code} for code in spoken]


def targets_of(node: Node, flow: str) -> Iterable[Target]:
    """The nodes of other flows that a node goes over to, not counting a flow that it calls."""
    called = getattr(node, "flow", None)
    return (to for to in targets(node) if not to.is_return and to.flow != flow and to is not called)


def block_name(node: str) -> str:
    """A node's name as a block's: word characters, two at least."""
    return node if len(node) > 1 else f"{node}_"


def _resource(key: str, words: Mapping[str, str]) -> dict[str, Any]:
    values = [
        {
            "language_id": _iso(language),
            "content_type": "TEXT",
            "mime_type": "text/plain",
            "modes": MODES,
            "value": to_floip(text)[0],
        }
        for language, text in words.items()
    ]
    return {"uuid": make_uuid("text", key), "values": values}


def _places(flow: Flow) -> dict[str, tuple[int, int]]:
    """Rows by how far a node is from the start, columns in the order of the file."""
    row = {flow.start.node: 0}
    waiting = [flow.start.node]
    for name in waiting:
        for to in targets(flow.nodes[name]):
            if to.flow == flow.name and to.node not in row:
                row[to.node] = row[name] + 1
                waiting.append(to.node)
    columns: dict[int, int] = {}
    places = {}
    for name in flow.nodes:
        at = row.get(name, max(row.values()) + 1)
        places[name] = (at, columns.setdefault(at, 0))
        columns[at] += 1
    return places


def _ui(place: tuple[int, int]) -> dict[str, Any]:
    row, column = place
    return {
        "canvas_coordinates": {"x": 100 + _COLUMN * column, "y": 100 + _ROW * (row + 1)},
        "should_auto_update_name": False,
    }


def _iso(language: str) -> str:
    return ISO.get(language, language)
