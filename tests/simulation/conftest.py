"""What the stories share."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from feedback_gateway import work
from models import Agency, Case, Event, User
from models.words import Role
from tests.conftest import House
from tests.simulated_time import Simulation, begin

TUESDAY = datetime.fromisoformat("2026-12-01T08:00:00+00:00")


@pytest.fixture
def story(house: House) -> Iterator[Simulation]:
    """A Tuesday morning."""
    with begin(TUESDAY) as simulation:
        yield simulation


def newest() -> Case:
    """The case that was opened last."""
    with work.reading() as db:
        return db.scalars(select(Case).order_by(Case.opened_at.desc(), Case.reference).limit(1)).one()


def fresh(case_id: UUID) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case_id)


def log_of(case_id: UUID, kind: str) -> list[Event]:
    """The events of this kind, the oldest first."""
    with work.reading() as db:
        return list(db.scalars(select(Event).where(Event.case_id == case_id, Event.kind == kind).order_by(Event.id)))


def user(login: str) -> User:
    with work.reading() as db:
        return db.scalars(select(User).where(User.login == login)).one()


def login_of(user_id: int) -> str:
    with work.reading() as db:
        return db.scalars(select(User.login).where(User.id == user_id)).one()


def agency(code: str) -> int:
    with work.reading() as db:
        return db.scalars(select(Agency.id).where(Agency.code == code)).one()


def do(case_id: UUID, verb: Callable[..., object], *arguments: object, **more: object) -> None:
    """One verb on a case in one unit of work, as the console does it."""
    with work.unit_of_work() as db:
        verb(db, db.get_one(Case, case_id), *arguments, **more)


def hire(login: str, role: Role, code: str | None, **more: object) -> User:
    """Somebody new at an agency."""
    with work.unit_of_work() as db:
        somebody = User(
            login=login,
            name=login.title(),
            email=f"{login}@example.org",
            password_hash="",
            role=role,
            agency_id=agency(code) if code else None,
            created_at=TUESDAY,
            **more,
        )
        db.add(somebody)
    return somebody


def change(login: str, **values: object) -> None:
    """Changes a user as an administrator would."""
    with work.unit_of_work() as db:
        somebody = db.scalars(select(User).where(User.login == login)).one()
        for name, value in values.items():
            setattr(somebody, name, value)
