"""The administrator's page: log-ins, agencies, rules, places and paused channels."""

import io
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import administration, seed, work
from feedback_gateway.administration import RefusedError
from feedback_gateway.places import place_tree
from handlers.console import sign_in
from handlers.console.blueprint import bp
from handlers.console.visitor import demand_administrator
from models import Agency, Category, PausedChannel, Place, Route, User
from models.words import Role, Sensitivity

W = TypeVar("W", bound=StrEnum)

_REFUSALS: Mapping[str, object] = {
    "login": _l("Identifiant : 3 lettres ou chiffres au moins, sans espace ni accent."),
    "login_taken": _l("Cet identifiant existe déjà."),
    "name": _l("Le nom manque."),
    "agency": _l("Choisissez une agence."),
    "focal_point_without_agency": _l("Un point focal a besoin d'une agence."),
    "agency_code": _l("Code : lettres et chiffres, sans espace, 20 au plus."),
    "agency_taken": _l("Ce code d'agence existe déjà."),
    "category": _l("Cette catégorie n'existe pas."),
    "place": _l("Ce lieu n'existe pas."),
    "route_taken": _l("Une règle existe déjà pour ce cas : retirez-la d'abord."),
    "yourself": _l("Vous ne pouvez pas fermer votre propre compte."),
    "gone": _l("Cela n'existe plus."),
}


@bp.get("/admin")
def admin() -> ResponseReturnValue:
    """Everything an administrator looks after, on one page."""
    demand_administrator()
    return _show()


def _show(status: int = 200, **more: Any) -> ResponseReturnValue:
    with work.reading() as db:
        page = render_template("console/admin.html", **_gather(db), **{"typed": {}, "error": "", "failed": "", **more})
    return page, status


def _gather(db: Session) -> dict[str, Any]:
    categories = db.scalars(select(Category).order_by(Category.code)).all()
    agencies = db.scalars(select(Agency).order_by(Agency.name)).all()
    tree = place_tree(db)
    return {
        "users": db.scalars(select(User).options(joinedload(User.agency)).order_by(User.login)).all(),
        "agencies": agencies,
        "agency_by_id": {agency.id: agency for agency in agencies},
        "routes": db.scalars(select(Route).order_by(Route.category, Route.place_code, Route.id)).all(),
        "paused": db.scalars(select(PausedChannel).order_by(PausedChannel.channel)).all(),
        "places": db.execute(select(Place.level, func.count()).group_by(Place.level)).all(),
        "categories": categories,
        "category_by_code": {category.code: category for category in categories},
        "tree": tree,
        "roles": list(Role),
        "sensitivities": list(Sensitivity),
        "languages": sign_in.LANGUAGES,
    }


def _do(verb: Callable[[Session, User], object], notice: str, section: str) -> ResponseReturnValue:
    """One verb in one unit of work; a refusal shows the page again with what was typed."""
    user = demand_administrator()
    try:
        with work.unit_of_work() as db:
            verb(db, user)
    except RefusedError as refusal:
        return _show(422, typed=request.form, error=str(_REFUSALS[refusal.code]), failed=section)
    flash(notice, "success")
    return redirect(url_for("console.admin", _anchor=section))


@bp.post("/admin/users")
def create_user() -> ResponseReturnValue:
    """A new log-in. Its password is shown on the page that answers, and never again."""
    user, form = demand_administrator(), request.form
    try:
        with work.unit_of_work() as db:
            made, password = administration.create_user(
                db,
                login=form.get("login", ""),
                name=form.get("name", ""),
                email=form.get("email", ""),
                role=_word(Role, form.get("role", "")) or Role.FOCAL_POINT,
                agency_id=_id(form.get("agency", "")),
                restricted=form.get("restricted") == "1",
                language="en" if form.get("language") == "en" else "fr",
                by=user,
            )
    except RefusedError as refusal:
        return _show(422, typed=form, error=str(_REFUSALS[refusal.code]), failed="users")
    return _show(made=made, password=password)


@bp.post("/admin/users/<int:user_id>/active")
def set_active(user_id: int) -> ResponseReturnValue:
    """Opens or closes a log-in."""
    active = request.form.get("active") == "1"
    notice = _("Compte ouvert.") if active else _("Compte fermé.")
    return _do(lambda db, by: administration.set_active(db, user_id, active=active, by=by), notice, "users")


@bp.post("/admin/agencies")
def add_agency() -> ResponseReturnValue:
    """A new agency."""
    code, name = request.form.get("code", ""), request.form.get("name", "")
    return _do(
        lambda db, by: administration.add_agency(db, code=code, name=name, by=by), _("Agence ajoutée."), "agencies"
    )


@bp.post("/admin/routes")
def add_route() -> ResponseReturnValue:
    """A new rule."""
    form = request.form
    return _do(
        lambda db, by: administration.add_route(
            db,
            category=form.get("category") or None,
            place_code=form.get("place", "").strip() or None,
            sensitivity=_word(Sensitivity, form.get("sensitivity", "")),
            agency_id=_id(form.get("agency", "")) or 0,
            by=by,
        ),
        _("Règle ajoutée."),
        "routes",
    )


@bp.post("/admin/routes/<int:route_id>/remove")
def remove_route(route_id: int) -> ResponseReturnValue:
    """Takes a rule away."""
    return _do(lambda db, by: administration.remove_route(db, route_id, by=by), _("Règle retirée."), "routes")


@bp.post("/admin/channels/<channel>/resume")
def resume_channel(channel: str) -> ResponseReturnValue:
    """Lets a paused channel send again."""
    return _do(lambda db, by: administration.resume_channel(db, channel, by=by), _("Canal repris."), "channels")


@bp.post("/admin/places")
def import_places() -> ResponseReturnValue:
    """Places from a CSV file: all of it, or nothing and the line that is wrong."""
    demand_administrator()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _show(422, error=_("Choisissez d'abord un fichier."), failed="places")
    try:
        lines = io.StringIO(file.read().decode("utf-8-sig"), newline="")
        with work.unit_of_work() as db:
            count = seed.import_places(db, lines)
    except UnicodeDecodeError:
        return _show(422, error=_("Le fichier n'est pas en UTF-8."), failed="places")
    except ValueError as fault:
        return _show(422, error=_("Rien n'a été repris. %(fault)s", fault=fault), failed="places")
    flash(_("%(count)s lieux repris.", count=count), "success")
    return redirect(url_for("console.admin", _anchor="places"))


def _id(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() else None


def _word(kind: type[W], word: str) -> W | None:
    return kind(word) if word in list(kind) else None
