"""Cases that belong together: those of one issue, with one answer to all."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.orm import Session

from feedback_gateway.case_states import OPEN
from feedback_gateway.cases.record import record
from feedback_gateway.lib import clock
from models import Case, Event, Issue, IssueAnswer, User
from models.words import Actor, Outcome, Sensitivity


class PlannedEnd(NamedTuple):
    """What an answer to all says is to become of a case once its person is told.

    `asks`: whether they are asked then if it helped; not a second time on the same phone.
    """

    outcome: Outcome
    by: User
    asks: bool


def may_stand_open() -> ColumnElement[bool]:
    """The condition under which a case may be named among others: open to all its agency's readers, and a complaint."""
    return and_(
        Case.classified_at.is_not(None),
        Case.sensitivity == Sensitivity.NORMAL,
        Case.hold.is_(None),
        Case.noise.is_(None),
    )


def may_join() -> ColumnElement[bool]:
    """The condition under which a case may become part of an issue: one that is open, and of no issue yet."""
    return and_(may_stand_open(), Case.state.in_(OPEN), Case.issue_id.is_(None))


def join_issue(db: Session, ids: Sequence[UUID], issue: Issue, *, by: User | None) -> None:
    """Makes these cases part of an issue; by the system when it gathers them by itself.

    The caller has found them by `may_join`, in this transaction. Three statements, however many they are.
    """
    if not ids:
        return
    # No new version: a colleague who is writing an answer to one of them meanwhile does not lose it.
    db.execute(update(Case).where(Case.id.in_(ids)).values(issue_id=issue.id))
    actor = Actor.USER if by else Actor.SYSTEM
    same = {
        "kind": "issue_joined",
        "actor": actor,
        "user_id": by.id if by else None,
        "data": {"issue": issue.id},
        "at": clock.now(),
    }
    db.execute(insert(Event), [{**same, "case_id": case_id} for case_id in ids])


def leave_issue(db: Session, case: Case, *, by: User | None = None) -> None:
    """The case is followed by itself again. Nothing happens when it is part of no issue."""
    if case.issue_id is None:
        return
    before, case.issue_id = case.issue_id, None
    record(db, case, "issue_left", by=by, issue=before)


def was_in_issue(db: Session, case: Case) -> bool:
    """Whether a case has been part of an issue before: what a person took out does not come back by itself."""
    left = select(Event.id).where(Event.case_id == case.id, Event.kind == "issue_left")
    return db.scalar(left.limit(1)) is not None


def keep_apart(db: Session, case: Case) -> None:
    """A case that has become too sensitive, or turned out to be no complaint, leaves its issue by itself."""
    if case.sensitivity != Sensitivity.NORMAL or case.hold is not None or case.noise is not None:
        leave_issue(db, case)


def planned_end(db: Session, case: Case) -> PlannedEnd | None:
    """What the answer to all that this case had last says of its end; None when its last answer was its own."""
    if case.issue_id is None:
        return None
    answers = select(Event.data).where(Event.case_id == case.id, Event.kind == "responded").order_by(Event.id.desc())
    data = db.scalar(answers.limit(1)) or {}
    answer = db.get(IssueAnswer, data["issue_answer"]) if data.get("issue_answer") else None
    if answer is None or answer.outcome is None:
        return None
    return PlannedEnd(answer.outcome, db.get_one(User, answer.user_id), not data.get("shared"))
