"""Names for our flow files out of whatever others are called."""

import re
from collections import defaultdict
from functools import cache

from flows.book import ENTRIES, HERE, read_sources
from flows.files import read_yaml
from flows.fold import fold_words

LONGEST = 30
"""Characters of a name; what is longer is cut at a word."""


@cache
def taken_flows() -> frozenset[str]:
    """What an imported flow may not be called: the flows that are shipped, and the beginnings of their texts' keys."""
    texts = read_yaml(HERE / "texts" / "fr.yaml")["texts"]
    return frozenset({*ENTRIES, *read_sources(), *(key.split(".")[0] for key in texts)})


class Names:
    """Hands out names that are lower-case, speaking and different from one another."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)
        self._numbers: dict[str, int] = defaultdict(int)  # the last that was given, so that thousands alike are quick

    def take(self, name: str) -> bool:
        """Reserves a name as it is; False when somebody has it."""
        free = name not in self._taken
        self._taken.add(name)
        return free

    def flow(self, *wishes: str) -> str:
        """A flow's name; `x_` stands before one that is taken by a shipped flow."""
        wish = _snake(wishes, "flow")
        return self._number(wish if wish not in taken_flows() else f"x_{wish}")

    def node(self, *wishes: str) -> str:
        """A node's name."""
        return self._number(_snake(wishes, "block"))

    def variable(self, *wishes: str) -> str:
        """A variable's name, which has letters and _ only because texts ask for it."""
        plain = re.sub(r"_+", "_", re.sub(r"[0-9]", "", _snake(wishes, "answer"))).strip("_") or "answer"
        name = plain
        while not self.take(name):
            name = f"{plain}_{_letters(self._next(plain, 1))}"
        return name

    def _number(self, wish: str) -> str:
        name = wish
        while not self.take(name):
            name = f"{wish}_{self._next(wish, 2)}"
        return name

    def _next(self, wish: str, first: int) -> int:
        self._numbers[wish] = max(self._numbers[wish] + 1, first)
        return self._numbers[wish]


def _snake(wishes: tuple[str, ...], kind: str) -> str:
    """The first of the wishes that has a letter in it, as a name."""
    for wish in wishes:
        apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", wish)
        plain = re.sub(r"[^a-z0-9]+", "_", fold_words(apart)).strip("_")
        if re.search(r"[a-z]", plain):
            cut = plain if len(plain) <= LONGEST else plain[: LONGEST + 1].rpartition("_")[0] or plain[:LONGEST]
            return cut if cut[0].isalpha() else f"{kind}_{cut}"
    return kind


def _letters(number: int) -> str:
    """1 is b, 25 is z, 26 is ba: letters that count."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters = chr(ord("a") + digit) + letters
    return letters
