"""What can be done to a case: one POST is one verb in one unit of work."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import cases, triage, work
from feedback_gateway.access import find_case
from feedback_gateway.case_states import NotAllowedError
from handlers.console.blueprint import bp
from handlers.console.case_page import render_case
from handlers.console.list_address import read_address
from handlers.console.possible import possible_verbs
from handlers.console.visitor import me
from models import Agency, Case, Category, User
from models.words import Noise, Outcome, Rejection

Form = Mapping[str, str]
A_COMPLAINT = "none"
"""What a form says for: it is a complaint after all, no noise."""

MOST_LETTERS = 1000
"""More than this is no answer by SMS; it is cut by the form, and refused when a form was not used."""


class ChangedMeanwhileError(Exception):
    """Somebody, or the person, has changed the case since the page was opened."""


class Verb(NamedTuple):
    """What a form does, and what is said when it is done."""

    perform: Callable[[Session, Case, User, Form], None]
    notice: object


def _category(db: Session, form: Form) -> Category:
    category = db.get(Category, form.get("category", ""))
    if category is None:
        raise NotAllowedError("choose")
    return category


def _mark_noise(db: Session, case: Case, user: User, form: Form) -> None:
    noise = form.get("noise", "")
    if noise not in [*Noise, A_COMPLAINT]:
        raise NotAllowedError("choose")
    triage.mark_noise(db, case, None if noise == A_COMPLAINT else Noise(noise), by=user)


def _refer(db: Session, case: Case, user: User, form: Form) -> None:
    chosen = form.get("agency", "")
    agency = db.get(Agency, int(chosen)) if chosen.isascii() and chosen.isdigit() else None
    if agency is None:
        raise NotAllowedError("choose")
    cases.refer(db, case, agency, by=user, note=form.get("text", "").strip())


def _close(db: Session, case: Case, user: User, form: Form) -> None:
    outcome = form.get("outcome", "")
    if outcome not in list(Outcome):
        raise NotAllowedError("choose")
    cases.close(db, case, Outcome(outcome), by=user, note=form.get("text", "").strip())


def _reject(db: Session, case: Case, user: User, form: Form) -> None:
    reason = form.get("reason", "")
    if reason not in list(Rejection):
        raise NotAllowedError("choose")
    cases.reject(db, case, Rejection(reason), by=user, note=form.get("text", "").strip())


VERBS: Mapping[str, Verb] = {
    "accept": Verb(lambda db, case, user, _f: cases.accept(db, case, by=user), _l("Dossier pris en charge.")),
    "answer": Verb(
        lambda db, case, user, form: cases.respond(db, case, form.get("text", ""), by=user), _l("Réponse enregistrée.")
    ),
    "start": Verb(lambda db, case, user, _f: cases.start_action(db, case, by=user), _l("Action commencée.")),
    "told": Verb(
        lambda db, case, user, form: cases.mark_told(db, case, form.get("how", ""), by=user),
        _l("La personne est informée."),
    ),
    "close": Verb(_close, _l("Dossier clos.")),
    "reject": Verb(_reject, _l("Dossier rendu : il attend un autre responsable.")),
    "refer": Verb(_refer, _l("Dossier confié à une autre agence.")),
    "confirm": Verb(
        lambda db, case, user, form: triage.recategorise(db, case, _category(db, form), by=user),
        _l("Catégorie confirmée."),
    ),
    "recategorise": Verb(
        lambda db, case, user, form: triage.recategorise(db, case, _category(db, form), by=user),
        _l("Catégorie changée."),
    ),
    "release": Verb(lambda db, case, user, _f: triage.release(db, case, by=user), _l("Lu : rien de sensible.")),
    "noise": Verb(_mark_noise, _l("C'est noté.")),
    "note": Verb(
        lambda db, case, user, form: cases.add_note(db, case, form.get("text", ""), by=user), _l("Note ajoutée.")
    ),
    "reopen": Verb(lambda db, case, user, _f: cases.reopen(db, case, by=user), _l("Dossier rouvert.")),
    "reveal": Verb(lambda db, case, user, form: cases.reveal_phone(db, case, form.get("text", ""), by=user), ""),
}
"""Every verb that has a form on the case page, by the last part of its address."""

_REFUSALS: Mapping[str, object] = {
    "empty": _l("Écrivez d'abord le texte."),
    "choose": _l("Faites d'abord un choix dans la liste."),
    "too_long": _l("Le texte est trop long."),
    "same_agency": _l("Le dossier est déjà chez cette agence."),
    "not_told": _l(
        "Ce résultat n'est vrai que si la personne le sait : informez-la d'abord, ou choisissez pourquoi non."
    ),
    "told_by": _l("Indiquez comment la personne a été informée."),
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
    if verb not in possible_verbs(case):
        raise NotAllowedError("state")
    if len(form.get("text", "")) > MOST_LETTERS:
        raise NotAllowedError("too_long")
    VERBS[verb].perform(db, case, user, form)


def _go_on(user: User, case_id: UUID) -> ResponseReturnValue:
    """Back to the case with its place in the list; to the list when the case is no longer this user's to see."""
    address = read_address(request.args)
    with work.reading() as db:
        visible = find_case(db, user, case_id) is not None
    if not visible:
        return redirect(url_for("console.queue", **address.args()))
    return redirect(url_for("console.show_case", case_id=case_id, **address.args(), at=request.args.get("at", 0, int)))


def explain(refusal: NotAllowedError) -> str:
    """Why a verb was refused, in a sentence. A change of state that is not allowed has no words of its own."""
    return str(_REFUSALS.get(refusal.code) or _("Ce n'est pas possible dans l'état actuel du dossier."))
