"""Cases that resemble the one on the page: what the machine suggests, and what a person says of it."""

from collections.abc import Sequence
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from feedback_gateway import alike, work
from feedback_gateway.access import find_case
from feedback_gateway.case_states import NotAllowedError
from handlers.console.blueprint import bp
from handlers.console.list_address import read_address
from handlers.console.visitor import me
from models.words import Verdict

_DEGREES: Sequence[tuple[float, object]] = (
    (0.9, _l("presque les mêmes mots")),
    (0.6, _l("beaucoup de mots en commun")),
    (0.0, _l("quelques mots en commun")),
)


def how_alike(score: float) -> str:
    """How much two texts share (0 to 1), in words."""
    return str(next(said for least, said in _DEGREES if score >= least))


@bp.post("/cases/<uuid:case_id>/alike/<int:likeness_id>")
def judge_likeness(case_id: UUID, likeness_id: int) -> ResponseReturnValue:
    """Links two cases, or says that they have nothing to do with each other. 404 for what this user may not see."""
    user, word = me(), request.form.get("verdict", "")
    if word not in list(Verdict):
        abort(400)
    with work.unit_of_work() as db:
        case = find_case(db, user, case_id)
        suggested = {likeness.id: likeness for likeness, _other in alike.suggestions(db, user, case)} if case else {}
        if likeness_id not in suggested:
            abort(404)
        parted = suggested[likeness_id].verdict == Verdict.LINKED and word == Verdict.DISMISSED
        try:
            alike.decide(db, suggested[likeness_id], Verdict(word), by=user)
        except NotAllowedError:  # what was closed as a duplicate is only coordination's to take up again
            abort(403)
    said = _("Dossiers séparés.") if parted else _("C'est noté : ce n'est pas pareil.")
    flash(_("Dossiers liés.") if word == Verdict.LINKED else said, "success")
    at = request.args.get("at", 0, int)
    return redirect(url_for("console.show_case", case_id=case_id, **read_address(request.args, user).args(), at=at))


@bp.post("/cases/<uuid:case_id>/alike/answer")
def pass_answer_on(case_id: UUID) -> ResponseReturnValue:
    """Sends the last answer of a case to the people whose cases were closed as its duplicates."""
    user = me()
    with work.unit_of_work() as db:
        case = find_case(db, user, case_id)
        if case is None:
            abort(404)
        try:
            sent = alike.pass_answer_on(db, case, by=user)
        except NotAllowedError:
            abort(409)
    flash(ngettext("Réponse envoyée à %(num)s personne.", "Réponse envoyée à %(num)s personnes.", sent), "success")
    at = request.args.get("at", 0, int)
    return redirect(url_for("console.show_case", case_id=case_id, **read_address(request.args, user).args(), at=at))
