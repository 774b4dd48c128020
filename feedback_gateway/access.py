"""Who may see what: one condition that every reader of cases goes through, and it fails closed.

Source of the rules: domain of accountability (restricted: the protection role; sealed: a named list), and least
privilege: an administrator keeps the house running and reads no more than what nobody has taken.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from models import Case, SealedReader, User
from models.words import Role, Sensitivity


def accessible_to(user: User) -> ColumnElement[bool]:
    """The condition under which this user may know that a case exists.

    A case that no classifier has read yet is shown to nobody: how sensitive it is, is not known.
    """
    if not user.active:
        return false()
    named = exists().where(
        SealedReader.user_id == user.id,
        or_(SealedReader.category_code == "*", SealedReader.category_code == Case.category_code),
    )
    open_to = [Sensitivity.NORMAL]
    if user.may_read_restricted:
        open_to.append(Sensitivity.RESTRICTED)
    return and_(
        Case.classified_at.is_not(None),
        or_(
            and_(Case.sensitivity.in_(open_to), _within_reach(user)),
            and_(Case.sensitivity == Sensitivity.SEALED, named),
        ),
    )


def _within_reach(user: User) -> ColumnElement[bool]:
    if user.role == Role.ADMINISTRATOR:
        return Case.agency_id.is_(None)
    if user.role == Role.MANAGER and user.agency_id is None:
        return true()
    if user.agency_id is None:  # or SQLAlchemy would make it IS NULL: every case that nobody owns
        return false()
    return Case.agency_id == user.agency_id


def coordinates(user: User) -> bool:
    """Whether somebody looks after all agencies, and so after what none of them has: a manager without an agency of
    their own, or an administrator."""
    return user.active and (user.role == Role.ADMINISTRATOR or (user.role == Role.MANAGER and user.agency_id is None))


def cases_for(user: User) -> Select[Case]:
    """The select that every list, count and export of cases starts from."""
    return select(Case).where(accessible_to(user))


def find_case(db: Session, user: User, case_id: UUID) -> Case | None:
    """The case, if this user may know of it. None does not say whether it exists."""
    return db.scalar(cases_for(user).where(Case.id == case_id))


def readers_of(db: Session, case: Case) -> list[User]:
    """Who is to be told of a case: the focal points of its agency who may read it; sealed: the named list.

    Where no agency has it, or nobody there may read it: the managers of all agencies who may.
    """
    if case.sensitivity == Sensitivity.SEALED:
        named = select(SealedReader.user_id).where(SealedReader.category_code.in_(["*", case.category_code or "*"]))
        return list(db.scalars(select(User).where(User.id.in_(named), User.active)))
    focal = select(User).where(User.agency_id == case.agency_id, User.role == Role.FOCAL_POINT, User.active)
    if case.sensitivity == Sensitivity.RESTRICTED:
        focal = focal.where(User.may_read_restricted)
    found = list(db.scalars(focal)) if case.agency_id is not None else []
    if found or case.sensitivity == Sensitivity.NORMAL:
        return found
    managers = select(User).where(User.role == Role.MANAGER, User.agency_id.is_(None), User.active)
    return list(db.scalars(managers.where(User.may_read_restricted)))
