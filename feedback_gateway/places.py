"""Places: the ladder from region to site, read often and changed seldom, so kept in memory for a minute."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows.fold import fold_words
from models import Place
from models.words import Level

KEEP_SECONDS = 60

ALSO_WORDS = frozenset({"est", "nord", "centre", "bam", "tuy", "bale", "ioba", "houet"})
"""Places whose name is also a common word ("la pompe est cassée", "centre de santé"): in a longer text they count
only after "région" or "province"."""

_RANKS = frozenset({"region", "province", "regions", "provinces"})


@dataclass(frozen=True)
class PlaceTree:
    """All valid places, by code and by parent, with the folded names and aliases that people may write."""

    by_code: dict[str, Place]
    children: dict[str | None, list[Place]]
    names: dict[str, list[Place]] = field(repr=False)

    def ladder(self, code: str | None) -> list[str]:
        """The code itself and those above it, the narrowest first. Unknown codes give an empty list."""
        ladder: list[str] = []
        while code in self.by_code:
            ladder.append(code)
            code = self.by_code[code].parent_code or ""
        return ladder

    def region(self, code: str | None) -> Place | None:
        """The region in which a place lies."""
        ladder = self.ladder(code)
        return self.by_code[ladder[-1]] if ladder else None

    def named_in(self, words: str) -> list[Place]:
        """The places whose name, alias or code stands in the words as whole words; the narrowest and longest first.

        A place above another one that was named too is left out: "Djibo, province du Soum" is Djibo.
        """
        spoken = fold_words(words).split()
        found = [(name, place) for name in _names_in(spoken) for place in self.names.get(name, ())]
        order = list(Level)
        found.sort(key=lambda pair: (-order.index(pair[1].level), -len(pair[0])))
        unique = {place.code: place for _, place in found}
        above = {code for place in unique.values() for code in self.ladder(place.parent_code)}
        return [place for code, place in unique.items() if code not in above]


def _names_in(spoken: Sequence[str], longest: int = 4) -> list[str]:
    """Every run of up to four words that may be a name, the longest first."""
    return [
        name
        for size in range(min(longest, len(spoken)), 0, -1)
        for start in range(len(spoken) - size + 1)
        if (name := " ".join(spoken[start : start + size])) not in ALSO_WORDS
        or len(spoken) == 1
        or _RANKS & set(spoken[max(0, start - 3) : start])
    ]


def build_tree(places: Sequence[Place]) -> PlaceTree:
    """Sorts places into a tree. Names under three letters are left out of the search: they are words."""
    children: dict[str | None, list[Place]] = {}
    names: dict[str, list[Place]] = {}
    for place in sorted(places, key=lambda p: fold_words(p.name)):
        children.setdefault(place.parent_code, []).append(place)
        for name in {place.name, place.code, *place.aliases}:
            folded = re.sub(r"\s+", " ", fold_words(name)).strip()
            if len(folded) >= 3:
                names.setdefault(folded, []).append(place)
    return PlaceTree({place.code: place for place in places}, children, names)


class _Kept:
    tree: PlaceTree | None = None
    until: float = 0.0


def forget_places() -> None:
    """Call after places were changed in this process."""
    _Kept.tree = None


def place_tree(db: Session) -> PlaceTree:
    """The tree of places valid now, at most a minute old."""
    if _Kept.tree is None or time.monotonic() > _Kept.until:
        places = db.scalars(select(Place).where(Place.valid_to.is_(None))).all()
        for place in places:
            db.expunge(place)
        _Kept.tree = build_tree(places)
        _Kept.until = time.monotonic() + KEEP_SECONDS
    return _Kept.tree
