"""What our own exports carry besides FLOIP, so that they come back as they were.

Each block has the node that it was made of, under a seal over the block: a block that somebody has changed since is
read as any other. Texts come from the resources, so they may be edited anywhere.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from flows.definition import Flow, Node
from flows.errors import BookError
from flows.floip.choices import read_choices
from flows.floip.container import VENDOR, Block, FloipFlow
from flows.floip.fields import as_line, as_list, as_object, pick
from flows.floip.resources import Resource
from flows.reading import read_flow


def kept(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was kept beside a flow or a block; nothing for others' containers."""
    return as_object(as_object(pick(content, "vendor_metadata")).get(VENDOR))


def seal(block: Block, resources: Mapping[str, Resource]) -> str:
    """A digest of what a block does: its type, config, exits and the labels of its choices, but not its prompt."""
    labels = [
        sorted((value.language, value.text) for value in resources[choice.prompt].values)
        for choice in read_choices(pick(block.config, "choices"))
        if isinstance(choice.prompt, str) and choice.prompt in resources
    ]
    exits = [(way.name, way.destination, way.test, way.is_default) for way in block.exits]
    told = json.dumps([block.type, block.config, exits, labels], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def kept_name(flow: FloipFlow) -> str:
    """The name that a flow has with us; empty for others' flows."""
    written = as_line(kept(flow.content).get("flow"))
    return written if _header(written, kept(flow.content)) else ""


def kept_header(flow: FloipFlow, name: str, start: str, nodes: Mapping[str, Node]) -> Flow:
    """A flow that is ours, with what FLOIP has no word for: its version, and whether it may be resumed."""
    header = _header(name, kept(flow.content))
    assert header is not None
    return Flow(name, header.version, header.about, type(header.start)(name, start), nodes, header.resume)


def kept_nodes(flow: FloipFlow, name: str) -> dict[str, tuple[str, Node]]:
    """By block, the nodes that blocks were made of, with their names; none of a block that was changed since."""
    sealed: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for block in flow.blocks.values():
        own = kept(block.content)
        node, written = as_line(own.get("node")), as_object(own.get("is"))
        if node and written and own.get("seal") == seal(block, flow.resources):
            sealed[block.uuid] = (node, written)
    read = _nodes(name, dict(sealed.values()))
    if read is None:  # one of them was never ours
        single = {node: _nodes(name, {node: written}) for node, written in sealed.values()}
        read = {node: found[node] for node, found in single.items() if found}
    return {uuid: (node, read[node]) for uuid, (node, _) in sealed.items() if node in read}


def kept_text(block: Block) -> str:
    """The key of the text of the node that a block was made of, changed since or not."""
    return as_line(pick(as_object(kept(block.content).get("is")), "menu", "text", "say"))


def kept_holes(flow: FloipFlow, key: str, language: str) -> list[str]:
    """The places to fill in that a text had when it was exported."""
    texts = as_object(as_object(kept(flow.content).get("holes")).get(key))
    return [as_line(hole) for hole in as_list(texts.get(language))]


def kept_drafts(flow: FloipFlow, key: str) -> Iterable[str]:
    """The languages in which a text is a draft."""
    return (as_line(language) for language in as_list(as_object(kept(flow.content).get("drafts")).get(key)))


def _nodes(flow: str, nodes: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Node] | None:
    read = _read({"flow": flow, "version": "1", "about": "-", "start": "-", "nodes": nodes}, flow)
    return read.nodes if read else None


def _header(name: str, own: Mapping[str, Any]) -> Flow | None:
    keys = ("version", "about", "start", "resume")
    return _read({"flow": name, **{key: own[key] for key in keys if key in own}, "nodes": {}}, name) if name else None


def _read(content: Mapping[str, Any], name: str) -> Flow | None:
    try:
        return read_flow(json.dumps(content, ensure_ascii=False), name)
    except BookError:
        return None
