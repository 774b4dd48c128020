"""A browser without a screen: follows redirects, sends forms with their token, and checks every page that it opens."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from handlers.console.visitor import Visitor
from models import User

VOID = {"meta", "link", "input", "img", "br", "hr"}


class PageCheck(HTMLParser):
    """Collects what is wrong with a page: ids used twice, styles and scripts in the page, tags left open."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.headings += tag == "h1"
        identity = given.get("id")
        if identity is not None:
            if identity in self.ids:
                self.faults.append(f"the id {identity} stands twice")
            self.ids.add(identity)
        self.faults += [f"{name} in {tag}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline {tag}")
        for name in ("src", "href", "action"):
            if (given.get(name) or "").startswith(("http:", "https:", "//")):
                self.faults.append(f"{tag} leads elsewhere: {given[name]}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def check_page(response: TestResponse) -> None:
    """Fails for a page that no browser should be given."""
    page = PageCheck()
    page.feed(response.text)
    assert page.faults == []
    assert page.open == []
    assert page.headings == 1
    assert re.search(r"<title>\S", response.text)
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


@dataclass
class Browser:
    """One browser, with its own session."""

    client: FlaskClient
    token: str = ""

    def _seen(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and "<body" in response.text:
            check_page(response)
            found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
            self.token = found[1] if found else self.token
        return response

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._seen(self.client.get(path, query_string=query or None, follow_redirects=True))

    def post(self, path: str, *, follow: bool = True, **form: Any) -> TestResponse:
        if not self.token:
            self.get("/console/login")
        data = {"csrf_token": self.token, **form}
        return self._seen(self.client.post(path, data=data, follow_redirects=follow))

    def act(self, case_id: UUID, verb: str, **form: Any) -> TestResponse:
        """Opens the case, fills in the form of a verb and sends it."""
        page = self.get(f"/console/cases/{case_id}")
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version, "the page of the case shows no form"
        return self.post(f"/console/cases/{case_id}/{verb}", **{"version": version[1], **form})

    def sign_in(self, user: User) -> "Browser":
        with self.client.session_transaction() as session:
            session["_user_id"] = Visitor(user).get_id()
            session["_fresh"] = True
        return self


def text_of(response: TestResponse) -> str:
    """What a person reads on the page, in one line."""
    body = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", response.text)
    return " ".join(body.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&").split())
