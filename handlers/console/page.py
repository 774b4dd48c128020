"""What every template may use: words, times, and the addresses of static files."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from markupsafe import Markup

from feedback_gateway import work
from feedback_gateway.lib import phone
from flows import reference as references
from handlers.console import keeping, moments, sign_in, words
from handlers.console.visitor import signed_in

STATIC = Path(__file__).parent / "static"


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file. It changes with the content, so browsers may keep the file for a year."""
    return url_for("console.static", filename=name, v=_fingerprint(name))


def written_in(language: str | None) -> Markup:
    """The `lang` and `dir` attributes of what a person wrote: `und` where the language is not known."""
    return Markup('lang="{}" dir="auto"').format(language if language in words.LANGUAGES else "und")


def _this_page() -> str:
    """The path of this page, to come back to after switching the language; the queue after a form that failed."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("console.queue")


def _tools() -> dict[str, Any]:
    return {
        "visitor": signed_in(),
        "simulator_on": work.settings().simulator,
        "this_page": _this_page(),
        "page_language": sign_in.page_language(),
        "page_languages": sign_in.LANGUAGES,
    }


def add_page_tools(app: Flask) -> None:
    """Makes them known to the templates of this application."""
    app.context_processor(_tools)
    app.jinja_env.globals.update(asset=asset, words=words)
    app.jinja_env.filters.update(
        ago=moments.ago,
        due_in=moments.due_in,
        at_clock=moments.at_clock,
        say_day=keeping.say_day,
        past=moments.is_past,
        reference=references.show,
        written_in=written_in,
        mask=phone.mask,
        say=words.say,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
