"""A real browser (Chromium) before a real server, over a house of its own on SQLite."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from handlers.console.visitor import Visitor
from tests import actors
from tests.browser.serving import Serving
from tests.handlers.console.conftest import app, english

__all__ = ["app", "english"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE = 60_000
"""Milliseconds that anything may take on a busy machine."""
SIZES = {"phone": (390, 844), "desk": (1280, 900)}


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(Path(CHROMIUM)), args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of a server that runs for one test."""
    serving = Serving(app)
    yield serving.address
    serving.stop()


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return SIZES[request.param]


@pytest.fixture
def expected() -> tuple[str, ...]:
    """What a browser may say on its console in a test, by its beginning; without network it says a lot."""
    return ()


@pytest.fixture
def open_browser(
    chromium: Browser, app: Flask, address: str, size: tuple[int, int], expected: tuple[str, ...]
) -> Iterator[Callable[..., Page]]:
    """open_browser("alice") gives a page in which she has signed in. A word on the console fails the test."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def start(name: str | None = None, *, scripts: bool = True) -> Page:
        width, height = size
        context = chromium.new_context(
            base_url=address,
            locale="fr-FR",
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if name is not None:
            client = app.test_client()
            with client.session_transaction() as session:
                session["_user_id"] = Visitor(actors.make(name)).get_id()
                session["_fresh"] = True
            cookie = client.get_cookie("feedback_session")
            assert cookie is not None
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield start
    for context in contexts:
        context.close()
    assert [each for each in said if not each.startswith(expected)] == []
