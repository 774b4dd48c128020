"""A phone of the simulator's page, in a browser without scripts."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from feedback_gateway import work
from models import Base
from tests.handlers.console.browser import Browser, text_of

LANGUAGES_SCREEN = "1 Francais"
"""What a phone that has never called is shown."""


def count(table: type[Base]) -> int:
    """How many rows a table has."""
    with work.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@dataclass
class Handset:
    """A phone in a browser without scripts: each thing done with it posts the phone of the page before."""

    browser: Browser
    page: TestResponse

    @property
    def token(self) -> str:
        found = re.search(r'name="phone" value="([^"]+)"', self.page.text)
        assert found, "the page shows no phone"
        return found[1]

    @property
    def number(self) -> str:
        found = re.search(r'name="text" class="[^"]+" value="(\+[0-9]+)"', self.page.text)
        assert found, "the phone has no number"
        return found[1]

    def do(self, action: str, text: str = "") -> str:
        """Does one thing; returns what is on the page then."""
        self.page = self.browser.post("/console/simulator/phone", phone=self.token, action=action, text=text)
        assert self.page.status_code == 200
        return text_of(self.page)

    def press(self, *keys: str) -> str:
        return [self.do("press", key) for key in keys][-1]

    def look(self) -> str:
        return text_of(self.browser.post("/console/simulator/look", phone=self.token))

    def record(self, about: str = "") -> TestResponse:
        return self.browser.post("/console/simulator/record", phone=self.token, text=about)


def take(browser: Browser, query: str = "") -> Handset:
    """A new phone; `query` as in handlers.console.simulator.simulator."""
    return Handset(browser, browser.get(f"/console/simulator{query}"))
