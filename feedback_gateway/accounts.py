"""Accounts of the console: passwords (argon2), and a lock after too many wrong ones."""

from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.lib import clock
from models import User

WRONG_TRIES = 6
LOCK = timedelta(minutes=15)
LEAST_PASSWORD = 10

_hasher = PasswordHasher()
# Verified against when the login does not exist, so that the time taken does not tell which logins do.
_nobody = _hasher.hash("nobody has this password")


class WeakPasswordError(ValueError):
    """The password is too short."""


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def new_password(password: str) -> str:
    """The hash of a password that a person chose. Raises WeakPasswordError when it is too short."""
    if len(password) < LEAST_PASSWORD:
        raise WeakPasswordError(f"a password needs at least {LEAST_PASSWORD} characters")
    return hash_password(password)


def log_in(db: Session, login: str, password: str) -> User | None:
    """The user, or None: wrong login, wrong password, locked or inactive all look the same from outside."""
    user = db.scalar(select(User).where(User.login == login.strip().lower()).with_for_update())
    right = _matches(user.password_hash if user else _nobody, password)
    if user is None or not user.active or not user.may_log_in:
        return None
    now = clock.now()
    if user.locked_until and user.locked_until > now:
        return None
    if not right:
        user.failed_logins += 1
        if user.failed_logins >= WRONG_TRIES:
            user.failed_logins, user.locked_until = 0, now + LOCK
        return None
    user.failed_logins, user.locked_until = 0, None
    return user


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
