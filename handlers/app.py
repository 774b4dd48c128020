"""create_app(): the composition root. Blueprints, error pages, headers; nothing here knows a complaint."""

from datetime import timedelta

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from feedback_gateway import classify, knowledge, settings, work
from feedback_gateway.channels.registry import open_channels
from feedback_gateway.settings import Settings
from flows.book import open_book
from handlers import console, desk
from handlers.health import health
from handlers.webhooks.views import webhooks

MOST_BYTES = 2 * 1024 * 1024
SESSION_HOURS = 8

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def create_app(configured: Settings | None = None) -> Flask:
    """The application. Without settings it reads them from the environment and binds this process to them."""
    on_its_own = configured is None
    if configured is None:
        configured = settings.load()
        work.bind(configured)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=configured.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        SESSION_COOKIE_NAME="feedback_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=configured.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
    )
    app.extensions["channels"] = open_channels(configured)
    app.register_blueprint(webhooks)
    app.register_blueprint(health)
    console.register(app)
    # A provider proves itself by its token or signature; it has no session that a third party could ride on.
    app.extensions["csrf"].exempt(webhooks)
    # Who opens a case by its link has no session either: the form's own token is bound to the link.
    app.register_blueprint(desk.bp)
    app.extensions["csrf"].exempt(desk.bp)
    app.add_url_rule("/", "front_door", _front_door)
    app.after_request(_add_headers)
    # Loaded before any thread serves a request: a first complaint must not wait for it, nor race it.
    open_book()
    classify.warm_up()
    if on_its_own:
        knowledge.keep_up_in_background()
    return app


def _front_door() -> BaseResponse:
    return redirect("/console/")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/console/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
