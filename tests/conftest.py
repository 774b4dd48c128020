"""Fixtures shared by all tests: `house` is a bound, migrated and seeded installation on each of the two databases."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from feedback_gateway import accounts, directory, editions, engine, places, sending, timetable, work, world
from feedback_gateway.settings import Settings
from tests.databases import Postgres, Sqlite, open_engine
from tests.settings import make_settings

# The same examples at every run and no time limit on a busy machine; HYPOTHESIS_SEEK=1 looks for new ones.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.register_profile("seek", deadline=None)
hypothesis.settings.load_profile("seek" if os.environ.get("HYPOTHESIS_SEEK") else "steady")

# A password that protects nothing need not take a twentieth of a second; test_accounts looks at the product's hasher.
PRODUCT_HASHER = accounts._hasher
accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
accounts._nobody = accounts.hash_password("nobody has this password")

engine.TURN_SECONDS = 120.0  # on a busy machine a writer may have to wait for one that was stopped in the middle


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin, so that two processes which share the files end together."""
    slow = {item.path for item in items if any(item.get_closest_marker(name) for name in ("browser", "processes"))}
    items.sort(key=lambda item: item.path not in slow)


@dataclass(frozen=True)
class House:
    """An installation for one test."""

    settings: Settings
    engine: Engine
    database: str


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    postgres = Postgres(tmp_path_factory.mktemp("postgres"))
    yield postgres
    postgres.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh copy of the seeded database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        with request.getfixturevalue("sqlite_template").copy(tmp_path) as url:
            yield url
    else:
        with request.getfixturevalue("postgres_template").copy() as url:
            yield url


@pytest.fixture
def environment() -> dict[str, str]:
    """Extra settings of a test's house; override it in a test file."""
    return {}


@pytest.fixture
def house(db_url: str, tmp_path: Path, environment: dict[str, str]) -> Iterator[House]:
    """This process bound to a fresh installation; a test opens units of work as the product does."""
    settings = make_settings(tmp_path, db_url, **environment)
    bound = work.bind(settings, open_engine(db_url))
    places.forget_places()
    editions.forget_books()
    directory.forget_hotlines()
    sending.forget_channels()
    timetable.forget_timetable()
    world.forget_categories()
    yield House(settings, bound, bound.dialect.name)
    bound.dispose()
