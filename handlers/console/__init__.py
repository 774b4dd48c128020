"""The console: pages for focal points, managers and administrators, and the phone in the browser."""

from pathlib import Path

from flask import Flask, redirect
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from handlers.console import (  # noqa: F401
    admin,
    alarms,
    alike,
    calls,
    case_page,
    case_verbs,
    coding,
    directory,
    entry,
    entry_import,
    errors,
    flow_editor,
    flow_exchange,
    flows,
    gaps,
    history,
    indicators,
    issue_answer,
    issue_making,
    issues,
    languages,
    lexicon,
    matrix,
    matrix_exchange,
    matrix_lessons,
    matrix_rules,
    model,
    person,
    queue,
    route_trial,
    sign_in,
    simulator,
    team,
    templates_page,
    times,
)
from handlers.console.blueprint import bp
from handlers.console.page import add_page_tools
from handlers.console.visitor import load_visitor

TRANSLATIONS = Path(__file__).parent / "translations"
A_YEAR = 365 * 24 * 3600
MOST_BYTES = 2 * 1024 * 1024
"""Of a form: an agency's history travels in one, from step to step."""


def register(app: Flask) -> None:
    """Adds the console to an application that has its secret key and cookie settings. Settings must be bound."""
    app.config.update(
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="UTC",  # Africa/Ouagadougou is UTC all year
        SEND_FILE_MAX_AGE_DEFAULT=A_YEAR,  # the address of a static file holds a hash of its content
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a long answer is not lost to a clock
        # Pages are sent with `Referrer-Policy: no-referrer`, and this check refuses every form over HTTPS then.
        WTF_CSRF_SSL_STRICT=False,
    )
    CSRFProtect(app)
    Babel(app, locale_selector=sign_in.page_language)
    logins = LoginManager(app)
    logins.user_loader(load_visitor)
    errors.register(app)
    add_page_tools(app)
    app.register_blueprint(bp)
    app.add_url_rule("/simulator", "simulator", _to_simulator)


def _to_simulator() -> Response:
    return redirect("/console/simulator")
