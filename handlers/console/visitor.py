"""Who is looking at the page: the user who has signed in, and what a page may demand of them."""

import hashlib
from typing import cast

from flask import abort
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from feedback_gateway import work
from models import User
from models.words import Role


class Visitor:
    """What Flask-Login keeps of a user. The id in the cookie dies with the password it was given for."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}.{_stamp(self.user)}"


def _stamp(user: User) -> str:
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def load_visitor(visitor_id: str) -> Visitor | None:
    """The visitor of a cookie; None when the user is gone, closed, or has another password since."""
    user_id, _, stamp = visitor_id.partition(".")
    if not user_id.isdigit():
        return None
    with work.reading() as db:
        found = select(User).where(User.id == int(user_id), User.active, User.may_log_in)
        user = db.scalar(found.options(joinedload(User.agency)))
    return Visitor(user) if user is not None and stamp == _stamp(user) else None


def signed_in() -> User | None:
    """The user who has signed in, or None on the public pages."""
    return cast(User, current_user.user) if current_user.is_authenticated else None


def me() -> User:
    """The user who has signed in; every page but the public ones has one (see sign_in.require_sign_in)."""
    user = signed_in()
    if user is None:
        abort(403)
    return user


def demand_administrator() -> User:
    """The user, if they are an administrator; 403 for everybody else."""
    user = me()
    if user.role != Role.ADMINISTRATOR:
        abort(403)
    return user
