"""Answers that are used again, and the texts of the house for a case that is passed on or closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from feedback_gateway import editions, wording, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.outgoing import dress, frame
from flows import gsm7
from handlers.console.blueprint import bp
from handlers.console.sms import Sms, measure
from handlers.console.visitor import me
from handlers.console.words import category_name
from models import AnswerTemplate, Category, User
from models.words import Purpose, Role

_REFUSALS: Mapping[str, object] = {
    "purpose": _l("Choisissez à quoi sert le texte."),
    "empty": _l("Écrivez d'abord le texte."),
    "too_long": _l("Le texte est trop long : 600 caractères au plus."),
    "brace": _l("Une accolade ne sert qu'autour d'une variable de la liste, par exemple {place}."),
    "unknown_variable": _l("Une variable n'existe pas, ou ne se connaît pas encore à cette étape : voyez la liste."),
    "no_reference": _l(
        "Ce texte part tout seul : il doit contenir {reference}, pour que la personne sache de quoi il parle."
    ),
    "category": _l("Cette catégorie n'existe pas."),
    "language": _l("Choisissez la langue."),
    "name": _l("Le nom manque, ou a plus de 80 lettres."),
    "taken": _l("Il y a déjà un texte pour cette étape, cette catégorie et cette langue : changez-le."),
    "gone": _l("Ce texte n'existe plus."),
}

PURPOSES: Mapping[Purpose, object] = {
    Purpose.ANSWER: _l("Réponse proposée aux points focaux"),
    Purpose.REFERRED: _l("Avis : transmis au service responsable"),
    Purpose.CLOSED: _l("Avis : dossier clos"),
}
"""What each kind of text is for."""

VARIABLES: Mapping[str, object] = {
    "reference": _l("le numéro du dossier"),
    "category": _l("la catégorie du dossier"),
    "place": _l("le lieu"),
    "agency": _l("l'agence responsable"),
    "date": _l("avis de transmission : avant quel jour la réponse est prévue ; ailleurs : aujourd'hui"),
    "hotline": _l("la ligne d'aide du lieu, si elle est vérifiée"),
    "answer": _l("ce que le point focal a écrit ; avis de clôture : la dernière réponse"),
}
"""What stands for each of wording.VARIABLES."""


@dataclass(frozen=True)
class Shown:
    """A text as it would leave with what the variables may stand for, folded and with its letters kept."""

    sms: Sms
    parts_kept: int


def _demand() -> User:
    """Administrators and managers; 403 for everybody else."""
    user = me()
    if user.role not in (Role.ADMINISTRATOR, Role.MANAGER):
        abort(403)
    return user


def show_size(purpose: Purpose, language: str, text: str) -> Shown:
    """What a text comes to on the wire, with the longest that its variables usually stand for."""
    filled = wording.fill(text, wording.SAMPLES)
    if purpose == Purpose.ANSWER:
        filled = frame(language, "sms.answer", reference=wording.SAMPLES["reference"].replace(" ", ""), answer=filled)
    return Shown(measure(dress(filled, "")), gsm7.preview(filled).parts_kept)


@bp.get("/answers")
def answers() -> ResponseReturnValue:
    """Every text, by what it is for."""
    _demand()
    with work.reading() as db:
        found = wording.list_templates(db)
        categories = {category.code: category for category in db.scalars(select(Category))}
    return render_template(
        "console/answers.html",
        groups=[
            (purpose, title, [each for each in found if each.purpose == purpose]) for purpose, title in PURPOSES.items()
        ],
        size_of=lambda each: show_size(each.purpose, each.language, each.text),
        category_by_code=categories,
        category_name=category_name,
    )


@bp.get("/answers/new")
def new_answer() -> ResponseReturnValue:
    """The form for a text that is not there yet; `?purpose=` says what for."""
    _demand()
    return _form(None, {"purpose": request.args.get("purpose", Purpose.ANSWER), "language": "fr"})


@bp.post("/answers/new")
def add_answer() -> ResponseReturnValue:
    """A new text, or a look at it first."""
    return _keep(None, _("Texte ajouté."))


@bp.get("/answers/<int(max=999999999):template_id>")
def show_answer(template_id: int) -> ResponseReturnValue:
    """The form that changes a text."""
    _demand()
    with work.reading() as db:
        kept = db.get(AnswerTemplate, template_id)
    if kept is None:
        abort(404)
    typed = {"purpose": kept.purpose, "category": kept.category or "", "language": kept.language}
    return _form(template_id, {**typed, "name": kept.name, "text": kept.text})


@bp.post("/answers/<int(max=999999999):template_id>")
def edit_answer(template_id: int) -> ResponseReturnValue:
    """Changes a text, or shows it first."""
    return _keep(template_id, _("Texte changé."))


@bp.post("/answers/<int(max=999999999):template_id>/remove")
def remove_answer(template_id: int) -> ResponseReturnValue:
    """Takes a text away."""
    _demand()
    try:
        with work.unit_of_work() as db:
            wording.remove_template(db, template_id)
    except NotAllowedError:
        abort(404)
    flash(_("Texte retiré. Ce qui est parti avec lui reste."), "success")
    return redirect(url_for("console.answers"))


def _keep(template_id: int | None, notice: str) -> ResponseReturnValue:
    user, form = _demand(), request.form
    try:
        purpose, language, text = _read(form)
        if "preview" in form:
            wording.check_text(purpose, text)
            return _form(template_id, form, shown=show_size(purpose, language, text))
        with work.unit_of_work() as db:
            wording.save_template(
                db,
                template_id,
                purpose=purpose,
                category=form.get("category") or None,
                language=language,
                name=form.get("name", "").replace("\0", ""),
                text=text,
                by=user,
            )
    except NotAllowedError as refusal:
        if refusal.code == "gone":
            abort(404)
        return _form(template_id, form, error=str(_REFUSALS[refusal.code])), 422
    flash(notice, "success")
    return redirect(url_for("console.answers"))


def _read(form: Mapping[str, str]) -> tuple[Purpose, str, str]:
    purpose, language = form.get("purpose", ""), form.get("language", "")
    if purpose not in PURPOSES:
        raise NotAllowedError("purpose")
    if language not in editions.book_in_force().languages:
        raise NotAllowedError("language")
    return Purpose(purpose), language, form.get("text", "").replace("\0", "")


def _form(template_id: int | None, typed: Mapping[str, Any], *, error: str = "", shown: Shown | None = None) -> str:
    with work.reading() as db:
        categories = db.scalars(select(Category).order_by(Category.code)).all()
    return render_template(
        "console/answer.html",
        template_id=template_id,
        typed=typed,
        error=error,
        shown=shown,
        purposes=PURPOSES,
        variables=VARIABLES,
        categories=categories,
        languages=editions.book_in_force().texts.names,
    )
