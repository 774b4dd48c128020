"""Log-ins, and people of agencies without accounts: made, given a new password, closed and opened."""

import logging
import re
import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import accounts
from feedback_gateway.administration.permission import OF_AN_AGENCY, demand_agency, may_look_after
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from models import Agency, Category, SealedReader, User
from models.words import Role

log = logging.getLogger(__name__)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,118}[a-z0-9]")


def create_user(
    db: Session,
    *,
    login: str,
    name: str,
    role: Role,
    agency_id: int | None,
    email: str = "",
    restricted: bool = False,
    language: str = "fr",
    sealed: Sequence[str] = (),
    by: User | None = None,
) -> tuple[User, str]:
    """A new log-in and its generated password, which is kept nowhere else. Raises RefusedError.

    `sealed` names the categories whose sealed cases it may read (`*`: all); `by` None is the operator's command line.
    A focal point needs an agency: without one it would see nothing. A manager makes people of their own agency, who may
    read what is open to all.
    """
    if by is not None and by.role != Role.ADMINISTRATOR:
        demand_agency(by, agency_id)
        if role not in OF_AN_AGENCY or restricted or sealed:
            raise RefusedError("not_yours")
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise RefusedError("login")
    if not name.strip():
        raise RefusedError("name")
    if db.scalar(select(User.id).where(User.login == login)) is not None:
        raise RefusedError("login_taken")
    if agency_id is not None and db.get(Agency, agency_id) is None:
        raise RefusedError("agency")
    if role == Role.FOCAL_POINT and agency_id is None:
        raise RefusedError("focal_point_without_agency")
    password = _new_password()
    user = User(
        login=login,
        name=name.strip()[:120],
        email=email.strip() or None,
        password_hash=accounts.new_password(password),
        role=role,
        agency_id=agency_id,
        may_read_restricted=restricted,
        language=language,
        created_at=clock.now(),
    )
    db.add(user)
    db.flush()
    for category in sealed:
        if category != "*" and db.get(Category, category) is None:
            raise RefusedError("category")
        db.add(SealedReader(user_id=user.id, category_code=category))
    log.info("user %s created user %s as %s", by.id if by else "-", user.id, role)
    return user, password


def create_contact(db: Session, *, name: str, agency_id: int, language: str = "fr", by: User) -> User:
    """A focal point without a log-in, of an agency without accounts: reached by phone or e-mail. Raises RefusedError.

    They have a name for the log and a password that nobody has ever known.
    """
    demand_agency(by, agency_id)
    agency = db.get(Agency, agency_id)
    if agency is None:
        raise RefusedError("agency")
    if not name.strip():
        raise RefusedError("name")
    user = User(
        login=f"{agency.code.lower()}-{secrets.token_hex(4)}",
        name=name.replace("\0", "").strip()[:120],
        password_hash=accounts.new_password(secrets.token_urlsafe(32)),
        role=Role.FOCAL_POINT,
        agency_id=agency_id,
        may_log_in=False,
        language=language,
        created_at=clock.now(),
    )
    db.add(user)
    db.flush()
    log.info("user %s created user %s without a log-in", by.id, user.id)
    return user


def _new_password() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(3))


def reset_password(db: Session, login: str, *, by: User | None = None) -> tuple[User, str]:
    """A new generated password for a log-in, and its lock undone; every session of it ends. Raises RefusedError.

    "gone", "no_login", "not_yours". `by` None is the operator's command line.
    """
    user = db.scalar(select(User).where(User.login == login.strip().lower()).with_for_update())
    if user is None:
        raise RefusedError("gone")
    if not user.may_log_in:
        raise RefusedError("no_login")
    if by is not None and not may_look_after(db, by, user):
        raise RefusedError("not_yours")
    password = _new_password()
    user.password_hash = accounts.new_password(password)
    user.failed_logins, user.locked_until = 0, None
    log.info("user %s gave user %s a new password", by.id if by else "-", user.id)
    return user, password


def set_active(db: Session, user_id: int, *, active: bool, by: User) -> User:
    """Opens or closes a log-in. Raises RefusedError: "yourself" (so that an administrator stays), "not_yours"."""
    user = db.get(User, user_id, with_for_update=True)
    if user is None:
        raise RefusedError("gone")
    if user.id == by.id:
        raise RefusedError("yourself")
    if not may_look_after(db, by, user, reach=active):  # to close what is too much for oneself is no harm
        raise RefusedError("not_yours")
    user.active = active
    log.info("user %s set user %s %s", by.id, user.id, "active" if active else "inactive")
    return user
