"""The smallest book that can be put together, in a folder, for tests that break one thing in it."""

from collections.abc import Mapping
from pathlib import Path

from flows.book import BUILT_IN, ENTRIES, HERE, SENT, Book, load_book
from flows.overlay import Overlay, Wording

TEXTS = {
    **dict.fromkeys((*BUILT_IN, *SENT), "Texte"),
    "resume": "Suite ?\n1 Oui\n2 Non",
    "place.last": "Ici ?\n1 {place_name}\n2 Non",
    "home": "Bonjour\n1 Suite\n2 Fin",
    "said": "Bien.",
}
HOME = """flow: home
version: 1
about: A test.
start: menu
nodes:
  menu: {menu: home, options: {1: {then: flow tried}, 2: {then: said}}}
  said: {say: said}
"""


def write_small_book(folder: Path) -> None:
    """French and English alike; every flow that the engine begins says one thing, and `home` leads on to `tried`."""
    (folder / "definitions").mkdir()
    (folder / "texts").mkdir()
    (folder / "keywords.yaml").write_bytes((HERE / "keywords.yaml").read_bytes())
    for name in (*ENTRIES, "tried"):
        (folder / f"definitions/{name}.yaml").write_text(flow(name, "said: {say: said}"))
    (folder / "definitions/home.yaml").write_text(HOME)
    for language, name in (("fr", "Français"), ("en", "English")):
        words = "".join(f"  {key}: {text!r}\n".replace("\\n", "\n\n    ") for key, text in TEXTS.items())
        (folder / f"texts/{language}.yaml").write_text(f"language: {language}\nname: {name}\ntexts:\n{words}")


def flow(name: str, nodes: str) -> str:
    """A flow file that starts at its first node."""
    lines = [line for line in nodes.splitlines() if line.strip()]
    below = "\n".join(f"  {line}" for line in lines)
    start = lines[0].partition(":")[0].strip()
    return f"flow: {name}\nversion: 1\nabout: A test.\nstart: {start}\nnodes:\n{below}\n"


def load_small_book(
    folder: Path, flows: Mapping[str, str], texts: Mapping[str, str], english: Mapping[str, str] | None = None
) -> Book:
    """The small book with these flows (their nodes) and texts; the English ones are the same unless they are given."""
    written = {
        "fr": {key: Wording(words) for key, words in texts.items()},
        "en": {key: Wording(words) for key, words in (texts if english is None else english).items()},
    }
    return load_book(folder, Overlay({name: flow(name, nodes) for name, nodes in flows.items()}, written))
