"""The gap register: the services that sites lack, who is to act, how it stands and what is still missing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import gaps, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.lib.spreadsheet import Cell, write_csv
from feedback_gateway.places import PlaceTree, place_tree
from flows.fold import fold_words
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.visitor import me
from models import Agency, Gap, User
from models.words import GapState, Level, SiteService

HXL = (
    *("#adm1+name", "#adm3+name", "#loc+name", "#loc+code", "#sector+service", "#affected+people", "#indicator+cases"),
    *("#date+start", "#date+latest", "#org+responsible", "#date+referred", "#status", "#date+due", "#need+missing"),
)
"""Tags of the second row of the file (hxlstandard.org), one a column."""

LEAST_SHOWN = 5
"""Fewer people than that are not counted on paper: they could be named (domain: small cells)."""

_REFUSALS: Mapping[str, object] = {
    "place": _l("Choisissez un site ou une commune de la liste."),
    "gap_is_open": _l("Ce manque est déjà au registre pour ce lieu."),
    "not_yours": _l("Seuls la coordination, les responsables et l'agence chargée de ce manque peuvent le changer."),
    "closed": _l("Ce manque est clos."),
    "empty": _l("Pour clore, dites ce qui a été fait."),
    "no_agency": _l("Désignez d'abord une agence responsable."),
    "choose": _l("Faites d'abord un choix dans la liste."),
    "date": _l("Cette date n'est pas lisible : jour, mois, année."),
}


def _search() -> dict[str, Any]:
    service, agency = request.args.get("service", ""), request.args.get("agency", "")
    return {
        "place": request.args.get("place", "").strip()[:24] or None,
        "service": SiteService(service) if service in list(SiteService) else None,
        "agency_id": int(agency) if agency.isascii() and agency.isdigit() else None,
        "closed": request.args.get("tab") == "closed",
    }


@bp.get("/gaps")
def gap_register() -> ResponseReturnValue:
    """The register, site by site."""
    user, now, search = me(), clock.now(), _search()
    with work.reading() as db:
        found, tree = gaps.register(db, user, **search), place_tree(db)
        agencies = db.scalars(select(Agency).order_by(Agency.name)).all()
    sites = [(code, list(rows)) for code, rows in groupby(found, lambda gap: gap.place_code)]
    return render_template(
        "console/gaps.html",
        agencies=agencies,
        closed=search["closed"],
        count=len(found),
        is_overdue=lambda gap: gaps.is_overdue(gap, now.date()),
        is_quiet=lambda gap: gaps.is_quiet(gap, now),
        made=now,
        narrowed=any(search[name] for name in ("place", "service", "agency_id")),
        people=people_shown,
        regions=[place for place in tree.children.get(None, []) if place.level == Level.REGION],
        search=search,
        services=list(SiteService),
        sites=sites,
        tree=tree,
        without_owner=sum(gap.agency_id is None for gap in found),
    )


def people_shown(gap: Gap) -> str:
    """How many people, as a register that leaves the house may say it."""
    if not gap.by_rule and not gap.people:
        return "–"
    return str(gap.people) if gap.people >= LEAST_SHOWN else str(_("moins de %(count)s", count=LEAST_SHOWN))


@bp.get("/gaps.csv")
def gaps_csv() -> ResponseReturnValue:
    """The same rows as a file, with HXL tags in the second row."""
    user, search = me(), _search()
    with work.reading() as db:
        rows = table_of(gaps.register(db, user, **search), place_tree(db))
    name = f"gaps-{clock.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write_csv(rows), mimetype="text/csv", headers=headers)


def table_of(found: Sequence[Gap], tree: PlaceTree) -> list[Sequence[Cell]]:
    """Heads, tags, then one row a gap."""
    heads = (
        *(_("Région"), _("Commune"), _("Lieu"), _("Code"), _("Service"), _("Personnes"), _("Dossiers")),
        *(_("Depuis"), _("Dernière plainte"), _("Responsable"), _("Référé le"), _("État"), _("Échéance")),
        _("Ce qui manque encore"),
    )
    rows: list[Sequence[Cell]] = [[str(head) for head in heads], HXL]
    for gap in found:
        region = tree.region(gap.place_code)
        communes = [tree.by_code[code] for code in tree.ladder(gap.place_code)]
        commune = next((place.name for place in communes if place.level == Level.COMMUNE), "")
        few = gap.people < LEAST_SHOWN
        rows.append(
            (
                *(region.name if region else "", commune, gap.place.name, gap.place_code, words.say(gap.service)),
                *(people_shown(gap) if few else gap.people, "" if few else gap.cases),
                *(f"{gap.first_at:%Y-%m-%d}", f"{gap.last_at:%Y-%m-%d}", gap.agency.name if gap.agency else ""),
                *(f"{gap.referred_at:%Y-%m-%d}" if gap.referred_at else "", words.say(gap.state)),
                *(gap.due_on.isoformat() if gap.due_on else "", gap.missing),
            )
        )
    return rows


@bp.get("/gaps/new")
def new_gap() -> ResponseReturnValue:
    """The form for a gap that somebody has seen."""
    return _new_form({}, "")


def _new_form(typed: Mapping[str, str], error: str) -> ResponseReturnValue:
    with work.reading() as db:
        spots = [place for place in place_tree(db).by_code.values() if place.level in (Level.SITE, Level.COMMUNE)]
    page = render_template(
        "console/gap_new.html",
        typed=typed,
        error=error,
        services=list(SiteService),
        spots=sorted(spots, key=lambda place: fold_words(place.name)),
    )
    return page, 422 if error else 200


@bp.post("/gaps/new")
def add_gap() -> ResponseReturnValue:
    """A new line of the register by hand."""
    user, form = me(), request.form
    service = form.get("service", "")
    try:
        if service not in list(SiteService):
            raise NotAllowedError("choose")
        with work.unit_of_work() as db:
            place, missing = _place_code(db, form.get("place", "")), form.get("missing", "")[:1000]
            gap = gaps.open_by_hand(db, place, SiteService(service), by=user, missing=missing)
    except NotAllowedError as refusal:
        return _new_form(form, str(_REFUSALS[refusal.code]))
    flash(_("Manque ajouté au registre."), "success")
    return redirect(url_for("console.show_gap", gap_id=gap.id))


def _place_code(db: Session, typed: str) -> str:
    """What was typed or picked, as a code: `Kaya (BF490304)`, a code, or a name that only one place has."""
    tree, typed = place_tree(db), typed.strip()
    inside = typed.rpartition("(")[2].rstrip(") ") if typed.endswith(")") else typed
    if inside in tree.by_code:
        return inside
    named = [
        place.code for place in tree.names.get(fold_words(typed), []) if place.level in (Level.SITE, Level.COMMUNE)
    ]
    if len(named) != 1:
        raise NotAllowedError("place")
    return named[0]


@bp.get("/gaps/<int(max=999999999):gap_id>")
def show_gap(gap_id: int) -> ResponseReturnValue:
    """One gap: its figures, what was done, and what can be done."""
    return _show(gap_id, me())


def _show(gap_id: int, user: User, *, error: str = "", typed: Mapping[str, str] | None = None) -> ResponseReturnValue:
    now = clock.now()
    with work.reading() as db:
        gap = gaps.find(db, user, gap_id)
        if gap is None:
            abort(404)
        page = render_template(
            "console/gap.html",
            gap=gap,
            agencies=db.scalars(select(Agency).order_by(Agency.name)).all(),
            categories=gaps.categories_of(db, gap.service),
            days=(now - gap.first_at).days + 1,
            error=error,
            history=gaps.history(db, gap),
            may_change=gaps.may_change(user, gap) and gap.open_key is not None,
            may_publish=user.may_read_restricted and not gap.shown,
            names={agency.id: agency.name for agency in db.scalars(select(Agency))},
            people=people_shown(gap),
            is_quiet=gaps.is_quiet(gap, now),
            is_overdue=gaps.is_overdue(gap, now.date()),
            states=[state for state in GapState if state != GapState.OPEN or gap.agency_id is None],
            tomorrow=(now + timedelta(days=1)).date(),
            tree=place_tree(db),
            typed=typed or {},
        )
    return page, 422 if error else 200


def _act(gap_id: int, verb: Callable[[Session, Gap, User], None], notice: str) -> ResponseReturnValue:
    """One verb in one unit of work; a refusal shows the page again with what was typed."""
    user = me()
    try:
        with work.unit_of_work() as db:
            gap = gaps.find(db, user, gap_id)
            if gap is None:
                abort(404)
            if request.form.get("version", "") != str(gap.version):
                raise StaleDataError
            verb(db, gap, user)
    except NotAllowedError as refusal:
        return _show(gap_id, user, error=str(_REFUSALS[refusal.code]), typed=request.form)
    except StaleDataError:
        changed = _("Quelqu'un a changé ce manque entre-temps : rien n'a été fait et votre texte est gardé.")
        return _show(gap_id, user, error=changed, typed=request.form)
    flash(notice, "success")
    return redirect(url_for("console.show_gap", gap_id=gap_id))


@bp.post("/gaps/<int(max=999999999):gap_id>")
def update_gap(gap_id: int) -> ResponseReturnValue:
    """How it stands, what is still missing, by when."""
    form = request.form
    state = form.get("state", "")

    def verb(db: Session, gap: Gap, user: User) -> None:
        if state not in list(GapState):
            raise NotAllowedError("choose")
        gaps.update(
            db,
            gap,
            by=user,
            state=GapState(state),
            missing=form.get("missing", "")[:1000],
            due_on=_day(form.get("due", "")),
            note=form.get("note", "")[:1000],
        )

    return _act(gap_id, verb, _("C'est noté."))


@bp.post("/gaps/<int(max=999999999):gap_id>/refer")
def refer_gap(gap_id: int) -> ResponseReturnValue:
    """Another agency is responsible."""
    chosen = request.form.get("agency", "")

    def verb(db: Session, gap: Gap, user: User) -> None:
        agency = db.get(Agency, int(chosen)) if chosen.isascii() and chosen.isdigit() else None
        if agency is None:
            raise NotAllowedError("choose")
        gaps.refer(db, gap, agency, by=user, note=request.form.get("note", "")[:1000])

    return _act(gap_id, verb, _("Manque référé."))


@bp.post("/gaps/<int(max=999999999):gap_id>/publish")
def publish_gap(gap_id: int) -> ResponseReturnValue:
    """Puts it on the register of all."""
    return _act(gap_id, lambda db, gap, user: gaps.publish(db, gap, by=user), _("Visible pour tous."))


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise NotAllowedError("date") from None
