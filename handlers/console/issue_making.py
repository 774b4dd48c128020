"""Making an issue: the cases that are offered or were chosen, each with a box to leave it out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from feedback_gateway import issues, work
from feedback_gateway.access import coordinates
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from handlers.console import words
from handlers.console.belonging import commune_of, place_name
from handlers.console.blueprint import bp
from handlers.console.issue_words import explain
from handlers.console.issues import read_ids
from handlers.console.queue import first_words
from handlers.console.visitor import me
from models import Agency, Case, Category, User
from models.words import IssueState, Role, Sensitivity

SHOWN = 100
"""So many cases have a box of their own; the others have one for all of them."""


@dataclass(frozen=True)
class Offer:
    """The cases that an issue may be made of: those that are shown, and how many more there are."""

    category: Category | None
    place: str | None
    shown: Sequence[Case]
    total: int

    @property
    def rest(self) -> int:
        return self.total - len(self.shown)


def _condition(user: User, args: Mapping[str, str], ids: Sequence[UUID], tree: PlaceTree) -> ColumnElement[bool]:
    if ids:
        return issues.joinable(user) & Case.id.in_(ids)
    return issues.candidates(user, args.get("category", "")[:10], args.get("place", "")[:24], tree, clock.now())


def offer(db: Session, user: User, args: Mapping[str, str], ids: Sequence[UUID]) -> Offer:
    """What the address names: a crowd by `category` and `place`, or single cases."""
    tree = place_tree(db)
    condition = _condition(user, args, ids, tree)
    total = db.scalar(select(func.count()).select_from(Case).where(condition)) or 0
    shown = db.scalars(select(Case).where(condition).order_by(Case.opened_at.desc(), Case.id).limit(SHOWN)).all()
    if ids:
        code = next((code for code, _n in Counter(case.category_code for case in shown).most_common() if code), None)
        place = _common_place(tree, {case.place_code for case in shown})
    else:
        code, place = args.get("category", "")[:10], args.get("place", "")[:24]
    return Offer(db.get(Category, code) if code else None, place if place in tree.by_code else None, shown, total)


def _common_place(tree: PlaceTree, codes: set[str | None]) -> str | None:
    if len(codes) == 1:
        return next(iter(codes))
    communes = {commune_of(tree, code) for code in codes}
    return next(iter(communes)) if len(communes) == 1 else None


@bp.get("/issues/new")
def new_issue() -> ResponseReturnValue:
    """The form; 404 when nothing can be gathered by this user."""
    return _show(me(), request.args, read_ids(request.args.getlist("case")))


def _show(
    user: User, args: Mapping[str, str], ids: Sequence[UUID], *, status: int = 200, error: str = ""
) -> ResponseReturnValue:
    if user.role == Role.OPERATOR:
        abort(404)
    with work.reading() as db:
        found = offer(db, user, args, ids)
        tree = place_tree(db)
        open_ones = [one for one in issues.list_issues(db, user, IssueState.OPEN) if issues.may_work(user, one)]
        where = place_name(tree, found.place) if found.place else ""
        name = words.category_name(found.category) if found.category else ""
        page = render_template(
            "console/issue_new.html",
            agencies=db.scalars(select(Agency).order_by(Agency.name)).all() if coordinates(user) else [],
            chosen=bool(ids),
            error=error,
            excerpts=first_words(db, found.shown, user),
            ids=ids,
            offer=found,
            open_issues=[one for one in open_ones if not found.category or one.category_code == found.category.code],
            place_of=lambda case: place_name(tree, case.place_code),
            title=args.get("title") or (str(_("%(what)s à %(place)s", what=name, place=where)) if where else name),
            typed=args,
        )
    return page, status


@bp.post("/issues/new")
def make_issue() -> ResponseReturnValue:
    """Makes the issue, or adds the cases to one that is open (`target`); a refusal shows the form again."""
    user, form = me(), request.form
    checked, shown = read_ids(form.getlist("case")), read_ids(form.getlist("shown"))
    try:
        with work.unit_of_work() as db:
            if "rest" in form:
                rest = _condition(user, form, (), place_tree(db))
                checked += list(db.scalars(select(Case.id).where(rest, Case.id.not_in(shown))))
            issue_id, notice = _keep(db, user, form, checked)
    except NotAllowedError as refusal:
        return _show(user, form, shown if "chosen" in form else (), status=422, error=explain(refusal))
    flash(notice, "success")
    return redirect(url_for("console.show_issue", issue_id=issue_id))


def _keep(db: Session, user: User, form: Mapping[str, str], ids: Sequence[UUID]) -> tuple[int, str]:
    target = form.get("target", "")
    if target:
        issue = issues.find_issue(db, user, int(target)) if target.isascii() and target.isdigit() else None
        if issue is None:
            abort(404)
        added = issues.add_cases(db, issue, ids, by=user)
        if not added:
            raise NotAllowedError("no_cases")
        return issue.id, str(ngettext("%(num)s dossier ajouté.", "%(num)s dossiers ajoutés.", added))
    category = db.get(Category, form.get("category", ""))
    if category is None or category.sensitivity != Sensitivity.NORMAL:
        raise NotAllowedError("sealed")
    place, agency = form.get("place", ""), form.get("agency", "")
    issue = issues.open_issue(
        db,
        title=form.get("title", ""),
        category=category,
        place_code=place if place in place_tree(db).by_code else None,
        ids=ids,
        by=user,
        agency_id=int(agency) if agency.isascii() and agency.isdigit() else None,
        gathers="gathers" in form,
    )
    return issue.id, str(_("Problème commun ouvert."))
