"""The address of a list: which tab, how narrowed, which page. Every list state is a URL, and every URL a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from feedback_gateway.access import accessible_to
from feedback_gateway.places import PlaceTree, place_tree
from feedback_gateway.worklist import LISTS, Condition, Filter, is_due_today, order_of_work
from flows import reference as references
from models import Case, User
from models.words import Priority, Role

PAGE_SIZE = 25
FIRST_TAB, OWN_TAB = "take", "mine"
_MOST_WALKED = 1000
NO_SUCH_REFERENCE = "-"


@dataclass(frozen=True)
class ListAddress:
    """One list of cases as its address names it. `typed` is what stood in the reference box."""

    tab: str = FIRST_TAB
    filter: Filter = field(default_factory=Filter)
    page: int = 1
    typed: str = ""

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query of this address, with some parts changed; parts that say nothing are left out."""
        wanted = self.filter
        found = {
            "tab": self.tab,
            "category": wanted.category,
            "region": wanted.region,
            "agency": wanted.agency,
            "priority": wanted.priority,
            "language": wanted.language,
            "days": wanted.days,
            "ref": self.typed,
            "page": self.page if self.page > 1 else None,
        }
        return {name: value for name, value in {**found, **changes}.items() if value not in (None, "")}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return self.filter != Filter()

    def conditions(self, user: User, tree: PlaceTree, now: datetime, *, tab: str | None = None) -> list[Condition]:
        """What makes a case part of this list, for this user; `tab` None: whatever the tab."""
        found = [accessible_to(user), *self.filter.conditions(tree, now)]
        return [*found, LISTS[tab](now, user)] if tab else found


def first_tab(user: User) -> str:
    """The list that the console opens with: a focal point's own cases, for others those that nobody has taken."""
    return OWN_TAB if user.role == Role.FOCAL_POINT else FIRST_TAB


def read_address(args: Mapping[str, str], user: User) -> ListAddress:
    """The list that a query names. What makes no sense narrows nothing; a reference that is none finds nothing.

    Without a tab it is the one that this user's console opens with.
    """
    typed = args.get("ref", "").strip()[:40]
    reference = references.read(typed) if typed else None
    tab = args.get("tab", "")
    if tab not in LISTS:
        tab = "all" if typed else first_tab(user)
    return ListAddress(
        tab=tab,
        filter=Filter(
            category=args.get("category", "").strip()[:10] or None,
            region=args.get("region", "").strip()[:24] or None,
            agency=args.get("agency", "").strip()[:20] or None,
            priority=_priority(args.get("priority", "")),
            language=args.get("language", "").strip()[:3] or None,
            days=_number(args.get("days", ""), 3660),
            reference=reference or (NO_SUCH_REFERENCE if typed else None),
        ),
        page=_number(args.get("page", ""), 100_000) or 1,
        typed=typed,
    )


def _priority(word: str) -> Priority | None:
    return Priority(word) if word in list(Priority) else None


def _number(word: str, most: int) -> int | None:
    return min(int(word), most) if word.isascii() and word.isdigit() and int(word) > 0 else None


def select_list(user: User, address: ListAddress, db: Session, now: datetime) -> Select[Case]:
    """The cases of a list in the order of work, as this user may see them."""
    conditions = address.conditions(user, place_tree(db), now, tab=address.tab)
    first = [is_due_today(now).desc()] if address.tab == OWN_TAB else []
    return select(Case).where(*conditions).order_by(*first, *order_of_work(now))


def next_in_list(db: Session, user: User, address: ListAddress, case: Case, at: int, now: datetime) -> tuple[Any, int]:
    """(the id of the case after this one in the list, its place), or (None, 0).

    A verb often takes the case out of the list that it was opened from: then the next one has moved up to its place,
    which is why the page carries the place `at` along.
    """
    ids = select_list(user, address, db, now).with_only_columns(Case.id).limit(_MOST_WALKED)
    walked = list(db.scalars(ids))
    place = walked.index(case.id) + 1 if case.id in walked else at
    if place >= len(walked):
        place = 0
    if not walked or walked[place] == case.id:
        return None, 0
    return walked[place], place
