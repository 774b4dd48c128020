"""The light page over a bound house: a phone's browser that keeps no cookie."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from handlers.desk.views import throttle
from models import Case, User
from tests.desk import link_of
from tests.handlers.console.browser import check_page
from tests.handlers.console.conftest import app, english

__all__ = ["app", "english"]


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    throttle.forget()
    yield
    throttle.forget()


@dataclass
class Reader:
    """Opens addresses under /dossier and checks every page that it is given."""

    client: FlaskClient
    cookies: list[str] = field(default_factory=list)

    def _seen(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and "<main>" in response.text:
            check_page(response)
        self.cookies += response.headers.getlist("Set-Cookie")
        return response

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._seen(self.client.get(path, buffered=True, **more))

    def form(self, path: str) -> str:
        """The token of the forms on the page."""
        found = re.search(r'name="form" value="([^"]+)"', self.get(path).text)
        assert found, "the page shows no form"
        return found[1]

    def send(self, path: str, deed: str, form: str, **fields: str) -> TestResponse:
        return self._seen(self.client.post(f"{path}/{deed}", data={"form": form, **fields}))

    def do(self, path: str, deed: str, **fields: str) -> TestResponse:
        """Opens the page, fills in one of its forms and sends it."""
        return self.send(path, deed, self.form(path), **fields)


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app.test_client(use_cookies=False))


def path_of(user: User, case: Case) -> str:
    """The path of the page of this case for this user, who may have one."""
    path = link_of(user, case)
    assert path is not None
    return path
