"""The people who answer: agencies with their focal points and managers, and what is missing among them."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import administration, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility import coverage, rules, times
from feedback_gateway.responsibility.coverage import Lack, Shortage
from feedback_gateway.responsibility.rules import Standing
from feedback_gateway.timetable import timetable
from handlers.console import sign_in
from handlers.console.blueprint import bp
from handlers.console.keeping import Labels, keep, read_id, read_labels, read_word, say_day, say_refusal
from handlers.console.visitor import demand_administrator, me
from models import Agency, User
from models.words import Role


def demand_team() -> User:
    """The user, if people are in their care: an administrator, or the manager of an agency; 403 for everybody else."""
    user = me()
    if user.role != Role.ADMINISTRATOR and not (user.role == Role.MANAGER and user.agency_id is not None):
        abort(403)
    return user


@bp.get("/team")
def team() -> ResponseReturnValue:
    """All agencies with their people; a manager is shown their own agency."""
    user = demand_team()
    if user.role != Role.ADMINISTRATOR:
        return redirect(url_for("console.show_agency", agency_id=user.agency_id))
    return _show_team()


def _show_team(**more: Any) -> ResponseReturnValue:
    with work.reading() as db:
        labels = read_labels(db)
        users = db.scalars(select(User).order_by(User.active.desc(), User.name)).all()
        page = render_template(
            "console/team.html",
            labels=labels,
            by_agency={key: [user for user in users if user.agency_id == key] for key in [None, *labels.agencies]},
            rules_of=_count_rules(db),
            shortages=say_shortages(coverage.find_shortages(db), labels),
            today=clock.now().date(),
            roles=list(Role),
            languages=sign_in.LANGUAGES,
            **{"typed": {}, "error": "", "failed": "", **more},
        )
    return page, 422 if more.get("error") else 200


def _count_rules(db: Session) -> dict[int, int]:
    counts: dict[int, int] = {}
    for rule in rules.all_rules(db):
        if rules.standing(rule, clock.now()) not in (Standing.ENDED, Standing.LATER):
            counts[rule.agency_id] = counts.get(rule.agency_id, 0) + 1
    return counts


def say_shortages(found: Sequence[Shortage], labels: Labels) -> list[str]:
    """What is missing, in sentences."""
    return [_say_shortage(each, labels) for each in found]


def _say_shortage(shortage: Shortage, labels: Labels) -> str:
    agency, name = labels.agency(shortage.agency_id), shortage.user.name if shortage.user else ""
    what = ", ".join(labels.category(code) for code in shortage.categories)
    match shortage.lack:
        case Lack.FOCAL_POINT:
            return str(_("%(agency)s a des règles, mais aucun point focal.", agency=agency))
        case Lack.REACH:
            return str(_("%(name)s n'a ni courriel ni téléphone : aucun avis ne lui parvient.", name=name))
        case Lack.DEPUTY:
            since = say_day(shortage.user.absent_from) if shortage.user and shortage.user.absent_from else None
            if since:
                return str(_("%(name)s est en absence à partir du %(day)s, sans suppléant.", name=name, day=since))
            return str(_("%(name)s est en absence, sans suppléant.", name=name))
        case Lack.DEPUTY_ABSENT:
            return str(_("%(name)s est en absence, et son suppléant aussi.", name=name))
        case Lack.RESTRICTED:
            return str(
                _("Personne chez %(agency)s ne peut lire les dossiers restreints : %(what)s.", agency=agency, what=what)
            )
        case Lack.SEALED:
            return str(_("Personne ne peut lire les dossiers scellés : %(what)s.", what=what))
        case Lack.COORDINATION:
            return str(_("Personne ne coordonne toutes les agences : il faut un responsable sans agence."))


@bp.get("/team/agency/<int:agency_id>")
def show_agency(agency_id: int) -> ResponseReturnValue:
    """One agency: its names, its hours, its people."""
    return _show_agency(agency_id)


def _show_agency(agency_id: int, **more: Any) -> ResponseReturnValue:
    user = demand_team()
    if not administration.looks_after_agency(user, agency_id):
        abort(403)
    with work.reading() as db:
        agency = db.get(Agency, agency_id)
        if agency is None:
            abort(404)
        labels, table = read_labels(db), timetable(db)
        now = clock.now()
        page = render_template(
            "console/agency.html",
            labels=labels,
            agency=agency,
            people=db.scalars(
                select(User).where(User.agency_id == agency_id).order_by(User.active.desc(), User.name)
            ).all(),
            rules=_count_rules(db).get(agency_id, 0),
            hours=table.hours_of(agency_id, now),
            own_hours=[(since, hours) for since, hours in table.hours.get(agency_id, ())],
            shortages=say_shortages(coverage.find_shortages(db, agency_id), labels),
            today=now.date(),
            roles=list(Role),
            languages=sign_in.LANGUAGES,
            **{"typed": {}, "error": "", "failed": "", **more},
        )
    return page, 422 if more.get("error") else 200


@bp.post("/team/agencies")
def add_agency() -> ResponseReturnValue:
    """A new agency."""
    demand_administrator()
    form = request.form
    return keep(
        lambda db, by: administration.add_agency(
            db,
            code=form.get("code", ""),
            name=form.get("name", ""),
            aliases=form.get("aliases", "").splitlines(),
            by=by,
        ),
        _("Agence ajoutée."),
        to=url_for("console.team"),
        again=lambda error: _show_team(typed=form, error=error, failed="agency"),
    )


@bp.post("/team/agency/<int:agency_id>")
def edit_agency(agency_id: int) -> ResponseReturnValue:
    """Its name, and the others under which people speak of it. They decide what it may see: only an administrator's."""
    demand_administrator()
    form = request.form
    return keep(
        lambda db, by: administration.edit_agency(
            db, agency_id, name=form.get("name", ""), aliases=form.get("aliases", "").splitlines(), by=by
        ),
        _("Agence modifiée."),
        to=url_for("console.show_agency", agency_id=agency_id),
        again=lambda error: _show_agency(agency_id, typed=form, error=error, failed="agency"),
    )


