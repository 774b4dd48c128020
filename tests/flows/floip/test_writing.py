"""Our flows as a container: its form, and that it comes back as it was."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.book import Book, open_book, used_texts
from flows.definition import Action, Ask, Branch, Say, Target
from flows.floip.reading import Imported, read_container
from flows.floip.writing import write_container
from tests.flows.floip.containers import book_of, codes
from tests.flows.small_book import load_small_book, write_small_book

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What the specification's JSON Schema (1.0.0-rc4) asks of each object: its required keys, and the others it may have.
FORMS: dict[str, tuple[set[str], set[str]]] = {
    "container": ({"specification_version", "uuid", "name", "flows"}, {"description", "vendor_metadata"}),
    "flow": (
        {"uuid", "name", "last_modified", "interaction_timeout", "supported_modes", "languages", "blocks"}
        | {"first_block_id", "resources"},
        {"label", "exit_block_id", "vendor_metadata"},
    ),
    "block": (
        {"uuid", "name", "type", "config", "exits"},
        {"label", "semantic_label", "tags", "ui_metadata", "vendor_metadata"},
    ),
    "exit": ({"uuid", "name"}, {"destination_block", "test", "default", "semantic_label", "vendor_metadata"}),
    "language": ({"id", "iso_639_3"}, {"label", "variant", "bcp_47"}),
    "resource": ({"uuid", "values"}, set()),
    "value": ({"language_id", "content_type", "modes", "value"}, {"mime_type"}),
}


def _objects(container: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "container", container
    for flow in container["flows"]:
        yield "flow", flow
        yield from (("language", language) for language in flow["languages"])
        for block in flow["blocks"]:
            yield "block", block
            yield from (("exit", way) for way in block["exits"])
        for resource in flow["resources"]:
            yield "resource", resource
            yield from (("value", value) for value in resource["values"])


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    container: dict[str, Any] = json.loads(write_container(open_book(), now=NOW)[0])
    return container


@pytest.fixture(scope="module")
def again() -> tuple[Imported, Book]:
    got = read_container(write_container(open_book(), now=NOW)[0])
    return got, book_of(got)


def test_every_object_has_the_keys_that_the_schema_asks_for(exported: dict[str, Any]) -> None:
    for kind, content in _objects(exported):
        required, others = FORMS[kind]
        assert required <= set(content) <= required | others, (kind, content.get("name"))
        if kind not in ("language", "value"):
            assert UUID.fullmatch(content["uuid"])


def test_the_values_that_the_schema_asks_for(exported: dict[str, Any]) -> None:
    for flow in exported["flows"]:
        assert len(flow["name"]) >= 3
        assert flow["last_modified"] == "2026-11-22T08:30:00.000000Z"
        assert flow["languages"][0]["id"] == "fra"
        assert flow["blocks"]
        for block in flow["blocks"]:
            assert re.fullmatch(r"[a-zA-Z_]\w+", block["name"])
            assert set(block["ui_metadata"]["canvas_coordinates"]) == {"x", "y"}
            assert block["vendor_metadata"]["floip"]["ui_metadata"]["branching_type"]
        for resource in flow["resources"]:
            assert all(value["value"] and value["modes"] == ["SMS", "USSD"] for value in resource["values"])


def test_all_that_is_named_is_there(exported: dict[str, Any]) -> None:
    flows = {flow["uuid"] for flow in exported["flows"]}
    for flow in exported["flows"]:
        blocks = {block["uuid"] for block in flow["blocks"]}
        texts = {resource["uuid"] for resource in flow["resources"]}
        languages = {language["id"] for language in flow["languages"]}
        assert flow["first_block_id"] in blocks
        assert {value["language_id"] for one in flow["resources"] for value in one["values"]} <= languages
        for block in flow["blocks"]:
            config = block["config"]
            prompts = [config.get("prompt"), *(choice["prompt"] for choice in config.get("choices", []))]
            assert {prompt for prompt in prompts if prompt} <= texts
            assert config.get("flow_id") in {None, *flows}
            assert {way["destination_block"] for way in block["exits"] if "destination_block" in way} <= blocks
            assert sum(way.get("default", False) for way in block["exits"]) == 1
            assert all(way.get("test") for way in block["exits"][:-1])


def test_no_uuid_stands_for_two_things(exported: dict[str, Any]) -> None:
    for flow in exported["flows"]:
        uuids = [block["uuid"] for block in flow["blocks"]]
        uuids += [way["uuid"] for block in flow["blocks"] for way in block["exits"]]
        assert len(uuids) == len(set(uuids))


def test_the_same_book_gives_the_same_container() -> None:
    assert write_container(open_book(), now=NOW) == write_container(open_book(), now=NOW)


def test_every_flow_comes_back_as_it_was(again: tuple[Imported, Book]) -> None:
    got, book = again
    assert got.losses == ()
    assert set(got.flows) == set(open_book().flows)
    for name, flow in open_book().flows.items():
        assert book.flows[name] == flow


def test_every_text_comes_back_as_it_was(again: tuple[Imported, Book]) -> None:
    used = {key for _, node in open_book().walk() for key in used_texts(node)}
    for language, words in open_book().texts.words.items():
        expected = {key: (text.words, text.draft) for key, text in words.items() if key in used}
        assert {key: (text.words, text.draft) for key, text in again[0].texts[language].items()} == expected


def test_one_flow_alone_comes_back_too() -> None:
    text, losses = write_container(open_book(), ["tell"], now=NOW)
    assert {str(loss) for loss in losses if loss.code == "outside"} == {
        "tell: the flow safe_time is not in the container"
    }
    got = read_container(text)
    assert set(got.flows) == {"tell"}
    assert book_of(got).flows["tell"] == open_book().flows["tell"]


def test_what_floip_has_no_word_for_is_told() -> None:
    _, losses = write_container(open_book(), now=NOW)
    told = {(loss.flow, loss.block): loss.what for loss in losses if loss.code == "action"}
    actions = [at for at, node in open_book().walk() if isinstance(node, Action)]
    assert actions
    assert all("the action" in told[at.flow, at.node] for at in actions)
    assert ("home", "jump") in {(loss.flow, loss.code) for loss in losses}
    assert all(str(loss) for loss in losses)


def test_what_is_lost_is_told_by_codes_and_names_alone(tmp_path: Path) -> None:
    nodes = """
