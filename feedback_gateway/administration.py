"""What an administrator may change: log-ins, agencies, rules and paused channels. Each verb is logged, by ids only."""

import logging
import re
import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import accounts
from feedback_gateway.lib import clock
from models import Agency, Category, PausedChannel, Place, Route, SealedReader, User
from models.words import Role, Sensitivity

log = logging.getLogger(__name__)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,118}[a-z0-9]")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")


class RefusedError(Exception):
    """The change makes no sense. `code` names why, for the console to put into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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
    A focal point needs an agency: without one it would see nothing.
    """
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


def _new_password() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(3))


def reset_password(db: Session, login: str) -> tuple[User, str]:
    """A new generated password for a log-in, and its lock undone. Raises RefusedError("gone")."""
    user = db.scalar(select(User).where(User.login == login.strip().lower()).with_for_update())
    if user is None:
        raise RefusedError("gone")
    password = _new_password()
    user.password_hash = accounts.new_password(password)
    user.failed_logins, user.locked_until = 0, None
    log.info("user %s was given a new password", user.id)
    return user, password


def find_agency(db: Session, code: str) -> Agency:
    """The agency with this code. Raises RefusedError."""
    agency = db.scalar(select(Agency).where(Agency.code == code.strip().upper()))
    if agency is None:
        raise RefusedError("agency")
    return agency


def set_active(db: Session, user_id: int, *, active: bool, by: User) -> User:
    """Opens or closes a log-in. Raises RefusedError: nobody closes their own, so an administrator stays."""
    user = db.get(User, user_id, with_for_update=True)
    if user is None:
        raise RefusedError("gone")
    if user.id == by.id:
        raise RefusedError("yourself")
    user.active = active
    log.info("user %s set user %s %s", by.id, user.id, "active" if active else "inactive")
    return user


def add_agency(db: Session, *, code: str, name: str, by: User) -> Agency:
    """A new agency. Raises RefusedError."""
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise RefusedError("agency_code")
    if not name.strip():
        raise RefusedError("name")
    if db.scalar(select(Agency.id).where(Agency.code == code)) is not None:
        raise RefusedError("agency_taken")
    agency = Agency(code=code, name=name.strip()[:120])
    db.add(agency)
    db.flush()
    log.info("user %s added agency %s", by.id, agency.code)
    return agency


def add_route(
    db: Session,
    *,
    category: str | None,
    place_code: str | None,
    sensitivity: Sensitivity | None,
    agency_id: int,
    by: User,
) -> Route:
    """A new rule: None means any. Raises RefusedError. It holds for cases that are routed from now on."""
    codes = set(db.scalars(select(Category.code)))
    if category is not None and category not in codes | {code.split(".")[0] for code in codes}:
        raise RefusedError("category")
    if place_code is not None and db.get(Place, place_code) is None:
        raise RefusedError("place")
    if db.get(Agency, agency_id) is None:
        raise RefusedError("agency")
    same = select(Route.id).where(
        Route.category.is_not_distinct_from(category),
        Route.place_code.is_not_distinct_from(place_code),
        Route.sensitivity.is_not_distinct_from(sensitivity),
    )
    if db.scalar(same.limit(1)) is not None:
        raise RefusedError("route_taken")
    route = Route(
        category=category,
        place_code=place_code,
        sensitivity=sensitivity,
        agency_id=agency_id,
        confirmed_at=clock.now(),
    )
    db.add(route)
    db.flush()
    log.info("user %s added route %s", by.id, route.id)
    return route


def remove_route(db: Session, route_id: int, *, by: User) -> None:
    """Takes a rule away. Cases that it has routed stay where they are. Raises RefusedError when it is gone."""
    route = db.get(Route, route_id)
    if route is None:
        raise RefusedError("gone")
    db.delete(route)
    log.info("user %s removed route %s", by.id, route_id)


def resume_channel(db: Session, channel: str, *, by: User) -> None:
    """Lets a paused channel send again; what waited for it is tried at its next turn. Raises RefusedError."""
    paused = db.get(PausedChannel, channel)
    if paused is None:
        raise RefusedError("gone")
    db.delete(paused)
    log.info("user %s resumed channel %s", by.id, channel)
