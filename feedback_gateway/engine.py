"""Engines that keep the promises of the house: durable commits, and on SQLite writers that take turns."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from feedback_gateway.lib.write_lock import WriteLock

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=3000", "foreign_keys=ON")
TURN_SECONDS = 4.0
"""How long a writer waits for its turn: with the busy timeout, less than a USSD provider waits for us."""
_LOCK = "write_lock"


def make_engine(url: str) -> Engine:
    """The engine for SQLite or PostgreSQL. Errors never show parameters: they may be a person's words."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
    engine = create_engine(url, connect_args={"isolation_level": None}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _give_back)
    event.listen(engine, "close", _close)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    if file:  # a database in memory has one connection and no file
        record.info[_LOCK] = WriteLock(Path(f"{file}-turn"))


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once, past any busy timeout, when another one wrote
    # in between. So whoever may write takes the lock at the start; only `work.reading()` begins deferred.
    if connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("BEGIN")
        return
    lock: WriteLock | None = connection.connection.info.get(_LOCK)
    if lock is not None and not lock.acquire(TURN_SECONDS):
        raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("another writer has not ended its turn"))
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _give_back(_connection: Any, record: Any) -> None:
    # Not on "commit": that event comes before the database has committed.
    if lock := record.info.get(_LOCK):
        lock.release()


def _close(_connection: Any, record: Any) -> None:
    if lock := record.info.pop(_LOCK, None):
        lock.close()