@bp.post("/team/agency/<int:agency_id>/hours")
def set_agency_hours(agency_id: int) -> ResponseReturnValue:
    """Its working hours from now on; a clock that has run by others has run by them."""
    if not administration.looks_after_agency(demand_team(), agency_id):
        abort(403)
    form = request.form

    def verb(db: Session, by: User) -> None:
        days = "".join(sorted(set(form.getlist("day"))))
        times.set_hours(db, agency_id, times.read_hours(days, form.get("opens", ""), form.get("closes", "")), by=by)

    return keep(
        verb,
        _("Horaires enregistrés, à partir de maintenant."),
        to=url_for("console.show_agency", agency_id=agency_id),
        again=lambda error: _show_agency(agency_id, error=error, failed="hours"),
    )


@bp.post("/team/people")
def add_person() -> ResponseReturnValue:
    """Somebody new: with a log-in, whose password is shown on the page that answers and never again, or without."""
    user, form = demand_team(), request.form
    agency_id = read_id(form.get("agency", ""))
    here = form.get("here") == "1" and agency_id is not None
    try:
        with work.unit_of_work() as db:
            made, password = _create(db, user)
    except RefusedError as refusal:
        if refusal.code == "not_yours":
            abort(403)
        kept = {"typed": form, "error": say_refusal(refusal.code), "failed": "person"}
        return _show_agency(agency_id, **kept) if here and agency_id else _show_team(**kept)
    shown = {"made": made, "password": password}
    return _show_agency(agency_id, **shown) if here and agency_id else _show_team(**shown)


def _create(db: Session, by: User) -> tuple[User, str]:
    """The person that the form describes, and the password (empty without a log-in)."""
    form = request.form
    agency_id = read_id(form.get("agency", ""))
    details = administration.Details(
        name=form.get("name", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
        notify_by=form.get("notify_by", "email"),
        language=form.get("language", "fr"),
    )
    if form.get("access") == "none":
        made = administration.create_contact(db, name=details.name, agency_id=agency_id or 0, by=by)
        administration.set_details(db, made.id, details, by=by)
        return made, ""
    made, password = administration.create_user(
        db,
        login=form.get("login", ""),
        name=details.name,
        role=read_word(Role, form.get("role", "")) or Role.FOCAL_POINT,
        agency_id=agency_id,
        restricted=form.get("restricted") == "1",
        by=by,
    )
    if not details.email and not details.phone:
        details = administration.Details(details.name, notify_by="none", language=details.language)
    administration.set_details(db, made.id, details, by=by)
    return made, password
