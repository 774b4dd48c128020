"""What belongs together, on other pages: the issue of a case, its duplicates, and what the queue offers to gather."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway import alike, issues
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from handlers.console import words
from models import Case, Issue, User
from models.words import Level, Role

MOST_SHOWN = 3


@dataclass(frozen=True)
class CrowdLine:
    """Cases that may be gathered, in words. `issue_id`: they may be added to that one; else `address` makes one."""

    what: str
    count: int
    issue_id: int | None
    address: str
    spot: tuple[str, str]


@dataclass(frozen=True)
class Belonging:
    """What the page of a case says of others like it. `alike_count`: with the case itself; 0: nothing is offered."""

    issue: Issue | None
    others: int
    may_leave: bool
    open_issues: Sequence[Issue]
    alike_count: int
    alike_address: str
    duplicates: Sequence[Case]
    untold: int
    duplicate_of: Case | None


def belonging(db: Session, user: User, case: Case) -> Belonging:
    """All of it, as far as this user may see the other cases."""
    issue = issues.find_issue(db, user, case.issue_id) if case.issue_id else None
    numbers = issues.numbers_of(db, user, [issue.id])[issue.id] if issue else issues.Numbers()
    may_join = user.role != Role.OPERATOR and _may_join(db, user, case)
    of = db.get(Case, case.duplicate_of_id) if case.duplicate_of_id else None
    of_seen = {other.id: other for _, other in alike.suggestions(db, user, case)} if of else {}
    count, address = _those_alike(db, user, case) if may_join else (0, "")
    return Belonging(
        issue=issue,
        others=max(numbers.cases - 1, 0),
        may_leave=issue is not None and issues.may_work(user, issue),
        open_issues=issues.issues_for(db, user, case) if may_join else (),
        alike_count=count,
        alike_address=address,
        duplicates=alike.duplicates_of(db, user, case),
        untold=len(alike.untold_duplicates(db, user, case)) if case.responded_at else 0,
        duplicate_of=of_seen.get(of.id) if of else None,
    )


def _may_join(db: Session, user: User, case: Case) -> bool:
    return db.scalar(select(Case.id).where(Case.id == case.id, issues.joinable(user))) is not None


def _those_alike(db: Session, user: User, case: Case) -> tuple[int, str]:
    tree = place_tree(db)
    commune = commune_of(tree, case.place_code)
    if case.category_code is None or commune is None:
        return 0, ""
    crowd = issues.candidates(user, case.category_code, commune, tree, clock.now())
    count = db.scalar(select(func.count()).select_from(Case).where(crowd)) or 0
    address = url_for("console.new_issue", category=case.category_code, place=commune)
    return (count, address) if count > 1 else (0, "")


def commune_of(tree: PlaceTree, place: str | None) -> str | None:
    """The commune in which a place lies; None where only a province or region is known."""
    return next((code for code in tree.ladder(place) if tree.by_code[code].level == Level.COMMUNE), None)


def place_name(tree: PlaceTree, code: str | None) -> str:
    """The name of a place; that it is not known, for none."""
    place = tree.by_code.get(code or "")
    return place.name if place else str(code or _("lieu inconnu"))


def crowd_lines(
    db: Session, user: User, now: datetime, alarmed: Collection[tuple[str, str]] = ()
) -> tuple[Sequence[CrowdLine], Mapping[tuple[str, str], CrowdLine]]:
    """What the queue offers to gather, the largest first; and, by category and commune, what its alarms offer."""
    found = issues.crowds(db, user, now, alarmed)
    if not found:
        return (), {}
    tree = place_tree(db)
    lines = [_line(crowd, tree) for crowd in found]
    beside = {line.spot: line for line in lines if line.spot in alarmed and line.issue_id is None}
    return [line for line in lines if line.spot not in beside][:MOST_SHOWN], beside


def _line(crowd: issues.Crowd, tree: PlaceTree) -> CrowdLine:
    what = _(
        "%(what)s à %(place)s",
        what=words.category_name(crowd.category),
        place=place_name(tree, crowd.place),
    )
    return CrowdLine(
        what=crowd.issue.title if crowd.issue else str(what),
        count=crowd.count,
        issue_id=crowd.issue.id if crowd.issue else None,
        address=url_for("console.new_issue", category=crowd.category.code, place=crowd.place),
        spot=(crowd.category.code, commune_of(tree, crowd.place) or crowd.place),
    )
