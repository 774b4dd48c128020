"""The picture of a flow: well formed, every node in it once, every arrow between boxes that are there."""

from xml.etree import ElementTree

import pytest

from flows.book import open_book
from flows.definition import targets
from flows.draw import COLOURS, draw

SVG = "{http://www.w3.org/2000/svg}"


def boxes(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    return [group.attrib["data-node"] for group in root.iter(f"{SVG}g")]


@pytest.mark.parametrize("flow", open_book().flows)
def test_every_node_and_every_door_appears_once(flow: str) -> None:
    nodes = open_book().flows[flow].nodes
    doors = {f"{to.flow}/" for node in nodes.values() for to in targets(node) if to.flow != flow}
    assert sorted(boxes(draw(open_book(), flow))) == sorted({f"{flow}/{name}" for name in nodes} | doors)


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
