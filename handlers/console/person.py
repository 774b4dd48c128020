"""One person of the team: how they are reached, when they are away, what they may read; and one's own absence."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import administration, desk_sms, work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.responsibility import times
from handlers.console import sign_in
from handlers.console.blueprint import bp
from handlers.console.keeping import keep, read_day, read_id, read_labels, say_refusal
from handlers.console.team import demand_team
from handlers.console.visitor import demand_administrator, me
from models import SealedReader, User
from models.words import Role


@bp.get("/team/person/<int:user_id>")
def show_person(user_id: int) -> ResponseReturnValue:
    """All about one person."""
    return _show(user_id)


def _show(user_id: int, **more: Any) -> ResponseReturnValue:
    by = demand_team()
    with work.reading() as db:
        user = db.get(User, user_id)
        if user is None or not administration.may_look_after(db, by, user, reach=False):
            abort(404)
        page = render_template(
            "console/person.html",
            user=user,
            labels=read_labels(db),
            reach=administration.may_look_after(db, by, user),
            deputies=_deputies(db, user),
            sealed=set(db.scalars(select(SealedReader.category_code).where(SealedReader.user_id == user.id))),
            today=clock.now().date(),
            languages=sign_in.LANGUAGES,
            **{"typed": {}, "error": "", "failed": "", **more},
        )
    return page, 422 if more.get("error") else 200


def _deputies(db: Session, user: User) -> list[User]:
    """Who may act for somebody: the others of the same agency."""
    others = select(User).where(User.agency_id.is_not_distinct_from(user.agency_id), User.id != user.id, User.active)
    return list(db.scalars(others.order_by(User.name)))


@bp.post("/team/person/<int:user_id>")
def edit_person(user_id: int) -> ResponseReturnValue:
    """How somebody is named and reached."""
    demand_team()
    form = request.form
    details = administration.Details(
        name=form.get("name", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
        notify_by=form.get("notify_by", ""),
        language=form.get("language", "fr"),
    )
    return keep(
        lambda db, by: administration.set_details(db, user_id, details, by=by),
        _("Enregistré."),
        to=url_for("console.show_person", user_id=user_id),
        again=lambda error: _show(user_id, typed=form, error=error, failed="details"),
    )


@bp.post("/team/person/<int:user_id>/absence")
def set_absence(user_id: int) -> ResponseReturnValue:
    """When somebody is away, and who acts for them."""
    demand_team()
    return keep(
        lambda db, by: _set_absence(db, user_id, by),
        _("Absence enregistrée."),
        to=url_for("console.show_person", user_id=user_id),
        again=lambda error: _show(user_id, error=error, failed="absence"),
    )


def _set_absence(db: Session, user_id: int, by: User) -> None:
    form = request.form
    administration.set_absence(
        db,
        user_id,
        first=read_day(form.get("first", "")),
        last=read_day(form.get("last", "")),
        deputy_id=read_id(form.get("deputy", "")),
        by=by,
    )


@bp.post("/team/person/<int:user_id>/hours")
def set_person_hours(user_id: int) -> ResponseReturnValue:
    """When somebody is to be bothered: in their own hours, or those of the agency."""
    demand_team()
    form = request.form

    def verb(db: Session, by: User) -> None:
        days = "".join(sorted(set(form.getlist("day"))))
        own = form.get("as_agency") != "1"
        hours = times.read_hours(days, form.get("opens", ""), form.get("closes", "")) if own else None
        administration.set_working_hours(db, user_id, hours, by=by)

    return keep(
        verb,
        _("Horaires enregistrés."),
        to=url_for("console.show_person", user_id=user_id),
        again=lambda error: _show(user_id, error=error, failed="hours"),
    )


@bp.post("/team/person/<int:user_id>/rights")
def set_rights(user_id: int) -> ResponseReturnValue:
    """What somebody may read beyond what is open to all."""
    demand_administrator()
    form = request.form
    return keep(
        lambda db, by: administration.set_rights(
            db, user_id, restricted=form.get("restricted") == "1", sealed=form.getlist("sealed"), by=by
        ),
        _("Droits enregistrés."),
        to=url_for("console.show_person", user_id=user_id),
    )


@bp.post("/team/person/<int:user_id>/active")
def set_active(user_id: int) -> ResponseReturnValue:
    """Opens or closes an account."""
    demand_team()
    active = request.form.get("active") == "1"
    return keep(
        lambda db, by: administration.set_active(db, user_id, active=active, by=by),
        _("Compte ouvert.") if active else _("Compte fermé."),
        to=url_for("console.show_person", user_id=user_id),
    )


@bp.post("/team/person/<int:user_id>/password")
def new_password(user_id: int) -> ResponseReturnValue:
    """A new password, shown on the page that answers and never again."""
    by = demand_team()
    try:
        with work.unit_of_work() as db:
            user = db.get(User, user_id)
            if user is None:
                abort(404)
            _user, password = administration.reset_password(db, user.login, by=by)
    except RefusedError as refusal:
        if refusal.code == "not_yours":
            abort(403)
        return _show(user_id, error=say_refusal(refusal.code), failed="access")
    return _show(user_id, password=password)


@bp.post("/team/person/<int:user_id>/pin")
def new_pin(user_id: int) -> ResponseReturnValue:
    """New digits for commands by SMS, shown on the page that answers and never again."""
    by = demand_team()
    with work.unit_of_work() as db:
        user = db.get(User, user_id)
        if user is None or not administration.may_look_after(db, by, user):
            abort(403)
        digits = desk_sms.set_pin(db, user, by=by) if user.phone else None
    if digits is None:
        return _show(user_id, error=_("Il faut d'abord un numéro de téléphone."), failed="pin")
    return _show(user_id, pin=digits)


@bp.get("/absence")
def my_absence() -> ResponseReturnValue:
    """One's own absence and deputy."""
    return _show_mine()


def _show_mine(error: str = "") -> ResponseReturnValue:
    with work.reading() as db:
        user = db.get_one(User, me().id)
        page = render_template(
            "console/absence.html",
            user=user,
            deputies=_deputies(db, user),
            error=error,
            today=clock.now().date(),
            has_rules=user.agency_id is not None and user.role in (Role.FOCAL_POINT, Role.MANAGER),
        )
    return page, 422 if error else 200


@bp.post("/absence")
def set_my_absence() -> ResponseReturnValue:
    """Says when one is away oneself."""
    return keep(
        lambda db, by: _set_absence(db, by.id, by),
        _("Absence enregistrée."),
        to=url_for("console.my_absence"),
        again=_show_mine,
    )
