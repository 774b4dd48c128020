"""Who may change what about whom.

An administrator looks after everybody. An agency's manager looks after its own people, but nobody's right to read
restricted or sealed cases, nor how those are reached who may read more than the manager: who reads their post reads
their cases.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.lib.refusal import RefusedError
from models import Category, SealedReader, User
from models.words import Role

OF_AN_AGENCY = (Role.FOCAL_POINT, Role.MANAGER)
"""The roles that a manager may give."""


def looks_after_agency(by: User, agency_id: int | None) -> bool:
    """Whether this agency's people are in the care of `by`."""
    if not by.active:
        return False
    own = by.role == Role.MANAGER and by.agency_id is not None and by.agency_id == agency_id
    return by.role == Role.ADMINISTRATOR or own


def demand_agency(by: User, agency_id: int | None) -> None:
    """Raises RefusedError("not_yours")."""
    if not looks_after_agency(by, agency_id):
        raise RefusedError("not_yours")


def may_look_after(db: Session, by: User, user: User, *, reach: bool = True) -> bool:
    """Whether `by` may change this user; `reach`: also how they are reached and by what they log in."""
    if by.role == Role.ADMINISTRATOR:
        return by.active
    if not looks_after_agency(by, user.agency_id) or user.role not in OF_AN_AGENCY:
        return False
    beyond = (user.may_read_restricted and not by.may_read_restricted) or _sealed(db, user) - _sealed(db, by)
    return not (reach and user.id != by.id and beyond)


def _sealed(db: Session, user: User) -> set[str]:
    named = set(db.scalars(select(SealedReader.category_code).where(SealedReader.user_id == user.id)))
    return named if "*" not in named else {"*", *db.scalars(select(Category.code))}
