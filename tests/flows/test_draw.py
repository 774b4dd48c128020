"""The picture of a flow: well formed, every node in it once, every arrow between boxes that are there."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.book import Book, open_book
from flows.definition import targets
from flows.draw import COLOURS, draw
from tests.flows.small_book import load_small_book, write_small_book

SVG = "{http://www.w3.org/2000/svg}"


def labels(svg: str) -> list[str]:
    """What is written on the arrows."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    return [text.text or "" for text in root.iter(f"{SVG}text") if text.get("text-anchor") == "end"]


def boxes(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    return [group.attrib["data-node"] for group in root.iter(f"{SVG}g")]


@pytest.mark.parametrize("flow", open_book().flows)
def test_every_node_and_every_door_appears_once(flow: str) -> None:
    nodes = open_book().flows[flow].nodes
    ends = [to for node in nodes.values() for to in targets(node) if to.flow != flow]
    doors = {"/return" if to.is_return else f"{to.flow}/" for to in ends}
    assert sorted(boxes(draw(open_book(), flow))) == sorted({f"{flow}/{name}" for name in nodes} | doors)


@pytest.fixture
def calling(tmp_path: Path) -> Book:
    """A flow that calls another, says something on the way and has a way out of a menu."""
    write_small_book(tmp_path)
    outer = """
sub: {call: inner, then: way}
way: {say: said, then: choice}
choice: {menu: home, options: {1: {then: last}, 2: {then: last}}, otherwise: lost}
last: {say: said}
lost: {say: said}
"""
    return load_small_book(tmp_path, {"tried": outer, "inner": "back: {action: opt_in, then: return}"}, {})


def test_a_call_leads_there_and_on_when_it_comes_back(calling: Book) -> None:
    svg = draw(calling, "tried")
    assert boxes(svg) == ["tried/sub", "inner/", "tried/way", "tried/choice", "tried/last", "tried/lost"]
    assert COLOURS["call"][0] in svg
    assert labels(svg) == ["appelle", "au retour", "1, 2", "sinon"]


def test_a_called_flow_ends_at_the_way_back(calling: Book) -> None:
    svg = draw(calling, "inner")
    assert boxes(svg) == ["inner/back", "/return"]
    assert COLOURS["return"][0] in svg


def test_a_chain_may_be_longer_than_the_stack(tmp_path: Path) -> None:
    write_small_book(tmp_path)
    chain = "".join(f"n{at}: {{action: opt_in, then: n{at + 1}}}\n" for at in range(1200))
    book = load_small_book(tmp_path, {"tried": f"{chain}n1200: {{say: said}}\n"}, {})
    assert boxes(draw(book, "tried")) == [f"tried/n{at}" for at in range(1201)]


def test_calls_between_flows_are_named(calling: Book) -> None:
    assert labels(draw(calling)) == ["appelle"]


def test_without_a_name_every_flow_appears_once() -> None:
    assert sorted(boxes(draw(open_book()))) == sorted(f"{name}/" for name in open_book().flows)


def test_screens_stand_in_it_in_french_with_one_colour_a_kind() -> None:
    svg = draw(open_book(), "thanks")
    assert "1 Remercier" in svg
    assert "Écrivez votre message." in svg
    for kind in ("menu", "ask", "say", "branch", "action"):
        assert COLOURS[kind][0] in svg
    assert len({fill for fill, _ in COLOURS.values()}) == len(COLOURS)


def test_boxes_do_not_lie_on_each_other() -> None:
    root = ElementTree.fromstring(draw(open_book(), "satisfaction"))  # noqa: S314 - our own text
    found = [group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g")]
    placed = [[int(box.attrib[key]) for key in ("x", "y", "width", "height")] for box in found if box is not None]
    for at, (x, y, width, height) in enumerate(placed):
        for x2, y2, width2, height2 in placed[at + 1 :]:
            assert x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y


def test_a_flow_that_does_not_exist_cannot_be_drawn() -> None:
    with pytest.raises(KeyError):
        draw(open_book(), "survey")