a: {menu: home, options: {1: {then: b, set: {kind: x}}, 2: {then: b}}, tries: 2}
b: {ask: date, text: said, save: day, then: c}
c: {ask: text, text: said, save: words, most: 40, then: d, late: d, tries: 2}
d: {say: said}
"""
    write_small_book(tmp_path)
    book = load_small_book(tmp_path, {"tried": nodes}, {})
    told = {(loss.block, loss.code): dict(loss.details) for loss in write_container(book, ["tried"], now=NOW)[1]}
    assert told == {
        ("a", "sets"): {"what": "kind"},
        ("a", "tries"): {"what": "2"},
        ("b", "question"): {"what": "date", "type": "MobilePrimitives.OpenResponse"},
        ("c", "late"): {"what": "d"},
        ("c", "bounds"): {"what": "40"},
        ("c", "tries"): {"what": "2"},
    }


def test_an_unknown_flow_is_an_error() -> None:
    with pytest.raises(KeyError):
        write_container(open_book(), ["nothing"], now=NOW)


def test_a_text_edited_elsewhere_is_taken_and_the_flow_stays() -> None:
    text, _ = write_container(open_book(), ["tell"], now=NOW)
    key = "tell.what"
    before = open_book().texts.get("fr", key).words
    got = read_container(text.replace(json.dumps(before, ensure_ascii=False), '"Racontez-nous."'))
    assert got.texts["fr"][key].words == "Racontez-nous."
    assert book_of(got).flows["tell"] == open_book().flows["tell"]


def test_a_block_changed_elsewhere_is_read_as_any_other() -> None:
    content = json.loads(write_container(open_book(), ["thanks"], now=NOW)[0])
    blocks = {block["name"]: block for block in content["flows"][0]["blocks"]}
    del blocks["words"]["exits"][-1]["default"]
    got = read_container(json.dumps(content))
    assert codes(got) == ["edited", "unreachable"]  # the way on when time is short is gone
    nodes, before = book_of(got).flows["thanks"].nodes, open_book().flows["thanks"].nodes
    assert {name for name, node in nodes.items() if node != before[name]} == {"words"}
    words = nodes["words"]
    assert isinstance(words, Ask)
    assert (words.save, words.then, words.late) == ("words", Target("thanks", "open"), None)


def test_a_block_added_elsewhere_finds_our_answers() -> None:
    content = json.loads(write_container(open_book(), ["satisfaction"], now=NOW)[0])
    flow = content["flows"][0]
    case = next(block for block in flow["blocks"] if block["name"] == "happy")
    del case["vendor_metadata"]
    case["exits"][0]["test"] = "flow.helped.value = 'no'"
    got = read_container(json.dumps(content))
    before = open_book().flows["satisfaction"].nodes["happy"]
    assert isinstance(before, Branch)
    changed = book_of(got).flows["satisfaction"].nodes["happy"]
    assert changed == Branch("helped", {"no": before.cases["yes"]}, before.otherwise)


def test_what_was_never_ours_does_not_come_in_under_our_name() -> None:
    content = json.loads(write_container(open_book(), ["help"], now=NOW)[0])
    own = content["flows"][0]["blocks"][0]["vendor_metadata"]["org_feedback_gateway"]
    own["is"] = {"say": "help", "run": "anything"}
    got = read_container(json.dumps(content))
    assert codes(got) == ["edited"]
    assert book_of(got).flows["help"].nodes[own["node"]] == Say(f"help.{own['node']}")
