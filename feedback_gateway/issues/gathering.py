"""Which cases make up an issue: what is offered, what a person chooses, and what comes in by itself."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from feedback_gateway import cases
from feedback_gateway.access import accessible_to, coordinates
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.issues.keeping import note_change
from feedback_gateway.issues.owning import check_owner, give_all_to_owner
from feedback_gateway.issues.sight import list_issues, may_work
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from models import Case, Category, Issue, User
from models.words import IssueState, Level, Role, Sensitivity

WITHIN = timedelta(days=14)
FROM = 5
"""So many open complaints of one category at one place within WITHIN, and an issue is offered."""

MOST = 2000
"""So many cases join in one action; the rest is offered again."""

LONGEST_TITLE = 120


@dataclass(frozen=True)
class Crowd:
    """Open complaints of one category at one place that are of no issue yet. `issue`: the one that they may join."""

    category: Category
    place: str
    count: int
    issue: Issue | None = None


def joinable(user: User) -> ColumnElement[bool]:
    """The condition under which this user may make a case part of an issue."""
    return and_(accessible_to(user), cases.may_join())


def candidates(user: User, category: str, place: str, tree: PlaceTree, now: datetime) -> ColumnElement[bool]:
    """The condition under which a case belongs to the crowd of this category at this place."""
    return and_(
        joinable(user),
        Case.category_code == category,
        Case.category.has(Category.sensitivity == Sensitivity.NORMAL),
        Case.place_code.in_([each.code for each in tree.inside(place)]),
        Case.opened_at >= now - WITHIN,
    )


def crowds(db: Session, user: User, now: datetime, alarmed: Collection[tuple[str, str]] = ()) -> list[Crowd]:
    """What may be gathered, the largest first: new cases for issues that are open, and issues that may be made.

    `alarmed`: category and commune of the alarms that this user is shown; there two cases are enough.
    """
    if user.role == Role.OPERATOR:
        return []
    tree = place_tree(db)
    counted = (
        select(Category, Case.place_code, func.count())
        .join(Category, Category.code == Case.category_code)
        .where(
            joinable(user),
            Category.sensitivity == Sensitivity.NORMAL,
            Case.place_code.is_not(None),
            Case.opened_at >= now - WITHIN,
        )
        .group_by(Category.code, Case.place_code)
    )
    rows = [(category, place, count) for category, place, count in db.execute(counted) if place]
    if not rows:
        return []
    issues = [issue for issue in list_issues(db, user, IssueState.OPEN) if may_work(user, issue)]
    for_issues: dict[int, int] = defaultdict(int)
    free: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    categories = {category.code: category for category, _, _ in rows}
    for category, place, count in rows:
        fitting = _fitting(issues, category.code, place, tree)
        commune = _commune(tree, place)
        if fitting:
            for_issues[fitting[0].id] += count
        elif commune is not None:
            free[category.code, commune][place] = count
    found = [
        Crowd(issue.category, issue.place_code or "", for_issues[issue.id], issue)
        for issue in issues
        if issue.id in for_issues
    ]
    for (code, commune), by_place in free.items():
        total = sum(by_place.values())
        if total >= (2 if (code, commune) in alarmed else FROM):
            found.append(Crowd(categories[code], next(iter(by_place)) if len(by_place) == 1 else commune, total))
    return sorted(found, key=lambda crowd: (-crowd.count, crowd.category.code, crowd.place))


def issues_for(db: Session, user: User, case: Case) -> list[Issue]:
    """The open issues that a case may join by its category and place, the nearest first."""
    issues = [issue for issue in list_issues(db, user, IssueState.OPEN) if may_work(user, issue)]
    return _fitting(issues, case.category_code, case.place_code, place_tree(db))


def _fitting(issues: Sequence[Issue], category: str | None, place: str | None, tree: PlaceTree) -> list[Issue]:
    ladder = tree.ladder(place)
    fitting = [issue for issue in issues if issue.category_code == category and issue.place_code in ladder]
    return sorted(fitting, key=lambda issue: (ladder.index(issue.place_code or ""), issue.id))


def _commune(tree: PlaceTree, place: str) -> str | None:
    return next((code for code in tree.ladder(place) if tree.by_code[code].level == Level.COMMUNE), None)


def pick(db: Session, user: User, ids: Collection[UUID]) -> list[UUID]:
    """Those of these cases that this user may make part of an issue, locked until the end of this unit of work."""
    chosen = select(Case.id).where(Case.id.in_(list(ids)[:MOST]), joinable(user)).order_by(Case.id)
    return list(db.scalars(chosen.with_for_update(of=Case, key_share=True)))


def open_issue(
    db: Session,
    *,
    title: str,
    category: Category,
    place_code: str | None,
    ids: Collection[UUID],
    by: User,
    agency_id: int | None = None,
    owner: User | None = None,
    gathers: bool = False,
) -> Issue:
    """Makes an issue of these cases, as far as they may be part of one.

    Its agency is the maker's own; coordination names one, or leaves it to where most of the cases stand. Raises
    NotAllowedError: "not_yours", "empty" (no title), "sealed" (the category), "no_cases", "owner".
    """
    if by.role == Role.OPERATOR or not by.active:
        raise NotAllowedError("not_yours")
    title = title.strip()
    if not title:
        raise NotAllowedError("empty")
    if category.sensitivity != Sensitivity.NORMAL:
        raise NotAllowedError("sealed")
    chosen = pick(db, by, ids)
    if not chosen:
        raise NotAllowedError("no_cases")
    if not coordinates(by):
        agency_id = by.agency_id
    agency_id = agency_id or _most_common_agency(db, chosen)
    if owner is None and by.role == Role.FOCAL_POINT and by.agency_id == agency_id:
        owner = by
    check_owner(agency_id, owner)
    issue = Issue(
        title=title[:LONGEST_TITLE],
        category_code=category.code,
        place_code=place_code,
        agency_id=agency_id,
        owner_id=owner.id if owner else None,
        opened_by_id=by.id,
        gathers=gathers,
        at=clock.now(),
    )
    db.add(issue)
    db.flush()
    note_change(db, issue, "opened", by=by, cases=len(chosen))
    _join(db, issue, chosen, by=by)
    return issue


def _most_common_agency(db: Session, ids: Sequence[UUID]) -> int | None:
    standing = select(Case.agency_id).where(Case.id.in_(ids), Case.agency_id.is_not(None)).group_by(Case.agency_id)
    return db.scalar(standing.order_by(func.count().desc(), Case.agency_id).limit(1))


def add_cases(db: Session, issue: Issue, ids: Collection[UUID], *, by: User) -> int:
    """Adds cases to an issue that is open; returns how many could be added. What is of another issue stays there."""
    if not may_work(by, issue):
        raise NotAllowedError("not_yours")
    if issue.state != IssueState.OPEN:
        raise NotAllowedError("state")
    chosen = pick(db, by, ids)
    if chosen:
        note_change(db, issue, "added", by=by, cases=len(chosen))
        _join(db, issue, chosen, by=by)
    return len(chosen)


def remove_case(db: Session, issue: Issue, case: Case, *, by: User) -> None:
    """Takes a case out of its issue: it is followed by itself again."""
    if not may_work(by, issue):
        raise NotAllowedError("not_yours")
    if case.issue_id != issue.id:
        raise NotAllowedError("state")
    cases.leave_issue(db, case, by=by)
    note_change(db, issue, "removed", by=by, cases=1)


def _join(db: Session, issue: Issue, ids: Sequence[UUID], *, by: User | None) -> None:
    cases.join_issue(db, ids, issue, by=by)
    give_all_to_owner(db, issue)


def welcome(db: Session, case: Case) -> None:
    """A case that was just read joins the open issue of its category and place which gathers such cases by itself.

    One that stands with another agency, or has left an issue before, waits for a person.
    """
    if case.category_code is None or case.place_code is None:
        return
    gathering = select(Issue).where(
        Issue.gathers, Issue.state == IssueState.OPEN, Issue.category_code == case.category_code
    )
    issues = list(db.scalars(gathering))
    if not issues:
        return
    fitting = _fitting(issues, case.category_code, case.place_code, place_tree(db))
    fitting = [issue for issue in fitting if case.agency_id in (None, issue.agency_id)]
    db.flush()
    if not fitting or not db.scalar(select(cases.may_join()).where(Case.id == case.id)) or cases.was_in_issue(db, case):
        return
    note_change(db, fitting[0], "gathered", by=None, cases=1)
    _join(db, fitting[0], [case.id], by=None)
