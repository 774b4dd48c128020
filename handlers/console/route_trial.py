"""Trying a route: who would get such a case now, why, and whom it passes over on the way."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_gateway import access, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.places import place_tree
from feedback_gateway.responsibility.trial import Trial, try_route
from feedback_gateway.routing import Objection, PassedOver, Standing
from handlers.console.blueprint import bp
from handlers.console.keeping import (
    demand_reader,
    read_id,
    read_labels,
    read_place,
    read_word,
    say_day,
    say_refusal,
    say_span,
)
from handlers.console.matrix import count_open
from models import Route, User
from models.words import Sensitivity


@bp.get("/responsibilities/try")
def show_trial() -> ResponseReturnValue:
    """The form, and under it what would happen."""
    user = demand_reader()
    args, trial, error = request.args, None, ""
    about = read_id(args.get("about", ""))
    # A unit of work, since the case that never was is written and taken back before anybody can see it.
    with work.unit_of_work() as db:
        labels = read_labels(db)
        if args.get("category"):
            try:
                trial = try_route(
                    db,
                    args["category"],
                    read_place(args.get("place", ""), place_tree(db)),
                    read_word(Sensitivity, args.get("sensitivity", "")),
                    [about] if about else [],
                )
            except RefusedError as refusal:
                error = say_refusal(refusal.code)
        page = render_template(
            "console/try_route.html",
            labels=labels,
            trial=trial,
            error=error,
            passed=[] if trial is None else [(each, say_objection(each, rule)) for each, rule in trial.passed_over],
            choice="" if trial is None else _say_choice(trial),
            sees_people=trial is not None and _sees_people(user, trial),
            say_standing=say_standing,
            say_span=say_span,
            sensitivities=list(Sensitivity),
            **count_open(db),
        )
    return page, 422 if error else 200


def _sees_people(user: User, trial: Trial) -> bool:
    """Who answers in other agencies, and who reads sealed cases, is for those who look after all of them."""
    own = trial.decision.agency_id == user.agency_id and trial.sensitivity != Sensitivity.SEALED
    return access.coordinates(user) or own


def say_objection(passed: PassedOver, rule: Route) -> str:
    """Why a rule that fits does not count, in a sentence."""
    match passed.objection:
        case Objection.NOT_VALID if rule.valid_from and rule.valid_from > clock.now().date():
            return str(_("elle ne vaut qu'à partir du %(day)s", day=say_day(rule.valid_from)))
        case Objection.NOT_VALID:
            return str(_("elle ne valait que jusqu'au %(day)s", day=say_day(rule.valid_to)))
        case Objection.STALE if rule.confirmed_at:
            return str(_("personne ne l'a confirmée depuis le %(day)s", day=say_day(rule.confirmed_at.date())))
        case Objection.STALE:
            return str(_("personne ne l'a jamais confirmée"))
        case Objection.CONCERNED:
            return str(_("la plainte porte sur cette agence"))
        case Objection.SAID_NO:
            return str(_("cette agence a déjà rendu le dossier"))


def _say_choice(trial: Trial) -> str:
    """Who would take the case, and why they."""
    if trial.decision.agency_id is None:
        return str(_("Le dossier irait dans la file « Sans responsable », avec un délai pour l'orienter."))
    if not trial.standings:
        return str(_("Personne de cette agence n'est là pour le prendre et le lire : son responsable est prévenu."))
    first = trial.standings[0]
    if len(trial.standings) == 1:
        return str(_("%(name)s le prendrait : personne d'autre n'est là pour le lire.", name=first.user.name))
    return str(_("%(name)s le prendrait : c'est la personne qui a le moins de dossiers.", name=first.user.name))


def say_standing(standing: Standing) -> str:
    """How much somebody has, and for whom they stand in."""
    open_cases = str(_("%(count)s dossiers ouverts", count=standing.open_cases))
    if standing.open_cases == 0:
        open_cases = str(_("aucun dossier ouvert"))
    if standing.open_cases == 1:
        open_cases = str(_("un dossier ouvert"))
    if standing.instead_of is None:
        return open_cases
    return f"{open_cases}, {_('remplace %(name)s (absence)', name=standing.instead_of.name)}"
