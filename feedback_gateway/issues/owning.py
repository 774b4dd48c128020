"""Who answers for an issue, and its cases that go along."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, routing, work
from feedback_gateway.access import coordinates
from feedback_gateway.case_states import ALLOWED, NotAllowedError
from feedback_gateway.issues.keeping import note_change
from feedback_gateway.issues.sight import may_work
from models import Agency, Case, Issue, OutboxRow, User
from models.words import CaseState, Duty, Role

_OWNERS = (Role.FOCAL_POINT, Role.MANAGER)


def owners_of(db: Session, agency_id: int | None) -> list[User]:
    """Who of an agency may answer for an issue."""
    if agency_id is None:
        return []
    users = select(User).where(User.agency_id == agency_id, User.active, User.role.in_(_OWNERS))
    return list(db.scalars(users.order_by(User.name, User.id)))


def check_owner(agency_id: int | None, owner: User | None) -> None:
    """Raises NotAllowedError("owner") unless this user may answer for an issue of this agency."""
    if owner is None:
        return
    if not owner.active or owner.role not in _OWNERS or agency_id is None or owner.agency_id != agency_id:
        raise NotAllowedError("owner")


def set_owner(db: Session, issue: Issue, agency: Agency | None, owner: User | None, *, by: User) -> None:
    """Another agency, or another focal point, answers for the issue; its cases go along.

    Only coordination gives it to another agency. Raises NotAllowedError: "not_yours", "owner".
    """
    agency_id = agency.id if agency else None
    if not may_work(by, issue) or (agency_id != issue.agency_id and not coordinates(by)):
        raise NotAllowedError("not_yours")
    check_owner(agency_id, owner)
    moved = agency_id != issue.agency_id
    if not moved and issue.owner_id == (owner.id if owner else None):
        return
    issue.agency_id = agency_id
    issue.owner_id = owner.id if owner else None
    note_change(db, issue, "owner", by=by, agency=agency_id, owner=issue.owner_id)
    if moved:
        give_all_to_owner(db, issue)


def give_all_to_owner(db: Session, issue: Issue) -> None:
    """Has those of its cases that stand elsewhere given to the issue's agency, each by a worker in its own time."""
    if issue.agency_id is None:
        return
    elsewhere = select(Case.id).where(
        Case.issue_id == issue.id, cases.may_stand_open(), Case.agency_id.is_distinct_from(issue.agency_id)
    )
    rows = [work.outbox_row(Duty.GIVE_TO_ISSUE_OWNER, case_id=case_id) for case_id in db.scalars(elsewhere)]
    if rows:
        db.execute(insert(OutboxRow), rows)


def give_to_owner(db: Session, case: Case) -> None:
    """A case goes to the agency that answers for its issue, unless it complains about that agency."""
    issue = db.get(Issue, case.issue_id) if case.issue_id else None
    if issue is None or issue.agency_id is None or case.agency_id == issue.agency_id:
        return
    may_go = case.state == CaseState.ACKNOWLEDGED or CaseState.REFERRED in ALLOWED[case.state]
    if not may_go or issue.agency_id in routing.concerned_agencies(db, case):
        return
    if case.state == CaseState.ACKNOWLEDGED:
        cases.mark_triaged(db, case, by=None)
    cases.hand_over(db, case, issue.agency_id, because=None, by=None)
