"""Fixtures of the verbs: the command line bound to a test's installation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import event

from feedback_gateway import work
from tests.conftest import House
from tests.settings import AT_TOKEN, KEY


@pytest.fixture
def feedback(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """A runner whose environment names the test's installation."""
    environment = {
        "FEEDBACK_HOME": str(tmp_path),
        "DATABASE_URL": house.engine.url.render_as_string(hide_password=False),
        "FEEDBACK_KEYS": KEY,
        "FEEDBACK_LOOKUP_KEY": "lookup",
        "SECRET_KEY": "secret",
        "AT_WEBHOOK_TOKEN": AT_TOKEN,
        "PUBLIC_BASE_URL": "https://plaintes.example.org",
    }
    bind = work.bind
    monkeypatch.setattr(work, "bind", lambda settings: bind(settings, house.engine))
    yield CliRunner(env=environment)
    bind(house.settings, house.engine)


@pytest.fixture
def statements(house: House) -> Iterator[list[str]]:
    """The statements that the database is asked, as they come."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    yield asked
    event.remove(house.engine, "before_cursor_execute", note)
