"""What an issue is called, whether it is solved, and what was done to it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.issues.sight import may_work
from feedback_gateway.lib import clock
from models import Issue, IssueChange, User
from models.words import IssueState


def note_change(db: Session, issue: Issue, kind: str, *, by: User | None, **data: Any) -> None:
    """Writes down what was done to an issue. Codes, ids and numbers only."""
    db.add(IssueChange(issue_id=issue.id, kind=kind, user_id=by.id if by else None, data=data, at=clock.now()))


def list_changes(db: Session, issue: Issue) -> list[IssueChange]:
    """What was done to an issue, the oldest first."""
    changes = select(IssueChange).where(IssueChange.issue_id == issue.id).options(joinedload(IssueChange.user))
    return list(db.scalars(changes.order_by(IssueChange.id)))


def change_issue(db: Session, issue: Issue, *, title: str, gathers: bool, by: User) -> None:
    """Another title, or whether new cases come in by themselves. Raises NotAllowedError: "not_yours", "empty"."""
    title = title.strip()
    if not may_work(by, issue):
        raise NotAllowedError("not_yours")
    if not title:
        raise NotAllowedError("empty")
    if title != issue.title:
        issue.title = title
        note_change(db, issue, "renamed", by=by)
    if gathers != issue.gathers:
        issue.gathers = gathers
        note_change(db, issue, "gathers", by=by, on=gathers)


def mark_solved(db: Session, issue: Issue, *, by: User) -> None:
    """The problem is no more. Its cases stay as they are: each person is told by an answer, not by this."""
    _move(db, issue, IssueState.SOLVED, by)
    issue.solved_at = clock.now()


def take_up(db: Session, issue: Issue, *, by: User) -> None:
    """The problem is there again."""
    _move(db, issue, IssueState.OPEN, by)
    issue.solved_at = None


def _move(db: Session, issue: Issue, state: IssueState, by: User) -> None:
    if not may_work(by, issue):
        raise NotAllowedError("not_yours")
    if issue.state == state:
        raise NotAllowedError("state")
    issue.state = state
    note_change(db, issue, "solved" if state == IssueState.SOLVED else "taken_up", by=by)
