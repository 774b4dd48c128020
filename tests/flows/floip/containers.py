"""The containers beside this file, and books with what was imported."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.book import HERE, Book, load_book
from flows.floip.reading import Imported, read_container
from flows.overlay import Overlay
from tests.flows.small_book import write_small_book

FOLDER = Path(__file__).parent
NAMES = ("water_points", "household_visit", "old_clipboard", "rough")


def source(name: str) -> str:
    """The JSON of a container."""
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def imported(content: object) -> Imported:
    """What becomes of a container that is given as Python data."""
    return read_container(json.dumps(content))


def book_of(got: Imported) -> Book:
    """The shipped book with what was imported laid above it."""
    return load_book(HERE, Overlay(got.flows, got.texts))


@cache
def _small_folder() -> Path:
    _KEPT.append(TemporaryDirectory())
    folder = Path(_KEPT[0].name)
    write_small_book(folder)
    return folder


_KEPT: list[TemporaryDirectory[str]] = []


def small_book_of(got: Imported) -> Book:
    """The smallest book with what was imported laid above it; it speaks French and English."""
    return load_book(_small_folder(), Overlay(got.flows, got.texts))


def codes(got: Imported, block: str | None = None) -> list[str]:
    """The codes of the losses, of one block or of all."""
    return [loss.code for loss in got.losses if block is None or loss.block == block]


def one_flow(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A container of one French flow. The blocks follow one another unless they have exits."""
    chained = []
    for number, block in enumerate(blocks):
        following = {"destination_block": f"b{number + 1}"} if number + 1 < len(blocks) else {}
        default = [{"name": "Default", "default": True, **following}]
        chained.append({"uuid": f"b{number}", "name": f"n{number}", "exits": default, "config": {}, **block})
    return {"flows": [{"uuid": "f", "name": "Sample", "languages": ["fra"], "blocks": chained, **more}]}


def message(text: str, **more: Any) -> dict[str, Any]:
    """A message block."""
    return {"type": "MobilePrimitives.Message", "config": {"prompt": text}, **more}


def choice(text: str, *names: str, **more: Any) -> dict[str, Any]:
    """A block with choices, each called and shown by its name."""
    choices = [{"name": name, "prompt": name} for name in names]
    return {"type": "MobilePrimitives.SelectOneResponse", "config": {"prompt": text, "choices": choices}, **more}


def ways(*exits: tuple[str, str]) -> list[dict[str, Any]]:
    """Exits by test and destination; an empty test is the default one's."""
    return [
        {"name": f"e{number}", "destination_block": to, **({"test": test} if test else {"default": True})}
        for number, (test, to) in enumerate(exits)
    ]
