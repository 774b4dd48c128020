"""The languages that the machine tells apart, and adding one: its score is seen before it is kept."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from feedback_gateway import learnt_languages, work
from feedback_gateway.classify.language_learn import LEAST_LINES
from feedback_gateway.editions import fingerprint
from feedback_gateway.learnt_languages import RefusedError
from handlers.console.blueprint import bp
from handlers.console.visitor import demand_administrator

GOOD = 0.9
"""From here on a language is recognised well enough to be kept without a second thought."""

_REFUSALS: Mapping[str, object] = {
    "code": _l("Code : deux ou trois lettres minuscules (ISO 639), comme dag ou xsm."),
    "known": _l("Cette langue est déjà connue."),
    "name": _l("Le nom manque, ou a plus de 60 caractères."),
    "lines": _l("%(quoted)s lignes différentes et assez longues : il en faut %(least)s."),
    "too_long": _l("Le texte est trop long : 200 000 caractères au plus."),
    "gone": _l("Cela n'existe plus."),
}


@bp.get("/languages")
def languages() -> ResponseReturnValue:
    """The languages known, and the form to add one."""
    demand_administrator()
    return _show()


@bp.post("/languages")
def add_language() -> ResponseReturnValue:
    """Tries a language; keeps it when the form says so, which it can only after the score was shown."""
    by, form = demand_administrator(), request.form
    code, name = form.get("code", "").strip(), form.get("name", "")
    try:
        with work.reading() as db:
            learnt = learnt_languages.try_language(db, code, name, form.get("text", ""))
        if "keep" not in form or form.get("tried") != _mark(form):  # the score shown was that of another text
            return _show(typed=form, learnt=learnt, tried=_mark(form))
        with work.unit_of_work() as db:
            learnt_languages.keep(db, learnt, name, by=by)
    except IntegrityError:
        return _refuse(RefusedError("known"))
    except RefusedError as refused:
        return _refuse(refused)
    _know_now()
    flash(_("%(name)s est reconnue à partir de maintenant.", name=" ".join(name.split())), "success")
    return redirect(url_for("console.languages"))


@bp.post("/languages/<code>/retire")
def retire_language(code: str) -> ResponseReturnValue:
    """Takes an added language out."""
    by = demand_administrator()
    try:
        with work.unit_of_work() as db:
            learnt_languages.retire(db, code, by=by)
    except RefusedError as refused:
        return _refuse(refused)
    _know_now()
    flash(_("Langue retirée."), "success")
    return redirect(url_for("console.languages"))


def _mark(form: Mapping[str, str]) -> str:
    return fingerprint("\n".join([form.get("code", "").strip(), *form.get("text", "").splitlines()]))


def _know_now() -> None:
    with work.reading() as db:
        learnt_languages.refresh(db)


def _refuse(refused: RefusedError) -> ResponseReturnValue:
    error = str(_REFUSALS[refused.code]) % {"quoted": refused.quoted, "least": LEAST_LINES}
    return _show(422, typed=request.form, error=error)


def _show(status: int = 200, **more: Any) -> ResponseReturnValue:
    with work.reading() as db:
        page = render_template(
            "console/languages.html",
            **{
                "shipped": learnt_languages.shipped_codes(),
                "added": learnt_languages.added(db),
                "least": LEAST_LINES,
                "good": GOOD,
                "most_letters": learnt_languages.MOST_LETTERS,
                "most_name": learnt_languages.MOST_NAME,
                "typed": {},
                "learnt": None,
                "tried": "",
                "error": "",
                **more,
            },
        )
    return page, status
