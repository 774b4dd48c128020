"""Signing in and out, and the language of the pages."""

from urllib.parse import urlsplit

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from feedback_gateway import accounts, work
from handlers.console.blueprint import bp
from handlers.console.visitor import Visitor, signed_in

LANGUAGES = {"fr": "Français", "en": "English"}
PUBLIC = frozenset({"console.static", "console.log_in", "console.switch_language", "console.entry_worker"})
_PUBLIC_PAGES = "console.simulator"


@bp.before_request
def require_sign_in() -> ResponseReturnValue | None:
    """Every page needs a sign-in unless it is named as public: a page that somebody forgets is closed."""
    endpoint = request.endpoint or ""
    if endpoint in PUBLIC or endpoint.startswith(_PUBLIC_PAGES) or signed_in() is not None:
        return None
    if request.accept_mimetypes.best == "application/json":  # a script asks, and not a person
        return {"error": "sign_in"}, 401
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.log_in", next=back))


def local_path(target: str | None) -> str:
    """The path if it leads to a page of this console, else the queue: nobody is sent to a stranger's site."""
    home: str = url_for("console.queue")
    if not target or any(ord(character) <= 32 or character == "\\" for character in target):
        return home
    parts = urlsplit(target)
    inside = not parts.scheme and not parts.netloc and target.startswith(home) and not target.startswith("//")
    return target if inside else home


@bp.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """The sign-in form. What is wrong is never said: login, password, locked or closed all look the same."""
    target = local_path(request.values.get("next"))
    if request.method == "GET":
        return redirect(target) if signed_in() else render_template("console/login.html", next=target)
    login = request.form.get("login", "")
    with work.unit_of_work() as db:
        user = accounts.log_in(db, login, request.form.get("password", ""))
    if user is None:
        return render_template("console/login.html", next=target, login=login, failed=True), 401
    language = session.get("language")
    session.clear()  # what a stranger may have put into this browser's session ends here
    session.permanent = True
    if language:
        session["language"] = language
    login_user(Visitor(user))
    return redirect(target)


@bp.post("/logout")
def log_out() -> ResponseReturnValue:
    """Ends the session; the language stays."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language
    flash(_("Vous êtes déconnecté."), "info")
    return redirect(url_for("console.log_in"))


@bp.post("/language")
def switch_language() -> ResponseReturnValue:
    """Keeps the chosen language in the session and goes back to the page."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    session["language"] = language
    return redirect(local_path(request.form.get("next")))


def page_language() -> str:
    """The language of this page: chosen in this session, else the user's, else the browser's, else French."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    user = signed_in()
    if user is not None and user.language in LANGUAGES:
        return user.language
    return request.accept_languages.best_match(list(LANGUAGES)) or "fr"
