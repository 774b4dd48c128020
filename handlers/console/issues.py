"""Issues ("problèmes communs"): the list of them, the page of each, and what is done to it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.exc import StaleDataError

from feedback_gateway import gaps, issues, work
from feedback_gateway.access import coordinates, find_case
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from feedback_gateway.worklist import next_due
from handlers.console.belonging import place_name
from handlers.console.blueprint import bp
from handlers.console.issue_words import explain, failure, tell_change
from handlers.console.visitor import me
from models import Agency, Case, Gap, GapRule, Issue, User
from models.words import IssueState

PAGE_SIZE = 25

Form = Mapping[str, str]


@bp.get("/issues")
def issue_list() -> ResponseReturnValue:
    """The issues that this user may know of: those that are open, or with `?tab=solved` the others."""
    user = me()
    solved = request.args.get("tab") == "solved"
    with work.reading() as db:
        found = issues.list_issues(db, user, IssueState.SOLVED if solved else IssueState.OPEN)
        numbers = issues.numbers_of(db, user, [issue.id for issue in found])
        tree = place_tree(db)
    return render_template(
        "console/issues.html",
        found=found,
        numbers=numbers,
        place_of=lambda issue: place_name(tree, issue.place_code),
        solved=solved,
    )


@bp.get("/issues/<int(max=999999999):issue_id>")
def show_issue(issue_id: int) -> ResponseReturnValue:
    """One issue; 404 for one that this user may not know of, exactly as for one that does not exist."""
    return render_issue(issue_id, me())


def find(db: Session, user: User, issue_id: int) -> Issue:
    """The issue. Aborts with 404 where this user may not know of it."""
    issue = issues.find_issue(db, user, issue_id)
    if issue is None:
        abort(404)
    return issue


def render_issue(
    issue_id: int, user: User, *, status: int = 200, error: str = "", typed: Form | None = None
) -> ResponseReturnValue:
    """The page. `typed` refills its forms after a refusal."""
    with work.reading() as db:
        issue = find(db, user, issue_id)
        page = render_template("console/issue.html", issue=issue, error=error, typed=typed, **gather(db, user, issue))
    return page, status


def gather(db: Session, user: User, issue: Issue) -> dict[str, Any]:
    """Everything that the page shows besides the issue itself."""
    tree = place_tree(db)
    numbers = issues.numbers_of(db, user, [issue.id])[issue.id]
    pages = max(1, -(-numbers.cases // PAGE_SIZE))
    page = min(max(request.args.get("page", 1, int), 1), pages)
    chosen = select(Case).where(Case.issue_id == issue.id, issues.members(user)).options(joinedload(Case.category))
    cases = db.scalars(chosen.order_by(Case.opened_at, Case.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    agencies = db.scalars(select(Agency).order_by(Agency.name)).all()
    names = {agency.id: agency.name for agency in agencies}
    answers = issues.list_answers(db, issue)
    changes = issues.list_changes(db, issue)
    people = {owner.id: owner.name for owner in db.scalars(select(User).where(User.id.in_(_named(changes))))}
    may_own = set(names) if coordinates(user) else {issue.agency_id}
    crowds = issues.crowds(db, user, clock.now())
    return {
        "answers": answers,
        "cases": cases,
        "changes": [(change, tell_change(change, names, people)) for change in changes],
        "crowd": next((crowd for crowd in crowds if crowd.issue and crowd.issue.id == issue.id), None),
        "due_of": next_due,
        "failures": {
            answer.id: [(case, failure(reason)) for case, reason in issues.list_failures(db, answer, user)]
            for answer in answers
            if answer.failed
        },
        "gaps": _gaps(db, user, issue),
        "may_work": issues.may_work(user, issue),
        "numbers": numbers,
        "owners": [(agency, issues.owners_of(db, agency.id)) for agency in agencies if agency.id in may_own],
        "page": page,
        "pages": pages,
        "place": place_name(tree, issue.place_code),
        "place_of": lambda case: place_name(tree, case.place_code),
        "reach": issues.plan_answer(db, issue, {"fr": "-"}, user),
    }


def _named(changes: Sequence[Any]) -> set[int]:
    return {change.data["owner"] for change in changes if change.data.get("owner")}


def _gaps(db: Session, user: User, issue: Issue) -> list[Gap]:
    """The open gaps of the register that this problem makes up."""
    group = issue.category_code.split(".")[0]
    of_rule = or_(GapRule.category == issue.category_code, GapRule.category == group)
    services = set(db.scalars(select(GapRule.service).where(of_rule)))
    if not services or issue.place_code is None:
        return []
    return [gap for gap in gaps.register(db, user, place=issue.place_code) if gap.service in services]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _set_owner(db: Session, issue: Issue, user: User, form: Form) -> str:
    """`owner` is `<agency>` or `<agency>:<user>`: one choice in one list, since a page without scripts has no two that
    depend on each other."""
    agency_id, _colon, owner_id = form.get("owner", "").partition(":")
    agency = db.get(Agency, _number(agency_id) or 0)
    owner = db.get(User, _number(owner_id) or 0) if owner_id else None
    if agency is None or (owner_id and owner is None):
        raise NotAllowedError("choose")
    issues.set_owner(db, issue, agency, owner, by=user)
    return str(_("Responsable changé."))


def _change(db: Session, issue: Issue, user: User, form: Form) -> str:
    issues.change_issue(db, issue, title=form.get("title", ""), gathers="gathers" in form, by=user)
    return str(_("Enregistré."))


def _solve(db: Session, issue: Issue, user: User, _form: Form) -> str:
    issues.mark_solved(db, issue, by=user)
    return str(_("Problème résolu."))


def _take_up(db: Session, issue: Issue, user: User, _form: Form) -> str:
    issues.take_up(db, issue, by=user)
    return str(_("Problème repris."))


def _add(db: Session, issue: Issue, user: User, _form: Form) -> str:
    """The cases that are named, or all those that are offered."""
    ids = read_ids(request.form.getlist("case"))
    if "all" in request.form and issue.place_code is not None:
        crowd = issues.candidates(user, issue.category_code, issue.place_code, place_tree(db), clock.now())
        ids = list(db.scalars(select(Case.id).where(crowd)))
    added = issues.add_cases(db, issue, ids, by=user)
    if not added:
        raise NotAllowedError("no_cases")
    return str(ngettext("%(num)s dossier ajouté.", "%(num)s dossiers ajoutés.", added))


def _remove(db: Session, issue: Issue, user: User, form: Form) -> str:
    ids = read_ids([form.get("case", "")])
    case = find_case(db, user, ids[0]) if ids else None
    if case is None:
        abort(404)
    issues.remove_case(db, issue, case, by=user)
    return str(_("Le dossier est de nouveau suivi à part."))


def read_ids(typed: Sequence[str]) -> list[UUID]:
    """The ids among what a form or an address names; what is none is left out."""
    found = []
    for word in typed[: issues.MOST]:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found


_VERBS: Mapping[str, Callable[[Session, Issue, User, Form], str]] = {
    "owner": _set_owner,
    "change": _change,
    "solve": _solve,
    "take_up": _take_up,
    "add": _add,
    "remove": _remove,
}

_CHANGED = _l("Le problème commun a changé entre-temps : rien n'a été fait. Relisez, puis recommencez.")


@bp.post("/issues/<int(max=999999999):issue_id>/<verb>")
def act_on_issue(issue_id: int, verb: str) -> ResponseReturnValue:
    """Does one verb, then comes back to the issue, or to the case whose page it was done from (`back`)."""
    if verb not in _VERBS:
        abort(404)
    user, form = me(), request.form
    try:
        with work.unit_of_work() as db:
            notice = _VERBS[verb](db, find(db, user, issue_id), user, form)
    except NotAllowedError as refusal:
        return render_issue(issue_id, user, status=422, error=explain(refusal), typed=form)
    except StaleDataError:
        return render_issue(issue_id, user, status=409, error=str(_CHANGED), typed=form)
    flash(notice, "success")
    back = read_ids([form.get("back", "")])
    if back:
        return redirect(url_for("console.show_case", case_id=back[0]))
    if form.get("back") == "queue":
        return redirect(url_for("console.queue"))
    with work.reading() as db:
        visible = issues.find_issue(db, user, issue_id) is not None
    return redirect(url_for("console.show_issue", issue_id=issue_id) if visible else url_for("console.issue_list"))
