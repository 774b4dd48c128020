"""The directory of services: the numbers near a place, when each was last called, and keeping them true."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from feedback_gateway import directory, work
from feedback_gateway.directory import GIVE_OUT, STALE_AFTER, Entry, RefusedError, freshness
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from handlers.console.blueprint import bp
from handlers.console.directory_address import TABS, by_place, read_search
from handlers.console.visitor import me
from models import Service, User
from models.words import Level, ServiceKind

PAGE_SIZE = 50

_TITLES: Mapping[str, object] = {
    "use": _l("En service"),
    "check": _l("À vérifier"),
    "retired": _l("Retirés"),
}

_REFUSALS: Mapping[str, object] = {
    "kind": _l("Choisissez de quoi il s'agit."),
    "name": _l("Le nom manque, ou a plus de 120 lettres."),
    "phone": _l("Numéro : chiffres, espaces, tirets, + * #, de 2 à 20 signes, comme on le compose dans le pays."),
    "hours": _l("Les heures ont plus de 80 lettres."),
    "place": _l("Ce lieu n'existe pas, ou plusieurs lieux ont ce nom : choisissez-le dans la liste."),
    "taken": _l("Ce numéro est déjà dans l'annuaire, pour le même lieu et le même service."),
    "gone": _l("Cela n'existe plus."),
}


@bp.get("/directory")
def services() -> ResponseReturnValue:
    """One page of the directory: what the address asks for, place by place."""
    search, now = read_search(request.args), clock.now()
    with work.reading() as db:
        tree, everything = place_tree(db), directory.list_services(db)
    found = [service for service in everything if search.finds(service, tree)]
    tabs = {name: [service for service in found if belongs(service, now)] for name, belongs in TABS.items()}
    shown = by_place(tabs[search.tab], tree)
    pages = max(1, -(-len(shown) // PAGE_SIZE))
    page = min(search.page, pages)
    on_page = shown[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return render_template(
        "console/directory.html",
        search=search,
        tabs={name: (title, len(tabs[name])) for name, title in _TITLES.items()},
        shown=[(code, list(services)) for code, services in groupby(on_page, lambda service: service.place_code)],
        empty=not everything,
        page=page,
        pages=pages,
        freshness_of=lambda service: freshness(service, now).value,
        days_of=lambda service: (now - service.verified_at).days,
        stale_days=STALE_AFTER.days,
        lapsed_days=GIVE_OUT.days,
        kinds=list(ServiceKind),
        regions=[place for place in tree.children.get(None, []) if place.level == Level.REGION],
        tree=tree,
    )


@bp.get("/directory/new")
def new_service() -> ResponseReturnValue:
    """The form for a service that is not there yet."""
    return _show_form(None, {})


@bp.post("/directory/new")
def add_service() -> ResponseReturnValue:
    """A new service; a refusal shows the form again with what was typed."""
    return _keep(None, _("Service ajouté."))


@bp.get("/directory/<int(max=999999999):service_id>")
def show_service(service_id: int) -> ResponseReturnValue:
    """The form that changes a service."""
    with work.reading() as db:
        service, tree = db.get(Service, service_id), place_tree(db)
    if service is None:
        abort(404)
    kept = {"kind": service.kind.value, "name": service.name, "phone": service.phone, "hours": service.hours}
    return _show_form(service_id, {**kept, "place": tree.show(service.place_code)})


@bp.post("/directory/<int(max=999999999):service_id>")
def edit_service(service_id: int) -> ResponseReturnValue:
    """Changes a service; a refusal shows the form again with what was typed."""
    return _keep(service_id, _("Service modifié."))


@bp.post("/directory/<int(max=999999999):service_id>/verify")
def verify_service(service_id: int) -> ResponseReturnValue:
    """Somebody has called the number today and was answered."""
    return _do(lambda db, by: directory.verify_service(db, service_id, by=by), _("Vérifié aujourd'hui."))


@bp.post("/directory/<int(max=999999999):service_id>/retire")
def retire_service(service_id: int) -> ResponseReturnValue:
    """Takes a service out of use."""
    return _do(lambda db, by: directory.retire_service(db, service_id, by=by), _("Service retiré."))


@bp.post("/directory/<int(max=999999999):service_id>/reopen")
def reopen_service(service_id: int) -> ResponseReturnValue:
    """Puts a retired service back."""
    notice = _("Service remis dans l'annuaire. Appelez-le : il sera donné une fois vérifié.")
    return _do(lambda db, by: directory.reopen_service(db, service_id, by=by), notice)


def _do(verb: Callable[[Session, User], object], notice: str) -> ResponseReturnValue:
    """One verb in one unit of work, then back to the list as it was."""
    try:
        with work.unit_of_work() as db:
            verb(db, me())
    except RefusedError:
        abort(404)
    return _back(notice)


def _back(notice: str) -> ResponseReturnValue:
    flash(notice, "success")
    return redirect(url_for("console.services", **read_search(request.args).args()))


def _keep(service_id: int | None, notice: str) -> ResponseReturnValue:
    """Stores what the form says."""
    form = request.form
    verified = form.get("verified") == "1"
    try:
        with work.unit_of_work() as db:
            entry = _read_form(form, place_tree(db))
            if service_id is None:
                directory.add_service(db, entry, verified=verified, by=me())
            else:
                directory.edit_service(db, service_id, entry, verified=verified, by=me())
    except RefusedError as refusal:
        return _show_form(service_id, form, error=str(_REFUSALS[refusal.code])), 422
    return _back(notice)


def _read_form(form: Mapping[str, str], tree: PlaceTree) -> Entry:
    kind = form.get("kind", "")
    if kind not in list(ServiceKind):
        raise RefusedError("kind")
    return Entry(
        kind=ServiceKind(kind),
        # PostgreSQL takes no NUL
        **{name: form.get(name, "").replace("\0", "") for name in ("name", "phone", "hours")},
        place_code=_read_place(form.get("place", ""), tree),
    )


def _read_place(typed: str, tree: PlaceTree) -> str | None:
    """The code of a place as the list offers it, `Kaya (BF490304)`, or as its code or its name alone; None for none."""
    typed = typed.strip()
    if not typed:
        return None
    named = tree.find_typed(typed)
    if len(named) != 1:
        raise RefusedError("place")
    return named[0].code


def _show_form(service_id: int | None, typed: Mapping[str, Any], error: str = "") -> str:
    with work.reading() as db:
        tree = place_tree(db)
    return render_template(
        "console/service.html",
        service_id=service_id,
        typed=typed,
        error=error,
        search=read_search(request.args),
        kinds=list(ServiceKind),
        places=[(tree.show(code), tree.ladder(place.parent_code)) for code, place in tree.by_code.items()],
        tree=tree,
    )
