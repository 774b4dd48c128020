"""Who may see what: one condition that every reader of cases goes through, and it fails closed.

Source of the rules: domain of accountability (restricted: the protection role; sealed: a named list), and least
privilege: an administrator keeps the house running and reads no more than what nobody has taken.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from models import Callback, Case, Concern, Event, SealedReader, User
from models.words import Actor, Role, Sensitivity

AT_ONCE = 50


def accessible_to(user: User) -> ColumnElement[bool]:
    """The condition under which this user may know that a case exists.

    A case that no classifier has read yet is shown to nobody: how sensitive it is, is not known. One that complains
    about a user, or about their agency, is hidden from them, whatever else they may read.
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
    about_them = exists().where(
        Concern.case_id == Case.id,
        or_(Concern.user_id == user.id, and_(Concern.agency_id.is_not(None), Concern.agency_id == user.agency_id)),
    )
    return and_(
        Case.classified_at.is_not(None),
        ~about_them,
        or_(
            and_(Case.sensitivity.in_(open_to), _within_reach(user)),
            and_(Case.sensitivity == Sensitivity.SEALED, named),
        ),
    )


def _within_reach(user: User) -> ColumnElement[bool]:
    if user.role == Role.OPERATOR:  # who calls people back needs what is to be called about, and no more
        return exists().where(Callback.case_id == Case.id, Callback.ended_at.is_(None)).correlate(Case)
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


def may_see(db: Session, user: User, case: Case) -> bool:
    """Whether this user may know of this case, as it stands in this transaction."""
    db.flush()
    return db.scalar(select(Case.id).where(accessible_to(user), Case.id == case.id)) is not None


def who_may_see(db: Session, users: Sequence[User], case: Case) -> list[User]:
    """Those of these users who may know of this case, as it stands in this transaction. One statement for up to 50."""
    found: list[User] = []
    db.flush()
    for first in range(0, len(users), AT_ONCE):
        some = users[first : first + AT_ONCE]
        sees = [select(Case.id).where(accessible_to(user), Case.id == case.id).exists() for user in some]
        found += [user for user, may in zip(some, db.execute(select(*sees)).one(), strict=True) if may]
    return found


def sees_the_person(user: User, case: Case) -> bool:
    """Whether this user may have the person's number.

    Once the person has said whether it helped, the agency they spoke of may not: nobody is to be reached by those whom
    they have found wanting. The hotline and coordination may.
    """
    return case.helped is None or user.agency_id is None or user.role == Role.OPERATOR


_FOR_THE_PERSON = frozenset({"responded", "waiting_began"})


def reads_words(user: User, event: Event) -> bool:
    """Whether this user may read what somebody wrote in an event. Its author must be loaded.

    What people write among themselves stays in their agency, and with coordination: another agency that has the case
    later needs what the person said and was answered, not what others thought of it. Why a case was given back is also
    read where it went back to. Whoever belongs to no agency writes for all.
    """
    author = event.user
    if event.actor == Actor.PERSON or event.kind in _FOR_THE_PERSON or author is None or author.agency_id is None:
        return True
    if coordinates(user) or user.agency_id == author.agency_id:
        return True
    return event.kind == "rejected" and user.agency_id is not None and user.agency_id == event.data.get("to")


def coordination(db: Session, case: Case | None = None) -> list[User]:
    """Who looks after all agencies: the managers without one; of a case, those of them who may see it.

    Where there is none, the administrators: somebody has to hear that nobody is there.
    """
    of_all = or_(and_(User.role == Role.MANAGER, User.agency_id.is_(None)), User.role == Role.ADMINISTRATOR)
    found = list(db.scalars(select(User).where(of_all, User.active).order_by(User.id)))
    if case is not None:
        found = who_may_see(db, found, case)
    return [user for user in found if user.role == Role.MANAGER] or found
