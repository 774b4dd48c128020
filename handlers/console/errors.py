"""Pages that say what went wrong, and what became of the work."""

from collections.abc import Mapping

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from handlers.console.flow_texts import read_changes

_TITLES: Mapping[int, tuple[object, object]] = {
    400: (_l("La demande est incomplète"), _l("Rien n'a été enregistré. Revenez en arrière et recommencez.")),
    403: (_l("Cette page n'est pas pour vous"), _l("Votre compte ne permet pas de l'ouvrir. Rien n'a été changé.")),
    404: (
        _l("Cette page n'existe pas"),
        _l("L'adresse est fausse, ou le dossier n'existe pas ou n'est pas ouvert à votre compte."),
    ),
    405: (_l("Cette page ne s'ouvre pas ainsi"), _l("Rien n'a été changé. Revenez à la liste.")),
    413: (_l("Le fichier est trop grand"), _l("Rien n'a été enregistré.")),
    500: (
        _l("Une erreur est survenue"),
        _l("Ce que vous veniez de faire n'est pas enregistré. Recommencez dans un moment."),
    ),
}
_TYPED = frozenset({"text", "name", "source", "patterns"})
_EXPIRED = (
    _l("Votre session a expiré"),
    _l("Rien n'a été enregistré. Gardez le texte qui suit, s'il y en a un, puis reconnectez-vous et recommencez."),
)


def register(app: Flask) -> None:
    """Shows errors as pages, for addresses of the console only: a provider or a machine gets plain answers."""
    app.register_error_handler(CSRFError, _session_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(500, _http_error)


def _http_error(error: Exception) -> ResponseReturnValue:
    if not isinstance(error, HTTPException):
        raise error
    if not _is_page() or error.code is None or error.code < 400:
        return error
    title, what = _TITLES.get(error.code, _TITLES[500 if error.code >= 500 else 400])
    return render_template("console/error.html", title=title, what=what, typed=[]), error.code


def _session_expired(error: Exception) -> ResponseReturnValue:
    """A form without a valid token: the session ended under it. What was typed is given back, not lost."""
    assert isinstance(error, HTTPException)
    if not _is_page():
        return error
    if request.accept_mimetypes.best == "application/json":
        return {"error": "sign_in"}, 401
    typed = [value for name, value in request.form.items() if name in _TYPED and value.strip()]
    typed += [change.wording.words for change in read_changes(request.form)]
    title, what = _EXPIRED
    return render_template("console/error.html", title=title, what=what, typed=typed, expired=True), 400


def _is_page() -> bool:
    return not request.path.startswith(("/webhooks/", "/health", "/ready", "/api/"))
