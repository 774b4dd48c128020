"""Places: the ladder from region to site, read often and changed seldom, so kept in memory for a minute."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows.fold import fold_words
from models import Place
from models.words import Level

KEEP_SECONDS = 60

ALSO_WORDS = frozenset({"est", "nord", "centre", "bam", "tuy", "bale", "ioba", "houet"})
"""Places whose name is also a common word ("la pompe est cassée", "centre de santé"): in a longer text they count
only after "région" or "province"."""

LONGEST_NAME = 4
"""How many words of a text are looked up together."""

_WITH_CODE = re.compile(r"\(([^()]+)\)\s*$")
_RANKS = {"region": Level.REGION, "regions": Level.REGION, "province": Level.PROVINCE, "provinces": Level.PROVINCE}


@dataclass(frozen=True)
class PlaceTree:
    """All valid places, by code and by parent, with the folded names and aliases that people may write.

    A place may be a *part* of one of its own level: the regions and provinces of 2025 that were carved out of an old
    one (docs/decisions/0010-places-old-and-new.md). `children` leaves the parts out: it offers what is inside them.
    """

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

    def is_part(self, place: Place) -> bool:
        """Whether a place is carved out of one of its own level."""
        above = self.by_code.get(place.parent_code or "")
        return above is not None and above.level == place.level

    def inside(self, code: str) -> list[Place]:
        """The place itself and everything below it, parts too. An unknown code gives an empty list."""
        return [place for place in self.by_code.values() if code in self.ladder(place.code)]

    def languages(self, code: str | None) -> list[str]:
        """What is spoken there besides French, the most spoken first: the place's own word, else the next above's."""
        spoken = (self.by_code[above].languages for above in self.ladder(code))
        return list(next(filter(None, spoken), []))

    def named_in(self, words: str) -> list[Place]:
        """The places whose name, alias or code stands in the words as whole words; the narrowest and longest first.

        A place above another one that was named too is left out: "Djibo, province du Soum" is Djibo. "Sourou" is the
        region of 2025, which holds the province of that name, unless the word province stands before it.
        """
        found = [(name, place) for name, rank in self._spoken(words) for place in self._bearers(name, rank)]
        order = list(Level)
        found.sort(key=lambda pair: (-order.index(pair[1].level), -len(pair[0])))
        unique = {place.code: place for _, place in found}
        above = {code for place in unique.values() for code in self.ladder(place.parent_code)}
        return [place for code, place in unique.items() if code not in above]

    def show(self, code: str | None) -> str:
        """A place as forms offer it: `Kaya (BF490304)`; an unknown code as it is."""
        place = self.by_code.get(code or "")
        return f"{place.name} ({place.code})" if place else code or ""

    def find_typed(self, typed: str) -> list[Place]:
        """The places that somebody may mean who types one into a form: as it is offered, its code or its name alone."""
        with_code = _WITH_CODE.search(typed)
        code = (with_code[1] if with_code else typed).strip()
        if code in self.by_code:
            return [self.by_code[code]]
        return list(self.names.get(fold_words(typed), ()))

    def resembling(self, typed: str, most: int = 5) -> list[Place]:
        """Places to propose for a name that is none: those that it holds, then those that are spelt nearly so."""
        near = get_close_matches(fold_words(typed), self.names, n=most, cutoff=0.75)
        found = [*self.named_in(typed), *(place for name in near for place in self.names[name])]
        return list({place.code: place for place in found}.values())[:most]

    def _spoken(self, words: str) -> Iterator[tuple[str, Level | None]]:
        """The names in the words, the longest first, each with what it is said to be just before.

        A name that is part of a longer one ("Mouhoun" in "Boucle du Mouhoun") was not said.
        """
        spoken = fold_words(words).split()
        taken: list[range] = []
        for size in range(min(LONGEST_NAME, len(spoken)), 0, -1):
            for start in range(len(spoken) - size + 1):
                name = " ".join(spoken[start : start + size])
                if name not in self.names or any(start in span and start + size - 1 in span for span in taken):
                    continue
                before = reversed(spoken[max(0, start - 3) : start])
                rank = next((_RANKS[word] for word in before if word in _RANKS), None)
                if rank or name not in ALSO_WORDS or len(spoken) == 1:
                    taken.append(range(start, start + size))
                    yield name, rank

    def _bearers(self, name: str, rank: Level | None) -> list[Place]:
        """The places of this name. Of a part and what is inside it the part is meant: it is never too narrow."""
        places = self.names[name]
        if of_rank := [place for place in places if place.level == rank]:
            return of_rank
        parts = {place.code for place in places if self.is_part(place)}
        return [place for place in places if parts.isdisjoint(self.ladder(place.parent_code))]


def build_tree(places: Sequence[Place]) -> PlaceTree:
    """Sorts places into a tree. Names under three letters are left out of the search: they are words."""
    by_code = {place.code: place for place in places}
    tree = PlaceTree(by_code, children={}, names={})
    for place in sorted(places, key=lambda p: fold_words(p.name)):
        if not tree.is_part(place):
            for parent in _offered_under(tree, place):
                tree.children.setdefault(parent, []).append(place)
        code = fold_words(place.code)
        for name in {code, code.replace(" ", ""), fold_words(place.name), *map(fold_words, place.aliases)}:
            if len(name) >= 3:
                tree.names.setdefault(name, []).append(place)
    return tree


def _offered_under(tree: PlaceTree, place: Place) -> Iterator[str | None]:
    """The place above; where that is a part, the whole that it was carved out of as well."""
    code = place.parent_code
    yield code
    while code in tree.by_code and tree.is_part(tree.by_code[code]):
        code = tree.by_code[code].parent_code
        yield code


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
