"""The address of a part of the directory: every state of the list is a URL, and every URL a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_gateway.directory import Freshness, freshness
from feedback_gateway.places import PlaceTree
from flows.fold import fold_words
from models import Service
from models.words import ServiceKind

TABS: Mapping[str, Callable[[Service, datetime], bool]] = {
    "use": lambda service, _now: service.retired_at is None,
    "check": lambda service, now: service.retired_at is None and freshness(service, now) != Freshness.FRESH,
    "retired": lambda service, _now: service.retired_at is not None,
}
FIRST_TAB = "use"


@dataclass(frozen=True)
class Search:
    """What is looked for: services of a kind, that serve a place, with some words in their name, hours or number."""

    tab: str = FIRST_TAB
    kind: ServiceKind | None = None
    place: str | None = None
    words: str = ""
    page: int = 1

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query of this address, with some parts changed; parts that say nothing are left out."""
        found = {
            "tab": self.tab if self.tab != FIRST_TAB else None,
            "kind": self.kind.value if self.kind else None,
            "place": self.place,
            "q": self.words,
            "page": self.page if self.page > 1 else None,
        }
        return {name: value for name, value in {**found, **changes}.items() if value not in (None, "")}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return bool(self.kind or self.place or self.words)

    def finds(self, service: Service, tree: PlaceTree) -> bool:
        """Whether a service is among what is looked for, whatever the tab."""
        if self.kind and service.kind != self.kind:
            return False
        return self._serves(service, tree) and self._says(service)

    def _serves(self, service: Service, tree: PlaceTree) -> bool:
        """A service of the whole country, of this place, of one around it or of one within it."""
        if self.place is None or service.place_code is None:
            return True
        return service.place_code in tree.ladder(self.place) or self.place in tree.ladder(service.place_code)

    def _says(self, service: Service) -> bool:
        written = fold_words(f"{service.name} {service.hours}")
        digits = "".join(filter(str.isdigit, self.words))
        if digits and digits in "".join(filter(str.isdigit, service.phone)):
            return True
        return all(word in written for word in fold_words(self.words).split())


def read_search(args: Mapping[str, str]) -> Search:
    """The part of the directory that a query names. What makes no sense narrows nothing."""
    tab, kind, page = args.get("tab", ""), args.get("kind", ""), args.get("page", "")[:6]
    return Search(
        tab=tab if tab in TABS else FIRST_TAB,
        kind=ServiceKind(kind) if kind in list(ServiceKind) else None,
        place=args.get("place", "").strip()[:24] or None,
        words=args.get("q", "").strip()[:40],
        page=max(int(page), 1) if page.isascii() and page.isdigit() else 1,
    )


def by_place(services: Sequence[Service], tree: PlaceTree) -> list[Service]:
    """The services of the whole country first, then place by place, the hotlines before the others."""
    kinds = list(ServiceKind)

    def order(service: Service) -> tuple[list[str], str, int]:
        above = [fold_words(tree.by_code[code].name) for code in reversed(tree.ladder(service.place_code))]
        return (above, service.place_code or "", kinds.index(service.kind))

    return sorted(services, key=order)
