"""Who may know of an issue, and how much of it: a viewer is shown as many of its cases as they may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import cases
from feedback_gateway.access import accessible_to
from feedback_gateway.case_states import OPEN
from models import Case, Issue, User
from models.words import IssueState, Role


@dataclass(frozen=True)
class Numbers:
    """An issue's cases as one viewer may see them. `people`: phones, and cases without one."""

    cases: int = 0
    people: int = 0
    open: int = 0
    told: int = 0
    since: datetime | None = None
    due: datetime | None = None


def members(user: User) -> ColumnElement[bool]:
    """The condition under which a case of an issue is shown and answered as part of it."""
    return and_(accessible_to(user), cases.may_stand_open())


def visible_to(user: User) -> ColumnElement[bool]:
    """The condition under which this user may know that an issue exists: their agency's, or one of their cases' own.

    Coordination knows of all of them.
    """
    if not user.active:
        return false()
    if user.role == Role.MANAGER and user.agency_id is None:
        return true()
    own = exists().where(Case.issue_id == Issue.id, members(user))
    if user.agency_id is None or user.role == Role.OPERATOR:
        return own
    return or_(Issue.agency_id == user.agency_id, own)


def may_work(user: User, issue: Issue) -> bool:
    """Whether this user, who may see the issue, may also change it and answer to all."""
    if not user.active or user.role == Role.OPERATOR:
        return False
    if user.role == Role.ADMINISTRATOR:
        return issue.agency_id is None
    return user.agency_id is None or user.agency_id == issue.agency_id


def find_issue(db: Session, user: User, issue_id: int) -> Issue | None:
    """The issue, if this user may know of it. None does not say whether it exists."""
    return db.scalar(_with_names().where(visible_to(user), Issue.id == issue_id))


def list_issues(db: Session, user: User, state: IssueState | None = None) -> list[Issue]:
    """The issues that this user may know of, the newest first."""
    wanted = _with_names().where(visible_to(user)).order_by(Issue.at.desc(), Issue.id.desc())
    return list(db.scalars(wanted if state is None else wanted.where(Issue.state == state)))


def _with_names() -> Select[Issue]:
    return select(Issue).options(
        joinedload(Issue.category), joinedload(Issue.place), joinedload(Issue.agency), joinedload(Issue.owner)
    )


def numbers_of(db: Session, user: User, ids: Collection[int]) -> Mapping[int, Numbers]:
    """How many cases these issues have for this user. One statement; an issue without any has Numbers()."""
    still_open = Case.state.in_(OPEN)
    rows = db.execute(
        select(
            Case.issue_id,
            func.count(),
            func.count(Case.contact_id.distinct()) + func.count().filter(Case.contact_id.is_(None)),
            func.count().filter(still_open),
            func.count().filter(Case.told_at.is_not(None)),
            func.min(Case.opened_at),
            func.min(Case.next_due_at).filter(still_open),
        )
        .where(Case.issue_id.in_(ids), members(user))
        .group_by(Case.issue_id)
    )
    found = {
        issue_id: Numbers(count, people, still, told, since, due)
        for issue_id, count, people, still, told, since, due in rows
    }
    return {issue_id: found.get(issue_id, Numbers()) for issue_id in ids}
