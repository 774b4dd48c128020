"""The unit of work: the only place that opens a transaction and the only one that commits.

A process binds its settings once (`bind`); after that `unit_of_work()` gives a session that commits when the block
ends well and rolls back when it does not, and `reading()` one that never writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway.engine import make_engine
from feedback_gateway.lib import clock
from feedback_gateway.settings import Settings
from models import Base, OutboxRow, vault
from models.words import Duty, OutboxState

QUEUES = ("send", "cases")
_QUEUE_OF = {Duty.SEND_MESSAGE: "send"}

_before_commit: list[Callable[[Session], None]] = []


T = TypeVar("T")
RACES = 4
_BROKEN = {"40P01", "40001"}  # PostgreSQL: deadlock detected, serialization failure


class _Bound:
    settings: Settings | None = None
    writing: Engine | None = None
    reading: Engine | None = None


def bind(settings: Settings, engine: Engine | None = None) -> Engine:
    """Sets this process's settings, keys and database. Called once at its start (tests: once a test)."""
    engine = engine or make_engine(settings.database_url)
    vault.use(vault.KeyRing(keys=settings.keys, lookup_key=settings.lookup_key))
    _Bound.settings = settings
    _Bound.writing = engine
    _Bound.reading = engine.execution_options(reading=True)
    return engine


def settings() -> Settings:
    """The settings this process was bound to."""
    if _Bound.settings is None:
        raise RuntimeError("call work.bind(settings) at the start of the process")
    return _Bound.settings


def before_commit(do: Callable[[Session], None]) -> Callable[[Session], None]:
    """Has `do` called once at the end of every unit of work that ends well, in its transaction (a decorator)."""
    _before_commit.append(do)
    return do


def settle(db: Session) -> None:
    """Does now what was to be done before the commit, so that it fails, if it does, together with what asked for it."""
    for do in _before_commit:
        do(db)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction that writes: committed at the end of the block, rolled back on any exception."""
    with Session(_Bound.writing, expire_on_commit=False) as db, db.begin():
        yield db
        settle(db)


def persist(do: Callable[[Session], T]) -> T:
    """Runs `do` in a unit of work, and again when another transaction came in between.

    That is a unique key that two wrote at the same moment, a case that was changed between reading and writing, or a
    deadlock that the database has broken. Other errors, and these after RACES times, are raised.
    """
    for _ in range(RACES - 1):
        try:
            with unit_of_work() as db:
                return do(db)
        except (IntegrityError, OperationalError, StaleDataError) as error:
            if isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) not in _BROKEN:
                raise
    with unit_of_work() as db:
        return do(db)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for looking only; what it changes is thrown away."""
    with Session(_Bound.reading, expire_on_commit=False, autoflush=False) as db:
        yield db


def insert_if_new(db: Session, table: type[Base], **values: Any) -> int | None:
    """INSERT ... ON CONFLICT DO NOTHING; the new row's id, or None when its unique key was there already."""
    statement = _insert_if_new(db.get_bind().dialect.name, table.__tablename__)
    found: int | None = db.scalar(statement, values)
    return found


@cache
def _insert_if_new(dialect: str, name: str) -> Any:
    """The statement, put together once: every webhook needs it."""
    table = Base.metadata.tables[name]
    insert: Any = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(table.c.id)


def outbox_row(
    duty: Duty,
    *,
    message_id: int | None = None,
    case_id: UUID | None = None,
    alarm_id: int | None = None,
    user_id: int | None = None,
    issue_answer_id: int | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The values of one outbox row, due now or at `at`. Ids only: nothing personal reaches the queue."""
    now = clock.now()
    return {
        "duty": duty,
        "queue": _QUEUE_OF.get(duty, "cases"),
        "message_id": message_id,
        "case_id": case_id,
        "alarm_id": alarm_id,
        "user_id": user_id,
        "issue_answer_id": issue_answer_id,
        "state": OutboxState.PENDING,
        "attempts": 0,
        "next_attempt_at": at or now,
        "created_at": now,
    }


def enqueue(db: Session, duty: Duty, *, at: datetime | None = None, **subject: Any) -> None:
    """Writes down, in the same transaction, what must be done after it. The dispatcher does the rest.

    `subject` is what the duty is about: `message_id`, `case_id`, `alarm_id`, `user_id` or `issue_answer_id`.
    """
    db.add(OutboxRow(**outbox_row(duty, at=at, **subject)))
