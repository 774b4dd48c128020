"""What can be done to a case: one POST is one verb in one unit of work."""

from collections.abc import Mapping
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import access, cases, work
from feedback_gateway.access import find_case
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.wording import HoleError
from handlers.console.blueprint import bp
from handlers.console.case_forms import VERBS, Form
from handlers.console.case_page import render_case
from handlers.console.list_address import read_address
from handlers.console.possible import possible_verbs
from handlers.console.visitor import me
from models import Case, User

MOST_LETTERS = 1000
"""More than this is no answer by SMS; it is cut by the form, and refused when a form was not used."""


class ChangedMeanwhileError(Exception):
    """Somebody, or the person, has changed the case since the page was opened."""


_REFUSALS: Mapping[str, object] = {
    "empty": _l("Écrivez d'abord le texte."),
    "choose": _l("Faites d'abord un choix dans la liste."),
    "too_long": _l("Le texte est trop long."),
    "same_agency": _l("Le dossier est déjà chez cette agence."),
    "not_told": _l(
        "Ce résultat n'est vrai que si la personne le sait : informez-la d'abord, ou choisissez pourquoi non."
    ),
    "no_call": _l("Cette personne ne peut pas ou ne veut pas être appelée."),
    "duplicate_of": _l("Doublon de quel dossier ? Donnez sa référence, dix chiffres."),
    "itself": _l("Un dossier ne peut pas être son propre doublon."),
    "sealed": _l("Un dossier sensible ne se relie pas à celui-ci."),
    "told_by": _l("Indiquez comment la personne a été informée."),
    "no_agency": _l("Le dossier n'a pas d'agence : confiez-le d'abord."),
    "concerned": _l("La plainte porte sur cette agence : elle ne peut pas la recevoir."),
    "consent": _l("Ce dossier est sensible : notez d'abord que la personne accepte qu'il soit partagé."),
    "no_sealed_reader": _l("Personne, dans cette agence, n'est nommé pour lire un tel dossier."),
    "assignee": _l("Choisissez un point focal de cette agence qui a le droit de lire ce dossier."),
    "not_yours": _l("Votre compte ne permet pas de le faire."),
    "above": _l("La personne a dit non une seconde fois : c'est la coordination qui décide."),
    "last_word": _l("La personne a donné son avis : son numéro n'est plus montré à l'agence."),
}

_CHANGED = _l(
    "Le dossier a changé entre-temps : rien n'a été fait et votre texte est gardé. Relisez, puis recommencez."
)


@bp.post("/cases/<uuid:case_id>/<verb>")
def act(case_id: UUID, verb: str) -> ResponseReturnValue:
    """Does one verb, then comes back to the case. What was typed is never lost: a refusal shows it again."""
    if verb not in VERBS:
        abort(404)
    user, form = me(), request.form
    if "preview" in form:
        return render_case(case_id, user, verb=verb, typed=form, preview=True)
    if "insert" in form and verb == "answer":
        return render_case(case_id, user, verb=verb, typed=form, insert=True)
    try:
        with work.unit_of_work() as db:
            perform(db, user, case_id, verb, form)
    except NotAllowedError as refusal:
        return render_case(case_id, user, status=422, verb=verb, typed=form, error=explain(refusal))
    except (ChangedMeanwhileError, StaleDataError):
        return render_case(case_id, user, status=409, verb=verb, typed=form, error=str(_CHANGED))
    if verb == "reveal":
        return render_case(case_id, user, revealed=True)
    flash(str(VERBS[verb].notice), "success")
    return _go_on(user, case_id)


def perform(db: Session, user: User, case_id: UUID, verb: str, form: Form) -> None:
    """Does one verb of VERBS. `form` holds its fields and the `version` of the case that the page was made from.

    Aborts with 404 for a case that this user may not know of. Raises ChangedMeanwhileError when the case is not what
    the page showed, and NotAllowedError for what the case or the form does not allow.
    """
    case = find_case(db, user, case_id)
    if case is None:
        abort(404)
    if form.get("version", "") != str(case.version):
        raise ChangedMeanwhileError
    if verb not in possible_verbs(case, user):
        raise NotAllowedError(_why_not(case, user, verb))
    if len(form.get("text", "")) > MOST_LETTERS:
        raise NotAllowedError("too_long")
    VERBS[verb].perform(db, case, user, form)


def _why_not(case: Case, user: User, verb: str) -> str:
    """Why a verb is not possible, where that is not the state of the case."""
    if verb in ("reopen", "decline") and not cases.may_decide(case, user):
        return "above"
    if verb == "reveal" and not access.sees_the_person(user, case):
        return "last_word"
    return "not_yours" if verb in ("assign", "concerns") else "state"


def _go_on(user: User, case_id: UUID) -> ResponseReturnValue:
    """Back to the case with its place in the list; to the list when the case is no longer this user's to see."""
    address = read_address(request.args, user)
    with work.reading() as db:
        visible = find_case(db, user, case_id) is not None
    if not visible:
        return redirect(url_for("console.queue", **address.args()))
    return redirect(url_for("console.show_case", case_id=case_id, **address.args(), at=request.args.get("at", 0, int)))


def explain(refusal: NotAllowedError) -> str:
    """Why a verb was refused, in a sentence. A change of state that is not allowed has no words of its own."""
    if isinstance(refusal, HoleError):
        names = ", ".join(f"{{{name}}}" for name in refusal.names)
        return str(
            _("Rien n'est connu pour %(names)s : écrivez-le à la place, ou ôtez-le. Rien n'est parti.", names=names)
        )
    return str(_REFUSALS.get(refusal.code) or _("Ce n'est pas possible dans l'état actuel du dossier."))
