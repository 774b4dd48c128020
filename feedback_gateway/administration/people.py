"""Who answers for an agency: how they are reached, when they are away and who acts for them, what they may read."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.administration.permission import may_look_after
from feedback_gateway.lib import clock, phone
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.lib.worktime import Hours
from models import Category, SealedReader, User, vault
from models.words import Role

log = logging.getLogger(__name__)

NOTIFY_BY = ("email", "sms", "none")


@dataclass(frozen=True)
class Details:
    """How somebody is named and reached."""

    name: str
    email: str = ""
    phone: str = ""
    notify_by: str = "email"
    language: str = "fr"


def set_details(db: Session, user_id: int, details: Details, *, by: User) -> User:
    """How somebody is named and reached. The number is kept as it is dialled from anywhere, and is nobody else's.

    Raises RefusedError: "gone", "not_yours", "name", "email", "phone", "phone_taken", "notify_by" (by a way that there
    is not), "unreachable" (no log-in, and no way to reach them).
    """
    user = _find(db, user_id, by, reach=True)
    if not details.name.strip():
        raise RefusedError("name")
    email = details.email.strip()
    if email and ("@" not in email.strip("@") or " " in email or len(email) > 200 or not email.isprintable()):
        raise RefusedError("email")
    number = phone.normalise(details.phone, work.settings().country_code) if details.phone.strip() else None
    if number is not None and not phone.is_number(number):
        raise RefusedError("phone")
    hashed = vault.lookup("phone", number) if number else None
    if hashed and db.scalar(select(User.id).where(User.phone_hash == hashed, User.id != user.id)) is not None:
        raise RefusedError("phone_taken")
    ways = {"email": bool(email), "sms": number is not None, "none": user.may_log_in}
    if details.notify_by not in NOTIFY_BY:
        raise RefusedError("notify_by")
    if not user.may_log_in and not email and not number:
        raise RefusedError("unreachable")
    if not ways[details.notify_by]:
        raise RefusedError("notify_by")
    if hashed != user.phone_hash:  # another phone has never shown that it knows the digits
        user.sms_pin_hash = user.sms_locked_until = user.sms_waiting = None
        user.wrong_sms_pins = 0
    user.name, user.email = details.name.replace("\0", "").strip()[:120], email or None
    user.phone, user.phone_hash = number, hashed
    user.notify_by, user.language = details.notify_by, "en" if details.language == "en" else "fr"
    try:
        db.flush()
    except IntegrityError:  # somebody else has just taken the same number
        raise RefusedError("phone_taken") from None
    log.info("user %s changed user %s", by.id, user.id)
    return user


def set_absence(
    db: Session, user_id: int, *, first: date | None, last: date | None, deputy_id: int | None, by: User
) -> User:
    """When somebody is away (both days included; neither: not at all), and who acts for them. Anybody may say so of
    themselves.

    Raises RefusedError: "gone", "not_yours", "period", "past" (an absence that is over), "deputy" (nobody of the same
    agency who is active), "deputy_self".
    """
    user = _find(db, user_id, by, reach=False)
    if first and last and last < first:
        raise RefusedError("period")
    changed = (first, last) != (user.absent_from, user.absent_until)
    if changed and last is not None and last < clock.now().date():
        raise RefusedError("past")
    if deputy_id is not None and deputy_id != user.deputy_id:
        deputy = db.get(User, deputy_id)
        if deputy_id == user.id:
            raise RefusedError("deputy_self")
        if deputy is None or not deputy.active or deputy.agency_id != user.agency_id:
            raise RefusedError("deputy")
    user.absent_from, user.absent_until, user.deputy_id = first, last, deputy_id
    log.info("user %s set the absence of user %s", by.id, user.id)
    return user


def set_working_hours(db: Session, user_id: int, hours: Hours | None, *, by: User) -> User:
    """When somebody is to be bothered; None: in the hours of their agency. Raises RefusedError."""
    user = _find(db, user_id, by, reach=False)
    user.workdays = "".join(map(str, sorted(hours.workdays))) if hours else None
    user.opens, user.closes = (hours.opens, hours.closes) if hours else (None, None)
    log.info("user %s set the hours of user %s", by.id, user.id)
    return user


def set_rights(db: Session, user_id: int, *, restricted: bool, sealed: Collection[str], by: User) -> User:
    """What somebody may read: restricted cases, and sealed ones of these categories (`*`: all). An administrator's.

    Raises RefusedError: "gone", "not_yours", "category".
    """
    if by.role != Role.ADMINISTRATOR:
        raise RefusedError("not_yours")
    user = _find(db, user_id, by, reach=True)
    if not set(sealed) <= {"*", *db.scalars(select(Category.code))}:
        raise RefusedError("category")
    user.may_read_restricted = restricted
    db.execute(delete(SealedReader).where(SealedReader.user_id == user.id))
    db.add_all(SealedReader(user_id=user.id, category_code=code) for code in sorted(set(sealed)))
    db.flush()
    log.info("user %s set the rights of user %s: restricted %s, sealed %s", by.id, user.id, restricted, sorted(sealed))
    return user


def _find(db: Session, user_id: int, by: User, *, reach: bool) -> User:
    user = db.get(User, user_id, with_for_update=True)
    if user is None:
        raise RefusedError("gone")
    if (reach or user.id != by.id) and not may_look_after(db, by, user, reach=reach):
        raise RefusedError("not_yours")
    return user
