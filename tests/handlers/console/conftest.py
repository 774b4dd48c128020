"""The console over a bound house: `sign_in("alice")` gives a browser in which she has signed in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_babel

from handlers.console import TRANSLATIONS
from tests import actors
from tests.application import application
from tests.conftest import House
from tests.handlers.console.browser import Browser


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The English words, compiled as the installation compiles them."""
    folder = tmp_path_factory.mktemp("translations")
    messages = folder / "en" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    with (TRANSLATIONS / "en/LC_MESSAGES/messages.po").open("rb") as source:
        catalog = read_po(source, locale="en")
    with (messages / "messages.mo").open("wb") as target:
        write_mo(target, catalog)
    return folder


@pytest.fixture
def app(house: House, english: Path) -> Flask:
    app = application(house.settings, testing=True)
    get_babel(app).translation_directories = [str(english)]
    return app


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser in which nobody has signed in."""
    return Browser(app.test_client())


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Browser]:
    return lambda name: Browser(app.test_client()).sign_in(actors.make(name))
