"""The call-back list: who is to be called, one call at a time, and a sheet for a day without network."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import calls, cases, work
from feedback_gateway.access import sees_the_person
from feedback_gateway.calls import Call
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from handlers.console.blueprint import bp
from handlers.console.visitor import me
from models import Category, User
from models.words import CallOutcome, Sensitivity

MOST_LETTERS = 1000

_WHY = "appel depuis la liste d'appels"
"""What stands in the log as the reason for which a number was shown. Not translated: it is stored."""
_WHY_SHEET = "feuille d'appels imprimée"

_REFUSALS: Mapping[str, object] = {
    "busy": _l("Quelqu'un d'autre est en train d'appeler cette personne."),
    "no_number": _l("Il n'y a pas de numéro pour cette personne."),
    "last_word": _l("La personne a dit ce qu'elle pense de la réponse : c'est la ligne d'appel qui la rappelle."),
    "not_yours": _l("Vous n'avez plus cet appel : plus de trente minutes ont passé et quelqu'un d'autre l'a pris."),
    "choose": _l("Dites d'abord comment l'appel s'est passé."),
    "when": _l("Dites quand rappeler : un jour et une heure à venir, d'ici deux mois."),
    "empty": _l("Écrivez ce que la personne a répondu : quelqu'un l'attend."),
    "too_long": _l("Le texte est trop long."),
}


@bp.get("/calls")
def call_list() -> ResponseReturnValue:
    """Whom I may call, now and later."""
    user, now = me(), clock.now()
    mine, language = request.args.get("mine") == "1", request.args.get("language", "")[:3]
    with work.reading() as db:
        everyone = calls.open_calls(db, user, now)
        found = calls.open_calls(db, user, now, mine=mine, language=language) if mine or language else everyone
        return render_template(
            "console/calls.html",
            due=[call for call in found if call.is_due(now)],
            later=[call for call in found if not call.is_due(now)],
            total=len(everyone),
            languages=sorted({call.language for call in everyone}),
            mine=mine,
            language=language,
            **_tools(db, user, now),
        )


def _tools(db: Session, user: User, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "tree": place_tree(db),
        "most_attempts": calls.MOST_ATTEMPTS,
        "holder": lambda call: call.held_by(user, now),
        "sees_number": lambda call: sees_the_person(user, call.case),
        "category": lambda call: db.get(Category, call.case.category_code) if call.case.category_code else None,
    }


@bp.post("/calls/<int(max=999999999):entry_id>/call")
def begin_call(entry_id: int) -> ResponseReturnValue:
    """Claims an entry and shows the number, once for each time that this is pressed; each is logged."""
    user = me()
    try:
        with work.unit_of_work() as db:
            call = _find(db, user, entry_id)
            number = calls.claim(db, call, _WHY, by=user)
            if call.case.sensitivity != Sensitivity.NORMAL:
                cases.record_reading(db, call.case, by=user)
    except (NotAllowedError, StaleDataError) as refusal:
        flash(_explain(refusal), "error")
        return redirect(url_for("console.call_list"))
    return _show(entry_id, user, number)


def _find(db: Session, user: User, entry_id: int) -> Call:
    call = calls.find_call(db, user, entry_id, clock.now())
    if call is None:
        abort(404)
    return call


def _show(
    entry_id: int, user: User, number: str | None, *, error: str = "", typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    now = clock.now()
    with work.reading() as db:
        call = _find(db, user, entry_id)
        page = render_template(
            "console/call.html",
            call=call,
            number=number,
            outcomes=calls.possible_outcomes(call),
            error=error,
            typed=typed or {},
            **_tools(db, user, now),
        )
    return page, 422 if error else 200


@bp.post("/calls/<int(max=999999999):entry_id>/outcome")
def end_call(entry_id: int) -> ResponseReturnValue:
    """How the call went. A refusal shows the form again with what was typed, and without the number."""
    user, form = me(), request.form
    try:
        with work.unit_of_work() as db:
            call = _find(db, user, entry_id)
            if len(form.get("note", "")) > MOST_LETTERS:
                raise NotAllowedError("too_long")
            outcome = form.get("outcome", "")
            if outcome not in list(CallOutcome):
                raise NotAllowedError("choose")
            note, later = form.get("note", "").replace("\0", ""), _read_moment(form.get("later", ""))
            calls.record_outcome(db, call, CallOutcome(outcome), note=note, later=later, by=user)
    except (NotAllowedError, StaleDataError) as refusal:
        return _show(entry_id, user, None, error=_explain(refusal), typed=form)
    flash(_("Appel noté."), "success")
    return redirect(url_for("console.call_list"))


@bp.post("/calls/<int(max=999999999):entry_id>/release")
def release_call(entry_id: int) -> ResponseReturnValue:
    """Does not call now."""
    user = me()
    with work.unit_of_work() as db:
        calls.release(_find(db, user, entry_id), by=user)
    return redirect(url_for("console.call_list"))


def _read_moment(typed: str) -> datetime | None:
    """What a field for day and hour holds; the country's time is UTC. None when it is no moment."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@bp.get("/calls/sheet")
def call_sheet() -> ResponseReturnValue:
    """The list on paper, without numbers."""
    return _sheet(numbers={})


@bp.post("/calls/sheet")
def call_sheet_with_numbers() -> ResponseReturnValue:
    """The list on paper with the numbers that this user may see; each stands in the log of its case.

    Never those of cases that are not open to all: paper is read by whoever finds it.
    """
    user, numbers = me(), {}
    with work.unit_of_work() as db:
        for call in calls.open_calls(db, user, clock.now()):
            if call.case.sensitivity == Sensitivity.NORMAL and sees_the_person(user, call.case):
                numbers[call.entry.id] = calls.show_number(db, call.case, _WHY_SHEET, by=user)
    return _sheet(numbers)


def _sheet(numbers: Mapping[int, str]) -> str:
    user, now = me(), clock.now()
    with work.reading() as db:
        found = calls.open_calls(db, user, now)
        shown = [call for call in found if call.case.sensitivity == Sensitivity.NORMAL]
        return render_template(
            "console/call_sheet.html",
            calls=shown,
            hidden=len(found) - len(shown),
            numbers=numbers,
            **_tools(db, user, now),
        )


def _explain(refusal: Exception) -> str:
    code = refusal.code if isinstance(refusal, NotAllowedError) else "changed"
    return str(_REFUSALS.get(code) or _("Le dossier a changé entre-temps : rien n'a été fait. Recommencez."))
