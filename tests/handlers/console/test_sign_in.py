from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from feedback_gateway import accounts, work
from handlers.console.sign_in import PUBLIC, local_path
from models import User
from tests import actors
from tests.handlers.console.browser import Browser, text_of

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


def test_the_right_password_opens_the_queue(stranger: Browser) -> None:
    actors.make("alice")
    page = stranger.post("/console/login", login=" Alice ", password=actors.PASSWORD)
    assert page.request.path == "/console/"
    assert "alice · EHA" in text_of(page)


def test_every_failure_looks_the_same(stranger: Browser) -> None:
    alice, bob = actors.make("alice"), actors.make("bob")
    with work.unit_of_work() as db:
        db.get_one(User, bob.id).active = False
    tries = [("alice", "wrong password"), ("nobody", "wrong password"), ("bob", actors.PASSWORD)]
    pages = [stranger.post("/console/login", login=login, password=password) for login, password in tries]
    shown = {text_of(page) for page in pages}
    assert {page.status_code for page in pages} == {401}
    assert len(shown) == 1
    for _ in range(accounts.WRONG_TRIES):
        stranger.post("/console/login", login="alice", password="wrong password")
    locked = stranger.post("/console/login", login=alice.login, password=actors.PASSWORD)
    assert text_of(locked) in shown


def test_the_cookie_is_out_of_reach_of_scripts_and_lasts_a_working_day(app: Flask, stranger: Browser) -> None:
    actors.make("alice")
    answer = stranger.post("/console/login", follow=False, login="alice", password=actors.PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert app.permanent_session_lifetime == timedelta(hours=8)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/console/indicators?days=7", "/console/indicators?days=7"),
        ("/console/", "/console/"),
        ("https://example.org/console/", "/console/"),
        ("//example.org/console/", "/console/"),
        ("/\\example.org", "/console/"),
        ("/console/\\..//example.org", "/console/"),
        ("/webhooks/x", "/console/"),
        ("/console/\r\nSet-Cookie: a=b", "/console/"),
        ("javascript:alert(1)", "/console/"),
        ("", "/console/"),
        (None, "/console/"),
    ],
)
def test_nobody_is_sent_to_a_strangers_site(app: Flask, target: str | None, leads_to: str) -> None:
    with app.test_request_context():
        assert local_path(target) == leads_to


def test_after_signing_in_the_page_asked_for_opens(stranger: Browser) -> None:
    actors.make("marc")
    asked = stranger.get("/console/indicators", days=7)
    assert asked.request.path == "/console/login"
    page = stranger.post("/console/login", login="marc", password=actors.PASSWORD, next=asked.request.args["next"])
    assert page.request.full_path == "/console/indicators?days=7"


def test_every_page_but_the_public_ones_needs_a_sign_in(app: Flask, stranger: Browser) -> None:
    closed = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or rule.endpoint in PUBLIC:
            continue
        if rule.endpoint.startswith("console.simulator"):
            continue
        values = {"case_id": "5b8d9a1c-0000-4000-8000-000000000000", "verb": "confirm", "by": "total", "channel": "x"}
        values |= dict.fromkeys(("kind", "form"), "csv")
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **{name: values.get(name, "1") for name in rule.arguments})
        if "GET" in (rule.methods or set()):
            answer = stranger.client.get(path)
        else:
            stranger.get("/console/login")
            answer = stranger.post(path, follow=False)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/console/login"), path
        closed += 1
    assert closed >= 10


def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    alice = sign_in("alice")
    assert alice.get("/console/").request.path == "/console/"
    assert alice.post("/console/logout").request.path == "/console/login"
    assert alice.get("/console/").request.path == "/console/login"


def test_a_new_password_and_a_closed_account_end_every_session(sign_in: SignIn) -> None:
    alice, bob = sign_in("alice"), sign_in("bob")
    hers, his = actors.make("alice").id, actors.make("bob").id
    with work.unit_of_work() as db:
        db.get_one(User, hers).password_hash = accounts.new_password("another long password")
        db.get_one(User, his).active = False
    assert alice.get("/console/").request.path == "/console/login"
    assert bob.get("/console/").request.path == "/console/login"


@pytest.mark.parametrize("cookie", ["", "x", "1", "1.", "1.0000", "999999.0", "-1.x"])
def test_a_made_up_session_opens_nothing(app: Flask, cookie: str) -> None:
    actors.make("alice")
    browser = Browser(app.test_client())
    with browser.client.session_transaction() as session:
        session["_user_id"] = cookie
    assert browser.get("/console/").request.path == "/console/login"


def test_the_language_is_kept_in_the_session_and_comes_back_to_the_page(sign_in: SignIn) -> None:
    alice = sign_in("alice")
    assert "Dossiers" in text_of(alice.get("/console/"))
    page = alice.post("/console/language", language="en", next="/console/?tab=late")
    assert page.request.full_path == "/console/?tab=late"
    assert 'lang="en"' in page.text
    assert "Overdue" in text_of(page)
    assert "Sign in" in text_of(alice.post("/console/logout"))
    assert alice.post("/console/language", language="xx").status_code == 400


def test_before_signing_in_the_browser_says_which_language(stranger: Browser) -> None:
    answer = stranger.client.get("/console/login", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert "Sign in" in answer.text
