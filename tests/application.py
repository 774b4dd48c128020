"""The web application of the tests, put together once for all those that have the same settings."""

from dataclasses import replace
from pathlib import Path

from flask import Flask

from feedback_gateway.settings import Settings
from handlers.app import create_app

_built: list[tuple[Settings, bool, Flask]] = []


def application(settings: Settings, *, testing: bool = False) -> Flask:
    """The application as `wsgi.py` makes it; `testing`: what a view raises reaches the test.

    It keeps neither the home nor the database, which are asked for at each request. So the tests share it: to compile
    its routes and templates for each of them took a sixth of the time of the console's tests.
    """
    shared = replace(settings, home=Path("/nowhere"), database_url="sqlite://", redis_url="redis://127.0.0.1:1")
    for known, tested, app in _built:
        if (known, tested) == (shared, testing):
            return app
    app = create_app(shared)
    app.testing = testing
    _built.append((shared, testing, app))
    return app
